"""Stories are joined, merged, taken apart and linked to events; every such step is written down."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

import msgspec
from sqlalchemy import Connection, and_, delete, func, insert, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from news.model import Article, Change, Origin, StoredArticle, Story
from news.store.corrections import know_as_they_are
from news.store.values import key_of, stories
from news.tables import article, event, match, story, story_change, told

_MOST_CANDIDATES = 300  # stories within the window; more would be a broken clock
_MOST_STEPS = 100

Step = Literal["merged", "split", "linked"]


class Placed(Protocol):
    """Which story an article was put into, as `pipelines.group.place` decides it."""

    @property
    def story_id(self) -> int | None: ...  # noqa: D102

    @property
    def why(self) -> str: ...  # noqa: D102

    @property
    def merges(self) -> tuple[int, ...]: ...  # noqa: D102

    @property
    def same_item(self) -> int | None: ...  # noqa: D102


class Linked(Protocol):
    """A story that tells of the same event, as `pipelines.events.linked` finds it."""

    @property
    def story_id(self) -> int: ...  # noqa: D102

    @property
    def why(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """Who decides where an article belongs: the store asks inside its transaction, so that two crawls cannot decide apart.

    `nearest` chooses from {article id: bands shared, the rarer ones counting more} whom to compare with, `place` finds the story among
    those, `origin` its writer, `linked` the stories on the same event among those that began within `window`, and `changes` what a
    new version changed.
    """

    nearest: Callable[[Mapping[int, float]], Sequence[int]]
    place: Callable[[Article, Sequence[StoredArticle]], Placed]
    origin: Callable[[Sequence[StoredArticle]], Origin]
    linked: Callable[[Story, Sequence[Story]], Sequence[Linked]]
    window: timedelta
    changes: Callable[[Article, Article], Sequence[Change]]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryChange:
    """One step in the history of a story: "merged" and "split" name the story that went or came, "linked" one on the same event."""

    at: datetime
    kind: Step
    story_id: int
    other_id: int
    why: str


def open_story(db: Connection, now: datetime) -> int:
    """A new story without copies."""
    return key_of(db.execute(insert(story).values(created_at=now, origin={})).inserted_primary_key)


def merge(db: Connection, target: int, others: Iterable[int], *, why: str, now: datetime) -> None:
    """Move other stories' copies and what was told of them into one story; nothing that was told is told again.

    Stories that an analyst has taken apart stay apart.
    """
    for other in others:
        if other == target or _taken_apart(db, target, other):
            continue
        know_as_they_are(db, target, joined_by=other)
        know_as_they_are(db, other, joined_by=target)
        db.execute(update(article).where(article.c.story_id == other).values(story_id=target))
        _tell_alike(db, source=other, target=target)
        db.execute(delete(told).where(told.c.story_id == other))
        events = [row for row in db.execute(select(story.c.event_id).where(story.c.id.in_((target, other)))).scalars() if row]
        db.execute(delete(story).where(story.c.id == other))
        if events:
            db.execute(update(story).where(story.c.id == target).values(event_id=min(events)))
            _join_events(db, events)
        note(db, "merged", target, other, why=why, now=now)


def split(db: Connection, article_id: int, *, why: str, now: datetime) -> int:
    """Take a copy out of its story into one of its own, to whom the same was told; returns the new story."""
    source = int(db.execute(select(article.c.story_id).where(article.c.id == article_id)).scalar_one())
    target = open_story(db, now)
    db.execute(update(article).where(article.c.id == article_id).values(story_id=target))
    _tell_alike(db, source=source, target=target)
    note(db, "split", source, target, why=why, now=now)
    return target


def settle_origin(db: Connection, story_id: int, grouping: Grouping) -> None:
    """Find the writer anew, now that the story's copies have changed."""
    for found in stories(db, [story_id]):
        value = msgspec.to_builtins(grouping.origin(found.articles))
        db.execute(update(story).where(story.c.id == story_id).values(origin=value))


def link(db: Connection, story_id: int, grouping: Grouping, now: datetime) -> None:
    """Find the stories on the same event, and make all of them one event."""
    (ours,) = stories(db, [story_id])
    others = _around(db, ours, grouping.window)
    for found in grouping.linked(ours, others):
        together = {story_id, found.story_id}
        events = {
            row for row in db.execute(select(story.c.event_id).where(story.c.id.in_(together))).scalars() if row is not None
        }
        if not events:
            events = {key_of(db.execute(insert(event).values(created_at=now)).inserted_primary_key)}
        db.execute(update(story).where(story.c.id.in_(together)).values(event_id=min(events)))
        _join_events(db, events)
        note(db, "linked", story_id, found.story_id, why=found.why, now=now)


def history(db: Connection, story_id: int) -> tuple[StoryChange, ...]:
    """What happened to a story, and to those that went into it, oldest first."""
    here = or_(story_change.c.story_id == story_id, story_change.c.other_id == story_id)
    rows = db.execute(select(story_change).where(here).order_by(story_change.c.id)).mappings()
    return tuple(StoryChange(**{name: row[name] for name in StoryChange.__slots__}) for row in rows)


def successor(db: Connection, story_id: int) -> int | None:
    """The story that holds what this number once meant; None if there never was such a story."""
    for _ in range(_MOST_STEPS):
        if db.execute(select(story.c.id).where(story.c.id == story_id)).first():
            return story_id
        went = select(story_change.c.story_id).where(story_change.c.kind == "merged", story_change.c.other_id == story_id)
        into = db.execute(went.order_by(story_change.c.id.desc()).limit(1)).scalar()
        if into is None:
            return None
        story_id = int(into)
    return None


def note(db: Connection, kind: Step, story_id: int, other_id: int, *, why: str, now: datetime) -> None:
    """Write a step down."""
    db.execute(insert(story_change).values(at=now, kind=kind, story_id=story_id, other_id=other_id, why=why))


def _around(db: Connection, ours: Story, window: timedelta) -> tuple[Story, ...]:
    """Stories with a relevant copy that appeared within the window, on no event of ours yet."""
    first, last = ours.began - window, max(copy.when for copy in ours.articles) + window
    appeared = or_(
        article.c.published.between(first, last), and_(article.c.published.is_(None), article.c.first_seen.between(first, last))
    )
    query = (
        select(article.c.story_id)
        .join(match, match.c.article_id == article.c.id)
        .join(story, story.c.id == article.c.story_id)
        .where(match.c.relevant, appeared, article.c.story_id != ours.id)
        .distinct()
        .order_by(article.c.story_id.desc())
        .limit(_MOST_CANDIDATES)
    )
    if ours.event_id is not None:
        query = query.where(or_(story.c.event_id.is_(None), story.c.event_id != ours.event_id))
    return stories(db, sorted(db.execute(query).scalars()))


def _join_events(db: Connection, events: Iterable[int]) -> None:
    first, *rest = sorted(set(events))
    if rest:
        db.execute(update(story).where(story.c.event_id.in_(rest)).values(event_id=first))
        db.execute(delete(event).where(event.c.id.in_(rest)))


def _tell_alike(db: Connection, *, source: int, target: int) -> None:
    """Whoever was told one was told the other; by a digest, where either was."""
    for row in db.execute(select(told).where(told.c.story_id == source)).mappings().all():
        new = upsert(told).values({**row, "story_id": target})
        mailed = func.coalesce(told.c.digest_id, new.excluded.digest_id)
        db.execute(new.on_conflict_do_update(index_elements=list(told.primary_key), set_={"digest_id": mailed}))


def _taken_apart(db: Connection, one: int, other: int) -> bool:
    """Whether a copy of one was split from the other, or from what went into them since."""
    splits = select(story_change.c.story_id, story_change.c.other_id).where(story_change.c.kind == "split")
    return any({successor(db, row.story_id), successor(db, row.other_id)} == {one, other} for row in db.execute(splits).all())
