"""Articles are taken in once, stay in their stories, and come back as they went in."""

from datetime import timedelta

import msgspec

from news.model import Span
from news.store import Store
from tests.builders import NOON, NewStory, article, fetched_page, grouping, match, stored


def test_an_article_comes_back_as_it_went_in(store: Store) -> None:
    new = article(captions=("Một ảnh",), authors=("Nguyễn Văn A",), agency="TTXVN", how={"body": "vov: div"}, modified=NOON)
    stored(store, new)
    found = store.articles.by_url(new.canonical_url)
    assert found is not None
    assert found.article == new
    assert found.matches == (match(),)


def test_the_same_canonical_address_is_stored_once(store: Store) -> None:
    new = stored(store, article()).article
    store.addresses.announce(
        "vov", "feed", {"https://vov.vn/other-post1.vov": store.addresses.by_url(new.canonical_url).entry}, NOON
    )
    again = store.articles.add(
        new, page=fetched_page("https://vov.vn/other-post1.vov"), matches=(), bands=(), grouping=grouping(), first_seen=NOON,
        outcome="relevant",
    )  # fmt: skip
    assert again is None
    address = store.addresses.by_url("https://vov.vn/other-post1.vov")
    assert (address.state, address.outcome) == ("done", "same_address")
    assert store.articles.by_url("https://vov.vn/other-post1.vov").article == new


def test_candidates_are_the_articles_that_share_a_band(store: Store) -> None:
    first = stored(store, article(slug="a"), bands=(1, 2, 3))
    stored(store, article(slug="b"), bands=(7, 8))
    seen = []

    def place(_article, candidates):
        seen.extend(candidates)
        return NewStory(first.story_id)

    new = article(slug="c")
    joined = store.articles.add(
        new, page=fetched_page(new.url), matches=(), bands=(3, 4), grouping=grouping(place=place), first_seen=NOON, outcome="kept"
    )
    assert [candidate.id for candidate in seen] == [first.id]
    assert joined.story_id == first.story_id


def test_export_gives_relevant_articles_and_everything_when_asked(store: Store) -> None:
    stored(store, article(slug="a"))
    stored(store, article(slug="b"), matches=[match(relevant=False)])
    assert len(list(store.articles.export())) == 1
    assert len(list(store.articles.export(everything=True))) == 2


def test_a_new_reading_replaces_the_old_one_and_keeps_story_and_first_sight(store: Store) -> None:
    old = stored(store, article(title="Cũ"))
    fresh = article(title="Mới")
    page = fetched_page(fresh.url, fetched=NOON + timedelta(hours=1))
    store.articles.replace(old, fresh, page=page, matches=[match(score=0.5)], bands=(), grouping=grouping(), changes=None)
    found = store.articles.by_url(fresh.url)
    assert (found.article.title, found.story_id, found.first_seen) == ("Mới", old.story_id, NOON)
    assert found.matches[0].score == 0.5


def test_a_copy_that_was_cut_short_is_exported_with_its_story(store: Store) -> None:
    whole = stored(store, article(slug="a"))
    cut = stored(store, article(slug="b"), story=whole.story_id, matches=[match(relevant=False, borderline=True, score=0.4)])
    assert [found.id for found in store.articles.export()] == [whole.id, cut.id]
    assert store.stories.facts()[whole.story_id].topics == (match().topic,)


def test_a_verdict_comes_back_as_it_was_given_and_as_the_first_version_stored_it(store: Store) -> None:
    span = Span(part="lead", start=3, end=9, words="Campuchia", role="party")
    told = match(near_misses=(span, span), missing=("act",), sentence="Một câu.", tags=("hải quân",), borderline=True)
    new = stored(store, article(), matches=[told])
    assert store.articles.by_url(new.article.url).matches == (told,)
    with store.database.write() as db:
        old = msgspec.json.encode(told).decode()
        db.exec_driver_sql("UPDATE match SET explanation = ?", (old,))
    assert store.articles.by_url(new.article.url).matches == (told,)
