"""The demonstration: its small web is read as intended, and its mail tells the right stories once."""

import http.client
import io
import smtplib
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from pathlib import Path

import pytest
from lxml import html

from crawler.demo import demonstrate
from crawler.demo.check import shortcomings, told
from crawler.demo.folder import make_room, settle
from crawler.demo.postbox import part, postbox
from crawler.demo.press import Press, press
from crawler.demo.web import pages, served
from crawler.listings import Feed, Sitemap
from crawler.toml import ConfigError
from news.model import Article, FetchedPage
from pipelines.extract import extract

NOW = datetime(2026, 11, 22, 5, 30, 20, tzinfo=UTC)
PRESS = press(NOW)
PAGES = pages(PRESS, NOW)


@dataclass(frozen=True, kw_only=True)
class Shown:
    status: int
    mails: tuple[EmailMessage, ...]
    said: str
    folder: Path


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    folder, said = tmp_path_factory.mktemp("demo"), io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        status = demonstrate(folder)
    mails = tuple(
        message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=default)
        for path in sorted((folder / "mail").glob("*.eml"))
    )
    return Shown(status=status, mails=mails, said=said.getvalue(), folder=folder)


def stories(mail: EmailMessage) -> list[list[str]]:
    """The headlines of each story's copies, as a reader of the HTML sees them."""
    page = html.document_fromstring(part(mail, "html"))
    return [[link.text_content() for link in story.cssselect(".copy a")] for story in page.cssselect(".story")]


def read(key: str) -> Article:
    printed = PRESS.articles[key]
    page = FetchedPage(site=printed.paper, asked=printed.url, url=printed.url, body=PAGES[printed.url].body, fetched=NOW)
    return extract(page, PRESS.sites[printed.paper].paper)


def mail_of(*stories_told: tuple[str, ...]) -> bytes:
    mail = EmailMessage()
    mail["Subject"], mail["To"] = "Tuần tra: tin mới", "analyst@example.org"
    lines = [f"{n}. Tin\n" + "".join(f"     {url}\n" for url in copies) for n, copies in enumerate(stories_told, 1)]
    mail.set_content("\n".join(lines))
    mail.add_alternative("<p>Tin mới</p>", subtype="html")
    return mail.as_bytes(policy=SMTP)


def test_what_was_changed_in_an_earlier_story_is_not_taken_for_a_new_one() -> None:
    mail = EmailMessage()
    mail.set_content(
        "1. Tin\n     https://a.vn/1\n\n-- Đã sửa sau khi báo\n\n   Tin cũ\n   https://a.vn/0\n   - A: tên: “B” → “C”\n"
    )
    assert told(mail) == [("https://a.vn/1",)]


def test_it_succeeds_and_says_so(shown: Shown) -> None:
    assert shown.status == 0, shown.said
    assert str(shown.folder / "mail" / "digest-1.html") in shown.said


def test_the_mail_tells_every_story_once_with_all_its_copies(shown: Shown) -> None:
    expected = {
        frozenset(article.title for article in PRESS.articles.values() if article.tells == story) for story in PRESS.stories
    }
    found = [frozenset(copies) for copies in stories(shown.mails[0])]
    assert set(found) == expected
    assert len(found) == len(expected)


def test_a_text_that_four_papers_reprint_is_one_story(shown: Shown) -> None:
    assert max(len(copies) for copies in stories(shown.mails[0])) == 4


def test_no_headline_of_another_subject_is_told(shown: Shown) -> None:
    traps = {article.title for article in PRESS.articles.values() if not article.tells}
    text = html.document_fromstring(part(shown.mails[0], "html")).text_content()
    assert not [title for title in traps if title in text]


def test_nothing_is_told_in_the_second_round(shown: Shown) -> None:
    assert len(shown.mails) == 1


def test_html_and_text_of_the_mail_tell_the_same(shown: Shown) -> None:
    mail = shown.mails[0]
    assert [len(copies) for copies in told(mail)] == [len(copies) for copies in stories(mail)]


def test_the_files_beside_the_mail_are_what_was_sent(shown: Shown) -> None:
    page = (shown.folder / "mail" / "digest-1.html").read_text(encoding="utf-8")
    assert page == part(shown.mails[0], "html")


@pytest.mark.parametrize("key", PRESS.articles)
def test_every_page_is_read_by_its_layout(key: str) -> None:
    printed, article = PRESS.articles[key], read(key)
    layouts = {layout.name for layout in PRESS.sites[printed.paper].paper.layouts}
    assert article.how["title"].split(":")[0] in layouts
    assert article.how["body"].split(":")[0] in layouts
    assert (article.title, article.lead, article.published) == (printed.title, printed.lead, printed.published)
    assert article.canonical_url == printed.url


@pytest.mark.parametrize("key", PRESS.articles)
def test_other_headlines_on_a_page_do_not_reach_its_text(key: str) -> None:
    text = read(key).text
    assert not [other.title for other in PRESS.articles.values() if other.title in text]
    assert PRESS.articles[key].paragraphs[0] in text


def test_every_page_names_cambodia_and_defence_in_its_menu() -> None:
    for article in PRESS.articles.values():
        page = PAGES[article.url].body.decode()
        assert "Campuchia" in page
        assert "Quân sự – Quốc phòng" in page


def test_most_other_articles_show_a_headline_of_the_subject() -> None:
    traps = [article for article in PRESS.articles.values() if any(other.tells for other in article.beside)]
    assert len(traps) >= 10
    assert not [article for article in traps if article.tells]


def test_the_papers_are_of_four_families() -> None:
    assert {site.family for site in PRESS.sites.values()} == {"mcms", "vccorp", "vnexpress", "vov"}


@pytest.mark.parametrize("paper", PRESS.sites)
def test_every_listing_announces_articles_of_its_paper_with_their_times(paper: str) -> None:
    site = PRESS.sites[paper]
    by_url = {article.url: article for article in PRESS.of(paper)}
    for listing in site.dated_listings(NOW):
        entries = [entry for entry in listing.entries(PAGES[listing.url].body) if site.wants(entry.url)]
        assert entries, listing.url
        for entry in entries:
            assert entry.title == by_url[site.canonical(entry.url)].title
            if isinstance(listing, Feed | Sitemap):
                assert entry.published == by_url[entry.url].published


@pytest.mark.parametrize("paper", PRESS.sites)
def test_every_article_is_announced_somewhere(paper: str) -> None:
    site = PRESS.sites[paper]
    announced = {
        site.canonical(entry.url) for listing in site.dated_listings(NOW) for entry in listing.entries(PAGES[listing.url].body)
    }
    assert {article.url for article in PRESS.of(paper)} <= announced


def test_everything_was_printed_within_the_last_day() -> None:
    ages = [NOW - article.published for article in PRESS.articles.values()]
    assert timedelta(0) < min(ages)
    assert max(ages) < timedelta(days=1)


def test_the_copies_of_a_story_name_the_same_day() -> None:
    after_midnight = press(datetime(2026, 11, 21, 22, 0, tzinfo=UTC))
    copies = [article for article in after_midnight.articles.values() if article.tells == "dialogue"]
    assert {copy.published.day for copy in copies} == {21, 22}
    assert len({copy.paragraphs[0].split(",")[0] for copy in copies}) == 1


def test_the_web_answers_conditional_requests_and_unknown_addresses() -> None:
    feed = PRESS.sites["vov"].feeds[0]
    with served(PAGES, NOW) as web:
        host, _slash, _rest = web.prefix.removeprefix("http://").partition("/")
        found = []
        for url, headers in ((feed, {}), (feed, {"If-None-Match": PAGES[feed].tag}), ("https://vov.vn/khong-co", {})):
            connection = http.client.HTTPConnection(host)
            connection.request("GET", f"/{url}", headers=headers)
            answer = connection.getresponse()
            found.append((answer.status, len(answer.read()) > 100))
            connection.close()
    assert found == [(200, True), (304, False), (404, False)]
    assert web.asked == [(200, feed), (304, feed), (404, "https://vov.vn/khong-co")]


def test_the_postbox_keeps_what_arrives_as_files(tmp_path: Path) -> None:
    with postbox(tmp_path) as box, smtplib.SMTP("127.0.0.1", box.port) as smtp:
        smtp.sendmail("tuantra@example.org", ["analyst@example.org"], mail_of(("https://vov.vn/a",)))
    assert box.arrived[0].recipients == ("analyst@example.org",)
    assert box.arrived[0].page.read_text(encoding="utf-8").strip() == "<p>Tin mới</p>"
    assert box.arrived[0].eml.exists()


def test_what_is_missing_or_too_much_in_the_mail_is_named(tmp_path: Path) -> None:
    one, *others = PRESS.stories.values()
    trap = next(article for article in PRESS.articles.values() if not article.tells)
    right = [tuple(sorted(copies)) for copies in others]
    assert _found_wanting(tmp_path, tuple(sorted(one)), *right) == []
    lines = _found_wanting(tmp_path, *right, (trap.url,))
    assert len(lines) == 2
    assert trap.title in lines[1]
    assert len(_found_wanting(tmp_path, *((url,) for url in one), *right)) == (0 if len(one) == 1 else 1)
    assert len(shortcomings(PRESS, [])) == 1


def _found_wanting(folder: Path, *stories_told: tuple[str, ...], of: Press = PRESS) -> list[str]:
    with postbox(folder) as box, smtplib.SMTP("127.0.0.1", box.port) as smtp:
        smtp.sendmail("tuantra@example.org", ["analyst@example.org"], mail_of(*stories_told))
    return shortcomings(of, box.arrived)


def test_a_folder_with_somebody_elses_files_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "letters.txt").write_text("mine")
    assert demonstrate(tmp_path) == 1
    assert "--folder" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["letters.txt"]


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(ConfigError, match="--folder"):
        make_room(tmp_path / "file")


def test_the_folder_of_an_earlier_demonstration_is_emptied(tmp_path: Path) -> None:
    settle(tmp_path, sites=("vov",), via="http://127.0.0.1:1/", port=1, language="vi")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "tuantra.db").write_text("old")
    (tmp_path / "notes.txt").write_text("mine")
    make_room(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_the_written_configuration_is_read_as_it_is_meant(tmp_path: Path) -> None:
    config = settle(tmp_path, sites=("vov", "tienphong"), via="http://127.0.0.1:9/", port=25025, language="en")
    assert config.watch.sites == ("vov", "tienphong")
    assert config.fetch.delay == timedelta(0)
    assert config.mail is not None
    assert (config.mail.port, config.mail.tls) == (25025, "none")
    assert config.subscriptions[0].language == "en"
