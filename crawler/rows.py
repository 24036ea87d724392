"""Articles and verdicts as plain data, for JSON, tables and exports."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from news.model import Article, Match, StoredArticle


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


def export_row(stored: StoredArticle, topics: Mapping[int, Sequence[str]]) -> dict[str, Any]:
    """One stored article, as `tuantra export` prints it; `topics` are those of each story."""
    row = article_row(stored.article)
    del row["how"], row["credit_line"]
    return {
        **row,
        "story_id": stored.story_id,
        "topics": list(topics.get(stored.story_id, ())),
        "first_seen": local_time(stored.first_seen),
        "fetched": local_time(stored.fetched),
    }


def local_time(moment: datetime | None) -> str | None:
    """ISO 8601 with the offset of Hanoi, where the papers' days begin and end."""
    return moment.astimezone(ZoneInfo("Asia/Ho_Chi_Minh")).isoformat() if moment else None
