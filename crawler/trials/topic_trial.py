"""Tries a changed topic on stored and labelled articles, and applies the configured topics to the store again."""

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, cast, get_args

from crawler.catalogue import address_of
from crawler.config import Config, load_topic, topics
from crawler.jobs import Program
from crawler.toml import ConfigError
from crawler.views.rows import local_time
from news.model import Match, StoredArticle
from news.problem import Words, nearest
from news.store.labels import Label, Verdict
from pipelines.match import Matcher, Topic
from pipelines.process import judge

LABELS: tuple[str, ...] = get_args(Verdict)
CONFIGURED = "the configured topic"
_UNDATED = "—"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One article to try topics on; `month` is that of its publication in Hanoi."""

    name: str
    title: str
    lead: str
    text: str
    language: str = "vi"
    label: str = ""
    month: str = _UNDATED


@dataclass(slots=True, kw_only=True)
class Figures:
    """How often each label was reported or not, by one topic; borderline counts neither way."""

    relevant: int = 0
    found: int = 0
    missed: int = 0
    wrong: int = 0

    def count(self, label: str, *, reported: bool) -> None:
        """Take one verdict in."""
        self.relevant += reported
        self.found += label == "relevant" and reported
        self.missed += label == "relevant" and not reported
        self.wrong += label == "irrelevant" and reported

    def row(self) -> dict[str, Any]:
        """The figures with precision, recall and F1, each None where nothing was there to divide by."""
        precision = _share(self.found, self.found + self.wrong)
        recall = _share(self.found, self.found + self.missed)
        return {
            "reported": self.relevant,
            "found": self.found,
            "missed": self.missed,
            "wrong": self.wrong,
            "precision": precision,
            "recall": recall,
            "f1": _share(2 * self.found, 2 * self.found + self.wrong + self.missed),
        }


@dataclass(slots=True, kw_only=True)
class Trial:
    """What trying a topic against another one came to; None stands for no other one."""

    topic: str
    against: str | None
    articles: int = 0
    labels: dict[str, int] = field(default_factory=lambda: dict.fromkeys(LABELS, 0))
    gained: list[dict[str, Any]] = field(default_factory=list)
    lost: list[dict[str, Any]] = field(default_factory=list)
    mistaken: list[dict[str, Any]] = field(default_factory=list)
    old: Figures = field(default_factory=Figures)
    new: Figures = field(default_factory=Figures)
    months: dict[str, tuple[Figures, Figures]] = field(default_factory=dict)

    def row(self) -> dict[str, Any]:
        """The whole trial as plain data."""
        return {
            "topic": self.topic,
            "against": self.against,
            "articles": self.articles,
            "labels": self.labels,
            "gained": self.gained,
            "lost": self.lost,
            "mistaken": self.mistaken,
            "old": self.old.row() if self.against else None,
            "new": self.new.row(),
            "months": [
                {"month": month, "old": old.row() if self.against else None, "new": new.row()}
                for month, (old, new) in sorted(self.months.items())
            ],
        }


def backtest(new: Topic, old: Topic | None, against: str, samples: Iterable[Sample]) -> Trial:
    """Judge every sample by both topics and keep what differs, and what contradicts its label."""
    trial = Trial(topic=new.key, against=against if old else None)
    matcher = Matcher([new, old] if old else [new])
    for sample in samples:
        verdicts = matcher.match(title=sample.title, lead=sample.lead, text=sample.text, site_language=sample.language)
        after, before = verdicts[0], verdicts[1] if old else None
        trial.articles += 1
        reported = before is not None and before.relevant
        trial.old.count(sample.label, reported=reported)
        trial.new.count(sample.label, reported=after.relevant)
        if sample.label:
            trial.labels[sample.label] += 1
            month = trial.months.setdefault(sample.month, (Figures(), Figures()))
            month[0].count(sample.label, reported=reported)
            month[1].count(sample.label, reported=after.relevant)
        row = _difference(sample, before, after)
        if after.relevant != reported:
            (trial.gained if after.relevant else trial.lost).append(row)
        if sample.label == ("irrelevant" if after.relevant else "relevant"):
            trial.mistaken.append(row)
    return trial


def other_topic(config: Config, new: Topic, path: str) -> tuple[Topic | None, str]:
    """The topic to compare with and how to call it: the file named, else the configured topic of the same key, if there is one."""
    if path:
        return load_topic(Path(path)), path
    return topics(config).get(new.key), CONFIGURED


def stored_samples(program: Program, topic: str, since: datetime | None) -> Iterator[Sample]:
    """Every stored article with the label that an analyst gave it, near misses included."""
    labels = {label.url: label.label for label in program.store.labels.all(topic)}
    for stored in program.store.articles.export(since=since, everything=True):
        article = stored.article
        yield Sample(
            name=article.canonical_url,
            title=article.title,
            lead=article.lead,
            text=article.text,
            language=article.language,
            label=labels.get(article.canonical_url, ""),
            month=_month(stored),
        )


def labelled_samples(path: Path) -> Iterator[Sample]:
    """JSON lines of {"id" or "url", "title", "lead", "text", "label"}, gzipped or not. Raises ConfigError naming the line."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield _sample(line, f"{path}: line {number}")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise ConfigError(
            "{path}: cannot be read: {error}; give a file of JSON lines, gzipped if its name ends in .gz",
            path=path,
            error=Words(error),
        ) from error


def rematch(program: Program, *, since: datetime | None, key: str = "") -> dict[str, Any]:
    """Apply the configured topics, or one of them, to the stored articles again. Raises ConfigError for an unknown topic."""
    chosen = topics(program.config)
    if key:
        chosen = {key: chosen[known_topic(program.config, key)]}
    matcher, subscribers = Matcher(list(chosen.values())), program.subscriptions
    done: dict[str, Any] = {"articles": 0, "changed": 0, "gained": [], "lost": []}
    for stored in program.store.articles.export(since=since, everything=True):
        done["articles"] += 1
        fresh = judge(stored.article, matcher)
        kept = tuple(verdict for verdict in stored.matches if key and verdict.topic != key)
        matches = tuple(sorted((*kept, *fresh), key=lambda verdict: verdict.topic))
        if matches == stored.matches or not program.store.articles.rematch(stored.id, matches, subscribers):
            continue
        done["changed"] += 1
        old, new = ({verdict.topic: verdict for verdict in verdicts} for verdicts in (stored.matches, matches))
        for topic in sorted(old.keys() | new.keys()):
            was, now = (topic in verdicts and verdicts[topic].relevant for verdicts in (old, new))
            if was != now:
                row = _difference(_named(stored), old.get(topic), new.get(topic))
                done["gained" if now else "lost"].append({"topic": topic, **row})
    return done


def known_topic(config: Config, key: str) -> str:
    """The key of a configured topic; without one named, that of the only topic. Raises ConfigError."""
    known = topics(config)
    if key in known:
        return key
    if not key and len(known) == 1:
        return next(iter(known))
    if not key:
        raise ConfigError("several topics are configured; name one with --topic: {names}", names=", ".join(sorted(known)))
    raise ConfigError("topic {key!r}: not configured; {remedy}", key=key, remedy=nearest(key, known))


def mark(program: Program, url: str, label: str, *, note: str, topic: str) -> dict[str, Any]:
    """Label the article at an address, or take its label away ("none"). Raises ConfigError for an unknown topic."""
    key = known_topic(program.config, topic)
    address = address_of(url)
    stored = program.store.articles.by_url(address)
    address = stored.article.canonical_url if stored else address
    done = True
    if label == "none":
        done = program.store.labels.unmark(address, key)
    else:
        program.store.labels.mark(address, key, cast("Verdict", label), note=note, now=program.clock())
    return {"url": address, "topic": key, "label": label, "note": note, "stored": stored is not None, "done": done}


def label_row(label: Label) -> dict[str, Any]:
    """A label as programs read it."""
    row = {name: getattr(label, name) for name in label.__slots__}
    return {**row, "marked_at": local_time(label.marked_at)}


def _sample(line: str, place: str) -> Sample:
    try:
        record = json.loads(line)
    except ValueError as error:
        raise ConfigError("{place}: not JSON: {error}; write one object a line", place=place, error=Words(error)) from error
    if not isinstance(record, Mapping):
        raise ConfigError('{place}: not an object; write {{"url": …, "title": …, "lead": …, "text": …, "label": …}}', place=place)
    label = str(record.get("label") or "")
    if label and label not in LABELS:
        raise ConfigError(
            "{place}: label = {label!r}: unknown; {remedy}", place=place, label=label, remedy=nearest(label, LABELS)
        )
    parts = {name: str(record.get(name) or "") for name in ("title", "lead", "text")}
    published = str(record.get("published") or "")
    return Sample(
        name=str(record.get("url") or record.get("id") or place),
        language=str(record.get("language") or "vi"),
        label=label,
        month=published[:7] or _UNDATED,
        **parts,
    )


def _named(stored: StoredArticle) -> Sample:
    article = stored.article
    return Sample(name=article.canonical_url, title=article.title, lead="", text="", month=_month(stored))


def _month(stored: StoredArticle) -> str:
    return cast("str", local_time(stored.article.published or stored.first_seen))[:7]


def _difference(sample: Sample, before: Match | None, after: Match | None) -> dict[str, Any]:
    """One article with both scores, the sentence that decided for it and what the new verdict says."""
    speaks = after if after is not None and (after.relevant or before is None) else before
    return {
        "article": sample.name,
        "title": sample.title,
        "month": sample.month,
        "label": sample.label,
        "old_score": before.score if before else None,
        "score": after.score if after else None,
        "sentence": speaks.sentence if speaks else "",
        "why": after.why if after else "the topic is no longer configured",
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
