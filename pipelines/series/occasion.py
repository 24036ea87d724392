"""What a chronicle says: a series, its occasions, and the numbers of which no story tells."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

# As the roles of a topic name its parties; "" where the articles leave it open.
Side = Literal["party_a", "party_b", ""]


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Who led a delegation or the chair: `rank` and `office` as printed."""

    name: str
    rank: str = ""
    office: str = ""
    side: Side = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """An article that tells of an occasion."""

    paper: str
    title: str
    url: str
    published: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """One dialogue, patrol or session, from its first day to its last.

    Where no article says when it was, `reported` is set and the day is that of the first report.  `disputed` holds the numbers that
    other articles give to what seems to be the same occasion.
    """

    number: int | None
    start: date
    end: date
    reported: bool
    place: str
    heads: tuple[Head, ...]
    stories: tuple[int, ...]
    articles: tuple[Report, ...]
    disputed: tuple[int, ...] = ()

    @property
    def papers(self) -> int:
        """How many papers tell of it."""
        return len({article.paper for article in self.articles})


@dataclass(frozen=True, slots=True, kw_only=True)
class Chronicle:
    """One series, oldest occasion first. `key` and `name` are the topic's; `name` is by language."""

    key: str
    name: dict[str, str]
    occasions: tuple[Occasion, ...]
    missing: tuple[int, ...]

    @property
    def gaps(self) -> tuple[tuple[int, int], ...]:
        """The missing numbers as stretches, first and last of each."""
        return stretches(self.missing)


def since(told: Chronicle, day: date) -> Chronicle:
    """The part of a chronicle from a day on, with the gaps after the last number before it."""
    kept = tuple(occasion for occasion in told.occasions if occasion.end >= day)
    before = max((one.number or 0 for one in told.occasions if one.end < day), default=0)
    return replace(told, occasions=kept, missing=tuple(number for number in told.missing if number > before) if kept else ())


def missing(numbers: Iterable[int | None]) -> tuple[int, ...]:
    """Every number between the smallest and the largest that is not there."""
    known = {number for number in numbers if number is not None}
    return tuple(sorted(set(range(min(known), max(known))) - known)) if known else ()


def stretches(numbers: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Runs of neighbouring numbers: 3, 5, 6, 7 → (3, 3), (5, 7)."""
    found: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return tuple(found)
