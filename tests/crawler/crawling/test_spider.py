"""Crawls of a small web on loopback: what is fetched, what is remembered, what is left alone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from filelock import FileLock

from crawler.catalogue import all_sites
from crawler.crawling.batch import Batch
from crawler.crawling.plan import Plan
from crawler.crawling.rounds import SiteReport
from news.store import Store
from tests.builders import NOON
from tests.vov import DIALOGUE, FEED, LISTINGS, MATCH, VOV
from tests.web import RELEVANT, Answer, Web, rss, squeezed, vov_page


def test_a_crawl_stores_what_matters_and_remembers_the_rest(crawl: Callable[..., SiteReport], watched: Store) -> None:
    report = crawl()
    assert (report.state, report.new, report.fetched, report.matched, report.failed) == ("ok", 2, 2, 1, 0)
    (stored,) = watched.articles.export()
    assert stored.article.canonical_url == DIALOGUE
    assert stored.article.lead == RELEVANT[0]
    assert stored.article.authors == ("Lê Minh",)
    assert "Tin liên quan" not in stored.article.text
    assert watched.addresses.by_url(MATCH).state == "done"


def test_nothing_is_fetched_twice(crawl: Callable[..., SiteReport], web: Web) -> None:
    crawl()
    web.asked.clear()
    report = crawl(now=NOON + timedelta(minutes=30))
    assert (report.new, report.fetched) == (0, 0)
    assert set(web.urls()) == set(LISTINGS)


def test_a_feed_is_asked_conditionally_and_audited_when_its_tag_may_lie(crawl: Callable[..., SiteReport], web: Web) -> None:
    later = DIALOGUE.replace("1300001", "1300003")
    web[later] = vov_page(later, "Đối thoại quốc phòng Việt Nam - Campuchia (tiếp)", RELEVANT[0], RELEVANT[1:])
    items = [(DIALOGUE, "Đối thoại")]

    def lying(headers: dict[str, str]) -> Answer:
        same = headers.get("if-none-match") == '"always"'
        return Answer("" if same else rss(*items), 304 if same else 200, {"ETag": '"always"'})

    web[FEED] = lying
    crawl()
    items.append((later, "Tiếp"))
    assert crawl(now=NOON + timedelta(minutes=30)).new == 0
    assert crawl(now=NOON + timedelta(hours=3)).new == 1
    web.asked.clear()
    crawl(now=NOON + timedelta(hours=3, minutes=30))
    conditions = [headers.get("if-none-match") for url, headers in web.asked if url == FEED]
    assert conditions == [None]


def test_robots_txt_is_obeyed_and_read_once_a_day(crawl: Callable[..., SiteReport], web: Web, watched: Store) -> None:
    web["https://vov.vn/robots.txt"] = "User-agent: *\nDisallow: /quan-su-quoc-phong/doi"
    report = crawl()
    assert report.rejected["robots"] == 1
    assert DIALOGUE not in web.urls()
    crawl(now=NOON + timedelta(hours=1))
    assert sum(url.endswith("robots.txt") for url, _ in web.asked) == 1
    assert watched.addresses.by_url(DIALOGUE).outcome == "robots"


def test_a_host_whose_robots_txt_fails_is_left_alone(crawl: Callable[..., SiteReport], web: Web) -> None:
    web["https://vov.vn/robots.txt"] = Answer(status=503)
    assert crawl().state == "robots"
    assert web.urls() == []


def test_a_cookie_wall_is_no_article_and_not_seen(crawl: Callable[..., SiteReport], web: Web, watched: Store) -> None:
    wall = '<html><body><script>document.cookie="D1N=0123456789abcdef0123456789abcdef"+"; path=/";window.location.reload(true);</script>'
    page, web[DIALOGUE] = web.pages[DIALOGUE], wall
    report = crawl()
    assert report.failed == 1
    assert watched.addresses.by_url(DIALOGUE).outcome == "challenge"
    web.pages[DIALOGUE] = page
    assert crawl(now=NOON + timedelta(minutes=10)).matched == 1


def test_a_wall_before_every_listing_is_called_a_challenge(crawl: Callable[..., SiteReport], web: Web) -> None:
    for url in list(web.pages):
        web[url] = Answer("<title>Just a moment...</title>", 403, {"cf-ray": "x-SIN"})
    web["https://vov.vn/robots.txt"] = ""
    assert crawl().state == "challenge"


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Answer(status=500), "http_500"),
        (Answer(status=404), "http_404"),
        (Answer(hang=5), "timeout"),
        (Answer(squeezed("<html>" + "tin " * 5000)[:60], headers={"Content-Encoding": "gzip"}), "truncated"),
        (Answer("x" * 5_000_000), "too_large"),
        (Answer(status=302, headers={"Location": "https://vov.vn/"}), "redirected_home"),
        (Answer("<title>Before you continue</title><form action=/consent>consent</form>"), "consent_wall"),
        (Answer(status=302, headers={"Location": "https://example.org/x"}), "redirected_away"),
        (Answer("   "), "empty"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_page_that_fails_is_remembered_with_the_reason(
    crawl: Callable[..., SiteReport], web: Web, watched: Store, answer: Answer, outcome: str
) -> None:
    web[DIALOGUE] = answer
    assert crawl().failed == 1
    assert watched.addresses.by_url(DIALOGUE).outcome == outcome


def test_a_feed_that_is_a_web_page_or_broken_is_told(crawl: Callable[..., SiteReport], web: Web, watched: Store) -> None:
    web[FEED] = "<!DOCTYPE html><html><body>Trang chủ</body></html>"
    web[LISTINGS[0]] = ""
    report = crawl()
    assert report.state == "partial"
    assert watched.watch.listing(FEED).state == "html"
    assert watched.watch.listing(LISTINGS[0]).state == "empty"


def test_a_dead_section_page_makes_the_paper_partial_in_every_poll_until_it_answers(
    crawl: Callable[..., SiteReport], web: Web
) -> None:
    section, well = VOV.sections[0], web.pages[VOV.sections[0]]
    web[section] = Answer(status=404)
    assert crawl().state == "partial"
    web.asked.clear()
    web[section] = well
    between = crawl(now=NOON + timedelta(minutes=30))
    assert (between.state, between.detail) == ("partial", f"http_404: {section}")
    assert section not in web.urls()
    assert crawl(now=NOON + timedelta(minutes=61)).state == "ok"


def test_old_articles_are_left_out_until_they_are_asked_for(crawl: Callable[..., SiteReport], web: Web) -> None:
    week_old = "Sun, 15 Nov 2026 09:00:00 +0700"
    web[DIALOGUE] = vov_page(DIALOGUE, "Đối thoại", RELEVANT[0], RELEVANT[1:], "2026-11-15T09:00:00+07:00")
    web[FEED] = rss((DIALOGUE, "Đối thoại"), date=week_old)
    first = crawl()
    assert (first.matched, first.rejected) == (0, {"too_old": 1})
    assert crawl(since=timedelta(days=30)).matched == 1


def test_one_address_can_be_fetched_by_hand_and_read_again_by_force(
    crawl: Callable[..., SiteReport], web: Web, watched: Store
) -> None:
    assert crawl(urls=(f"{DIALOGUE}?utm_source=zalo",), sites=()).matched == 1
    assert web.urls() == [DIALOGUE]
    web[DIALOGUE] = vov_page(DIALOGUE, "Tiêu đề mới về quốc phòng Việt Nam - Campuchia", RELEVANT[0], RELEVANT[1:])
    assert crawl(urls=(DIALOGUE,), sites=()).changed == 1
    assert next(watched.articles.export()).article.title.startswith("Tiêu đề mới")
    assert crawl(urls=(DIALOGUE,), sites=(), force=True).changed == 0


def test_a_host_that_hangs_is_left_after_three_failures(crawl: Callable[..., SiteReport], web: Web) -> None:
    for url in list(web.pages):
        web[url] = Answer(hang=30)
    web["https://vov.vn/robots.txt"] = ""
    report = crawl()
    assert report.state == "failed"
    assert len(web.urls()) <= 5


def test_two_crawls_of_one_site_at_once_are_impossible(plan: Plan, web: Web) -> None:
    folder = plan.config.folder / "locks"
    folder.mkdir()
    with FileLock(folder / "vov.lock"):
        report = Batch(plan, log_level="critical").run()["vov"]
    assert (report.state, report.done) == ("busy", True)
    assert web.urls() == []


def test_a_gap_in_a_feed_is_closed_from_the_sections_further_pages(
    crawl: Callable[..., SiteReport], web: Web, watched: Store
) -> None:
    web[FEED] = rss((MATCH, "Trận đấu"), date="Sun, 22 Nov 2026 09:00:00 +0700")
    crawl()
    newer, missed = (DIALOGUE.replace("1300001", number) for number in ("1300009", "1300008"))
    for url in (newer, missed):
        web[url] = vov_page(url, "Đối thoại quốc phòng Việt Nam - Campuchia", RELEVANT[0], RELEVANT[1:])
    web[FEED] = rss((newer, "Tin sau"), date="Sun, 22 Nov 2026 13:00:00 +0700")
    web["https://vov.vn/quan-su-quoc-phong?page=1"] = f'<html><body><a href="{missed}">x</a></body></html>'
    crawl(now=NOON + timedelta(hours=3))
    assert watched.addresses.by_url(missed).outcome == "relevant"


def test_back_filling_turns_pages_and_goes_on_where_it_was_stopped(
    crawl: Callable[..., SiteReport], web: Web, watched: Store
) -> None:
    urls = [DIALOGUE.replace("1300001", f"12000{number:02}") for number in range(6)]
    for number, url in enumerate(urls):
        web[url] = vov_page(url, f"Đối thoại {number}", RELEVANT[0], RELEVANT[1:], "2026-11-10T09:00:00+07:00")
        page = f"https://vov.vn/quan-su-quoc-phong?page={number + 1}"
        web[page] = f'<html><body><a href="{url}">x</a></body></html>'
    web[urls[5]] = Answer(status=500)
    first = crawl(since=timedelta(days=30))
    assert first.matched == 6
    web[urls[5]] = vov_page(urls[5], "Đối thoại 5", RELEVANT[0], RELEVANT[1:], "2026-11-10T09:00:00+07:00")
    web.asked.clear()
    again = crawl(since=timedelta(days=30), now=NOON + timedelta(minutes=10))
    assert (again.fetched, again.matched) == (1, 1)
    assert sum("/doi-thoai" in url for url in web.urls()) == 1


def test_a_redesign_is_noticed_on_pages_about_anything(crawl: Callable[..., SiteReport], web: Web, watched: Store) -> None:
    crawl()
    assert watched.watch.layouts(NOON - timedelta(hours=1)) == {"vov": (1, 1)}
    for url in (DIALOGUE, MATCH):
        web[url.replace("post13", "post14")] = web.pages[url].body.replace("text-long", "v2").replace("article-content", "v3")
    web[FEED] = rss(*((url.replace("post13", "post14"), "x") for url in (DIALOGUE, MATCH)))
    crawl(now=NOON + timedelta(hours=1))
    assert watched.watch.layouts(NOON + timedelta(minutes=30)) == {"vov": (1, 0)}


def test_an_article_whose_headline_the_paper_changes_is_read_again(
    crawl: Callable[..., SiteReport], web: Web, watched: Store
) -> None:
    crawl()
    web[DIALOGUE] = vov_page(DIALOGUE, "Đối thoại quốc phòng lần thứ 9 (đã sửa)", RELEVANT[0], RELEVANT[1:])
    web[FEED] = rss((DIALOGUE, "Đối thoại quốc phòng lần thứ 9 (đã sửa)"), (MATCH, "Trận đấu"))
    crawl(now=NOON + timedelta(minutes=30))
    (stored,) = watched.articles.export()
    assert stored.article.title == "Đối thoại quốc phòng lần thứ 9 (đã sửa)"
    web.asked.clear()
    crawl(now=NOON + timedelta(hours=1))
    assert DIALOGUE not in web.urls()


def test_a_paper_that_sets_a_cookie_and_redirects_to_itself_works(plan: Plan, web: Web) -> None:
    site = all_sites()["qdnd"]
    url = "https://www.qdnd.vn/quoc-phong-an-ninh/tin-tuc/doi-thoai-quoc-phong-1234567"

    def guarded(body: str) -> Callable[[dict[str, str]], Answer]:
        def answer(headers: dict[str, str]) -> Answer:
            if "muid_mly=1" in headers.get("cookie", ""):
                return Answer(body)
            return Answer(status=302, headers={"Location": guarded_url[body], "Set-Cookie": "muid_mly=1; path=/"})

        return answer

    guarded_url = {}
    for address, content in [(feed, rss((url, "Đối thoại"))) for feed in site.feeds] + [
        (url, vov_page(url, "Đối thoại quốc phòng Việt Nam - Campuchia", RELEVANT[0], RELEVANT[1:]))
    ]:
        body = f"{content}<!-- {address} -->"
        guarded_url[body] = address
        web[address] = guarded(body)
    report = Batch(replace(plan, sites=("qdnd",)), log_level="critical").run()["qdnd"]
    assert (report.matched, report.new) == (1, 1)
    assert not any("cookie" in headers for address, headers in web.asked if "vov.vn" in address)


def test_a_cookie_wall_that_never_opens_is_left_after_three_hops(plan: Plan, web: Web) -> None:
    feed = all_sites()["qdnd"].feeds[0]
    web[feed] = Answer(status=302, headers={"Location": feed, "Set-Cookie": "muid_mly=1; path=/"})
    Batch(replace(plan, sites=("qdnd",)), log_level="critical").run()
    assert web.urls().count(feed) == 4


def test_a_link_that_a_section_page_words_anew_is_no_new_headline(crawl: Callable[..., SiteReport], web: Web) -> None:
    for feed in LISTINGS:
        web[feed] = rss()
    crawl()
    web[VOV.sections[0]] = f'<html><body><a href="{DIALOGUE}">Đối thoại quốc phòng Việt Nam…</a></body></html>'
    web.asked.clear()
    crawl(now=NOON + timedelta(hours=2))
    assert VOV.sections[0] in web.urls()
    assert DIALOGUE not in web.urls()
