"""Builders of the values that flow, with defaults that read like news."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from news.model import Article, FetchedPage, Match, Span, StoredArticle
from news.store import Store
from news.store.addresses import Address
from news.store.grouping import Grouping
from pipelines.origin import origin

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


def fetched_page(url: str, **changes: Any) -> FetchedPage:
    """What a paper's server answered for this address at noon."""
    return replace(FetchedPage(site="vov", asked=url, url=url, body=b"<html></html>", fetched=NOON), **changes)


class NewStory:
    """A placement that always opens a new story, or joins the one given."""

    def __init__(self, story_id: int | None = None, merges: tuple[int, ...] = (), same_item: int | None = None) -> None:
        self.story_id = story_id
        self.merges = merges
        self.same_item = same_item
        self.why = "as the test wants"


def grouping(story: int | None = None, merges: tuple[int, ...] = (), **changes: Any) -> Grouping:
    """Put every article into the story given, or a new one; no events unless they are given."""
    plain = Grouping(
        nearest=list,
        place=lambda _article, _candidates: NewStory(story, merges),
        origin=origin,
        linked=lambda _story, _others: (),
        window=timedelta(days=3),
        changes=lambda _before, _after: (),
    )
    return replace(plain, **changes)


def stored(
    store: Store, new: Article, *, story: int | None = None, matches: Iterable[Match] | None = None, **more: Any
) -> StoredArticle:
    """Put an article into the store, announced beforehand like a real one."""
    now = more.pop("now", NOON)
    page = fetched_page(new.canonical_url, site=new.site, fetched=now)
    decided = more.pop("grouping", None) or grouping(story, more.pop("merges", ()))
    store.addresses.announce(
        new.site, "feed", {new.canonical_url: Address(url=new.canonical_url, site=new.site, listed_at=now).entry}, now
    )
    taken = store.articles.add(
        new,
        page=more.pop("page", page),
        matches=(match(),) if matches is None else tuple(matches),
        bands=more.pop("bands", ()),
        grouping=decided,
        first_seen=now,
        outcome="relevant",
    )
    assert taken is not None
    return taken
