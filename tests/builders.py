"""Builders of the values that flow, with defaults that read like news."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from news.model import Article, Match, Span, StoredArticle
from news.store import Store
from news.store.watch import Address

NOON = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)  # midday in Hanoi
TOPIC = "vietnam-cambodia-defence"


def article(**changes: Any) -> Article:
    """A relevant article; every field can be changed."""
    slug = changes.pop("slug", "doi-thoai-quoc-phong")
    url = f"https://vov.vn/quan-su-quoc-phong/{slug}-post1234567.vov"
    built = Article(
        site="vov",
        url=url,
        canonical_url=url,
        title="Đối thoại chính sách quốc phòng Việt Nam - Campuchia",
        lead="Bộ Quốc phòng hai nước Việt Nam và Campuchia họp đối thoại chính sách tại Hà Nội.",
        text="Thượng tướng A và Đại tướng B đồng chủ trì đối thoại.\nHai bên nhất trí tăng cường tuần tra chung trên biển.",
        published=NOON - timedelta(hours=2),
    )
    return replace(built, **changes)


def match(**changes: Any) -> Match:
    """A relevant verdict."""
    span = Span(part="title", start=0, end=9, words="Đối thoại", role="act")
    return replace(Match(topic=TOPIC, score=0.9, relevant=True, evidence=(span,), why="both sides take part"), **changes)


class NewStory:
    """A placement that always opens a new story, or joins the one given."""

    def __init__(self, story_id: int | None = None, merges: tuple[int, ...] = ()) -> None:
        self.story_id = story_id
        self.merges = merges
        self.why = "as the test wants"


def stored(
    store: Store, new: Article, *, story: int | None = None, matches: Iterable[Match] | None = None, **more: Any
) -> StoredArticle:
    """Put an article into the store, announced beforehand like a real one."""
    now = more.pop("now", NOON)
    store.watch.announce(
        new.site, "feed", {new.canonical_url: Address(url=new.canonical_url, site=new.site, listed_at=now).entry}, now
    )
    taken = store.articles.add(
        new,
        asked=new.canonical_url,
        matches=(match(),) if matches is None else tuple(matches),
        bands=more.pop("bands", ()),
        nearest=list,
        place=lambda _candidates: NewStory(story, more.pop("merges", ())),
        first_seen=now,
        fetched=now,
        outcome="relevant",
    )
    assert taken is not None
    return taken
