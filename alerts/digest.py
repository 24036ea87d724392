"""What to tell a subscriber now."""

from collections.abc import Iterable
from datetime import datetime

from alerts.subscription import Subscription
from news.model import Digest, SiteCoverage, Story


def compose(
    subscription: Subscription,
    slot: str,
    stories: Iterable[Story],
    coverage: Iterable[SiteCoverage],
    *,
    since: datetime,
    now: datetime,
) -> Digest | None:
    """Put the stories in order, the newest first; None when there is nothing to say and the subscriber wants no empty mail."""
    told = tuple(sorted(stories, key=lambda story: (_began(story), story.id), reverse=True))
    if not told and not subscription.empty:
        return None
    return Digest(subscription=subscription.name, slot=slot, created=now, since=since, stories=told, coverage=tuple(coverage))


def _began(story: Story) -> datetime:
    """When the first copy was published; where no copy says so, when the first one was seen."""
    published = [copy.article.published for copy in story.articles if copy.article.published]
    return min(published) if published else min(copy.first_seen for copy in story.articles)
