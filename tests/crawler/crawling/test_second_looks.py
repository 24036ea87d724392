"""Stored articles are looked at again: edits become versions, missing pages are told from silent servers."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from crawler.crawling.rounds import SiteReport
from news.model import StoredArticle
from news.store import Store
from tests.builders import NOON
from tests.vov import DIALOGUE, FEED, LISTINGS
from tests.web import RELEVANT, Answer, Web, rss, vov_page

Crawl = Callable[..., SiteReport]
TITLE = "Đối thoại quốc phòng Việt Nam - Campuchia"
HOUR = timedelta(hours=1)
# Published at nine in the morning in Hanoi, three hours before the tests' noon.
LATER = NOON + 2 * HOUR


def edited(before: str, after: str, title: str = TITLE) -> str:
    return vov_page(DIALOGUE, title, RELEVANT[0], tuple(line.replace(before, after) for line in RELEVANT[1:]))


def look(crawl: Crawl, hours: float, **more: Any) -> SiteReport:
    return crawl(now=NOON + hours * HOUR, looks="only", **more)


def near(moment: datetime | None, hours: float) -> bool:
    """The crawl's clock runs on while it works."""
    return moment is not None and timedelta() <= moment - (NOON + hours * HOUR) < timedelta(minutes=1)


def only(store: Store) -> StoredArticle:
    (stored,) = store.articles.export()
    return stored


def test_an_edit_becomes_a_version_and_the_story_stays(crawl: Crawl, web: Web, watched: Store) -> None:
    crawl()
    before = only(watched)
    web[DIALOGUE] = edited("Thượng tướng Trần Văn A", "Đại tướng Trần Văn A")
    report = look(crawl, 3.1)
    assert (report.rechecked, report.changed, report.gone, report.matched) == (1, 1, 0, 0)
    after = only(watched)
    (past,) = after.revisions
    assert (past.article, past.seen) == (before.article, before.fetched)
    assert [(change.grade, change.before, change.after) for change in past.changes] == [("rank", "Thượng tướng", "Đại tướng")]
    assert (after.id, after.story_id) == (before.id, before.story_id)
    assert "Đại tướng Trần Văn A" in after.article.text


def test_an_article_is_looked_at_only_when_its_time_has_come(crawl: Crawl, web: Web, watched: Store) -> None:
    crawl()
    due = watched.rechecks.of(only(watched).id).due_at
    assert due - NOON <= 3 * HOUR
    web.asked.clear()
    assert look(crawl, (due - NOON) / HOUR - 0.1).rechecked == 0
    assert web.urls() == []
    assert look(crawl, (due - NOON) / HOUR + 0.1).rechecked == 1
    assert web.urls() == [DIALOGUE]


def test_a_week_costs_at_most_nine_requests_and_ends(crawl: Crawl, web: Web, watched: Store) -> None:
    web[DIALOGUE] = vov_page(DIALOGUE, TITLE, RELEVANT[0], RELEVANT[1:], "2026-11-22T11:59:00+07:00")
    crawl()
    web.asked.clear()
    for _ in range(20):
        due = watched.rechecks.of(only(watched).id).due_at
        if due is None:
            break
        look(crawl, (due - NOON) / HOUR)
    assert web.urls() == [DIALOGUE] * 8
    assert watched.rechecks.open("vov") == ()


def test_other_furniture_is_no_edit(crawl: Crawl, web: Web, watched: Store) -> None:
    crawl()
    page = edited("", "").replace("Quân đội Việt Nam và Campuchia tuần tra chung", "Tin khác hẳn")
    web[DIALOGUE] = page.replace("</article>", "<p class='views'>12.345 lượt xem</p></article>").replace("hoà", "hòa")
    report = look(crawl, 3.1)
    assert (report.rechecked, report.changed) == (1, 0)
    assert only(watched).revisions == ()


def test_an_unchanged_page_is_asked_for_conditionally(crawl: Crawl, web: Web, watched: Store) -> None:
    def answer(headers: dict[str, str]) -> Answer:
        same = headers.get("if-none-match") == '"1"'
        return Answer("" if same else edited("", ""), 304 if same else 200, {"ETag": '"1"'})

    web[DIALOGUE] = answer
    crawl()
    web.asked.clear()
    for hours in (3.1, 9.1):
        assert look(crawl, hours).rechecked == 1
    assert [headers.get("if-none-match") for url, headers in web.asked if url == DIALOGUE] == ['"1"', '"1"']
    assert watched.rechecks.of(only(watched).id).looks == 2


@pytest.mark.parametrize(
    ("answer", "gone"),
    [
        (Answer(status=404), "deleted"),
        (Answer(status=410), "deleted"),
        (Answer(status=302, headers={"Location": "https://vov.vn/"}), "redirected_home"),
        (Answer(status=302, headers={"Location": "https://vov.vn/bien-dao"}), "redirected_away"),
        (Answer(status=302, headers={"Location": "https://example.org/x"}), "redirected_away"),
        (Answer("<html><head><title>404 - Không tìm thấy</title></head><body><h1>Không tìm thấy</h1></body></html>"), "soft_404"),
        (Answer("<html><head><title>VOV</title></head><body><p>Mời bạn đọc tin khác</p></body></html>"), "soft_404"),
        (Answer(status=402), "paywalled"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_became_of_a_missing_page_is_told(crawl: Crawl, web: Web, watched: Store, answer: Answer, gone: str) -> None:
    web["https://vov.vn/bien-dao"] = "<html><body>Biển đảo</body></html>"
    web["https://vov.vn/"] = "<html><body>Trang chủ</body></html>"
    crawl()
    whole, web[DIALOGUE] = web.pages[DIALOGUE], answer
    assert look(crawl, 3.1).gone == 1
    stored = only(watched)
    assert stored.gone == gone
    assert near(stored.gone_at, 3.1)
    assert stored.article.title == TITLE
    # Once more within the hour; a page that comes back was only stumbling.
    assert near(watched.rechecks.of(stored.id).due_at, 4.1)
    web.pages[DIALOGUE] = whole
    assert look(crawl, 4.2).gone == 0
    assert only(watched).gone is None


def test_an_article_that_is_now_to_be_paid_for_keeps_its_text(crawl: Crawl, web: Web, watched: Store) -> None:
    crawl()
    wall = vov_page(DIALOGUE, TITLE, RELEVANT[0], RELEVANT[1:2])
    web[DIALOGUE] = wall.replace("</article>", "<p>Mua gói thành viên để đọc tiếp</p></article>")
    look(crawl, 3.1)
    stored = only(watched)
    assert (stored.gone, stored.revisions) == ("paywalled", ())
    assert RELEVANT[-1] in stored.article.text


def test_a_text_that_was_withdrawn_is_not_taken_for_one_to_be_paid_for(crawl: Crawl, web: Web, watched: Store) -> None:
    box = "<p>Hộp thư dành cho bạn đọc</p></body>"
    web[DIALOGUE] = edited("", "").replace("</body>", box)
    crawl()
    web[DIALOGUE] = vov_page(DIALOGUE, TITLE, RELEVANT[0], RELEVANT[1:2]).replace("</body>", box)
    look(crawl, 3.1)
    stored = only(watched)
    assert (stored.gone, len(stored.revisions)) == (None, 1)


@pytest.mark.parametrize(
    "answer",
    [Answer(status=500), Answer(hang=5), Answer("<title>Just a moment...</title>", 403, {"cf-ray": "x"}), Answer("  ")],
    ids=["http_500", "timeout", "challenge", "empty"],
)
def test_a_server_in_trouble_says_nothing_about_the_article(crawl: Crawl, web: Web, watched: Store, answer: Answer) -> None:
    crawl()
    web[DIALOGUE] = answer
    report = look(crawl, 3.1)
    assert (report.rechecked, report.gone) == (1, 0)
    found = watched.rechecks.of(only(watched).id)
    assert (found.gone, found.failures) == (None, 1)
    assert near(found.due_at, 3.6)
    assert found.detail


@pytest.mark.parametrize("end", ["https://vov.vn/", "https://vov.vn/bien-dao"])
@pytest.mark.parametrize(
    "answer", [Answer("", 500), Answer("", 503), Answer("<title>Just a moment...</title>", 403, {"cf-ray": "x"})], ids=str
)
def test_a_redirect_that_ends_at_a_server_in_trouble_says_nothing_either(
    crawl: Crawl, web: Web, watched: Store, end: str, answer: Answer
) -> None:
    crawl()
    web[DIALOGUE] = Answer(status=302, headers={"Location": end})
    web[end] = answer
    assert look(crawl, 3.1).gone == 0
    found = watched.rechecks.of(only(watched).id)
    assert (found.gone, found.failures) == (None, 1)


def test_a_feed_that_cannot_decide_on_a_headline_costs_no_more_than_a_week_of_looks(
    crawl: Crawl, web: Web, watched: Store
) -> None:
    crawl()
    web.asked.clear()
    for half_hours in range(1, 16):
        web[FEED] = rss((DIALOGUE, f"Đối thoại quốc phòng, tiêu đề {half_hours % 2}"))
        crawl(now=NOON + half_hours * HOUR / 2)
    assert web.urls().count(DIALOGUE) <= 12
    assert watched.rechecks.of(only(watched).id).ended


def test_looks_go_with_the_poll_when_it_is_due(crawl: Crawl, web: Web, watched: Store) -> None:
    crawl()
    web[DIALOGUE] = edited("lần thứ 9", "lần thứ 10")
    report = crawl(now=NOON + 4 * HOUR)
    assert (report.state, report.rechecked, report.changed) == ("ok", 1, 1)
    assert set(LISTINGS) <= set(web.urls())
    assert {change.grade for change in only(watched).revisions[0].changes} == {"number"}


def test_by_hand_every_article_of_the_week_is_looked_at(crawl: Crawl, web: Web) -> None:
    crawl()
    web.asked.clear()
    assert crawl(now=NOON + timedelta(minutes=1), looks="all").rechecked == 1
    assert web.urls() == [DIALOGUE]


def test_an_article_that_is_no_longer_relevant_keeps_its_versions(crawl: Crawl, web: Web, watched: Store) -> None:
    crawl()
    dull = tuple("Hôm nay trời nắng ở Hà Nội và người dân ra đường dạo chơi rất đông." for _ in RELEVANT[1:])
    web[DIALOGUE] = vov_page(DIALOGUE, TITLE, RELEVANT[0], dull)
    assert look(crawl, 3.1).changed == 1
    stored = watched.articles.by_url(DIALOGUE)
    assert RELEVANT[-1] in stored.revisions[0].article.text


def test_an_address_that_now_shows_another_article_is_not_taken_for_an_edit(crawl: Crawl, web: Web, watched: Store) -> None:
    crawl()
    web[DIALOGUE] = vov_page(
        DIALOGUE, "Giá vàng hôm nay tăng mạnh", "Giá vàng trong nước sáng nay tăng.", ("Người mua xếp hàng từ sớm.",) * 9
    )
    look(crawl, 3.1)
    assert (only(watched).gone, only(watched).revisions) == ("soft_404", ())


def test_a_page_that_hangs_its_reader_twice_is_looked_at_no_more(crawl: Crawl, watched: Store) -> None:
    crawl()
    for _ in range(2):
        watched.addresses.attempting(DIALOGUE)
    assert look(crawl, 3.1).rechecked == 0
    assert watched.rechecks.open("vov") == ()
    assert [item.url for item in watched.addresses.quarantined()] == [DIALOGUE]


def test_a_host_that_fell_silent_is_not_asked_at_every_tick(crawl: Crawl, web: Web, watched: Store) -> None:
    more = [DIALOGUE.replace("1300001", f"13000{number}") for number in range(10, 16)]
    for url in more:
        web[url] = vov_page(url, f"{TITLE} {url[-7:-4]}", RELEVANT[0], RELEVANT[1:])
    web[FEED] = rss(*((url, "Tin") for url in more))
    crawl()
    for url in list(web.pages):
        web[url] = Answer(hang=5)
    look(crawl, 3.1)
    assert watched.rechecks.due("vov", NOON + 3.2 * HOUR) == ()
