"""A site's listings and fields are judged, each with advice."""

from dataclasses import replace
from datetime import timedelta

import pytest

from crawler.catalogue import all_sites
from crawler.cli.language import language, noted
from crawler.cli.words import code, detail
from crawler.listings import Feed, Section
from crawler.trials.check import Look, judge_articles, judge_listings, look, sample
from news.model import Entry, Rejected
from tests.builders import NOON, article
from tests.web import rss

SITE = all_sites()["vov"]
ONE, TWO = Feed(url="https://vov.vn/rss.xml"), Feed(url="https://vov.vn/rss/the-gioi.rss")


def entries(stem: str, hours_ago: float | None, count: int = 6) -> tuple[Entry, ...]:
    time = None if hours_ago is None else NOON - timedelta(hours=hours_ago)
    return tuple(Entry(url=f"https://vov.vn/a/{stem}-post130000{number}.vov", published=time) for number in range(count))


def states(*looks: Look) -> list[str]:
    return [finding.state for finding in judge_listings(looks, NOON)]


def test_a_listing_with_news_is_well() -> None:
    assert states(Look(listing=ONE, entries=entries("a", 1), total=6)) == ["ok"]


def test_a_feed_older_than_its_sibling_is_stale() -> None:
    fresh, old = Look(listing=ONE, entries=entries("a", 1), total=6), Look(listing=TWO, entries=entries("b", 100), total=6)
    assert states(fresh, old) == ["ok", "stale"]


def test_a_feed_that_answers_like_the_general_one_is_suspicious() -> None:
    same = entries("a", 1)
    findings = judge_listings([Look(listing=ONE, entries=same, total=6), Look(listing=TWO, entries=same, total=6)], NOON)
    assert findings[1].state == "suspicious"
    assert ONE.url in findings[1].detail


def test_an_unread_date_format_is_suspicious() -> None:
    (finding,) = judge_listings([Look(listing=ONE, entries=entries("a", None), total=6)], NOON)
    assert (finding.state, "date" in finding.detail) == ("suspicious", True)


def test_what_cannot_be_read_is_missing_with_the_reason() -> None:
    assert look(SITE, ONE, (b"<!DOCTYPE html><html></html>", ONE.url)).trouble == "html"
    assert look(SITE, ONE, Rejected("challenge")).trouble == "challenge"
    assert look(SITE, ONE, None).trouble == "no answer"
    wrong = look(SITE, ONE, (rss(("https://vov.vn/chinh-tri", "x")).encode(), ONE.url))
    (finding,) = judge_listings([wrong], NOON)
    assert (finding.state, "none of 1 links" in finding.detail) == ("missing", True)


def test_a_field_that_no_article_has_is_missing_and_one_that_some_lack_suspicious() -> None:
    full, bare = article(how={"body": "vov: div"}), article(lead="", how={"body": "vov: div"})
    found = {finding.what: finding.state for finding in judge_articles(SITE, {"a": full, "b": bare})}
    assert (found["title"], found["lead"], found["authors"]) == ("ok", "suspicious", "missing")
    assert "layout" not in found


def test_a_layout_that_does_not_hold_is_told() -> None:
    shape = replace(article(), how={"body": "generic: most of the prose"})
    assert {finding.what: finding.state for finding in judge_articles(SITE, {"a": shape})}["layout"] == "missing"


def test_no_more_articles_are_sampled_than_there_are() -> None:
    assert len(sample([Look(listing=ONE, entries=entries("a", 1))], 10**20)) == 6


def test_what_was_found_can_be_said_in_vietnamese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUANTRA_LANGUAGE", "vi")
    language.cache_clear()
    same = entries("a", 1)
    looks = [
        Look(listing=ONE, entries=same, total=6),
        Look(listing=TWO, entries=same, total=6),
        Look(listing=ONE, entries=entries("b", None, 1), total=6),
        Look(listing=ONE, total=4),
        *(Look(listing=ONE, trouble=trouble) for trouble in ("challenge", "html", "robots", "timeout", "http_404", "no answer")),
    ]
    shape = replace(article(), lead="", how={"body": "generic: most of the prose"})
    bare = {ONE.url: shape, TWO.url: Rejected("not_article", "no text")}
    try:
        for found in (*judge_listings(looks, NOON), *judge_articles(SITE, bare)):
            said = (noted(found.what), code(found.state), detail(found.detail), noted(found.advice))
            assert not {"articles", "of", "newest", "answer", "page", "UTC", "open", "no", "read"} & set(
                " ".join(said).split()
            ), said
        assert detail("6 articles, newest 2026-11-22 04:00 UTC") == "6 bài, mới nhất 2026-11-22 11:00"
    finally:
        language.cache_clear()


def test_articles_are_sampled_from_all_listings() -> None:
    looks = [Look(listing=ONE, entries=entries("a", 1)), Look(listing=Section(url="https://vov.vn/x"), entries=entries("b", 1))]
    assert [url.split("/")[-1][:1] for url in sample(looks, 4)] == ["a", "b", "a", "b"]
