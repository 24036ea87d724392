"""What a topic's terms stand for: choices taken, other groups put in, every spelling."""

import itertools
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from pipelines.match.spelling import spellings, without_accents

_SLOT = re.compile(r"\{([a-z0-9_]+)\}")
_CHOICE = re.compile(r"\(([^()]*\|[^()]*)\)")


class Terms(Protocol):
    """Anything that has terms and says how they may be printed."""

    @property
    def terms(self) -> tuple[str, ...]: ...  # noqa: D102

    @property
    def joined(self) -> bool: ...  # noqa: D102

    @property
    def plain(self) -> bool: ...  # noqa: D102


def slots(term: str) -> list[str]:
    """Names of the groups that a term takes in."""
    return _SLOT.findall(term)


def without_slots(term: str) -> list[str]:
    """What a term stands for if it takes no group in, else nothing."""
    return [] if _SLOT.search(term) else [chosen for _, chosen in _choices(term, term)]


def size(groups: Mapping[str, Terms], terms: Sequence[str]) -> int:
    """How many terms they stand for; cheap, where writing them all out is not."""
    return sum(
        math.prod(found.count("|") + 1 for found in _CHOICE.findall(term))
        * math.prod(size(groups, groups[slot].terms) for slot in slots(term))
        for term in terms
    )


def spelled(groups: Mapping[str, Terms], one: Terms) -> Iterator[tuple[str, str]]:
    """Every folded spelling, with the term as its reader would name it: the first of every choice, accents kept."""
    for shown, term in _expanded(groups, one):
        for word in spellings(term):
            yield shown, word
            if one.joined and " " in word:
                yield shown, word.replace(" ", "")


def _expanded(groups: Mapping[str, Terms], one: Terms) -> Iterator[tuple[str, str]]:
    for shown, chosen in (pair for term in one.terms for pair in _choices(term, term)):
        pieces, names = _SLOT.split(chosen), _SLOT.split(shown)
        taken = [tuple(_expanded(groups, groups[slot])) for slot in pieces[1::2]]
        for filled in itertools.product(*taken):
            term, name = pieces[0], names[0]
            for (inner_name, inner), tail, name_tail in zip(filled, pieces[2::2], names[2::2], strict=True):
                term, name = term + inner + tail, name + inner_name + name_tail
            yield name, term
            if one.plain and (bare := without_accents(term)) != term:
                yield name, bare


def _choices(shown: str, term: str) -> Iterator[tuple[str, str]]:
    """A term with each choice taken in turn, beside the same term with the first of every choice."""
    found, first = _CHOICE.search(term), _CHOICE.search(shown)
    if found is None or first is None:
        yield " ".join(shown.split()), " ".join(term.split())
        return
    for word in found[1].split("|"):
        # Which group is put in is no matter of spelling.
        name = word if "{" in first[1] else first[1].partition("|")[0]
        yield from _choices(
            shown[: first.start()] + name + shown[first.end() :], term[: found.start()] + word + term[found.end() :]
        )
