"""Which stories tell of one event?  Two papers' own reports, day one and day two, both countries' press; no yearly twin."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import sqrt

from news.model import Story
from pipelines.events.facts import Day, Facts, facts
from pipelines.events.vocabulary import CAPITALS, MINISTERS

# How far apart the first copies of two stories on one event may lie: a preview, three days of an exchange, the neighbours' press.
WINDOW = timedelta(days=4)
# What two stories must have in common, in points.  A wrong link chains two events, a missing one leaves two lines in a digest, so
# the threshold lies where hardly a wrong link is left among the labelled texts, not where right and wrong ones balance.
ENOUGH = 3.75

# Names are what the press of both countries shares.  A minister acts every week and says less than somebody whom few know.
PERSON, ANOTHER_PERSON, MINISTER, MOST_MINISTERS = 2.0, 0.5, 0.75, 2
OTHER_PEOPLE = -2.0  # both name people, and not one is the same: somebody else's visit
PLACE, ANOTHER_PLACE, CAPITAL = 1.0, 0.5, 0.5
OTHER_PLACES = -1.0  # two provinces' separate exchanges
SAME_DAY, NEXT_DAYS, ANNOUNCED, OTHER_DAYS = 2.0, 0.5, -1.0, -2.5
SAME_ORDINAL, OTHER_ORDINAL = 1.0, -1.0
SAME_KIND, OTHER_KIND = 0.5, -0.5
NUMBER, MOST_NUMBERS = 0.75, 2
OTHER_COUNT = -2.0  # last year's burial on the same day of the year
# Times the cosine of the pairs of words: 0.1 to 0.2 for texts on one subject, 0.3 and more for one event.  No more than that, for
# those who report every year's patrol in the same words are as alike as can be.
WORDS, MOST_WORDS = 4.0, 1.5
PUBLISHED_ONE_DAY, PUBLISHED_TWO_DAYS = 0.75, 0.5  # and nothing where a page does not say when: then the texts must say more

NEXT = 2  # days
FAR = 4  # days


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Another story that tells of the same event: `score` in points, `why` in words."""

    story_id: int
    score: float
    why: str


def linked(story: Story, others: Sequence[Story]) -> tuple[Link, ...]:
    """Name those of the others that tell of the same event, the likeliest first; what is linked one way is linked the other way."""
    links = (_link(story, other) for other in others if other.id != story.id)
    return tuple(sorted((link for link in links if link), key=lambda link: (-link.score, link.story_id)))


def _link(story: Story, other: Story) -> Link | None:
    if abs(story.began - other.began) > WINDOW:
        return None
    one, two = facts(story), facts(other)
    if _two_of_a_series(one.series, two.series):
        return None
    same = [_people(one, two), _places(one, two), _numbers(one, two)]
    # Two happenings of one day have the day in common, and the words of the trade: somebody or something must be the same too.
    if max(points for points, _ in same) <= CAPITAL:
        return None
    reasons = [reason for reason in (*same, *_others(one, two), *_in_time(_published(story), _published(other))) if reason[0]]
    score = round(sum(points for points, _ in reasons), 2)
    if score < ENOUGH:
        return None
    return Link(story_id=other.id, score=score, why="; ".join(f"{words} {points:+.1f}" for points, words in reasons))


def _two_of_a_series(one: Collection[tuple[str, int]], other: Collection[tuple[str, int]]) -> bool:
    """The 7th and the 8th dialogue, the patrol of last year and of this: never one event, however alike."""
    return any(
        not {n for s, n in one if s == series} & {n for s, n in other if s == series}
        for series in {s for s, _ in one} & {s for s, _ in other}
    )


Reason = tuple[float, str]  # points, and what for


def _others(one: Facts, two: Facts) -> Iterator[Reason]:
    yield _days(one, two)
    if one.ordinal and two.ordinal:
        yield (SAME_ORDINAL, f"no. {one.ordinal}") if one.ordinal == two.ordinal else (OTHER_ORDINAL, "another of a series")
    if one.kinds and two.kinds:
        kinds = one.kinds & two.kinds
        yield (SAME_KIND, ", ".join(sorted(kinds))) if kinds else (OTHER_KIND, "another kind of event")
    if one.counts and two.counts and not one.counts & two.counts:
        yield OTHER_COUNT, "another number of dead"
    if one.language == two.language:
        both = len(one.pairs & two.pairs)
        yield min(MOST_WORDS, WORDS * both / sqrt(len(one.pairs) * len(two.pairs) or 1)), "words in common"


def _people(one: Facts, two: Facts) -> Reason:
    shared = {**_named_in(one.people, two), **_named_in(two.people, one)}
    if not shared:
        return (OTHER_PEOPLE, "other people") if one.people and two.people else (0, "")
    known = sum(name in MINISTERS for name in shared)
    rare = len(shared) - known
    points = MINISTER * min(MOST_MINISTERS, known) + (PERSON + ANOTHER_PERSON * (rare - 1) if rare else 0)
    return min(points, PERSON + 2 * ANOTHER_PERSON), ", ".join(sorted(shared.values()))


def _named_in(people: Mapping[str, str], other: Facts) -> dict[str, str]:
    return {name: shown for name, shown in people.items() if name in other.people or f" {name} " in other.text}


def _places(one: Facts, two: Facts) -> Reason:
    shared = sorted(one.places.keys() & two.places.keys())
    if not shared:
        return (OTHER_PLACES, "other places") if one.places and two.places else (0, "")
    near = [place for place in shared if place not in CAPITALS]
    points = PLACE + ANOTHER_PLACE * (len(near) > 1) if near else CAPITAL
    return points, ", ".join(one.places[place] for place in shared)


def _numbers(one: Facts, two: Facts) -> Reason:
    shared = sorted(one.numbers & two.numbers)
    return NUMBER * min(MOST_NUMBERS, len(shared)), f"the number {', '.join(shared)}"


def _days(one: Facts, two: Facts) -> Reason:
    if shared := one.days & two.days:
        month, day = min(shared)
        return (SAME_DAY, f"on {day}/{month}") if _of_first_days(one, two) else (ANNOUNCED, f"{day}/{month} is only announced")
    if _apart(one.days, two.days) <= NEXT:
        return NEXT_DAYS, "within two days"
    # A day further down may be of an anniversary or of the last meeting; those of both openings are of the events.
    far = one.opening_days and two.opening_days and _apart(one.opening_days, two.opening_days) > FAR
    return (OTHER_DAYS, "on other days") if far else (0, "")


def _of_first_days(one: Facts, two: Facts) -> bool:
    """The day said first is the day of the event; one further down may be that of an event which is only announced."""
    return all(a.first_day and _apart((a.first_day,), b.days) <= FAR for a, b in ((one, two), (two, one)))


def _apart(ours: Iterable[Day], theirs: Collection[Day]) -> int:
    """Days between the nearest two, whatever the year; very many where one has none."""
    gaps = [abs(_of_year(a) - _of_year(b)) for a in ours for b in theirs]
    return min((min(gap, 365 - gap) for gap in gaps), default=365)


def _of_year(day: Day) -> int:
    month, number = day
    return date(2001, month, 1).toordinal() + number


def _published(story: Story) -> datetime | None:
    return min((copy.article.published for copy in story.articles if copy.article.published), default=None)


def _in_time(one: datetime | None, two: datetime | None) -> Iterator[Reason]:
    if one and two:
        gap = abs(one - two)
        if gap <= timedelta(days=1):
            yield PUBLISHED_ONE_DAY, "published within a day"
        elif gap <= timedelta(days=2):
            yield PUBLISHED_TWO_DAYS, "published within two days"
