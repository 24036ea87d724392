"""The days that a sentence names, as papers write them: "ngày 12/5", "từ 3 đến 5-7-2019", "ngày 4 tháng 12", "May 12–14, 2025"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})[a-z]*\.?"
_TO = r"\s*(?:-|–|đến(?: hết)?(?: ngày)?|tới(?: ngày)?|và(?: ngày)?|to|and)\s*"
_YEAR = r"(?:(?:,| năm)? (?P<year>\d{4})(?!\d))?"
_FORMS = (
    # 3/6/2016, 3-6-2016; from here on a second day makes a stretch: 13-14/11, từ 30/9 đến 2/10/2025
    rf"(?<![\d/.,-])(?:(?P<first>\d{{1,2}})(?:[/.-](?P<first_month>\d{{1,2}}))?{_TO})?(?P<day>\d{{1,2}})(?P<mark>[/.-])(?P<number>\d{{1,2}})[/.-](?P<year>\d{{4}})(?!\d)",
    rf"(?<![\d/.,-])(?P<first>\d{{1,2}})(?:[/.-](?P<first_month>\d{{1,2}}))?{_TO}(?P<day>\d{{1,2}})[/.-](?P<number>\d{{1,2}})(?![\d/-]|[.,]\d)",
    # Without a year two numbers may be anything; a word before them must say that they are a day.
    r"(?:\b(?:ngày|sáng|trưa|chiều|tối|đêm|hôm|vào|từ|đến)|nay \(|^\(?|\()\s*(?P<day>\d{1,2})[/.-](?P<number>\d{1,2})(?![\d/-]|[.,]\d)",
    rf"(?<!\d)(?:(?P<first>\d{{1,2}}){_TO})?(?P<day>\d{{1,2}}) tháng (?P<number>\d{{1,2}}){_YEAR}",
    rf"\b{_MONTH} (?P<day>\d{{1,2}})(?!\d)(?:{_TO}(?P<last>\d{{1,2}})(?!\d))?{_YEAR}",
    rf"(?<!\d)(?:(?P<first>\d{{1,2}}){_TO})?(?P<day>\d{{1,2}}) {_MONTH}{_YEAR}",
)
_DAYS = tuple(re.compile(form, re.IGNORECASE) for form in _FORMS)
_TODAY = re.compile(r"\b(?:(?:sáng|trưa|chiều|tối|hôm) nay|today|this (?:morning|afternoon|evening))\b", re.IGNORECASE)
_YESTERDAY = re.compile(r"\b(?:hôm qua|yesterday)\b", re.IGNORECASE)
# "30/4 - 1/5" are no dates of a patrol of a whole month; what takes longer is a season or a plan.
_LONGEST = timedelta(days=21)


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """A day or a stretch of days, where it stands, and whether the year is printed too."""

    start: date
    end: date
    at: int
    with_year: bool


def days(sentence: str, published: date) -> tuple[Days, ...]:
    """Every day named, from left to right; a year that is not printed is the one that brings it nearest to publication."""
    found: list[Days] = []
    taken: list[tuple[int, int]] = []
    for form in _DAYS:
        for match in form.finditer(sentence):
            if any(match.start() < stop and start < match.end() for start, stop in taken):
                continue
            if read := _read(match, published):
                found.append(read)
                taken.append(match.span())
    for pattern, ago in ((_TODAY, 0), (_YESTERDAY, 1)):
        found += _spoken(pattern, sentence, published - timedelta(days=ago), taken)
    return tuple(sorted(found, key=lambda one: one.at))


def _spoken(pattern: re.Pattern[str], sentence: str, day: date, taken: list[tuple[int, int]]) -> Iterator[Days]:
    for match in pattern.finditer(sentence):
        # "sáng nay (29/10)" has said it already.
        if not any(start <= match.end() + 2 and match.start() < stop for start, stop in taken):
            yield Days(start=day, end=day, at=match.start(), with_year=False)


def _read(match: re.Match[str], published: date) -> Days | None:
    said = {name: word for name, word in match.groupdict().items() if word}
    month = int(said["number"]) if "number" in said else _MONTHS.index(said["month"].lower()) + 1
    years = [int(said["year"])] if "year" in said else [published.year - 1, published.year, published.year + 1]
    last = int(said.get("last") or said["day"])
    ends = [day for year in years if (day := _day(year, month, last))]
    if not ends:
        return None
    end = min(ends, key=lambda day: abs(day - published))
    start: date | None = end
    if "last" in said:
        start = _day(end.year, month, int(said["day"]))
    elif "first" in said:
        first_month = int(said.get("first_month") or month)
        start = _day(end.year - (first_month > month), first_month, int(said["first"]))
    if start is None or not start <= end <= start + _LONGEST:
        if "year" not in said:
            return None
        start = end
    return Days(start=start, end=end, at=match.start(), with_year="year" in said)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
