"""Two addresses are the same article exactly when a reader would say so."""

import pytest

from news.urls import canonical, host_of

ARTICLE = "https://thanhnien.vn/tin-quoc-phong-185261119035308873.htm"


@pytest.mark.parametrize(
    "variant",
    [
        ARTICLE,
        ARTICLE.replace("https", "http"),
        f"{ARTICLE}#box_comment",
        f"{ARTICLE}?utm_source=rss&utm_medium=feed",
        f"{ARTICLE}?zarsrc=31&fbclid=abc",
        ARTICLE.replace("://", "://m."),
        ARTICLE.replace("://", "://amp."),
        ARTICLE.replace("thanhnien.vn", "THANHNIEN.vn."),
        f"  {ARTICLE}\n",
        ARTICLE.replace("vn/", "vn:443/"),
    ],
)
def test_variants_of_an_address_are_one_article(variant: str) -> None:
    assert canonical(variant) == ARTICLE


def test_an_amp_path_is_the_article() -> None:
    assert canonical("https://plo.vn/tin-post884100.amp") == "https://plo.vn/tin-post884100"


def test_a_query_that_identifies_the_article_is_kept() -> None:
    url = "https://mod.gov.vn/home/detail?current=true&urile=wcm:path:/a/b"
    assert canonical(url) == "https://mod.gov.vn/home/detail?current=true&urile=wcm%3Apath%3A%2Fa%2Fb"
    assert canonical(url) != canonical(url.replace("/a/b", "/a/c"))


def test_a_paper_may_have_its_www_host_as_the_main_one() -> None:
    hosts = dict.fromkeys(("www.vietnamplus.vn", "vietnamplus.vn"), "www.vietnamplus.vn")
    for host in ("vietnamplus.vn", "www.vietnamplus.vn", "m.vietnamplus.vn"):
        assert canonical(f"https://{host}/tin-post1.vnp", hosts=hosts) == "https://www.vietnamplus.vn/tin-post1.vnp"


def test_canonical_is_stable() -> None:
    once = canonical("http://m.vov.vn/a%20b/Đ-post1.vov?b=2&utm_x=1#c")
    assert canonical(once) == once


def test_the_host_of_an_address_has_no_port_and_no_trailing_dot() -> None:
    assert host_of("https://User:pw@VOV.vn.:8443/x") == "vov.vn"
