"""Articles and verdicts as plain data, for JSON, tables and exports."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from news.model import Article, Match, StoredArticle
from news.store.stories import StoryFacts


def verdict_row(verdict: Match) -> dict[str, Any]:
    """A verdict as programs read it."""
    return {
        "topic": verdict.topic,
        "score": round(verdict.score, 4),
        "relevant": verdict.relevant,
        "borderline": verdict.borderline,
        "evidence": [msgspec.to_builtins(span) for span in verdict.evidence],
        "near_misses": [msgspec.to_builtins(span) for span in verdict.near_misses],
        "sentence": verdict.sentence,
        "why": verdict.why,
        "missing": list(verdict.missing),
        "tags": list(verdict.tags),
    }


def article_row(article: Article) -> dict[str, Any]:
    """What was read on a page, as `tuantra extract --json` prints it; times in the paper's zone."""
    return {
        "url": article.url,
        "canonical_url": article.canonical_url,
        "site": article.site,
        "title": article.title,
        "lead": article.lead,
        "text": article.text,
        "captions": list(article.captions),
        "authors": list(article.authors),
        "agency": article.agency,
        "credit_line": article.credit_line,
        "published": local_time(article.published),
        "modified": local_time(article.modified),
        "language": article.language,
        "how": article.how,
    }


def export_row(stored: StoredArticle, story: StoryFacts) -> dict[str, Any]:
    """One stored article, as `tuantra export` prints it, with what is known of its story."""
    row = article_row(stored.article)
    del row["how"], row["credit_line"]
    return {
        **row,
        "story_id": stored.story_id,
        "event_id": story.event_id,
        "origin": story.origin.writer or None,
        "topics": list(story.topics),
        "first_seen": local_time(stored.first_seen),
        "fetched": local_time(stored.fetched),
        "edits": [
            {
                "at": local_time(past.replaced),
                "part": change.part,
                "grade": change.grade,
                "before": change.before,
                "after": change.after,
            }
            for past in stored.revisions
            for change in past.changes
        ],
        "gone": stored.gone,
        "gone_at": local_time(stored.gone_at),
    }


def local_time(moment: datetime | None) -> str | None:
    """ISO 8601 with the offset of Hanoi, where the papers' days begin and end."""
    return moment.astimezone(ZoneInfo("Asia/Ho_Chi_Minh")).isoformat() if moment else None
