"""Section pages give their article links, each once."""

import pytest

from crawler.listings import Section, Unreadable

PAGE = """<html><body><nav><a href="/chinh-tri.htm">Chính trị</a></nav>
<div><a class="thumb" href="/tin-mot-185261119035308873.htm"><img></a>
<h3><a class="box-category-link-title" href="/tin-mot-185261119035308873.htm">Tin một</a></h3>
<a class="box-category-link-title" href="https://thanhnien.vn/tin-hai-185261119035308874.htm#box_comment"> Tin
 hai </a><a href="javascript:void(0)">x</a><a href="mailto:a@b.vn">y</a></div></body></html>""".encode()


def test_links_come_in_page_order_each_once_with_their_title() -> None:
    section = Section(url="https://thanhnien.vn/thoi-su.htm", links=("a.box-category-link-title",))
    assert [(entry.url, entry.title) for entry in section.entries(PAGE)] == [
        ("https://thanhnien.vn/tin-mot-185261119035308873.htm", "Tin một"),
        ("https://thanhnien.vn/tin-hai-185261119035308874.htm", "Tin hai"),
    ]


def test_after_a_redesign_every_link_is_given_rather_than_none() -> None:
    section = Section(url="https://thanhnien.vn/thoi-su.htm", links=("a.gone",))
    urls = [entry.url for entry in section.entries(PAGE)]
    assert "https://thanhnien.vn/tin-mot-185261119035308873.htm" in urls
    assert all(url.startswith("https://") for url in urls)


@pytest.mark.parametrize(("body", "reason"), [(b"", "empty"), (b"<html><body><p>x</p></body></html>", "no_links")])
def test_a_page_without_links_is_told_by_a_word(body: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        Section(url="https://thanhnien.vn/").entries(body)
    assert caught.value.reason == reason
