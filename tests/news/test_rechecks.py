"""Relevant articles are looked at again, versions are kept, and how a page was found is remembered."""

from datetime import timedelta

import pytest

from news.model import Change
from news.store import Store
from tests.builders import NOON, NewStory, article, fetched_page, grouping, match, stored

LATER = NOON + timedelta(hours=1)
CHANGE = Change(part="title", grade="rank", before="Đại tướng", after="Thượng tướng")


def replaced(store, old, new, *, at=LATER, changes=(CHANGE,), **more):
    page = fetched_page(old.article.url, fetched=at, **more)
    return store.articles.replace(old, new, page=page, matches=[match()], bands=(), grouping=grouping(), changes=changes)


def test_only_articles_of_relevant_stories_are_looked_at_again(store: Store) -> None:
    stored(store, article(slug="miss"), matches=[match(relevant=False)])
    one = stored(store, article(slug="a"))
    cut = stored(store, article(slug="b"), story=one.story_id, matches=[match(relevant=False)])
    assert {look.article_id for look in store.rechecks.due("vov", NOON)} == {one.id, cut.id}
    assert store.rechecks.due_sites(["tuoitre", "vov"], NOON) == ["vov"]


def test_copies_that_were_there_before_the_first_relevant_one_are_looked_at_too(store: Store) -> None:
    early = stored(store, article(slug="a"), matches=[match(relevant=False)])
    assert store.rechecks.of(early.id) is None
    stored(store, article(slug="b"), story=early.story_id)
    assert store.rechecks.of(early.id) is not None


def test_a_look_is_due_at_its_time_and_not_before(store: Store) -> None:
    one = stored(store, article())
    store.rechecks.scheduled(one.id, LATER)
    assert store.rechecks.due("vov", LATER - timedelta(seconds=1)) == ()
    (look,) = store.rechecks.due("vov", LATER)
    assert (look.url, look.published) == (one.article.canonical_url, one.article.published)
    store.rechecks.scheduled(one.id, None)
    assert store.rechecks.due("vov", LATER) == store.rechecks.open("vov") == ()


def test_what_the_server_calls_a_version_is_remembered(store: Store) -> None:
    page = fetched_page(article().url, headers=(("etag", '"1"'), ("Last-Modified", "Sun, 22 Nov 2026 05:00:00 GMT")))
    one = stored(store, article(), page=page)
    look = store.rechecks.of(one.id)
    assert (look.etag, look.last_modified) == ('"1"', "Sun, 22 Nov 2026 05:00:00 GMT")
    store.rechecks.found(one.id, LATER, None, ('"2"', None))
    assert (store.rechecks.of(one.id).etag, store.rechecks.of(one.id).last_modified) == ('"2"', None)


def test_a_page_that_is_gone_and_comes_back(store: Store) -> None:
    one = stored(store, article())
    store.rechecks.missed(one.id, LATER, LATER, gone="deleted", detail="404")
    store.rechecks.missed(one.id, LATER + timedelta(hours=1), LATER, gone="deleted", detail="404")
    found = store.articles.by_url(one.article.url)
    assert (found.gone, found.gone_at) == ("deleted", LATER)
    store.rechecks.failed(one.id, LATER, LATER, "timeout")
    assert store.articles.by_url(one.article.url).gone == "deleted"
    assert store.rechecks.of(one.id).failures == 1
    store.rechecks.found(one.id, LATER, None, None)
    assert store.articles.by_url(one.article.url).gone is None
    look = store.rechecks.of(one.id)
    assert (look.looks, look.failures, look.ended) == (4, 0, True)


def test_every_version_stays_retrievable(store: Store) -> None:
    first = stored(store, article(title="Một"))
    second = replaced(store, first, article(title="Hai"))
    third = replaced(store, second, article(title="Ba"), at=LATER + timedelta(hours=1))
    assert [past.article.title for past in third.revisions] == ["Một", "Hai"]
    assert [(past.seen, past.replaced) for past in third.revisions] == [(NOON, LATER), (LATER, LATER + timedelta(hours=1))]
    assert third.revisions[0].changes == (CHANGE,)
    assert (third.article.title, third.fetched, third.story_id) == ("Ba", LATER + timedelta(hours=1), first.story_id)
    assert store.articles.by_url(first.article.url) == third


def test_a_better_reading_of_the_same_page_is_no_version(store: Store) -> None:
    first = stored(store, article(text="Một."))
    again = replaced(store, first, article(text="Một.\nHai."), changes=None)
    assert (again.revisions, again.article.text, again.fetched) == ((), "Một.\nHai.", NOON)


def test_an_article_that_its_paper_moved_is_the_same_item(store: Store) -> None:
    first = stored(store, article(slug="cu", title="Cũ"))
    moved = article(slug="moi", title="Mới")
    decided = grouping(place=lambda _new, _near: NewStory(first.story_id, same_item=first.id), changes=lambda _a, _b: (CHANGE,))
    with store.database.write() as db:
        db.exec_driver_sql(f"INSERT INTO signature VALUES (7, {first.id})")
    again = stored(store, moved, grouping=decided, bands=(7,), now=LATER)
    assert (again.id, again.article.canonical_url, len(again.revisions)) == (first.id, moved.url, 1)
    assert store.articles.by_url(first.article.url) == store.articles.by_url(moved.url) == again


@pytest.mark.parametrize("taken", [True, False])
def test_a_page_that_names_another_address_takes_it_only_if_it_is_free(store: Store, taken: bool) -> None:
    first = stored(store, article(slug="cu"))
    if taken:
        stored(store, article(slug="moi"))
    again = replaced(store, first, article(slug="moi", title="Mới"))
    assert again.article.canonical_url == (first.article.url if taken else article(slug="moi").url)
    assert store.articles.by_url(first.article.url).id == first.id
