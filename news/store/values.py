"""Rows to values and back: articles with their matches and versions, stories with their copies."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, bindparam, select

from news.model import Article, Change, Evidence, Match, Origin, Revision, Span, StoredArticle, Story
from news.tables import article, match, recheck, revision, story

_SPANS = ("evidence", "near_misses")
CHUNK = 500  # SQLite allows 999 parameters a statement in old builds

# An article with how its page was last found.
ARTICLES: Select[Any] = select(article, recheck.c.gone, recheck.c.gone_at).outerjoin(
    recheck, recheck.c.article_id == article.c.id
)
_MATCHES = select(match.c.article_id, match.c.explanation).where(match.c.article_id.in_(bindparam("ids", expanding=True)))
_REVISIONS = (
    select(revision)
    .where(revision.c.article_id.in_(bindparam("ids", expanding=True)))
    .order_by(revision.c.replaced, revision.c.id)
)


def article_row(new: Article) -> dict[str, Any]:
    """What the article table holds of an article itself."""
    row = {name: getattr(new, name) for name in new.__slots__}
    return {**row, "captions": list(new.captions), "authors": list(new.authors)}


def match_row(article_id: int, verdict: Match) -> dict[str, Any]:
    """A row of the match table."""
    return {
        "article_id": article_id,
        "topic": verdict.topic,
        "score": verdict.score,
        "relevant": verdict.relevant,
        "borderline": verdict.borderline,
        "explanation": _packed(verdict),
    }


def _packed(verdict: Match) -> dict[str, Any]:
    """A verdict without what is empty, and its spans without their names: most of a stored article beside its text are spans."""
    row = msgspec.to_builtins(verdict)
    for name in _SPANS:
        row[name] = [list(span.values()) for span in row[name]]
    return {name: value for name, value in row.items() if value not in ("", [])}


def _verdict(row: dict[str, Any]) -> Match:
    """A verdict as it was packed, or as the first version stored it, span by span with names."""
    spans = {
        name: [span if isinstance(span, dict) else dict(zip(Span.__slots__, span, strict=True)) for span in row.get(name, ())]
        for name in _SPANS
    }
    return msgspec.convert(row | spans, Match)


def revision_row(article_id: int, past: Revision) -> dict[str, Any]:
    """A row of the revision table."""
    return {
        "article_id": article_id,
        "seen": past.seen,
        "replaced": past.replaced,
        "changes": msgspec.to_builtins(past.changes),
        "version": msgspec.to_builtins(past.article),
    }


def stored(db: Connection, rows: Sequence[Row[Any]]) -> list[StoredArticle]:
    """Rows of ARTICLES, with matches and earlier versions, in the same order."""
    matches: dict[int, list[Match]] = {row.id: [] for row in rows}
    revisions: dict[int, list[Revision]] = {row.id: [] for row in rows}
    for start in range(0, len(rows), CHUNK):
        ids = [row.id for row in rows[start : start + CHUNK]]
        for article_id, explanation in db.execute(_MATCHES, {"ids": ids}):
            matches[article_id].append(_verdict(explanation))
        for past in db.execute(_REVISIONS, {"ids": ids}):
            revisions[past.article_id].append(_revision(past))
    return [
        StoredArticle(
            id=row.id,
            article=_article(row),
            first_seen=row.first_seen,
            fetched=row.fetched,
            story_id=row.story_id,
            joined=row.joined,
            matches=tuple(sorted(matches[row.id], key=lambda verdict: verdict.topic)),
            revisions=tuple(revisions[row.id]),
            gone=row.gone,
            gone_at=row.gone_at,
        )
        for row in rows
    ]


def stories(db: Connection, ids: Iterable[int]) -> tuple[Story, ...]:
    """Whole stories with all their copies, oldest first, in the order of `ids`."""
    wanted = list(ids)
    copies: dict[int, list[StoredArticle]] = {key: [] for key in wanted}
    known: dict[int, Row[Any]] = {}
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        for copy in stored(db, db.execute(ARTICLES.where(article.c.story_id.in_(part))).all()):
            copies[copy.story_id].append(copy)
        known |= {row.id: row for row in db.execute(select(story).where(story.c.id.in_(part)))}
    for found in copies.values():
        found.sort(key=lambda copy: (copy.when, copy.id))
    return tuple(
        Story(id=key, articles=tuple(copies[key]), origin=_origin(known[key].origin, copies[key]), event_id=known[key].event_id)
        for key in wanted
        if copies[key]
    )


def _article(row: Row[Any]) -> Article:
    values = {name: getattr(row, name) for name in Article.__slots__}
    return Article(**{**values, "captions": tuple(row.captions), "authors": tuple(row.authors)})


def _revision(row: Row[Any]) -> Revision:
    return Revision(
        article=msgspec.convert(row.version, Article),
        seen=row.seen,
        replaced=row.replaced,
        changes=msgspec.convert(row.changes, tuple[Change, ...]),
        id=row.id,
    )


def _origin(told: Mapping[str, Any], copies: Sequence[StoredArticle]) -> Origin:
    """The origin that was decided; for a story from before origins were kept, the agency that its oldest copy credits."""
    if told:
        return msgspec.convert(told, Origin)
    credited = next((copy.article for copy in copies if copy.article.agency), None)
    if credited is None:
        return Origin()
    credit = Evidence(kind="credit", site=credited.site, words=credited.credit_line or credited.agency or "")
    return Origin(writer=credited.agency or "", kind="agency", evidence=(credit,))


def key_of(primary_key: Sequence[Any] | None) -> int:
    """The number that the database gave a new row."""
    assert primary_key is not None
    return int(primary_key[0])
