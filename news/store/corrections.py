"""What became of told stories since a subscription was told of them: one set, for choosing what to tell and for showing it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, and_, case, exists, func, literal, or_, select
from sqlalchemy.dialects.sqlite import insert as upsert

from news.model import Digest, Gone, StoredArticle, Story
from news.store.values import CHUNK, stories
from news.tables import article, recheck, revision, told, told_copy

_LOOKS = 2  # so many must have found a page missing: a single one may have met a server that stumbled
_missing = and_(recheck.c.gone.is_not(None), or_(recheck.c.misses >= _LOOKS, recheck.c.ended))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What a subscription knows of a copy: its edits up to this revision, and how its page is missing."""

    revision_id: int = 0
    gone: Gone | None = None


def confirmed(db: Connection, found: Iterable[Story]) -> tuple[Story, ...]:
    """The stories; a page counts as gone only once a second look has found it so, or no look follows."""
    whole = tuple(found)
    missing = _missing_pages(db, whole)
    return tuple(
        replace(
            one,
            articles=tuple(
                copy if copy.id in missing or not copy.gone else replace(copy, gone=None, gone_at=None) for copy in one.articles
            ),
        )
        for one in whole
    )


def corrections(db: Connection, subscription: str) -> tuple[Story, ...]:
    """The stories that a digest told the subscription and of which it does not know everything, as `Digest.corrected` holds them."""
    edited = exists().where(revision.c.article_id == article.c.id, revision.c.id > func.coalesce(told_copy.c.revision_id, 0))
    moved = or_(
        and_(_missing, recheck.c.gone.is_distinct_from(told_copy.c.gone)),
        and_(recheck.c.gone.is_(None), told_copy.c.gone.is_not(None)),
    )
    query = (
        select(told.c.story_id)
        .join(article, article.c.story_id == told.c.story_id)
        .outerjoin(told_copy, and_(told_copy.c.subscription == subscription, told_copy.c.article_id == article.c.id))
        .outerjoin(recheck, recheck.c.article_id == article.c.id)
        .where(told.c.subscription == subscription, told.c.digest_id.is_not(None), or_(edited, moved))
    )
    found = stories(db, db.execute(query.distinct().order_by(told.c.story_id)).scalars().all())
    known, missing = _known(db, subscription, found), _missing_pages(db, found)
    news = (
        replace(
            one, articles=tuple(_news(copy, known.get(copy.id, _Known()), missing=copy.id in missing) for copy in one.articles)
        )
        for one in found
    )
    return tuple(one for one in news if any(map(_says, one.articles)))


def told_meanwhile(db: Connection, new: Digest) -> bool:
    """Whether the subscription was told one of the digest's corrections since the digest was composed."""
    known = _known(db, new.subscription, new.corrected)
    return any(_is_known(copy, known.get(copy.id, _Known())) for copy in _copies(new.corrected))


def remember(db: Connection, new: Digest) -> None:
    """What the digest says of each copy is known to its subscription: that, and not what the store has learnt in the meantime."""
    for copy in _copies(new.stories):
        _write(db, new.subscription, copy, gone=copy.gone)
    for copy in filter(_says, _copies(new.corrected)):
        _write(db, new.subscription, copy, **({"gone": copy.gone} if copy.gone or copy.back else {}))


def know_as_they_are(db: Connection, story_id: int, *, joined_by: int) -> None:
    """Who was told only of the other story has never seen these copies: what happened to them before they meet is no correction."""
    mailed = select(told.c.subscription).where(told.c.digest_id.is_not(None))
    strangers = mailed.where(told.c.story_id == joined_by).except_(mailed.where(told.c.story_id == story_id))
    newest = select(func.coalesce(func.max(revision.c.id), 0)).where(revision.c.article_id == article.c.id).scalar_subquery()
    copies = (
        select(article.c.id, newest, case((_missing, recheck.c.gone)))
        .outerjoin(recheck, recheck.c.article_id == article.c.id)
        .where(article.c.story_id == story_id)
    )
    for name in db.execute(strangers).scalars().all():
        rows = upsert(told_copy).from_select(list(told_copy.c), copies.with_only_columns(literal(name), *copies.selected_columns))
        db.execute(rows.on_conflict_do_nothing())


def _write(db: Connection, subscription: str, copy: StoredArticle, **gone: Gone | None) -> None:
    newest = max((past.id for past in copy.revisions), default=0)
    row = upsert(told_copy).values(subscription=subscription, article_id=copy.id, revision_id=newest, **gone)
    values: dict[str, Any] = {"revision_id": func.max(told_copy.c.revision_id, row.excluded.revision_id), **gone}
    db.execute(row.on_conflict_do_update(index_elements=list(told_copy.primary_key), set_=values))


def _news(copy: StoredArticle, known: _Known, *, missing: bool) -> StoredArticle:
    fresh = missing and copy.gone != known.gone
    return replace(
        copy,
        revisions=tuple(past for past in copy.revisions if past.id > known.revision_id and past.changes),
        gone=copy.gone if fresh else None,
        gone_at=copy.gone_at if fresh else None,
        back=known.gone is not None and copy.gone is None,
    )


def _says(copy: StoredArticle) -> bool:
    return bool(copy.gone or copy.back or copy.revisions)


def _is_known(copy: StoredArticle, known: _Known) -> bool:
    return (
        any(past.id <= known.revision_id for past in copy.revisions)
        or (copy.gone is not None and copy.gone == known.gone)
        or (copy.back and known.gone is None)
    )


def _copies(found: Iterable[Story]) -> Iterator[StoredArticle]:
    return (copy for one in found for copy in one.articles)


def _known(db: Connection, subscription: str, found: Iterable[Story]) -> dict[int, _Known]:
    here = select(told_copy).where(told_copy.c.subscription == subscription)
    return {
        row.article_id: _Known(revision_id=row.revision_id, gone=row.gone)
        for part in _parts(copy.id for copy in _copies(found))
        for row in db.execute(here.where(told_copy.c.article_id.in_(part)))
    }


def _missing_pages(db: Connection, found: Iterable[Story]) -> set[int]:
    query = select(recheck.c.article_id).where(_missing)
    return {
        key
        for part in _parts(copy.id for copy in _copies(found) if copy.gone)
        for key in db.execute(query.where(recheck.c.article_id.in_(part))).scalars()
    }


def _parts(ids: Iterable[int]) -> Iterator[list[int]]:
    whole = list(ids)
    return (whole[start : start + CHUNK] for start in range(0, len(whole), CHUNK))
