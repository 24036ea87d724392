"""Articles, their matches and their stories."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

import msgspec
from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from news.model import Article, Match, StoredArticle, Story
from news.store.database import Database
from news.tables import address, article, match, signature, story, told

_CHUNK = 500  # SQLite allows 999 parameters a statement in old builds


class Placed(Protocol):
    """Which story an article was put into, as `pipelines.group.place` decides it."""

    @property
    def story_id(self) -> int | None: ...  # noqa: D102

    @property
    def why(self) -> str: ...  # noqa: D102

    @property
    def merges(self) -> tuple[int, ...]: ...  # noqa: D102


class Told(Protocol):
    """Who is told what, as a subscription says it; no topics: any."""

    @property
    def name(self) -> str: ...  # noqa: D102

    @property
    def topics(self) -> tuple[str, ...]: ...  # noqa: D102

    @property
    def minimum_score(self) -> float: ...  # noqa: D102


class ArticleStore:
    """Takes articles in, each once, and gives them back as stories."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        new: Article,
        *,
        asked: str,
        matches: Sequence[Match],
        bands: Sequence[int],
        nearest: Callable[[Mapping[int, int]], Sequence[int]],
        place: Callable[[Sequence[StoredArticle]], Placed],
        first_seen: datetime,
        fetched: datetime,
        outcome: str,
    ) -> StoredArticle | None:
        """Store an article, its matches, its place in a story and the outcome of its address, all in one transaction.

        `nearest` chooses from {article id: bands shared} whom to compare with; `place` is asked with those articles, inside the
        transaction, so that two crawls cannot both open a story for one text.  Returns None, and only notes the address, when the canonical address is already stored.
        """
        with self._database.write() as db:
            known = db.execute(select(article.c.id).where(article.c.canonical_url == new.canonical_url)).scalar()
            if known is not None:
                _settle(db, asked, "same_address", known, fetched)
                return None
            candidates = _near(db, bands, nearest)
            placed = place(candidates)
            story_id = placed.story_id
            if story_id is None:
                story_id = _key(db.execute(insert(story).values(created_at=first_seen)).inserted_primary_key)
            _merge(db, story_id, placed.merges)
            article_id = _key(
                db.execute(insert(article).values(_row(new, first_seen, fetched, story_id, placed.why))).inserted_primary_key
            )
            if bands:
                db.execute(insert(signature), [{"band": band, "article_id": article_id} for band in sorted(set(bands))])
            if matches:
                db.execute(insert(match), [_match_row(article_id, verdict) for verdict in matches])
            _settle(db, asked, outcome, article_id, fetched)
            return StoredArticle(
                id=article_id,
                article=new,
                first_seen=first_seen,
                fetched=fetched,
                story_id=story_id,
                joined=placed.why,
                matches=tuple(matches),
            )

    def refresh(self, new: Article, *, asked: str, matches: Sequence[Match], fetched: datetime) -> StoredArticle | None:
        """Replace what is stored of an article by a new reading; its story and what was told of it stay. None if unknown."""
        with self._database.write() as db:
            row = db.execute(select(article).where(article.c.canonical_url == new.canonical_url)).first()
            if row is None:
                return None
            values = _row(new, row.first_seen, fetched, row.story_id, row.joined)
            db.execute(update(article).where(article.c.id == row.id).values(values))
            db.execute(delete(match).where(match.c.article_id == row.id))
            if matches:
                db.execute(insert(match), [_match_row(row.id, verdict) for verdict in matches])
            _settle(db, asked, "relevant" if any(verdict.relevant for verdict in matches) else "kept", row.id, fetched)
            return _stored(db, [db.execute(select(article).where(article.c.id == row.id)).one()])[0]

    def rematch(self, article_id: int, matches: Sequence[Match], subscribers: Iterable[Told]) -> bool:
        """Replace an article's matches and the outcome of its addresses, in one transaction. False if it is gone.

        A digest looks for stories taken in since the last one that nobody told; an article that a changed topic has just made relevant
        may be among them, but it is no news.  So a subscriber to whom its story first becomes tellable here counts as told, without a
        digest, in the same transaction: no digest can come between.  A story that was waiting to be told before still waits.
        """
        subscribers = tuple(subscribers)
        outcome = "relevant" if any(verdict.relevant for verdict in matches) else "kept"
        with self._database.write() as db:
            story_id = db.execute(select(article.c.story_id).where(article.c.id == article_id)).scalar()
            if story_id is None:
                return False
            before = _tellable(db, story_id, subscribers)
            db.execute(delete(match).where(match.c.article_id == article_id))
            if matches:
                db.execute(insert(match), [_match_row(article_id, verdict) for verdict in matches])
            judged = address.c.outcome.in_(("relevant", "kept"))
            db.execute(update(address).where(address.c.article_id == article_id, judged).values(outcome=outcome))
            for name in sorted(_tellable(db, story_id, subscribers) - before):
                db.execute(upsert(told).values(subscription=name, story_id=story_id).on_conflict_do_nothing())
        return True

    def by_url(self, canonical_url: str) -> StoredArticle | None:
        """The stored article with this canonical address, or the one that this address led to."""
        with self._database.read() as db:
            found = db.execute(select(article).where(article.c.canonical_url == canonical_url)).first()
            if found is None:
                found = db.execute(
                    select(article).join(address, address.c.article_id == article.c.id).where(address.c.url == canonical_url)
                ).first()
            return _stored(db, [found])[0] if found is not None else None

    def stories(self, *, since: datetime | None = None, topic: str | None = None, limit: int | None = None) -> tuple[Story, ...]:
        """Stories with at least one relevant article, the newest first."""
        newest = func.max(article.c.first_seen)
        query = select(article.c.story_id).join(match).where(match.c.relevant).group_by(article.c.story_id)
        if topic is not None:
            query = query.where(match.c.topic == topic)
        if since is not None:
            query = query.having(newest >= since)
        with self._database.read() as db:
            ids = db.execute(query.order_by(newest.desc(), article.c.story_id.desc()).limit(limit)).scalars().all()
            return stories(db, ids)

    def story_topics(self) -> dict[int, tuple[str, ...]]:
        """Which topics each story is relevant to, by any of its copies."""
        query = select(article.c.story_id, match.c.topic).join(match).where(match.c.relevant).distinct()
        found: dict[int, tuple[str, ...]] = {}
        with self._database.read() as db:
            for story_id, topic in db.execute(query.order_by(article.c.story_id, match.c.topic)):
                found[story_id] = (*found.get(story_id, ()), topic)
        return found

    def export(self, *, since: datetime | None = None, everything: bool = False) -> Iterator[StoredArticle]:
        """Stored articles in the order they came: those of stories with a relevant copy, or `everything`.

        A copy that was cut short of the decisive paragraphs tells the same story as the whole text.
        """
        query = select(article).order_by(article.c.id)
        if since is not None:
            query = query.where(article.c.first_seen >= since)
        if not everything:
            query = query.where(article.c.story_id.in_(select(article.c.story_id).join(match).where(match.c.relevant)))
        last = 0
        while True:
            with self._database.read() as db:
                rows = db.execute(query.where(article.c.id > last).limit(_CHUNK)).all()
                found = _stored(db, rows)
            yield from found
            if len(rows) < _CHUNK:
                return
            last = rows[-1].id


def stories(db: Connection, ids: Iterable[int]) -> tuple[Story, ...]:
    """Whole stories with all their copies, oldest first, in the order of `ids`."""
    wanted = list(ids)
    copies: dict[int, list[StoredArticle]] = {key: [] for key in wanted}
    for start in range(0, len(wanted), _CHUNK):
        rows = db.execute(select(article).where(article.c.story_id.in_(wanted[start : start + _CHUNK]))).all()
        for copy in _stored(db, rows):
            copies[copy.story_id].append(copy)
    for found in copies.values():
        found.sort(key=lambda copy: (copy.article.published or copy.first_seen, copy.id))
    return tuple(Story(id=key, articles=tuple(copies[key])) for key in wanted if copies[key])


def _near(
    db: Connection, bands: Sequence[int], nearest: Callable[[Mapping[int, int]], Sequence[int]]
) -> tuple[StoredArticle, ...]:
    if not bands:
        return ()
    shared = select(signature.c.article_id, func.count()).where(signature.c.band.in_(bands)).group_by(signature.c.article_id)
    ids = nearest({row[0]: row[1] for row in db.execute(shared)})
    return tuple(_stored(db, db.execute(select(article).where(article.c.id.in_(ids)).order_by(article.c.id)).all()))


def _merge(db: Connection, target: int, others: Iterable[int]) -> None:
    """Move other stories' copies and what was told of them into one story; nothing that was told is told again."""
    for other in others:
        if other == target:
            continue
        db.execute(update(article).where(article.c.story_id == other).values(story_id=target))
        rows = db.execute(select(told).where(told.c.story_id == other)).mappings().all()
        for row in rows:
            db.execute(upsert(told).values({**row, "story_id": target}).on_conflict_do_nothing())
        db.execute(delete(told).where(told.c.story_id == other))
        db.execute(delete(story).where(story.c.id == other))


def _tellable(db: Connection, story_id: int, subscribers: Iterable[Told]) -> set[str]:
    """Name the subscribers for whom a copy of the story is relevant."""
    query = select(match.c.topic, match.c.score).join(article, article.c.id == match.c.article_id)
    found = db.execute(query.where(article.c.story_id == story_id, match.c.relevant)).all()
    return {
        one.name
        for one in subscribers
        if any(row.score >= one.minimum_score and (not one.topics or row.topic in one.topics) for row in found)
    }


def _settle(db: Connection, url: str, outcome: str, article_id: int, now: datetime) -> None:
    db.execute(
        update(address)
        .where(address.c.url == url)
        .values(state="done", outcome=outcome, article_id=article_id, fetched_at=now, next_attempt_at=None, crashes=0)
    )


def _row(new: Article, first_seen: datetime, fetched: datetime, story_id: int, joined: str) -> dict[str, Any]:
    row = {name: getattr(new, name) for name in new.__slots__}
    return {
        **row,
        "captions": list(new.captions),
        "authors": list(new.authors),
        "first_seen": first_seen,
        "fetched": fetched,
        "story_id": story_id,
        "joined": joined,
    }


def _match_row(article_id: int, verdict: Match) -> dict[str, Any]:
    return {
        "article_id": article_id,
        "topic": verdict.topic,
        "score": verdict.score,
        "relevant": verdict.relevant,
        "borderline": verdict.borderline,
        "explanation": msgspec.to_builtins(verdict),
    }


_MATCHES = select(match.c.article_id, match.c.explanation).where(match.c.article_id.in_(bindparam("ids", expanding=True)))


def _stored(db: Connection, rows: Sequence[Row[Any]]) -> list[StoredArticle]:
    matches: dict[int, list[Match]] = {row.id: [] for row in rows}
    for start in range(0, len(rows), _CHUNK):
        ids = [row.id for row in rows[start : start + _CHUNK]]
        for article_id, explanation in db.execute(_MATCHES, {"ids": ids}):
            matches[article_id].append(msgspec.convert(explanation, Match))
    return [
        StoredArticle(
            id=row.id,
            article=_article(row),
            first_seen=row.first_seen,
            fetched=row.fetched,
            story_id=row.story_id,
            joined=row.joined,
            matches=tuple(sorted(matches[row.id], key=lambda verdict: verdict.topic)),
        )
        for row in rows
    ]


def _article(row: Row[Any]) -> Article:
    values = {name: getattr(row, name) for name in Article.__slots__}
    return Article(**{**values, "captions": tuple(row.captions), "authors": tuple(row.authors)})


def _key(primary_key: Sequence[Any] | None) -> int:
    assert primary_key is not None
    return int(primary_key[0])
