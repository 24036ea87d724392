"""Who wants to be told what, and when the next digest is due."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from alerts.channels import NAMES
from alerts.safe import is_address

Language = Literal["vi", "en"]

# The scheduler counts weekdays from Monday = 0, cron from Sunday = 0 (and 7); names mean the same to both.
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
# A slot is searched in the smallest of these that holds one, so that "every minute" is not counted through a year.
_LOOK_BACK = (timedelta(hours=1), timedelta(days=1), timedelta(days=32), timedelta(days=366 * 4 + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One digest: topics (none: all), recipients, schedule (cron, in `timezone`), language, and how it travels.

    `channel` is "email" or "file"; empty means email when a mail server is set and there are recipients, else file.  With `empty`
    a mail is sent also when nothing is new.
    """

    name: str
    topics: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    schedule: str = "0 7,12,17 * * *"
    timezone: str = "Asia/Ho_Chi_Minh"
    language: Language = "vi"
    minimum_score: float = 0.0
    channel: str = ""
    empty: bool = False

    def __post_init__(self) -> None:
        if not 0 < len(self.name) <= 60 or any(unicodedata.category(sign)[0] == "C" for sign in self.name):  # noqa: PLR2004
            raise ValueError("name: must be 1 to 60 visible characters; write 'analysts'")
        for address in self.to:
            if not is_address(address):
                raise ValueError(f"to: {address!r} is not an e-mail address; write 'name@example.org'")
        if len({address.casefold() for address in self.to}) < len(self.to):
            raise ValueError("to: an address is named twice; remove one of the two")
        if self.language not in ("vi", "en"):
            raise ValueError(f"language: {self.language!r} is not known; write 'vi' or 'en'")
        if not 0.0 <= self.minimum_score <= 1.0:
            raise ValueError(f"minimum_score: {self.minimum_score} is out of range; write a number from 0 to 1")
        if self.channel not in ("", *NAMES):
            raise ValueError(f"channel: {self.channel!r} is not known; write {' or '.join(map(repr, NAMES))}")
        if self.channel == "email" and not self.to:
            raise ValueError("to: nobody is named, but channel is 'email'; write to = ['name@example.org']")
        _trigger(self)


def due_slot(subscription: Subscription, last: str | None, started: datetime, now: datetime) -> str | None:
    """Name the latest slot that has come due and was not done, None if there is none.

    `last` is the slot decided last; without one, slots before `started` do not count.  Slots missed while the machine was off are
    made up for by the latest of them.  A local time that a clock change repeats is one slot, its first occurrence.
    """
    done = datetime.fromisoformat(last) if last else started
    trigger = _trigger(subscription)
    for reach in _LOOK_BACK:
        found = _latest(trigger, max(done, now - reach), now)
        if found is not None:
            return found.isoformat(timespec="minutes")
        if now - reach <= done:
            return None
    return None


def _latest(trigger: CronTrigger, after: datetime, until: datetime) -> datetime | None:
    found, moment = None, after.astimezone(UTC)
    while True:
        moment = (moment + timedelta(minutes=1)).replace(second=0, microsecond=0)
        fire: datetime | None = trigger.get_next_fire_time(None, moment)
        if fire is None or fire > until:
            return found
        moment = fire.astimezone(UTC)
        if not fire.fold:
            found = fire


def _trigger(subscription: Subscription) -> CronTrigger:
    try:
        zone = ZoneInfo(subscription.timezone)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"timezone: {subscription.timezone!r} is not known; write a name such as 'Asia/Ho_Chi_Minh'") from None
    fields = subscription.schedule.split()
    try:
        if len(fields) == 5:  # noqa: PLR2004 - minute, hour, day, month, weekday
            fields[4] = re.sub(r"(?<![/\d])[0-7](?!\d)", lambda digit: _WEEKDAYS[int(digit[0])], fields[4])
        return CronTrigger.from_crontab(" ".join(fields), timezone=zone)
    except ValueError as error:
        raise ValueError(
            f"schedule: {subscription.schedule!r} is not a cron line ({error}); "
            "write 'minute hour day month weekday', such as '0 7,12,17 * * mon-fri'"
        ) from None
