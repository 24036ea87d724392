"""Sitemaps give addresses with their times."""

from datetime import UTC, datetime

import pytest

from crawler.listings import Sitemap, Unreadable

SITEMAP = Sitemap(url="https://plo.vn/sitemaps/google-news.xml")
NEWS = b"""<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc> https://plo.vn/tin-post1.html </loc><news:news>
<news:publication_date>2026-11-22T09:00:00+07:00</news:publication_date><news:title>&amp;lt;![CDATA[ Tin ]]&amp;gt;</news:title>
</news:news></url><url><loc>https://plo.vn/tin-post2.html</loc><lastmod>2026-11-22T10:00:00+07:00</lastmod></url></urlset>"""


def test_addresses_come_with_their_times() -> None:
    first, second = SITEMAP.entries(NEWS)
    assert (first.url, first.published) == ("https://plo.vn/tin-post1.html", datetime(2026, 11, 22, 2, tzinfo=UTC))
    assert second.published == datetime(2026, 11, 22, 3, tzinfo=UTC)


def test_an_interstitial_in_place_of_a_sitemap_is_told() -> None:
    with pytest.raises(Unreadable) as caught:
        SITEMAP.entries(b"<html><script>window.location.href='/'</script></html>")
    assert caught.value.reason == "html"
