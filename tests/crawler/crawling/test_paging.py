"""Gaps are seen, and pages are turned until they are closed."""

from datetime import timedelta

import pytest

from crawler.crawling.paging import further, gap
from crawler.listings import Feed, Listing, Section, Sitemap
from news.model import Entry
from tests.builders import NOON

FEED = Feed(url="https://vov.vn/rss.xml")
SECTION = Section(url="https://vov.vn/bien-dao", pages="{section}?page={page0}")


def entries(*hours_ago: float | None) -> list[Entry]:
    return [
        Entry(url=f"https://vov.vn/tin-{number}", published=None if hours is None else NOON - timedelta(hours=hours))
        for number, hours in enumerate(hours_ago)
    ]


def test_a_feed_whose_oldest_entry_is_newer_than_all_that_is_known_has_a_gap() -> None:
    known = NOON - timedelta(hours=5)
    assert gap(FEED, entries(1, 2, 4), known) == known
    assert gap(FEED, entries(1, 2, 6), known) is None
    assert gap(FEED, entries(1, 2), None) is None
    assert gap(FEED, entries(None), known) is None
    assert gap(SECTION, entries(1), known) is None


def turn(listing: Listing, found: list[Entry], body: bytes = b"<html></html>", **changes: object) -> tuple[Listing, ...]:
    asked = {"target": NOON - timedelta(hours=10), "unseen": True, "most_pages": 20} | changes
    return further(listing, body, found, **asked)  # type: ignore[arg-type]


def test_pages_are_turned_until_the_time_sought() -> None:
    (second,) = turn(SECTION, entries(1, 2))
    assert second.url == "https://vov.vn/bien-dao?page=1"
    (third,) = turn(second, entries(3, 4))
    assert third.url == "https://vov.vn/bien-dao?page=2"
    assert turn(third, entries(9, 11)) == ()


def test_undated_pages_are_turned_up_to_the_limit() -> None:
    assert turn(SECTION, entries(None, None))
    assert turn(SECTION, entries(None), most_pages=1) == ()


def test_a_last_page_that_repeats_itself_ends_the_turning() -> None:
    (second,) = turn(SECTION, entries(1))
    (third,) = turn(second, entries(1), unseen=False)
    assert turn(third, entries(1), unseen=False) == ()


def test_a_feed_has_no_further_pages() -> None:
    assert turn(FEED, entries(1)) == ()


@pytest.mark.parametrize(
    ("pages", "zone", "zone_at", "body", "url"),
    [
        ("{section}-p{page}", "", "", "", "https://x.vn/the-gioi-p2"),
        ("{section}/trang-{page}.htm", "", "", "", "https://x.vn/the-gioi/trang-2.htm"),
        ("https://x.vn/timelinelist/{zone}/{page}.htm", "", r'id="z" value="(\d+)"', '<input id="z" value="185">', "https://x.vn/timelinelist/185/2.htm"),
        ("https://api.x.vn/zone-{zone}-{page}.html", "7", "", "", "https://api.x.vn/zone-7-2.html"),
        ("", "", "", '<a rel="next" href="?p=2">x</a>', "https://x.vn/the-gioi.htm?p=2"),
    ],
)  # fmt: skip
def test_every_way_of_paging(pages: str, zone: str, zone_at: str, body: str, url: str) -> None:
    section = Section(url="https://x.vn/the-gioi.htm", pages=pages, zone=zone, zone_at=zone_at)
    following = section.following(f"<html><body>{body}</body></html>".encode())
    assert following is not None
    assert following.url == url


def test_a_section_whose_number_is_unknown_has_no_further_pages() -> None:
    section = Section(url="https://x.vn/a", pages="https://x.vn/{zone}/{page}", zone_at=r"zone=(\d+)")
    assert section.following(b"<html><body></body></html>") is None


def test_a_more_news_interface_is_read() -> None:
    body = (
        b'{"data": {"contents": [{"title": "T\\u00ean", "url": "https://x.vn/a-post1.html", "date": 1795323600}, {"url": "/x"}]}}'
    )
    (entry,) = SECTION.entries(body)
    assert (entry.title, entry.url) == ("Tên", "https://x.vn/a-post1.html")
    assert entry.published is not None


def test_the_parts_of_a_sitemap_index_that_may_hold_the_time_sought() -> None:
    locs = [
        ("https://x.vn/sitemaps/news-2026-11.xml", ""),
        ("https://x.vn/sitemaps/news-2026-10.xml", ""),
        ("https://x.vn/sitemaps/latest.xml", "2026-11-22T09:00:00+07:00"),
        ("https://x.vn/sitemaps/old.xml", "2020-01-01T09:00:00+07:00"),
        ("https://x.vn/sitemaps/categories.xml", ""),
    ]
    rows = "".join(f"<sitemap><loc>{url}</loc><lastmod>{time}</lastmod></sitemap>" for url, time in locs)
    parts = turn(Sitemap(url="https://x.vn/sitemap.xml"), [], f"<sitemapindex>{rows}</sitemapindex>".encode())
    assert [part.url for part in parts] == [locs[0][0], locs[2][0]]
