"""Who wants to be told what, and when the next digest is due."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import Literal
from zoneinfo import ZoneInfo

from alerts.channels import NAMES, TARGETED
from alerts.safe import is_address
from alerts.slots import check, quiet_hours, slots
from news.model import Match, Story
from news.problem import BadValueError

Language = Literal["vi", "en"]

_NUMBER = re.compile(r" (?:lần thứ|kỳ họp thứ|no\.) \d+$")
# A slot is searched in the smallest of these that holds one, so that "every minute" is not counted through a year.
_LOOK_BACK = (timedelta(hours=1), timedelta(days=1), timedelta(days=32), timedelta(days=366 * 4 + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Immediate:
    """What does not wait for the next slot: stories from a score on, or with one of these tags.

    After `per_hour` alerts within an hour the following ones gather into one, told when the hour has room again.
    """

    minimum_score: float | None = None
    tags: tuple[str, ...] = ()
    per_hour: int = 4

    def __post_init__(self) -> None:
        if self.minimum_score is None and not self.tags:
            raise BadValueError("minimum_score: neither a score nor tags are given; write minimum_score = 0.8")
        if self.minimum_score is not None and not 0.0 <= self.minimum_score <= 1.0:
            raise BadValueError(
                "minimum_score: {minimum_score} is out of range; write a number from 0 to 1", minimum_score=self.minimum_score
            )
        if self.per_hour < 1:
            raise BadValueError("per_hour: must be 1 or more; to have no alerts at all leave immediate out")

    def takes(self, verdict: Match) -> bool:
        """Whether this verdict is worth an alert of its own."""
        return (self.minimum_score is not None and verdict.score >= self.minimum_score) or has_tag(verdict, self.tags)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One digest: what it tells, to whom, when, in which language, and how it travels.

    Of the relevant stories it takes those with one of its `topics` and `tags`, from `minimum_score` on, carried by one of its `papers`;
    none named means any.  `schedule` is one cron line or several with semicolons between, in `timezone`; within the `quiet` hours
    ("22:00-06:00") nothing is told.  `channels` are names, with the target's name where a channel has several ("webhook:desk"); none
    means email where a mail server is set and there are recipients, else file.  With `empty` a mail is sent also when nothing is new;
    with `heartbeat` when nothing was sent for so long.
    """

    name: str
    topics: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    minimum_score: float = 0.0
    to: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    schedule: str = "0 7,12,17 * * *"
    quiet: str = ""
    timezone: str = "Asia/Ho_Chi_Minh"
    immediate: Immediate | None = None
    language: Language = "vi"
    empty: bool = False
    heartbeat: timedelta | None = None

    def __post_init__(self) -> None:
        if not 0 < len(self.name) <= 60 or any(unicodedata.category(sign)[0] == "C" for sign in self.name):  # noqa: PLR2004
            raise BadValueError("name: must be 1 to 60 visible characters; write 'analysts'")
        for address in self.to:
            if not is_address(address):
                raise BadValueError("to: {address!r} is not an e-mail address; write 'name@example.org'", address=address)
        if len({address.casefold() for address in self.to}) < len(self.to):
            raise BadValueError("to: an address is named twice; remove one of the two")
        if self.language not in ("vi", "en"):
            raise BadValueError("language: {language!r} is not known; write 'vi' or 'en'", language=self.language)
        if not 0.0 <= self.minimum_score <= 1.0:
            raise BadValueError(
                "minimum_score: {minimum_score} is out of range; write a number from 0 to 1", minimum_score=self.minimum_score
            )
        _check_channels(self.channels)
        if "email" in self.channels and not self.to:
            raise BadValueError("to: nobody is named, but a channel is 'email'; write to = ['name@example.org']")
        if self.heartbeat is not None and self.heartbeat < timedelta(hours=1):
            raise BadValueError("heartbeat: less than an hour; write '7d'")
        check(self.schedule, self.timezone)
        quiet_hours(self.quiet)

    def routes(self, *, mail: bool) -> tuple[tuple[str, str], ...]:
        """Where its messages go: (channel, recipient) each; `mail` tells whether a mail server is set."""
        names = self.channels or (("email",) if mail and self.to else ("file",))
        return tuple(route for name in names for route in _routes(self, name))

    def takes(self, story: Story) -> bool:
        """Whether the story is for this subscription at all."""
        return bool(self.verdicts(story)) and (
            not self.papers or any(copy.article.site in self.papers for copy in story.articles)
        )

    def takes_at_once(self, story: Story) -> bool:
        """Whether the story does not wait for the next slot."""
        return self.immediate is not None and self.takes(story) and any(map(self.immediate.takes, self.verdicts(story)))

    def verdicts(self, story: Story) -> tuple[Match, ...]:
        """The verdicts that make the story one of its own."""
        return tuple(
            verdict
            for copy in story.articles
            for verdict in copy.relevant
            if verdict.score >= self.minimum_score
            and (not self.topics or verdict.topic in self.topics)
            and (not self.tags or has_tag(verdict, self.tags))
        )

    def is_quiet(self, now: datetime) -> bool:
        """Whether this is within its quiet hours."""
        hours = quiet_hours(self.quiet)
        if hours is None:
            return False
        begin, end = hours
        local = now.astimezone(ZoneInfo(self.timezone)).time()
        return begin <= local < end if begin < end else local >= begin or local < end


def has_tag(verdict: Match, wanted: Iterable[str]) -> bool:
    """Whether a verdict has one of these tags; "tuần tra chung" also stands for "tuần tra chung lần thứ 78"."""
    tags = {plain for tag in map(_plain, verdict.tags) for plain in (tag, _NUMBER.sub("", tag))}
    return any(_plain(one) in tags for one in wanted)


def _plain(tag: str) -> str:
    return " ".join(unicodedata.normalize("NFC", tag).casefold().split())


def _check_channels(channels: Sequence[str]) -> None:
    for channel in channels:
        _check_channel(channel)
        if channels.count(channel) > 1:
            raise BadValueError("channels: {channel!r} is named twice; remove one of the two", channel=channel)


def _check_channel(channel: str) -> None:
    name, _, target = channel.partition(":")
    if name not in NAMES:
        raise BadValueError(
            "channels: {channel!r} is not known; write {names}", channel=channel, names=" or ".join(map(repr, NAMES))
        )
    if name in TARGETED and not target:
        raise BadValueError(
            "channels: {channel!r} does not say which; write '{name}:' and the name of one of its targets",
            channel=channel,
            name=name,
        )
    if name not in TARGETED and target:
        raise BadValueError("channels: {channel!r} has one target only; write {name!r}", channel=channel, name=name)


def _routes(subscription: Subscription, channel: str) -> Iterator[tuple[str, str]]:
    name, _, target = channel.partition(":")
    if name == "email":
        yield from ((name, address) for address in subscription.to)
    else:
        yield name, target or subscription.name


def due_slot(subscription: Subscription, last: str | None, started: datetime, now: datetime) -> str | None:
    """Name the latest slot that has come due and was not done, None if there is none.

    `last` is the slot decided last; without one, slots before `started` do not count.  Slots missed while the machine was off are
    made up for by the latest of them.
    """
    done = datetime.fromisoformat(last) if last else started
    for reach in _LOOK_BACK:
        begin = max(done, now - reach)
        due = takewhile(lambda slot: slot <= now, slots(subscription.schedule, subscription.timezone, begin))
        *_, found = None, *(slot for slot in due if not subscription.is_quiet(slot))
        if found is not None:
            return found.isoformat(timespec="minutes")
        if begin == done:
            return None
    return None


def next_slot(subscription: Subscription, now: datetime) -> str | None:
    """Name the slot that comes due next; None if four years hold none, as where all of them fall into the quiet hours."""
    after, end = now, now + _LOOK_BACK[-1]
    while (slot := next(slots(subscription.schedule, subscription.timezone, after), None)) and slot <= end:
        if not subscription.is_quiet(slot):
            return slot.isoformat(timespec="minutes")
        after = max(slot, _quiet_until(subscription, slot) - timedelta(minutes=1))
    return None


def _quiet_until(subscription: Subscription, moment: datetime) -> datetime:
    """When the quiet hours that hold this moment end; the moment itself where none do. Spares counting through their minutes."""
    hours = quiet_hours(subscription.quiet)
    if hours is None or not subscription.is_quiet(moment):
        return moment.astimezone(UTC)
    local = moment.astimezone(ZoneInfo(subscription.timezone))
    day = local.date() + timedelta(days=int(hours[1] <= local.time()))
    return datetime.combine(day, hours[1], local.tzinfo).astimezone(UTC)
