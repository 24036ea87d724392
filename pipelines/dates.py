"""Every way in which a Vietnamese paper writes a time.

The zone, the time of day and the date are looked for one by one, since papers put them in any order and any dress.  dateutil's
and htmldate's free guessing is not used on purpose: both fill in what is missing, and a wrong minute is worse than none.
"""

import re
from datetime import UTC, datetime, timedelta, timezone

from pipelines.text import clean, unescape

HOME = timezone(timedelta(hours=7))
"""Asia/Ho_Chi_Minh: no summer time since 1945, so a fixed offset says it all."""

_YEARS = range(1990, 2100)
_EPOCH = re.compile(r"(\d{10})(?:\d{3})?")
_ZONE = re.compile(
    r"\(?\b(?:GMT|UTC)\s*([+-]\d{1,2})(?::?(\d\d))?\)?"  # GMT+7, (GMT+07:00)
    r"|(?<=[\d\s])([+-]\d\d)(?::?(\d\d))?(?=\s*(?:\(\w+\)\s*)?$)"  # +07, +0700, +07:00 at the end, space before it or not
    r"|(?<=\d)\s*(?:Z|GMT|UTC)$"
)
_FOREIGN_ZONE = re.compile(r"\b(?:[ECMP][SD]T|CEST|CET|BST|JST)\b")
_TIME = re.compile(
    r"(?<![\d:/.-])(\d{1,2})(?::(\d{2})(?::(\d{2})(?:[.,]\d+)?)?|\s*(?:giờ|g|h)\s*(\d{2})(?!\d)(?:\s*phút)?)"
    r"\s*(AM|PM|SA|CH)?\b(?![:\d])",
    re.IGNORECASE,
)
_ISO_DATE = re.compile(r"(?<!\d)(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?!\d)|(?<!\d)(\d{4})(\d{2})(\d{2})(?=T )")
_SLASH_DATE = re.compile(r"(?<![\d/.-])(\d{1,2})(?:(/)|[.-])(\d{1,2})[/.-](\d{4}|\d{2})(?![\d/-])")
_LONG_DATE = re.compile(r"(\d{1,2}) tháng (\d{1,2})(?:,| năm)? (\d{4})", re.IGNORECASE)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(" + "|".join(_MONTHS) + r")[a-z]*\.?"
_DAY_MONTH = re.compile(r"(?<!\d)(\d{1,2})[ -]" + _MONTH + r"[ ,-]+(\d{4}|\d{2})(?!\d)", re.IGNORECASE)
_MONTH_DAY = re.compile(_MONTH + r" (\d{1,2}),? (\d{4})", re.IGNORECASE)


def parse_time(text: str, *, month_first: bool = False) -> datetime | None:
    """Read the instant that `text` names, aware and in UTC; None where day or time of day is missing or more than one is named.

    A bare local time is Vietnamese.  Numbers are day first, unless `month_first` or unless slashes meet AM/PM, as in the feeds
    of tuoitre and baochinhphu ("9/16/2026 10:17:00 AM").
    """
    text = clean(unescape(text))
    if epoch := _EPOCH.fullmatch(text):
        return _plausible(datetime.fromtimestamp(int(epoch[1]), tz=UTC))
    text = re.sub(r"(?<=\d)T(?=\d)", "T ", text)  # so that the time of day stands free
    text = re.sub(r"(T \d\d)(\d\d)(\d\d)?(?=\D|$)", _with_colons, text)
    zone, text = _take_zone(text)
    times = {found.groups() for found in _TIME.finditer(text)}
    if zone is None or len(times) != 1:
        return None
    hour, minute, second, spoken_minute, half = times.pop()
    dates = set(_dates(text, month_first=month_first, half=half))
    if len(dates) != 1:
        return None
    year, month, day = dates.pop()
    try:
        local = datetime(year, month, day, _hour(int(hour), half), int(minute or spoken_minute), int(second or 0), tzinfo=zone)
    except ValueError:
        return None
    return _plausible(local.astimezone(UTC))


def _plausible(time: datetime) -> datetime | None:
    return time if time.year in _YEARS else None


def _with_colons(found: re.Match[str]) -> str:
    """ISO's basic form: T080153 is T08:01:53."""
    return ":".join(part for part in found.groups() if part)


def _take_zone(text: str) -> tuple[timezone | None, str]:
    """Separate the zone from the text; None for a zone that is named but not known."""
    if _FOREIGN_ZONE.search(text):
        return None, text
    found = _ZONE.search(text)
    if not found:
        return HOME, text
    hours, minutes = found[1] or found[3] or "+0", found[2] or found[4] or "0"
    # A bare "-07" after a date without time is part of a date: then no time is left and the caller says None anyway.
    offset = timedelta(hours=int(hours), minutes=int(minutes) * (-1 if hours.startswith("-") else 1))
    if abs(offset) > timedelta(hours=14):
        return None, text
    return timezone(offset), text[: found.start()] + " " + text[found.end() :]


def _dates(text: str, *, month_first: bool, half: str | None) -> list[tuple[int, int, int]]:
    """Every day that is named: (year, month, day), not yet checked."""
    days = []
    for found in _ISO_DATE.finditer(text):
        year, month, day = (int(part) for part in found.groups() if part)
        days.append((year, month, day))
    for found in _SLASH_DATE.finditer(text):
        first, second, year = int(found[1]), int(found[3]), _year(found[4])
        american = month_first or bool(half and half.upper() in {"AM", "PM"} and found[2] and first <= len(_MONTHS))
        days.append((year, first, second) if american else (year, second, first))
    days += [(int(found[3]), int(found[2]), int(found[1])) for found in _LONG_DATE.finditer(text)]
    days += [(_year(found[3]), _month(found[2]), int(found[1])) for found in _DAY_MONTH.finditer(text)]
    days += [(int(found[3]), _month(found[1]), int(found[2])) for found in _MONTH_DAY.finditer(text)]
    return days


def _month(name: str) -> int:
    return _MONTHS.index(name.lower()) + 1


def _year(digits: str) -> int:
    """Thanh Niên's feed writes 26 for 2026."""
    return int(digits) if len(digits) > 2 else 2000 + int(digits)  # noqa: PLR2004 - two digits


def _hour(hour: int, half: str | None) -> int:
    """Bring the hour to the 24-hour clock; "00:01 AM" and "15:30 PM" are on it already."""
    if half is None:
        return hour
    noon = 12
    if half.upper() in {"PM", "CH"}:
        return hour + noon if hour < noon else hour
    return 0 if hour == noon else hour
