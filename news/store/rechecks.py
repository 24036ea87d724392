"""Second looks: when a relevant article's page is looked at again, and how it was found."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, case, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from news.model import FetchedPage, Gone
from news.store.database import Database
from news.tables import article, match, recheck


@dataclass(frozen=True, slots=True, kw_only=True)
class Recheck:
    """One article whose page is to be looked at again; `published` is when it appeared, or when it was first seen.

    `due_at` None: the schedule was not asked yet.  `failures` counts the looks in a row that said nothing: no answer, or a wall.
    """

    article_id: int
    site: str
    url: str
    published: datetime
    due_at: datetime | None = None
    ended: bool = False
    looks: int = 0
    failures: int = 0
    looked_at: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None
    gone: Gone | None = None
    gone_at: datetime | None = None
    detail: str = ""


_RECHECKS: Select[Any] = select(
    *(recheck.c[name] for name in Recheck.__slots__ if name not in {"url", "published"}),
    article.c.canonical_url.label("url"),
    func.coalesce(article.c.published, article.c.first_seen).label("published"),
).join(article, article.c.id == recheck.c.article_id)


class RecheckStore:
    """Which articles are to be looked at again, and what became of each look."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def due(self, site: str, now: datetime) -> tuple[Recheck, ...]:
        """Articles of a site whose time has come, or whose schedule was not asked yet, the longest overdue first."""
        query = _RECHECKS.where(recheck.c.site == site, ~recheck.c.ended, _come(now)).order_by(recheck.c.due_at)
        with self._database.read() as db:
            return tuple(Recheck(**row) for row in db.execute(query).mappings())

    def due_sites(self, keys: Iterable[str], now: datetime) -> list[str]:
        """Those of the sites that have an article to look at again now."""
        query = select(recheck.c.site).where(~recheck.c.ended, _come(now)).distinct()
        with self._database.read() as db:
            waiting = set(db.execute(query).scalars())
        return [key for key in keys if key in waiting]

    def open(self, site: str) -> tuple[Recheck, ...]:
        """Every article of a site whose week has not ended."""
        with self._database.read() as db:
            return tuple(
                Recheck(**row) for row in db.execute(_RECHECKS.where(recheck.c.site == site, ~recheck.c.ended)).mappings()
            )

    def of(self, article_id: int) -> Recheck | None:
        """What is known of one article's second looks; None where it is not looked at again."""
        with self._database.read() as db:
            row = db.execute(_RECHECKS.where(recheck.c.article_id == article_id)).mappings().first()
        return Recheck(**row) if row else None

    def scheduled(self, article_id: int, due_at: datetime | None) -> None:
        """Look at it at this time; None: no more."""
        self._write(article_id, due_at=due_at, ended=due_at is None)

    def found(self, article_id: int, now: datetime, due_at: datetime | None, tags: tuple[str | None, str | None] | None) -> None:
        """The page is there; `tags` are its ETag and Last-Modified, None where they are as before."""
        values = {"etag": tags[0], "last_modified": tags[1]} if tags else {}
        self._looked(article_id, now, due_at, gone=None, gone_at=None, misses=0, detail="", failures=0, **values)

    def missed(self, article_id: int, now: datetime, due_at: datetime | None, *, gone: Gone, detail: str) -> None:
        """The page is not there, or does not show the article any more."""
        since = func.coalesce(recheck.c.gone_at, now) if gone else None
        misses = case((recheck.c.gone == gone, recheck.c.misses + 1), else_=1)
        self._looked(
            article_id,
            now,
            due_at,
            gone=gone,
            gone_at=since,
            misses=misses,
            detail=detail,
            failures=0,
            etag=None,
            last_modified=None,
        )

    def failed(self, article_id: int, now: datetime, due_at: datetime | None, detail: str) -> None:
        """Nothing was learnt: how the page was found before still holds."""
        self._looked(article_id, now, due_at, detail=detail, failures=recheck.c.failures + 1)

    def _looked(self, article_id: int, now: datetime, due_at: datetime | None, **values: Any) -> None:
        self._write(article_id, looks=recheck.c.looks + 1, looked_at=now, due_at=due_at, ended=due_at is None, **values)

    def _write(self, article_id: int, **values: Any) -> None:
        with self._database.write() as db:
            db.execute(update(recheck).where(recheck.c.article_id == article_id).values(**values))


def watch_story(db: Connection, story_id: int) -> None:
    """Once a copy is relevant, all copies of the story are looked at again: any of them may be corrected, or not."""
    copies = select(article.c.id, article.c.site).where(article.c.story_id == story_id)
    if db.execute(copies.join(match, match.c.article_id == article.c.id).where(match.c.relevant).limit(1)).first():
        for row in db.execute(copies).all():
            db.execute(upsert(recheck).values(article_id=row.id, site=row.site).on_conflict_do_nothing())


def note_tags(db: Connection, article_id: int, page: FetchedPage) -> None:
    """Remember what the server calls the version just read, to ask for it only if it has changed."""
    values = {"etag": page.header("ETag"), "last_modified": page.header("Last-Modified")}
    db.execute(update(recheck).where(recheck.c.article_id == article_id).values(**values))


def _come(now: datetime) -> Any:
    return or_(recheck.c.due_at.is_(None), recheck.c.due_at <= now)
