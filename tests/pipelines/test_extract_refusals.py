"""What is no article is refused with a reason, and hostile pages end soon."""

import gzip
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from news.model import FetchedPage, Rejected
from pipelines.extract import Layout, Paper, decode, extract

NOW = datetime(2026, 11, 22, tzinfo=UTC)
LAYOUT = Layout(name="known", title=("h1",), body=("div.body",))
SENTENCE = "Đây là một đoạn văn vừa đủ dài để được coi là một phần của câu chuyện trong bài báo này. "
HEAD = '<html lang="vi"><head><meta property="og:type" content="article"></head><body><h1>Một đầu đề thử</h1><div class="body">'


def page(body: str | bytes, *, encoding: str | None = None) -> FetchedPage:
    content = body.encode() if isinstance(body, str) else body
    address = "https://vidu.vn/mot-bai-thu-12345.html"
    return FetchedPage(site="vidu", asked=address, url=address, body=content, fetched=NOW, encoding=encoding)


def paper(*, known: bool = True) -> Paper:
    return Paper(key="vidu", name="Báo Ví Dụ", domains=("vidu.vn",), layouts=(LAYOUT,) if known else ())


def verdict(body: str | bytes, *, known: bool = True) -> str:
    try:
        return extract(page(body), paper(known=known)).language
    except Rejected as refused:
        return refused.reason


COOKIE_WALL = '<html><body><script>document.cookie="D1N=0123456789abcdef0123456789abcdef"+"; path=/";window.location.reload(true);</script></body></html>'
CLOUDFLARE = (
    "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><script>window._cf_chl_opt={};</script></body></html>"
)
NOT_FOUND = "<html><head><title>Trang không tồn tại</title></head><body><h1>Không tìm thấy trang</h1><p>Bài viết đã bị gỡ bỏ.</p></body></html>"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (COOKIE_WALL, "challenge"),
        (CLOUDFLARE, "challenge"),
        (NOT_FOUND, "soft_404"),
        ("<html><head><title>404 - Page not found</title></head><body><p>Sorry.</p></body></html>", "soft_404"),
        ("", "empty"),
        (" \n ", "empty"),
        (b"%PDF-1.7 ...", "not_html"),
        ('{"error": 1}', "not_html"),
        ('<?xml version="1.0"?><rss version="2.0"><channel></channel></rss>', "not_html"),
        (gzip.compress(b"<html>" * 999)[:40], "truncated"),
        ("<html><body>" + "<br>" * 500_000, "too_large"),
        (b" " * 9_000_000, "too_large"),
        (gzip.compress(b" " * 9_000_000), "too_large"),
        ("<html><body><p>Không có đầu đề.</p></body></html>", "not_article"),
        (Path(__file__).with_name("pages").joinpath("section.html").read_bytes(), "not_article"),
    ],
)
def test_what_is_no_article_is_refused_with_a_reason(body: str | bytes, reason: str) -> None:
    assert verdict(body) == reason
    assert verdict(body, known=False) == reason


def test_a_body_that_is_still_compressed_is_unpacked() -> None:
    assert verdict(gzip.compress((HEAD + f"<p>{SENTENCE * 5}</p>").encode())) == "vi"


def test_a_layout_whose_body_is_empty_gives_way_to_shape() -> None:
    article = extract(page(HEAD + f"</div><div><p>{SENTENCE * 3}</p><p>{SENTENCE * 2}</p></div>"), paper())
    assert article.how["body"].startswith("generic: ")


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        ("tiếng Việt".encode(), None),
        ("tiếng Việt".encode(), "iso-8859-1"),
        (b"\xef\xbb\xbf" + "tiếng Việt".encode(), None),
        ("tiếng Việt".encode("utf-16"), None),
        ('<meta charset="utf-16">tiếng Việt'.encode(), None),
    ],
)
def test_bytes_become_text_whatever_they_declare(body: bytes, encoding: str | None) -> None:
    assert decode(page(body, encoding=encoding)).endswith("tiếng Việt")


def test_a_declared_encoding_helps_where_utf_8_fails() -> None:
    assert decode(page(("déjà vu " * 50).encode("cp1252"), encoding="windows-1252")).startswith("déjà vu")


@pytest.mark.parametrize(
    ("lang", "text", "language"),
    [
        ("vi", SENTENCE, "vi"),
        ("en", SENTENCE, "vi"),
        ("en", "The two sides patrolled the river together and agreed to meet again next year. ", "en"),
        ("vi", "The two sides patrolled the river together and agreed to meet again next year. ", "en"),
        ("", "កម្ពុជា និងវៀតណាម បានជួបប្រជុំគ្នានៅព្រំដែន ដើម្បីពិភាក្សាអំពីកិច្ចសហប្រតិបត្តិការ។ ", "km"),
    ],
)
def test_the_language_is_that_of_the_letters(lang: str, text: str, language: str) -> None:
    body = f'<html lang="{lang}"><body><h1>{text[:40]}</h1><div class="body"><p>{text * 5}</p></div></body></html>'
    assert extract(page(body), paper()).language == language


HOSTILE = {
    "paragraphs": HEAD + f"<p>{SENTENCE}</p>" * 50_000,
    "some paragraphs": HEAD + f"<p>{SENTENCE}</p>" * 9_000,
    "line breaks": HEAD + "chữ <br>" * 50_000,
    "links": HEAD + '<a href="/x-1.html">Một liên kết dài vừa phải</a>' * 25_000,
    "linked headings": HEAD + '<div><h3><a href="/x-1.html">Một liên kết dài vừa phải</a></h3></div>' * 7_000,
    "related headings": HEAD + "<p>Tin liên quan</p>" * 25_000 + f"<p>{SENTENCE * 9}</p>",
    "nesting": HEAD + "<div>" * 20_000 + SENTENCE,
    "nested tables": HEAD + "<table><tr><td>" * 5_000 + SENTENCE,
    "nested related boxes": HEAD + ('<div class="related">' * 200 + "x" + "</div>" * 200) * 50,
    "spaces": HEAD + " " * 4_000_000 + SENTENCE * 9,
    "one word": HEAD + "a" * 4_000_000,
    "brackets": HEAD + "<p>" + "(" * 500_000 + f"</p><p>{SENTENCE * 9}</p>",
    "json-ld": HEAD
    + '<script type="application/ld+json">{"@type":"NewsArticle","headline":"'
    + "x" * 300_000
    + f'"}}</script><p>{SENTENCE * 9}</p>',
    "deep json-ld": HEAD + '<script type="application/ld+json">' + "[" * 150_000 + f"</script><p>{SENTENCE * 9}</p>",
}


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_ends_soon(name: str, known: bool) -> None:
    started = time.process_time()
    verdict(HOSTILE[name], known=known)
    assert time.process_time() - started < 5
