"""What analysts said of articles: the labelled set on which a changed topic is tried."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert as upsert

from news.store.database import Database
from news.tables import article, label

Verdict = Literal["relevant", "irrelevant", "borderline"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One article's label for one topic; `url` is canonical, `title` empty where the article is not stored."""

    url: str
    topic: str
    label: Verdict
    note: str
    marked_at: datetime
    title: str = ""


class LabelStore:
    """Labels by canonical address and topic, so that neither a new reading nor a changed topic loses one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def mark(self, url: str, topic: str, said: Verdict, *, note: str, now: datetime) -> None:
        """Label an article; what was said of it before is replaced."""
        values = {"label": said, "note": note, "marked_at": now}
        row = upsert(label).values({"url": url, "topic": topic, **values})
        with self._database.write() as db:
            db.execute(row.on_conflict_do_update(index_elements=["url", "topic"], set_=values))

    def unmark(self, url: str, topic: str) -> bool:
        """Take a label away; False where there was none."""
        with self._database.write() as db:
            return db.execute(delete(label).where(label.c.url == url, label.c.topic == topic)).rowcount > 0

    def all(self, topic: str | None = None) -> tuple[Label, ...]:
        """Every label, of one topic if one is named, the newest first."""
        query = select(label, article.c.title).outerjoin(article, article.c.canonical_url == label.c.url)
        if topic is not None:
            query = query.where(label.c.topic == topic)
        with self._database.read() as db:
            rows = db.execute(query.order_by(label.c.marked_at.desc(), label.c.url, label.c.topic)).mappings()
            return tuple(Label(**{**row, "title": row["title"] or ""}) for row in rows)
