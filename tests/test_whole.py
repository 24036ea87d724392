"""The whole path once: a web on loopback, a crawl, a digest, a mail that a real SMTP server takes and a reader opens."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import pytest
from lxml import html

from crawler.catalogue import all_sites
from crawler.demo.check import told
from crawler.demo.postbox import part, postbox
from crawler.listings import Feed, Listing, Sitemap
from news.model import StoredArticle
from news.store import open_store
from tests.builders import NOON
from tests.web import FOOTBALL, RELEVANT, Web, rss, vov_page

TITLE = "Đối thoại chính sách quốc phòng Việt Nam - Campuchia lần thứ 9"
COPIED_TITLE = "Việt Nam và Campuchia đối thoại chính sách quốc phòng lần thứ 9"
TRAP = "Tuyển Việt Nam gặp tuyển Campuchia"
DIALOGUE = "https://vov.vn/quan-su-quoc-phong/doi-thoai-quoc-phong-post1300001.vov"
MATCH = "https://vov.vn/the-thao/tran-dau-post1300002.vov"
COPY = "https://plo.vn/viet-nam-campuchia-doi-thoai-quoc-phong-post900001.html"
NOTHING_NEW = 3
ENVIRONMENT = {**os.environ, "TUANTRA_NOW": NOON.isoformat()}


@dataclass(frozen=True, kw_only=True)
class Morning:
    """A reader's morning: the mail that came, and what the program keeps."""

    mails: tuple[EmailMessage, ...]
    articles: tuple[StoredArticle, ...]


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with Web() as served:
        for site in ("vov", "plo"):
            for listing in all_sites()[site].dated_listings(NOON):
                served[listing.url] = empty(listing)
        served["https://vov.vn/rss.xml"] = rss((DIALOGUE, TITLE), (MATCH, TRAP))
        served[all_sites()["plo"].feeds[0]] = rss((COPY, COPIED_TITLE))
        served[DIALOGUE] = vov_page(DIALOGUE, TITLE, RELEVANT[0], RELEVANT[1:])
        served[MATCH] = vov_page(MATCH, TRAP, FOOTBALL[0], FOOTBALL[1:])
        copied = vov_page(COPY, COPIED_TITLE, RELEVANT[0], RELEVANT[1:], published="2026-11-22T09:20:00+07:00")
        served[COPY] = copied.replace("VOV.VN - ", "").replace("| VOV.VN", "| PLO").replace("Lê Minh/VOV.VN", "Trần Hà")
        yield served


def empty(listing: Listing) -> str:
    """A listing without news: a feed, a sitemap, or a section page that shows what the feed shows."""
    match listing:
        case Feed():
            return rss()
        case Sitemap():
            return '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"></urlset>'
    return f'<html><body><a href="{DIALOGUE}">{TITLE}</a><a href="{COPY}">{COPIED_TITLE}</a></body></html>'


def settle(folder: Path, web: Web, port: int) -> None:
    (folder / "tuantra.toml").write_text(
        f"""[watch]
sites = ["vov", "plo"]
[fetch]
via = "{web.prefix}"
delay = "0.001s"
[store]
database = "sqlite:///watch.db"
[mail]
host = "127.0.0.1"
port = {port}
tls = "none"
sender = "Tuần tra <tuantra@example.org>"
[[subscriptions]]
name = "Biên giới"
to = ["analyst@example.org"]
""",
        encoding="utf-8",
    )


def run(folder: Path, *command: str, status: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done


def kept(folder: Path) -> tuple[StoredArticle, ...]:
    store = open_store(f"sqlite:///{folder / 'watch.db'}")
    try:
        return tuple(sorted(store.articles.export(everything=True), key=lambda one: one.article.canonical_url))
    finally:
        store.close()


@pytest.fixture(scope="module")
def morning(web: Web, tmp_path_factory: pytest.TempPathFactory) -> Morning:
    folder = tmp_path_factory.mktemp("morning")
    with postbox(folder / "mail") as box:
        settle(folder, web, box.port)
        for command, status in (("crawl", 0), ("digest", 0), ("crawl", 0), ("digest", NOTHING_NEW)):
            run(folder, "crawler", command, status=status)
    return Morning(mails=tuple(arrived.mail for arrived in box.arrived), articles=kept(folder))


def page_of(mail: EmailMessage) -> html.HtmlElement:
    return html.document_fromstring(part(mail, "html"))


def test_one_mail_arrives_although_crawl_and_digest_ran_twice(morning: Morning) -> None:
    assert [mail["To"] for mail in morning.mails] == ["analyst@example.org"]


def test_the_subject_is_the_vietnamese_that_was_written(morning: Morning) -> None:
    (mail,) = morning.mails
    assert TITLE in mail["Subject"]


def test_html_and_text_tell_the_same_story(morning: Morning) -> None:
    (mail,) = morning.mails
    text, page = (" ".join(words.split()) for words in (part(mail, "plain"), page_of(mail).text_content()))
    for words in (TITLE, COPIED_TITLE, "VOV", "Pháp Luật TP.HCM", "09:00 22/11", "09:20 22/11"):
        assert words in text
        assert words in page


def test_the_copies_are_one_story_oldest_first(morning: Morning) -> None:
    (mail,) = morning.mails
    assert told(mail) == [(DIALOGUE, COPY)]
    stories = page_of(mail).cssselect(".story")
    assert [link.get("href") for link in stories[0].cssselect(".copy a")] == [DIALOGUE, COPY]
    assert len(stories) == 1


def test_the_words_that_matched_are_marked(morning: Morning) -> None:
    (mail,) = morning.mails
    marked = " ".join(mark.text_content() for mark in page_of(mail).iter("mark")).casefold()
    assert "campuchia" in marked
    assert "quốc phòng" in marked


def test_the_football_story_is_nowhere(morning: Morning) -> None:
    (mail,) = morning.mails
    assert TRAP not in part(mail, "plain") + part(mail, "html") + mail["Subject"]
    assert not [one for one in morning.articles if one.article.url == MATCH and any(each.relevant for each in one.matches)]


def test_nothing_of_the_pages_furniture_was_taken_in(morning: Morning) -> None:
    for one in morning.articles:
        assert "Tin liên quan" not in one.article.text
        assert "tuần tra chung trên biển và đào tạo" in one.article.text


@pytest.fixture
def project(web: Web, tmp_path: Path) -> Path:
    """A folder in which Scrapy's own commands are at home."""
    settle(tmp_path, web, port=9)
    shutil.copy(Path(__file__).parents[1] / "scrapy.cfg", tmp_path)
    return tmp_path


def test_scrapy_lists_and_checks_the_spider(project: Path) -> None:
    assert run(project, "scrapy", "list").stdout.split() == ["news"]
    assert "OK" in run(project, "scrapy", "check").stderr


def test_scrapy_crawl_stores_the_same(project: Path, morning: Morning) -> None:
    run(project, "scrapy", "crawl", "news", "-a", "sites=vov,plo")
    assert [one.article for one in kept(project)] == [one.article for one in morning.articles]
    assert [one.matches for one in kept(project)] == [one.matches for one in morning.articles]
