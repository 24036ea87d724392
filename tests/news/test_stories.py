"""Articles come back as stories, each with all its copies."""

from datetime import timedelta

from news.store import Store
from tests.builders import NOON, article, match, stored


def test_stories_hold_their_copies_oldest_first_and_only_matching_ones_are_listed(store: Store) -> None:
    late = stored(store, article(slug="late", published=NOON))
    stored(store, article(slug="early", published=NOON - timedelta(days=1)), story=late.story_id)
    stored(store, article(slug="other"), matches=[match(relevant=False, score=0.2)])
    (story,) = store.stories.relevant()
    assert [copy.article.url for copy in story.articles] == [article(slug="early").url, article(slug="late").url]


def test_an_article_that_links_two_stories_merges_them(store: Store) -> None:
    one, two = stored(store, article(slug="a")), stored(store, article(slug="b"))
    stored(store, article(slug="c"), story=one.story_id, merges=(two.story_id,))
    (story,) = store.stories.relevant()
    assert len(story.articles) == 3
