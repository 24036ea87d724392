"""Articles: taken in, each once, read again, judged again."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

import msgspec
from sqlalchemy import Connection, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from news.model import Article, Capture, Change, FetchedPage, Match, Revision, StoredArticle
from news.store import grouping as groups
from news.store.captures import note as note_capture
from news.store.database import Database
from news.store.grouping import Grouping
from news.store.rechecks import note_tags, watch_story
from news.store.values import ARTICLES, CHUNK, article_row, key_of, match_row, revision_row, stored
from news.tables import address, article, match, revision, signature, told


class Told(Protocol):
    """Who is told what, as a subscription says it; no topics: any."""

    @property
    def name(self) -> str: ...  # noqa: D102

    @property
    def topics(self) -> tuple[str, ...]: ...  # noqa: D102

    @property
    def minimum_score(self) -> float: ...  # noqa: D102


class ArticleStore:
    """Takes articles in, each once, into the stories that they belong to."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        new: Article,
        *,
        page: FetchedPage,
        matches: Sequence[Match],
        bands: Sequence[int],
        grouping: Grouping,
        first_seen: datetime,
        outcome: str,
        capture: Capture | None = None,
    ) -> StoredArticle | None:
        """Store an article, its matches, its story and event, the evidence, and the outcome of its address, in one transaction.

        Returns None, and only notes the address, when the canonical address is already stored. An article that is another address
        of a stored one (`Placed.same_item`) becomes a version of that.
        """
        with self._database.write() as db:
            known = db.execute(select(article.c.id).where(article.c.canonical_url == new.canonical_url)).scalar()
            if known is not None:
                _settle(db, page.asked, "same_address", known, page.fetched)
                return None
            if capture:
                note_capture(db, capture)
            candidates = _near(db, bands, grouping.nearest)
            placed = grouping.place(new, candidates)
            if placed.same_item is not None:
                (old,) = (candidate for candidate in candidates if candidate.id == placed.same_item)
                changes = grouping.changes(old.article, new) or None
                return _replace(db, old, new, page=page, matches=matches, bands=bands, grouping=grouping, changes=changes)
            story_id = placed.story_id or groups.open_story(db, first_seen)
            groups.merge(db, story_id, placed.merges, why=placed.why, now=page.fetched)
            row = {"first_seen": first_seen, "fetched": page.fetched, "story_id": story_id, "joined": placed.why}
            article_id = key_of(db.execute(insert(article).values({**article_row(new), **row})).inserted_primary_key)
            _index(db, article_id, bands)
            if matches:
                db.execute(insert(match), [match_row(article_id, verdict) for verdict in matches])
            _settle(db, page.asked, outcome, article_id, page.fetched)
            groups.settle_origin(db, story_id, grouping)
            watch_story(db, story_id)
            note_tags(db, article_id, page)
            if any(verdict.relevant for verdict in matches):
                groups.link(db, story_id, grouping, page.fetched)
            return _one(db, article_id)

    def replace(
        self,
        old: StoredArticle,
        new: Article,
        *,
        page: FetchedPage,
        matches: Sequence[Match],
        bands: Sequence[int],
        grouping: Grouping,
        changes: Sequence[Change] | None,
        capture: Capture | None = None,
    ) -> StoredArticle:
        """Put a new reading in the place of a stored one; its story, and what was told of it, stay.

        With `changes` the old version is kept as a revision; None: the page says the same, and was only read otherwise.
        """
        with self._database.write() as db:
            if capture:
                note_capture(db, capture)
            return _replace(db, old, new, page=page, matches=matches, bands=bands, grouping=grouping, changes=changes)

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
                db.execute(insert(match), [match_row(article_id, verdict) for verdict in matches])
            judged = address.c.outcome.in_(("relevant", "kept"))
            db.execute(update(address).where(address.c.article_id == article_id, judged).values(outcome=outcome))
            for name in sorted(_tellable(db, story_id, subscribers) - before):
                db.execute(upsert(told).values(subscription=name, story_id=story_id).on_conflict_do_nothing())
            watch_story(db, story_id)
        return True

    def by_url(self, canonical_url: str) -> StoredArticle | None:
        """The stored article with this canonical address, or the one that this address led to."""
        with self._database.read() as db:
            found = db.execute(ARTICLES.where(article.c.canonical_url == canonical_url)).first()
            if found is None:
                known = select(address.c.article_id).where(address.c.url == canonical_url).scalar_subquery()
                found = db.execute(ARTICLES.where(article.c.id == known)).first()
            return stored(db, [found])[0] if found is not None else None

    def export(self, *, since: datetime | None = None, everything: bool = False) -> Iterator[StoredArticle]:
        """Stored articles in the order they came: those of stories with a relevant copy, or `everything`.

        A copy that was cut short of the decisive paragraphs tells the same story as the whole text.
        """
        query = ARTICLES.order_by(article.c.id)
        if since is not None:
            query = query.where(article.c.first_seen >= since)
        if not everything:
            query = query.where(article.c.story_id.in_(select(article.c.story_id).join(match).where(match.c.relevant)))
        last = 0
        while True:
            with self._database.read() as db:
                rows = db.execute(query.where(article.c.id > last).limit(CHUNK)).all()
                found = stored(db, rows)
            yield from found
            if len(rows) < CHUNK:
                return
            last = rows[-1].id


# Who shares a band: no more than the newest, since what a paper prints below all its articles must not cost more every year.
_MOST_SHARING = 100
# A band says the less of an article the more share it, but something always: a text that all papers print shares all its bands.
_LEAST_SAID = 0.1
_asked = func.json_each(bindparam("bands")).table_valued("value")
_among = signature.alias()
_newest = select(_among.c.article_id).where(_among.c.band == _asked.c.value).order_by(_among.c.article_id.desc())
_SHARING = select(signature.c.band, signature.c.article_id).where(
    signature.c.band == _asked.c.value,
    signature.c.article_id >= func.coalesce(_newest.limit(1).offset(_MOST_SHARING - 1).scalar_subquery(), 0),
)


def _near(
    db: Connection, bands: Sequence[int], nearest: Callable[[Mapping[int, float]], Sequence[int]]
) -> tuple[StoredArticle, ...]:
    sharing: dict[int, list[int]] = {}
    for band, article_id in db.execute(_SHARING, {"bands": msgspec.json.encode(bands).decode()}):
        sharing.setdefault(band, []).append(article_id)
    shared: dict[int, float] = {}
    for ids in sharing.values():
        for article_id in ids:
            shared[article_id] = shared.get(article_id, 0) + max(1 / len(ids), _LEAST_SAID)
    rows = db.execute(ARTICLES.where(article.c.id.in_(nearest(shared))).order_by(article.c.id)).all()
    return tuple(stored(db, rows))


def _replace(
    db: Connection,
    old: StoredArticle,
    new: Article,
    *,
    page: FetchedPage,
    matches: Sequence[Match],
    bands: Sequence[int],
    grouping: Grouping,
    changes: Sequence[Change] | None,
) -> StoredArticle:
    taken = select(article.c.id).where(article.c.canonical_url == new.canonical_url, article.c.id != old.id)
    if db.execute(taken).first():
        new = replace(new, canonical_url=old.article.canonical_url)
    values: dict[str, Any] = article_row(new)
    if changes is not None:
        past = Revision(article=old.article, seen=old.fetched, replaced=page.fetched, changes=tuple(changes))
        db.execute(insert(revision).values(revision_row(old.id, past)))
        values["fetched"] = page.fetched
    db.execute(update(article).where(article.c.id == old.id).values(values))
    db.execute(delete(signature).where(signature.c.article_id == old.id))
    _index(db, old.id, bands)
    db.execute(delete(match).where(match.c.article_id == old.id))
    if matches:
        db.execute(insert(match), [match_row(old.id, verdict) for verdict in matches])
    _settle(db, page.asked, "relevant" if any(verdict.relevant for verdict in matches) else "kept", old.id, page.fetched)
    story_id = old.story_id if changes is None else _joined(db, old, new, bands, grouping, page.fetched)
    groups.settle_origin(db, story_id, grouping)
    watch_story(db, story_id)
    note_tags(db, old.id, page)
    if not old.relevant and any(verdict.relevant for verdict in matches):
        groups.link(db, story_id, grouping, page.fetched)
    return _one(db, old.id)


def _joined(db: Connection, old: StoredArticle, new: Article, bands: Sequence[int], grouping: Grouping, now: datetime) -> int:
    """The article's story: a flash that has become the whole text may now be a copy of what others print.

    Where it has copies of its own, which still say what it said, it stays with them.
    """
    if db.execute(select(func.count()).where(article.c.story_id == old.story_id)).scalar_one() > 1:
        return old.story_id
    placed = grouping.place(new, [other for other in _near(db, bands, grouping.nearest) if other.story_id != old.story_id])
    if placed.story_id is None:
        return old.story_id
    groups.merge(db, placed.story_id, (old.story_id, *placed.merges), why=placed.why, now=now)
    return int(db.execute(select(article.c.story_id).where(article.c.id == old.id)).scalar_one())


def _index(db: Connection, article_id: int, bands: Sequence[int]) -> None:
    if bands:
        db.execute(insert(signature), [{"band": band, "article_id": article_id} for band in sorted(set(bands))])


def _one(db: Connection, article_id: int) -> StoredArticle:
    return stored(db, [db.execute(ARTICLES.where(article.c.id == article_id)).one()])[0]


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
