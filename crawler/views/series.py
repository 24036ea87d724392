"""The series of the configured topics, chosen by name and time, as values and as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from crawler.config import topics
from crawler.jobs import Program
from crawler.toml import ConfigError
from crawler.views.rows import local_time
from news.problem import nearest
from pipelines.dates import HOME
from pipelines.match.spelling import fold, without_accents
from pipelines.series import Chronicle, Head, Occasion, chronicle, names, since


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A chronicle and the topic that it belongs to."""

    topic: str
    told: Chronicle


def find_series(program: Program, name: str = "", length: timedelta | None = None) -> tuple[Series, ...]:
    """The series with occasions, of that key or with that part of a name, in the last `length`. Raises ConfigError for an unknown name.

    All stories are read even where `length` is short: which numbers are missing can only be told from the whole.
    """
    chosen = topics(program.config)
    _check(name, {key: words for topic in chosen.values() for key, words in names(topic).items()})
    start = (program.clock() - length).astimezone(HOME).date() if length else None
    found = []
    for key, topic in chosen.items():
        for told in chronicle(program.store.stories.relevant(topic=key), topic):
            kept = since(told, start) if start else told
            if kept.occasions and _named(name, told.key, told.name):
                found.append(Series(topic=key, told=kept))
    return tuple(found)


def series_row(series: Series) -> dict[str, Any]:
    """A series as programs read it; days are ISO 8601."""
    told = series.told
    return {
        "topic": series.topic,
        "series": told.key,
        "name": told.name,
        "missing": list(told.missing),
        "occasions": [_occasion_row(occasion) for occasion in told.occasions],
    }


def occasion_cells(series: Series, occasion: Occasion, language: str) -> dict[str, object]:
    """An occasion as one line of a table for spreadsheets."""
    told = series.told
    return {
        "topic": series.topic,
        "series": told.key,
        "name": told.name.get(language) or told.key,
        "number": occasion.number if occasion.number is not None else "",
        "start": occasion.start.isoformat(),
        "end": occasion.end.isoformat(),
        "reported": "yes" if occasion.reported else "no",
        "place": occasion.place,
        "heads": [shown(head) for head in occasion.heads],
        "papers": occasion.papers,
        "disputed": list(occasion.disputed),
        "stories": list(occasion.stories),
        "articles": [article.url for article in occasion.articles],
    }


def shown(head: Head) -> str:
    """A head of delegation as a reader is shown them: "Đại tướng Tea Seiha (Bộ trưởng Bộ Quốc phòng)"."""
    name = f"{head.rank} {head.name}".strip()
    return f"{name} ({head.office})" if head.office else name


def latest(occasion: Occasion) -> datetime:
    """When the last article on it came out."""
    return max(article.published for article in occasion.articles)


def _occasion_row(occasion: Occasion) -> dict[str, Any]:
    return {
        "number": occasion.number,
        "start": occasion.start.isoformat(),
        "end": occasion.end.isoformat(),
        "reported": occasion.reported,
        "place": occasion.place or None,
        "heads": [
            {"name": head.name, "rank": head.rank or None, "office": head.office or None, "side": head.side or None}
            for head in occasion.heads
        ],
        "disputed": list(occasion.disputed),
        "stories": list(occasion.stories),
        "articles": [
            {"site": article.paper, "title": article.title, "url": article.url, "published": local_time(article.published)}
            for article in occasion.articles
        ],
    }


def _named(name: str, key: str, words: Mapping[str, str]) -> bool:
    """Whether a name means this series: its key, the key of all its branches, or a part of what it is called, accents or not."""
    plain = _plain(name)
    return not name or key == name or key.startswith(f"{name}-") or any(plain in _plain(said) for said in words.values())


def _check(name: str, known: Mapping[str, Mapping[str, str]]) -> None:
    """Raise ConfigError where the name means no series at all. A branch, "patrol-navy", begins with the key of its series."""
    branch = any(name.startswith(f"{key}-") for key in known)
    if name and not branch and not any(_named(name, key, words) for key, words in known.items()):
        raise ConfigError("series {name!r}: unknown; {remedy}", name=name, remedy=nearest(name, known))


def _plain(words: str) -> str:
    return without_accents(fold(words).words)
