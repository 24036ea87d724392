"""What went wrong, in words that can be said in another language: a text with named gaps, and what stands in them."""

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Self


class Words(str):
    """What another program says, such as the operating system's reason; translated where its words are known."""

    __slots__ = ()


class Problem(Exception):  # noqa: N818 - the kinds of it are the errors
    """One thing that is wrong, with its remedy; `str()` is the English that logs keep.

    `text` is English with `{named}` gaps and the key to its translation; a value may be a Problem itself.
    """

    def __init__(self, text: str, /, **values: object) -> None:
        super().__init__(text)
        self.text = text
        self.values = values

    def __str__(self) -> str:
        return self.said(str)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

    def said(self, translate: Callable[[str], str]) -> str:
        """The whole text as `translate` has it."""
        return translate(self.text).format(**{name: _said(value, translate) for name, value in self.values.items()})

    @classmethod
    def all(cls, problems: Iterable["Problem"]) -> Self:
        """Several at once, a line each."""
        lines = {f"line_{number}": problem for number, problem in enumerate(problems)}
        return cls("\n".join(f"{{{name}}}" for name in lines), **lines)


def nearest(name: str, known: Iterable[str]) -> Problem:
    """A remedy for a name that is not known: the likeliest of those that are, or all of them."""
    names = sorted(known)
    near = get_close_matches(name, names, n=1, cutoff=0.5)
    return Problem("did you mean {name!r}?", name=near[0]) if near else Problem("known: {names}", names=", ".join(names))


class BadValueError(Problem, ValueError):
    """A value that somebody wrote and that cannot be; the text begins with its key."""


def _said(value: object, translate: Callable[[str], str]) -> object:
    if isinstance(value, Problem):
        return value.said(translate)
    return translate(value) if isinstance(value, Words) else value
