"""Stories are merged, taken apart and linked, and what happened to them can be read afterwards."""

from datetime import timedelta
from types import SimpleNamespace

from news.model import Evidence, Origin
from news.store import Store
from tests.builders import NOON, article, grouping, match, stored

LATER = NOON + timedelta(hours=1)


def same_event(_story, others):
    return [SimpleNamespace(story_id=other.id, why="as the test wants") for other in others]


def linking(**changes):
    return grouping(linked=same_event, **changes)


def test_a_merged_story_is_found_by_its_old_number_and_says_why(store: Store) -> None:
    one, two = stored(store, article(slug="a")), stored(store, article(slug="b"))
    stored(store, article(slug="c"), story=one.story_id, merges=(two.story_id,))
    assert store.stories.by_number(two.story_id) == store.stories.by_number(one.story_id)
    (step,) = store.stories.history(one.story_id)
    assert (step.kind, step.story_id, step.other_id, step.why) == ("merged", one.story_id, two.story_id, "as the test wants")
    assert store.stories.by_number(99) is None


def test_a_copy_taken_apart_keeps_what_was_told_and_is_not_merged_back(store: Store) -> None:
    one = stored(store, article(slug="a"))
    two = stored(store, article(slug="b"), story=one.story_id)
    apart = store.stories.split(two.id, grouping=grouping(), why="another matter", now=LATER)
    assert [copy.id for copy in store.stories.by_number(apart).articles] == [two.id]
    stored(store, article(slug="c"), story=one.story_id, merges=(apart,))
    assert [copy.id for copy in store.stories.by_number(apart).articles] == [two.id]
    assert not store.stories.merge(one.story_id, apart, grouping=grouping(), why="by hand", now=LATER)
    assert [step.kind for step in store.stories.history(apart)] == ["split"]


def test_what_was_taken_apart_stays_apart_also_under_another_number(store: Store) -> None:
    one, other = stored(store, article(slug="a")), stored(store, article(slug="c"))
    two = stored(store, article(slug="b"), story=one.story_id)
    apart = store.stories.split(two.id, grouping=grouping(), why="another matter", now=LATER)
    assert store.stories.merge(other.story_id, one.story_id, grouping=grouping(), why="by hand", now=LATER)
    assert not store.stories.merge(apart, other.story_id, grouping=grouping(), why="by hand", now=LATER)
    assert not store.stories.merge(other.story_id, apart, grouping=grouping(), why="by hand", now=LATER)


def test_stories_can_be_merged_by_hand(store: Store) -> None:
    one, two = stored(store, article(slug="a")), stored(store, article(slug="b"))
    assert store.stories.merge(one.story_id, two.story_id, grouping=grouping(), why="by hand", now=LATER)
    assert len(store.stories.by_number(two.story_id).articles) == 2


def test_stories_on_one_event_keep_their_own_number(store: Store) -> None:
    one = stored(store, article(slug="a"), grouping=linking())
    two = stored(store, article(slug="b"), grouping=linking())
    event = store.stories.by_number(one.story_id).event_id
    assert event is not None
    assert [story.id for story in store.stories.event(event)] == [one.story_id, two.story_id]
    assert [step.kind for step in store.stories.history(one.story_id)] == ["linked"]


def test_only_relevant_stories_of_the_same_days_are_offered_as_the_same_event(store: Store) -> None:
    stored(store, article(slug="a", published=NOON - timedelta(days=9)))
    stored(store, article(slug="b"), matches=[match(relevant=False)])
    near = stored(store, article(slug="c", published=NOON - timedelta(days=2)))
    offered = []

    def look(_story, others):
        offered.extend(other.id for other in others)
        return ()

    stored(store, article(slug="d"), grouping=grouping(linked=look))
    assert offered == [near.story_id]


def test_an_event_that_bridges_two_makes_them_one(store: Store) -> None:
    first = [stored(store, article(slug=slug), grouping=linking()) for slug in "ab"]
    alone = [stored(store, article(slug=slug, published=NOON - timedelta(days=20)), grouping=linking()) for slug in "cd"]
    assert {store.stories.by_number(one.story_id).event_id for one in first} != {
        store.stories.by_number(one.story_id).event_id for one in alone
    }
    store.stories.merge(first[0].story_id, alone[0].story_id, grouping=grouping(), why="by hand", now=LATER)
    assert len({store.stories.by_number(one.story_id).event_id for one in (*first, *alone)}) == 1


def test_a_story_learns_its_writer_from_every_new_copy(store: Store) -> None:
    def origin(copies):
        return Origin(writer=str(len(copies)), kind="paper", evidence=(Evidence(kind="first", site="vov"),))

    one = stored(store, article(slug="a"), grouping=grouping(origin=origin))
    stored(store, article(slug="b"), grouping=grouping(one.story_id, origin=origin))
    found = store.stories.by_number(one.story_id).origin
    assert found == Origin(writer="2", kind="paper", evidence=(Evidence(kind="first", site="vov"),))


def test_a_story_from_before_origins_were_kept_credits_the_agency_that_its_copy_names(store: Store) -> None:
    one = stored(store, article(agency="TTXVN", credit_line="(TTXVN)"))
    with store.database.write() as db:
        db.exec_driver_sql("UPDATE story SET origin = '{}'")
    found = store.stories.by_number(one.story_id).origin
    assert (found.writer, found.kind, found.evidence[0].words) == ("TTXVN", "agency", "(TTXVN)")
