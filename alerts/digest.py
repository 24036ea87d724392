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
    """Put the stories in order; None when there is nothing to say and the subscriber wants no empty mail."""
    told = in_order(stories)
    if not told and not subscription.empty:
        return None
    return Digest(subscription=subscription.name, slot=slot, created=now, since=since, stories=told, coverage=tuple(coverage))


def in_order(stories: Iterable[Story]) -> tuple[Story, ...]:
    """The newest first; stories on one event stand together, where the newest of them stands."""
    newest = sorted(stories, key=lambda story: (story.began, story.id), reverse=True)
    events: dict[tuple[str, int], list[Story]] = {}
    for story in newest:
        events.setdefault(_event(story), []).append(story)
    return tuple(story for together in events.values() for story in together)


def _event(story: Story) -> tuple[str, int]:
    return ("story", story.id) if story.event_id is None else ("event", story.event_id)
