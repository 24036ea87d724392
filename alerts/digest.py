"""What to tell a subscriber now."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from alerts.subscription import Subscription
from news.model import Digest, SiteCoverage, Story


def compose(
    subscription: Subscription,
    slot: str,
    stories: Iterable[Story],
    corrected: Iterable[Story],
    coverage: Iterable[SiteCoverage],
    *,
    since: datetime,
    now: datetime,
    silent: timedelta | None = None,
) -> Digest | None:
    """Put the stories in order; None when there is nothing to say and the subscriber wants no empty mail.

    `silent` is how long ago the last mail was written, None where none ever was.  What was told before and only reworded since is no reason to write.
    """
    told, changed = in_order(stories), in_order(corrected)
    beats = subscription.heartbeat is not None and (silent is None or silent >= subscription.heartbeat)
    if not told and not any(map(_matters, changed)) and not subscription.empty and not beats:
        return None
    return Digest(
        subscription=subscription.name,
        slot=slot,
        created=now,
        since=since,
        stories=told,
        corrected=changed,
        coverage=tuple(coverage),
    )


def _matters(story: Story) -> bool:
    """Whether a page is gone or there again, or more than wording was changed."""
    changes = (change.grade for copy in story.articles for past in copy.revisions for change in past.changes)
    return any(copy.gone or copy.back for copy in story.articles) or any(grade != "wording" for grade in changes)


def in_order(stories: Iterable[Story]) -> tuple[Story, ...]:
    """The newest first; stories on one event stand together, where the newest of them stands."""
    newest = sorted(stories, key=lambda story: (story.began, story.id), reverse=True)
    events: dict[tuple[str, int], list[Story]] = {}
    for story in newest:
        events.setdefault(_event(story), []).append(story)
    return tuple(story for together in events.values() for story in together)


def _event(story: Story) -> tuple[str, int]:
    return ("story", story.id) if story.event_id is None else ("event", story.event_id)
