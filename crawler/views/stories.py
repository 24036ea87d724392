"""Stories as plain data: their copies, who wrote them, what was changed, what else tells of the event."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from crawler.catalogue import address_of
from crawler.jobs import Program
from crawler.toml import ConfigError
from crawler.views.rows import article_row, local_time
from news.model import Change, Origin, Revision, StoredArticle, Story
from news.problem import nearest
from pipelines.duplicates import words
from pipelines.edits import carriers, gravest
from pipelines.process import GROUPING

_LONGEST = 18  # digits that surely fit into the database's integers


def listed(program: Program, *, since: timedelta | None, topic: str | None, limit: int) -> list[dict[str, Any]]:
    """Stories with all their copies, first the one of which a copy was first seen last."""
    start = program.clock() - since if since else None
    return [_brief(story) for story in program.store.stories.relevant(since=start, topic=topic, limit=limit)]


def story(program: Program, name: str) -> dict[str, Any] | None:
    """All that is known of one story, named by its number or the address of a copy; None where there is none."""
    found = _find(program, name)
    return _whole(program, found) if found else None


def merge(program: Program, name: str, other: str) -> str:
    """Make one story of two; the number that is left. Raises ConfigError."""
    target, source = _wanted(program, name), _wanted(program, other)
    if target.id == source.id:
        raise ConfigError("story {name} and story {other} are the same story already", name=name, other=other)
    if not program.store.stories.merge(target.id, source.id, grouping=GROUPING, why="by hand", now=program.clock()):
        raise ConfigError(
            "story {source} was split from story {target} by hand; they stay apart", source=source.id, target=target.id
        )
    return str(target.id)


def split(program: Program, name: str, url: str) -> str:
    """Give one copy a story of its own; the new number. Raises ConfigError."""
    whole = _wanted(program, name)
    copy = next((copy for copy in whole.articles if copy.article.canonical_url == address_of(url)), None)
    if copy is None:
        known = {copy.article.canonical_url: copy for copy in whole.articles}
        raise ConfigError("story {story} has no copy {url}; {remedy}", story=whole.id, url=url, remedy=nearest(url, known))
    if len(whole.articles) == 1:
        raise ConfigError("story {story} has this one copy only", story=whole.id)
    return str(program.store.stories.split(copy.id, grouping=GROUPING, why="by hand", now=program.clock()))


def diff(program: Program, url: str) -> dict[str, Any] | None:
    """Every version of one article and what each changed; None where the article is not stored."""
    stored = program.store.articles.by_url(address_of(url))
    if stored is None:
        return None
    versions = [past.article for past in stored.revisions]
    look = program.store.rechecks.of(stored.id)
    return {
        "url": stored.article.canonical_url,
        "site": stored.article.site,
        "title": stored.article.title,
        "first_seen": local_time(stored.first_seen),
        "gone": stored.gone,
        "gone_at": local_time(stored.gone_at),
        "looks": look.looks if look else 0,
        "looked": local_time(look.looked_at) if look else None,
        "next_look": local_time(look.due_at) if look else None,
        "edits": [_edit(past) for past in stored.revisions],
        "versions": [article_row(version) for version in (*versions, stored.article)],
    }


def _find(program: Program, name: str) -> Story | None:
    if name.isdecimal():
        if len(name) > _LONGEST:
            raise ConfigError("story {name}: too large a number; `tuantra stories` lists the numbers", name=name)
        return program.store.stories.by_number(int(name))
    stored = program.store.articles.by_url(address_of(name))
    return program.store.stories.by_number(stored.story_id) if stored else None


def _wanted(program: Program, name: str) -> Story:
    found = _find(program, name)
    if found is None:
        raise ConfigError("story {name}: unknown; `tuantra stories` lists the numbers", name=name)
    return found


def _brief(story: Story) -> dict[str, Any]:
    return {
        "id": story.id,
        "title": story.articles[0].article.title,
        "origin": story.origin.writer or None,
        "event": story.event_id,
        "copies": [_copy(copy) for copy in story.articles],
    }


def _whole(program: Program, story: Story) -> dict[str, Any]:
    stories = program.store.stories
    others = [other for other in stories.event(story.event_id) if other.id != story.id] if story.event_id else []
    longest = max((len(words(copy.article)) for copy in story.articles), default=0)
    return {
        **_brief(story),
        "origin_kind": story.origin.kind,
        "evidence": [{"kind": each.kind, "site": each.site, "words": each.words} for each in story.origin.evidence],
        "copies": [
            {
                **_copy(copy),
                "length": round(len(words(copy.article)) / longest, 2) if longest else 0.0,
                "joined": copy.joined,
                "edits": [_edit(past, story.articles, copy) for past in copy.revisions],
            }
            for copy in story.articles
        ],
        "independent_origins": _independent([story, *others]),
        "same_event": [
            {"id": other.id, "title": other.articles[0].article.title, "origin": other.origin.writer or None, "began": local_time(other.began)}
            for other in others
        ],
        "history": [
            {"at": local_time(step.at), "kind": step.kind, "story": step.story_id, "other": step.other_id, "why": step.why}
            for step in stories.history(story.id)
        ],
    }  # fmt: skip


def _independent(stories: Sequence[Story]) -> int:
    """How many different writers are known to have written on the event themselves."""
    return len({_writer(story.origin) for story in stories if story.origin.writer})


def _writer(origin: Origin) -> tuple[str, str]:
    return origin.kind, origin.writer


def _copy(copy: StoredArticle) -> dict[str, Any]:
    article = copy.article
    return {
        "site": article.site,
        "title": article.title,
        "url": article.canonical_url,
        "published": local_time(article.published),
        "first_seen": local_time(copy.first_seen),
        "agency": article.agency,
        "topics": {verdict.topic: round(verdict.score, 3) for verdict in copy.relevant},
        "changed": gravest(change for past in copy.revisions for change in past.changes),
        "gone": copy.gone,
    }


def _edit(past: Revision, copies: Sequence[StoredArticle] = (), edited: StoredArticle | None = None) -> dict[str, Any]:
    others = [copy for copy in copies if edited is None or copy.id != edited.id]
    return {
        "at": local_time(past.replaced),
        "grade": gravest(past.changes),
        "changes": [_change(change, others) for change in past.changes],
    }


def _change(change: Change, others: Sequence[StoredArticle]) -> dict[str, Any]:
    row = {name: getattr(change, name) for name in change.__slots__}
    if not others:
        return row
    found = carriers(change, others)
    papers = {copy.id: copy.article.site for copy in others}
    return {**row, "still_old": [papers[key] for key in found.old], "already_new": [papers[key] for key in found.new]}
