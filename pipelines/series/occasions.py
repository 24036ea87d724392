"""Puts the stories that tell of one occasion together, and says what most of them say of it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from typing import TypeVar

from news.model import StoredArticle, Story
from pipelines.dates import HOME
from pipelines.series.heads import same_name
from pipelines.series.occasion import Head, Occasion, Report
from pipelines.series.reading import Reader, Telling
from pipelines.series.where import core

# One number within so many days is one occasion, announced, held and looked back on.
ONE_NUMBER = timedelta(days=45)
# Reports without a number that name neighbouring days tell of one occasion.
_ONE_DAY = timedelta(days=1)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the copies of one story say of one occasion, as most of them have it."""

    story: Story
    tellings: tuple[Telling, ...]
    series: str
    force: str
    number: int | None
    start: date
    end: date
    dated: bool
    places: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An occasion in the making: who tells of it, and with which force it counts."""

    occasion: Occasion
    force: str


def told(story: Story, reader: Reader, topic: str) -> Told | None:
    """What a story tells of an occasion, if it is about one, as most of its copies have it."""
    copies = [copy for copy in story.articles if any(verdict.topic == topic for verdict in copy.relevant)]
    read = [(copy, telling) for copy in copies if (telling := reader.read(copy.article, copy.when))]
    if not read:
        return None
    series = most([telling.series for _, telling in read])
    tellings = tuple(telling for _, telling in read if telling.series == series)
    said = most([telling.days and (telling.days.start, telling.days.end) for telling in tellings if telling.days])
    reported = min(_day(copy) for copy in story.articles)
    start, end = said or (reported, reported)
    return Told(
        story=story,
        tellings=tellings,
        series=series or "",
        force=most([telling.force for telling in tellings if telling.force]) or "",
        number=most([telling.number for telling in tellings if telling.number is not None]),
        start=start,
        end=end,
        dated=said is not None,
        places=frozenset(core(place) for telling in tellings for place in telling.places),
    )


def silent(stories: Iterable[Story], speaking: Iterable[Told]) -> dict[int, list[Story]]:
    """Stories that name no series, by the event that they share with one that does."""
    known = {one.story.id for one in speaking}
    found: dict[int, list[Story]] = {}
    for story in stories:
        if story.event_id is not None and story.id not in known:
            found.setdefault(story.event_id, []).append(story)
    return found


def _day(copy: StoredArticle) -> date:
    return copy.when.astimezone(HOME).date()


def grouped(told: Sequence[Told]) -> list[list[Told]]:
    """Stories of one occasion together: those with a number first, then each without one to where it belongs."""
    groups: list[list[Told]] = []
    for one in sorted(told, key=lambda one: (one.number is None, not one.dated, one.start, one.story.id)):
        group = next((group for group in groups if any(_same(one, other) for other in group)), None)
        if group is None:
            groups.append([one])
        else:
            group.append(one)
    return groups


def _same(one: Told, other: Told) -> bool:
    if one.force and other.force and one.force != other.force:
        return False
    if one.number is not None and other.number is not None:
        return one.number == other.number and abs(one.start - other.start) <= ONE_NUMBER
    if one.story.event_id is not None and one.story.event_id == other.story.event_id:
        return True
    if not (one.start - _ONE_DAY <= other.end and other.start - _ONE_DAY <= one.end):
        return False
    return not (one.places and other.places) or bool(one.places & other.places)


def held(group: Sequence[Told], silent: dict[int, list[Story]]) -> Held:
    """The occasion that some stories tell of, with the articles of those that only share its event."""
    events = dict.fromkeys(one.story.event_id for one in group if one.story.event_id is not None)
    stories = {one.story.id: one.story for one in group}
    stories |= {story.id: story for event in events for story in silent.get(event, ())}
    copies = sorted(chain.from_iterable(story.articles for story in stories.values()), key=lambda copy: (copy.when, copy.id))
    start, end = _span(group)
    occasion = Occasion(
        number=most([one.number for one in group if one.number is not None]),
        start=start,
        end=end,
        reported=not any(one.dated for one in group),
        place=_place(group),
        heads=_heads(group),
        stories=tuple(sorted(stories)),
        articles=tuple(
            Report(paper=copy.article.site, title=copy.article.title, url=copy.article.canonical_url, published=copy.when)
            for copy in copies
        ),
    )
    return Held(occasion=occasion, force=most([one.force for one in group if one.force]) or "")


def _span(group: Sequence[Told]) -> tuple[date, date]:
    """The day that most stories name, or the stretch of days around it that one of them names."""
    dated = [one for one in group if one.dated]
    if not dated:
        day = min(one.start for one in group)
        return day, day
    votes = Counter(one.start + timedelta(days=day) for one in dated for day in range((one.end - one.start).days + 1))
    best = max(votes, key=lambda day: (votes[day], -day.toordinal()))
    stretches = [(one.start, one.end) for one in dated if one.start < one.end and one.start <= best <= one.end]
    return most(stretches) or (best, best)


def _place(group: Sequence[Told]) -> str:
    """What most stories say, as most of them print it; with the second place where some name both in one breath."""
    said = [{core(place): place for place in telling.places} for one in group for telling in one.tellings if telling.places]
    votes = Counter(key for places in said for key in places)
    if not votes:
        return ""
    best = max(votes, key=lambda key: votes[key])
    beside = Counter(key for places in said if best in places for key in places if key != best)
    keys = [best, *([max(beside, key=lambda key: beside[key])] if beside else [])]
    if keys[1:]:
        order = next(tuple(places) for places in said if set(keys) <= set(places))
        keys.sort(key=order.index)
    return " – ".join(most([places[key] for places in said if key in places]) or "" for key in keys)


def _heads(group: Sequence[Told]) -> tuple[Head, ...]:
    """One for each side, the one that most stories name; of those whose side is open only a pair that nobody contradicts."""
    named = [[head for telling in one.tellings for head in telling.heads] for one in group]
    names = {same_name(head.name) for heads in named for head in heads}
    # With and without titles, "Samdech Pichey Sena Tea Banh" and "Tea Banh" are one.
    shortest = {name: min((other for other in names if name.endswith(other)), key=len) for name in names}
    votes = Counter(key for heads in named for key in {shortest[same_name(head.name)] for head in heads})
    told: dict[str, list[Head]] = {}
    for head in chain.from_iterable(named):
        told.setdefault(shortest[same_name(head.name)], []).append(head)
    fullest = [_fullest(told[key]) for key in sorted(told, key=lambda key: (-votes[key], key))]
    chosen = [next((head for head in fullest if head.side == side), None) for side in ("party_a", "party_b")]
    kept = tuple(head for head in chosen if head)
    open_ = tuple(head for head in fullest if not head.side)
    return kept or (open_ if len(open_) <= 2 else ())  # noqa: PLR2004


def _fullest(heads: Sequence[Head]) -> Head:
    """One person as the copies print them: the spelling, rank and office that most give."""
    return Head(
        name=most([head.name for head in heads]) or "",
        rank=most([head.rank for head in heads if head.rank]) or "",
        office=most([head.office for head in heads if head.office]) or "",
        side=most([head.side for head in heads if head.side]) or "",
    )


def most(values: Sequence[_T]) -> _T | None:
    """The value that stands there most often, of several the first, one with accents before one without; None of none."""
    counts = Counter(values)
    return max(counts, key=lambda value: (counts[value], not str(value).isascii())) if counts else None
