"""What was told and what is owed survives, whoever asks at the same time."""

from datetime import UTC, datetime, timedelta
from shutil import copyfile

import pytest

from news.model import Article, Change, Digest, Match, Message
from news.store import open_store
from tests.builders import fetched_page, grouping

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture(scope="module")
def fresh_database(tmp_path_factory):
    path = tmp_path_factory.mktemp("database") / "fresh.db"
    open_store(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def store(tmp_path, fresh_database):
    copyfile(fresh_database, tmp_path / "tuantra.db")
    opened = open_store(f"sqlite:///{tmp_path}/tuantra.db")
    yield opened
    opened.close()


def put(store, number, *, story=None, merges=(), seen=NOW, announced=None, published=None, **verdict):
    url = f"https://vov.vn/{number}.vov"
    match = Match(**{"topic": "defence", "score": 0.9, "relevant": True} | verdict)
    return store.articles.add(
        Article(site="vov", url=url, canonical_url=url, title=f"Tin {number}", published=published),
        page=fetched_page(url, fetched=seen),
        matches=(match,),
        bands=(),
        grouping=grouping(story, merges),
        first_seen=announced or seen,
        outcome="article",
    ).story_id


def message(recipient, slot="s1"):
    return Message(message_id=f"<{slot}-{recipient}>", channel="email", recipient=recipient, payload=b"bytes")


def untold(store, subscription="a", **options):
    return [story.id for story in store.alerts.untold(subscription, **{"since": NOW - timedelta(days=1)} | options)]


def decide(store, *, slot="s1", subscription="a", told=(), to=("x",)):
    stories = tuple(story for story in store.stories.relevant() if story.id in told)
    digest = Digest(subscription=subscription, slot=slot, created=NOW, since=NOW, stories=stories)
    return store.alerts.decide(digest, (message(recipient, slot) for recipient in to))


def claim(store, now=NOW):
    return store.outbox.claim("email", now)


def test_stories_are_untold_until_they_are_told(store):
    first, second = put(store, 1), put(store, 2)
    assert untold(store) == [first, second]
    assert decide(store, told=(first,))
    assert untold(store) == [second]
    assert untold(store, "b") == [first, second]


def test_only_what_is_relevant_enough_new_enough_and_on_topic_is_told(store):
    put(store, 1, relevant=False)
    put(store, 2, score=0.4)
    put(store, 3, seen=NOW - timedelta(days=2))
    put(store, 4, topic="football")
    wanted = put(store, 5)
    assert untold(store, topics=("defence",), minimum_score=0.5) == [wanted]


def test_one_matching_copy_brings_its_whole_story(store):
    story = put(store, 1, relevant=False)
    put(store, 2, story=story)
    [found] = store.alerts.untold("a", since=NOW)
    assert len(found.articles) == 2


def test_a_decided_slot_stores_nothing_again(store):
    story = put(store, 1)
    assert decide(store, told=(story,))
    assert not decide(store, to=("y",))
    assert [row.recipient for row in store.outbox.rows()] == ["x"]


def test_a_story_told_meanwhile_stops_the_decision(store):
    story = put(store, 1)
    assert decide(store, slot="s1", told=(story,))
    assert not decide(store, slot="s2", told=(story,))
    assert store.alerts.last_slot("a").slot == "s1"


def test_a_story_merged_away_meanwhile_stops_the_decision(store):
    gone, kept = put(store, 1), put(store, 2)
    stories = store.stories.relevant()
    put(store, 3, story=kept, merges=(gone,))
    digest = Digest(subscription="a", slot="s1", created=NOW, since=NOW, stories=stories)
    assert not store.alerts.decide(digest, (message("x"),))
    assert store.outbox.rows() == ()
    assert untold(store) == [kept]


def test_a_decision_that_fails_leaves_nothing_behind(store):
    story = put(store, 1)

    def messages():
        yield message("x")
        raise RuntimeError("rendering failed")

    stories = store.stories.relevant()
    with pytest.raises(RuntimeError):
        store.alerts.decide(Digest(subscription="a", slot="s1", created=NOW, since=NOW, stories=stories), messages())
    assert store.outbox.rows() == ()
    assert store.alerts.last_slot("a") is None
    assert untold(store) == [story]


def test_the_last_slot_and_the_last_that_was_mailed(store):
    assert store.alerts.last_slot("a") is None
    decide(store, slot="s1")
    decide(store, slot="s2", to=())
    assert store.alerts.last_slot("a").slot == "s2"
    assert store.alerts.last_slot("a", mailed=True).slot == "s1"
    assert store.alerts.last_slot("a", mailed=True).created == NOW


def test_a_mail_is_claimed_by_one(store):
    decide(store, to=("x", "y"))
    assert [claim(store).message.recipient for _ in range(2)] == ["x", "y"]
    assert claim(store) is None
    assert {row.state for row in store.outbox.rows()} == {"sending"}


def test_nothing_is_claimed_before_its_time(store):
    decide(store)
    assert claim(store, NOW - timedelta(seconds=1)) is None
    store.outbox.deferred(claim(store), NOW + timedelta(minutes=1), "451 later")
    assert claim(store) is None
    assert store.outbox.due_channels(NOW) == ()
    later = NOW + timedelta(minutes=1)
    assert store.outbox.due_channels(later) == ("email",)
    assert claim(store, later).attempts == 1


def test_what_a_dead_sender_left_is_due_again_and_counted(store):
    decide(store, to=("x", "y"))
    with store.outbox.sender() as left:
        assert left == 0
        claim(store)
    with store.outbox.sender() as left:
        assert left == 1
        again = claim(store)
    assert again.message.recipient == "x"
    assert {row.recipient: row.ambiguous for row in store.outbox.rows()} == {"x": 1, "y": 0}


def test_there_is_one_sender_at_a_time_and_nobody_takes_its_mail(store, tmp_path):
    decide(store)
    other = open_store(f"sqlite:///{tmp_path}/tuantra.db")
    with store.outbox.sender():
        claim(store)
        with other.outbox.sender() as left:
            assert left is None
    assert store.outbox.rows()[0].ambiguous == 0
    other.close()


def test_a_late_verdict_changes_nothing_that_is_settled(store):
    decide(store)
    claimed = claim(store)
    store.outbox.sent(claimed, NOW, "250 ok")
    store.outbox.dead(claimed, "550 too late")
    [row] = store.outbox.rows()
    assert (row.state, row.attempts, row.sent_at, row.last_reply) == ("sent", 1, NOW, "250 ok")


def test_a_pause_keeps_attempts_and_holds_the_whole_channel(store):
    decide(store, to=("x", "y"))
    claimed = claim(store)
    store.outbox.unclaimed(claimed)
    until = NOW + timedelta(minutes=5)
    assert store.outbox.paused("email", until, "535 wrong password") == 2
    assert store.outbox.paused("file", until, "disk full") == 0
    assert claim(store) is None
    assert claim(store, until).attempts == 0


def test_the_outbox_is_listed_by_state(store):
    decide(store, to=("x", "y"))
    store.outbox.dead(claim(store), "550 nobody")
    assert [row.recipient for row in store.outbox.rows()] == ["y", "x"]
    assert [row.last_reply for row in store.outbox.rows(states=("dead",))] == ["550 nobody"]
    assert len(store.outbox.rows(limit=1)) == 1


def test_whom_a_story_was_told_to(store):
    story, other = put(store, 1), put(store, 2)
    decide(store, told=(story,), to=("x", "y"))
    decide(store, subscription="b", slot="s9", told=(story,), to=("z",))
    store.outbox.sent(claim(store), NOW, "250 ok")
    assert [(row.subscription, row.slot, row.recipient, row.state) for row in store.alerts.told_to(story)] == [
        ("a", "s1", "x", "sent"),
        ("a", "s1", "y", "pending"),
        ("b", "s9", "z", "pending"),
    ]
    assert store.alerts.told_to(other) == ()


def test_a_page_that_was_behind_a_wall_for_days_is_told_when_it_is_read(store):
    story = put(store, 1, announced=NOW - timedelta(days=5))
    assert [found.id for found in store.alerts.untold("daily", since=NOW - timedelta(days=1))] == [story]


def test_what_was_back_filled_is_history_and_not_told(store):
    put(store, 1, published=NOW - timedelta(days=60))
    assert store.alerts.untold("daily", since=NOW - timedelta(days=1)) == ()


def edited(store, number):
    old = store.articles.by_url(f"https://vov.vn/{number}.vov")
    changes = (Change(part="text", grade="number", before="10", after="12"),)
    page = fetched_page(old.article.url, fetched=NOW)
    store.articles.replace(old, old.article, page=page, matches=old.matches, bands=(), grouping=grouping(), changes=changes)


def correct(store, slot, corrected):
    digest = Digest(subscription="a", slot=slot, created=NOW, since=NOW, stories=(), corrected=corrected)
    return store.alerts.decide(digest, (message("x", slot),))


def test_a_correction_told_meanwhile_stops_the_decision(store):
    story = put(store, 1)
    decide(store, told=(story,))
    edited(store, 1)
    news = store.alerts.corrected("a")
    assert [past.changes[0].after for past in news[0].articles[0].revisions] == ["12"]
    assert correct(store, "s2", news)
    assert not correct(store, "s3", news)
    assert store.alerts.corrected("a") == ()
    assert store.alerts.last_slot("a").slot == "s2"


def test_an_edit_between_composing_and_deciding_is_told_by_the_next(store):
    story = put(store, 1)
    whole = store.stories.relevant()
    edited(store, 1)
    assert store.alerts.decide(Digest(subscription="a", slot="s1", created=NOW, since=NOW, stories=whole), ())
    [news] = store.alerts.corrected("a")
    edited(store, 1)
    assert correct(store, "s2", (news,))
    [more] = store.alerts.corrected("a")
    assert (more.id, len(more.articles[0].revisions)) == (story, 1)


def test_a_version_without_changes_is_no_correction(store):
    decide(store, told=(put(store, 1),))
    old = store.articles.by_url("https://vov.vn/1.vov")
    page = fetched_page(old.article.url, fetched=NOW)
    store.articles.replace(old, old.article, page=page, matches=old.matches, bands=(), grouping=grouping(), changes=())
    assert store.alerts.corrected("a") == ()


def test_a_page_that_went_missing_in_another_way_is_told_again_only_when_that_is_sure(store):
    decide(store, told=(put(store, 1),))
    key = store.articles.by_url("https://vov.vn/1.vov").id

    def looked(gone):
        store.rechecks.missed(key, NOW, NOW + timedelta(hours=1), gone=gone, detail="")
        return [copy.gone for story in store.alerts.corrected("a") for copy in story.articles]

    assert [looked("paywalled"), looked("paywalled")] == [[], ["paywalled"]]
    assert correct(store, "s2", store.alerts.corrected("a"))
    assert [looked("deleted"), looked("paywalled"), looked("deleted"), looked("deleted")] == [[], [], [], ["deleted"]]
