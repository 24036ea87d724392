"""Articles come back as stories, each with all its copies."""

from datetime import timedelta

from news.model import Change, StoredArticle
from news.store import Store
from tests.builders import NOON, NewStory, article, fetched_page, grouping, match, stored


def test_stories_hold_their_copies_oldest_first_and_only_matching_ones_are_listed(store: Store) -> None:
    late = stored(store, article(slug="late", published=NOON))
    stored(store, article(slug="early", published=NOON - timedelta(days=1)), story=late.story_id)
    stored(store, article(slug="other"), matches=[match(relevant=False, score=0.2)])
    (story,) = store.stories.relevant()
    assert [copy.article.url for copy in story.articles] == [article(slug="early").url, article(slug="late").url]


def test_a_flash_that_becomes_the_text_of_others_joins_their_story(store: Store) -> None:
    whole, flash = stored(store, article(slug="whole")), stored(store, article(slug="flash", text="Tin nhanh."))
    with store.database.write() as db:
        db.exec_driver_sql(f"INSERT INTO signature VALUES (7, {whole.id})")

    def reread(flash: StoredArticle) -> StoredArticle:
        joining = grouping(place=lambda _new, near: NewStory(near[0].story_id if near else None))
        change = Change(part="text", grade="wording", before="", after="Toàn văn.")
        page = fetched_page(flash.article.url)
        return store.articles.replace(
            flash, article(slug="flash"), page=page, matches=[match()], bands=(7,), grouping=joining, changes=(change,)
        )

    assert reread(flash).story_id == whole.story_id
    (story,) = store.stories.relevant()
    assert [step.kind for step in store.stories.history(story.id)] == ["merged"]
    # One that has copies of its own stays with them.
    one = stored(store, article(slug="one", text="Tin nhanh."))
    stored(store, article(slug="two", text="Tin nhanh."), story=one.story_id)
    assert reread(one).story_id == one.story_id


def test_an_article_that_links_two_stories_merges_them(store: Store) -> None:
    one, two = stored(store, article(slug="a")), stored(store, article(slug="b"))
    stored(store, article(slug="c"), story=one.story_id, merges=(two.story_id,))
    (story,) = store.stories.relevant()
    assert len(story.articles) == 3
