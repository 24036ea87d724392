"""A digest tells the newest story first, and keeps silent when there is nothing to tell."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from alerts.digest import compose
from alerts.subscription import Subscription
from news.model import Change, Revision

SLOT = "2026-11-22T07:00+07:00"


def test_the_newest_story_leads(build):
    old = build.story(build.copy(1, published=datetime(2026, 11, 20, tzinfo=UTC)), key=1)
    new = build.story(build.copy(2, published=datetime(2026, 11, 21, tzinfo=UTC)), key=2)
    digest = compose(Subscription(name="a"), SLOT, [old, new], (), (), since=build.NOW, now=build.NOW)
    assert [story.id for story in digest.stories] == [2, 1]


def test_a_story_without_publication_time_counts_from_when_it_was_seen(build):
    undated = build.story(build.copy(1, published=None, first_seen=datetime(2026, 11, 21, 12, tzinfo=UTC)), key=1)
    dated = build.story(build.copy(2, published=datetime(2026, 11, 21, 10, tzinfo=UTC)), key=2)
    digest = compose(Subscription(name="a"), SLOT, [dated, undated], (), (), since=build.NOW, now=build.NOW)
    assert [story.id for story in digest.stories] == [1, 2]


def test_no_news_is_no_mail_unless_asked_for(build):
    assert compose(Subscription(name="a"), SLOT, (), (), (), since=build.NOW, now=build.NOW) is None
    digest = compose(Subscription(name="a", empty=True), SLOT, (), (), (), since=build.NOW, now=build.NOW)
    assert digest.stories == ()


def edited(build, key, grade, **more):
    change = Change(part="text", grade=grade, before="một", after="hai")
    past = Revision(article=build.copy(key).article, seen=build.NOW, replaced=build.NOW, changes=(change,))
    return build.story(replace(build.copy(key), revisions=(past,), **more), key=key)


def test_what_was_told_is_worth_a_mail_again_only_when_more_than_wording_was_changed(build):
    told = {"since": build.NOW, "now": build.NOW}
    reader = Subscription(name="a")
    assert compose(reader, SLOT, (), [edited(build, 1, "wording")], (), **told) is None
    assert compose(reader, SLOT, (), [edited(build, 1, "rank")], (), **told).corrected[0].id == 1
    assert compose(reader, SLOT, (), [edited(build, 1, "wording", gone="deleted")], (), **told) is not None
    assert compose(reader, SLOT, (), [build.story(replace(build.copy(1), back=True))], (), **told) is not None
    with_news = compose(reader, SLOT, [build.story()], [edited(build, 1, "wording")], (), **told)
    assert len(with_news.corrected) == 1


def test_a_heartbeat_is_sent_when_nothing_was_for_so_long(build):
    def beat(silent):
        reader = Subscription(name="a", heartbeat=timedelta(days=7))
        return compose(reader, SLOT, (), (), (), since=build.NOW, now=build.NOW, silent=silent)

    assert beat(timedelta(days=6)) is None
    assert beat(timedelta(days=7)) is not None
    assert beat(None) is not None
