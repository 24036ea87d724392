"""A digest tells the newest story first, and keeps silent when there is nothing to tell."""

from datetime import UTC, datetime

from alerts.digest import compose
from alerts.subscription import Subscription

SLOT = "2026-11-22T07:00+07:00"


def test_the_newest_story_leads(build):
    old = build.story(build.copy(1, published=datetime(2026, 11, 20, tzinfo=UTC)), key=1)
    new = build.story(build.copy(2, published=datetime(2026, 11, 21, tzinfo=UTC)), key=2)
    digest = compose(Subscription(name="a"), SLOT, [old, new], (), since=build.NOW, now=build.NOW)
    assert [story.id for story in digest.stories] == [2, 1]


def test_a_story_without_publication_time_counts_from_when_it_was_seen(build):
    undated = build.story(build.copy(1, published=None, first_seen=datetime(2026, 11, 21, 12, tzinfo=UTC)), key=1)
    dated = build.story(build.copy(2, published=datetime(2026, 11, 21, 10, tzinfo=UTC)), key=2)
    digest = compose(Subscription(name="a"), SLOT, [dated, undated], (), since=build.NOW, now=build.NOW)
    assert [story.id for story in digest.stories] == [1, 2]


def test_no_news_is_no_mail_unless_asked_for(build):
    assert compose(Subscription(name="a"), SLOT, (), (), since=build.NOW, now=build.NOW) is None
    digest = compose(Subscription(name="a", empty=True), SLOT, (), (), since=build.NOW, now=build.NOW)
    assert digest.stories == ()
