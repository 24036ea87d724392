"""Compiled topics: compiling takes as long as reading twenty pages, so it is done once a process and passed on by forking."""

from pipelines.match import Matcher, Topic

_compiled: list[tuple[tuple[Topic, ...], Matcher]] = []


def matcher_of(chosen: tuple[Topic, ...]) -> Matcher:
    """Compile these topics, or take what the process that batches are forked from has compiled already."""
    found = next((matcher for topics, matcher in _compiled if topics == chosen), None)
    if found is None:
        found = Matcher(chosen)
        _compiled.append((chosen, found))
    return found
