"""When cron lines come due on the clock of a time zone, and which hours are quiet."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, time
from heapq import merge
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from news.problem import BadValueError, Words

_FIELDS = 5  # the library takes a sixth, seconds


def slots(schedule: str, timezone: str, after: datetime) -> Iterator[datetime]:
    """The times at which one of the schedule's lines is due after this moment, soonest first.

    A local time that a clock change repeats is due once, at its first occurrence; one that it skips is due when the clock has jumped.
    """
    begin = after.astimezone(ZoneInfo(timezone))
    due = merge(*(CronSim(line, begin) for line in schedule.split(";")), key=datetime.timestamp)
    return (slot for slot in due if not slot.fold and slot > after)


def check(schedule: str, timezone: str) -> None:
    """Raise BadValueError for a time zone or a cron line that is none, or that no day of any year fits."""
    try:
        ZoneInfo(timezone)
    except (KeyError, ValueError, OSError):
        raise BadValueError(
            "timezone: {timezone!r} is not known; write a name such as 'Asia/Ho_Chi_Minh'", timezone=timezone
        ) from None
    for line in schedule.split(";"):
        if fault := _fault(line):
            raise BadValueError(
                "schedule: {line!r} is not a cron line ({error}); write 'minute hour day month weekday', "
                "such as '0 7,12,17 * * mon-fri', several with ';' between",
                line=line.strip(),
                error=Words(fault),
            )


def _fault(line: str) -> str:
    if len(line.split()) != _FIELDS:
        return "Wrong number of fields"
    try:
        CronSim(line, datetime.now(UTC))
    except CronSimError as error:
        return str(error)
    return ""


def quiet_hours(span: str) -> tuple[time, time] | None:
    """Begin and end of "22:00-06:00"; None for none. Raises BadValueError."""
    if not span:
        return None
    try:
        begin, end = map(time.fromisoformat, re.split(r"\s*[-–]\s*", span.strip()))
    except ValueError:
        begin = end = time(tzinfo=UTC)
    # The hours are those of the subscription's own zone.
    if begin.tzinfo or end.tzinfo:
        raise BadValueError("quiet: {quiet!r} is not a span of hours; write '22:00-06:00'", quiet=span)
    return begin, end
