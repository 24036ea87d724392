"""A site tells its articles from everything else that it links to."""

import pytest

from crawler.catalogue import all_sites
from crawler.site import Family, Site
from tests.builders import NOON


@pytest.mark.parametrize(
    ("key", "url", "wanted"),
    [
        ("thanhnien", "https://thanhnien.vn/viet-nam-campuchia-185261119035308873.htm", True),
        ("thanhnien", "https://m.thanhnien.vn/viet-nam-campuchia-185261119035308873.htm?utm_source=x", True),
        ("thanhnien", "https://thanhnien.vn/thoi-su/quoc-phong.htm", False),
        ("thanhnien", "https://example.org/viet-nam-campuchia-185261119035308873.htm", False),
        ("vov", "https://vov.vn/quan-su-quoc-phong/tin-moi-post1337808.vov", True),
        ("vov", "https://vov.vn/quan-su-quoc-phong", False),
        ("tienphong", "https://tienphong.vn/tin-moi-post1891200.tpo", True),
        ("vietnamplus", "https://vietnamplus.vn/tin-moi-post1099300.vnp", True),
        ("baophapluat", "https://baophapluat.vn/giao-luu-huu-nghi-bien-gioi.html", True),
        ("baophapluat", "https://baophapluat.vn/chuyen-muc/thoi-su.html", False),
        ("vnexpress", "https://vnexpress.net/tin-moi-5131200.html", True),
        ("vnexpress", "https://vnexpress.net/the-gioi", False),
        ("dantri", "https://dantri.com.vn/thoi-su/tin-moi-20261119090054340.htm", True),
        ("vietnamnet", "https://vietnamnet.vn/tin-moi-2587100.html", True),
        ("vietnamnet", "https://vietnamnet.vn/cam-pu-chia-tag258710012.html", False),
        ("vtcnews", "https://amp.vtcnews.vn/tin-moi-ar1041700.html", True),
    ],
)
def test_articles_are_told_from_other_pages(key: str, url: str, wanted: bool) -> None:
    assert all_sites()[key].wants(url) is wanted


def test_a_listing_address_may_hold_the_month_of_the_papers_calendar() -> None:
    site = Site(name="x", domains=("vov.vn",), sitemaps=("https://vov.vn/sitemaps/{year}/{month}/article.xml",))
    # 17:30 UTC on 30 November is December in Hanoi.
    (listing,) = site.dated_listings(NOON.replace(day=30, hour=17, minute=30))
    assert listing.url == "https://vov.vn/sitemaps/2026/12/article.xml"


def test_a_wrong_pattern_is_told() -> None:
    with pytest.raises(ValueError, match="articles: not a regular expression"):
        Family(name="x", articles="(")
    with pytest.raises(ValueError, match="give at least one listing"):
        Site(name="x", domains=("x.vn",))
