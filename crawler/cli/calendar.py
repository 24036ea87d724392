"""The occasions of series as a calendar (RFC 5545) that calendar programs take in, the same bytes for the same news."""

import re
from collections.abc import Iterable
from datetime import UTC, timedelta

from icalendar import Calendar, Event, vUri

from crawler.cli.language import _, language
from crawler.views.series import Series, latest, shown
from pipelines.series import Occasion


def calendar(found: Iterable[Series]) -> bytes:
    """One event an occasion, whole days."""
    whole = Calendar()
    whole.add("prodid", f"-//tuantra//series//{language().upper()}")
    whole.add("version", "2.0")
    whole.add("calscale", "GREGORIAN")
    for series in found:
        for occasion in series.told.occasions:
            whole.add_component(_event(series, occasion))
    return bytes(whole.to_ical())


def _event(series: Series, occasion: Occasion) -> Event:
    told = series.told
    event = Event()
    event.add("uid", _uid(series, occasion))
    # Neither the time of writing, which would differ every time, nor a guess: the occasion is as of its last article.
    event.add("dtstamp", latest(occasion).astimezone(UTC))
    event.add("last-modified", latest(occasion).astimezone(UTC))
    event.add("dtstart", occasion.start)
    event.add("dtend", occasion.end + timedelta(days=1))
    name = told.name.get(language()) or told.key
    number = occasion.number
    event.add("summary", name if number is None else _("{name}, no. {number}").format(name=name, number=number))
    if occasion.place:
        event.add("location", occasion.place)
    event.add("description", "\n".join(_lines(occasion)))
    event.add("url", vUri(occasion.articles[0].url))
    # Nobody is busy because two navies are on patrol.
    event.add("transp", "TRANSPARENT")
    return event


def _lines(occasion: Occasion) -> Iterable[str]:
    if occasion.reported:
        yield _("* the day of the first report; the articles do not say when it was")
    if occasion.disputed:
        yield _("? other articles give the same occasion another number")
    yield from map(shown, occasion.heads)
    for article in occasion.articles:
        yield f"{article.paper}: {article.title}"
        yield article.url


def _uid(series: Series, occasion: Occasion) -> str:
    """The same while further articles come in and tell the number or another day: the oldest story keeps its number in the store."""
    branch = re.sub(r"-\d+$", "", series.told.key)
    beside = f"-no-{occasion.number}" if occasion.disputed else ""
    return f"{series.topic}-{branch}-{occasion.stories[0]}{beside}@tuantra"
