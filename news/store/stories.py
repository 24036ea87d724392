"""Stories: every copy of one text together, and what was done to them by hand."""

from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from sqlalchemy import func, select

from news.model import Origin, Story
from news.store import grouping as groups
from news.store.database import Database
from news.store.grouping import Grouping, StoryChange
from news.store.rechecks import watch_story
from news.store.values import stories
from news.tables import article, match, story


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryFacts:
    """A story without its copies: the topics that any of them is relevant to, its event, its writer."""

    topics: tuple[str, ...] = ()
    event_id: int | None = None
    origin: Origin = field(default_factory=Origin)


class StoryStore:
    """Gives articles back as stories."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def by_number(self, number: int) -> Story | None:
        """A story by its number, or by that of a story that was merged into it; None if there never was one."""
        with self._database.read() as db:
            found = groups.successor(db, number)
            return next(iter(stories(db, [found])), None) if found is not None else None

    def event(self, number: int) -> tuple[Story, ...]:
        """All stories on one event, in the order in which they began."""
        with self._database.read() as db:
            found = stories(db, db.execute(select(story.c.id).where(story.c.event_id == number)).scalars())
        return tuple(sorted(found, key=lambda one: (one.began, one.id)))

    def history(self, story_id: int) -> tuple[StoryChange, ...]:
        """How a story was merged, taken apart and linked, oldest first."""
        with self._database.read() as db:
            return groups.history(db, story_id)

    def merge(self, target: int, other: int, *, grouping: Grouping, why: str, now: datetime) -> bool:
        """Make one story of two; False where they are kept apart."""
        with self._database.write() as db:
            groups.merge(db, target, (other,), why=why, now=now)
            if db.execute(select(story.c.id).where(story.c.id == other)).first():
                return False
            groups.settle_origin(db, target, grouping)
            watch_story(db, target)
        return True

    def split(self, article_id: int, *, grouping: Grouping, why: str, now: datetime) -> int:
        """Give a copy a story of its own, which counts as told to whom the old one was; returns the new story."""
        with self._database.write() as db:
            source = int(db.execute(select(article.c.story_id).where(article.c.id == article_id)).scalar_one())
            target = groups.split(db, article_id, why=why, now=now)
            for story_id in (source, target):
                groups.settle_origin(db, story_id, grouping)
        return target

    def relevant(self, *, since: datetime | None = None, topic: str | None = None, limit: int | None = None) -> tuple[Story, ...]:
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

    def facts(self) -> dict[int, StoryFacts]:
        """What is known of each story with a relevant copy."""
        query = select(article.c.story_id, match.c.topic).join(match).where(match.c.relevant).distinct()
        topics: dict[int, list[str]] = {}
        with self._database.read() as db:
            for story_id, topic in db.execute(query.order_by(article.c.story_id, match.c.topic)):
                topics.setdefault(story_id, []).append(topic)
            return {
                row.id: StoryFacts(
                    topics=tuple(topics.get(row.id, ())), event_id=row.event_id, origin=msgspec.convert(row.origin, Origin)
                )
                for row in db.execute(
                    select(story).where(story.c.id.in_(select(article.c.story_id).join(match).where(match.c.relevant)))
                )
            }
