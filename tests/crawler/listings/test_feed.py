"""Feeds are read as papers serve them, quirks and lies included."""

from datetime import UTC, datetime

import pytest

from crawler.listings import Feed, Unreadable

FEED = Feed(url="https://thanhnien.vn/rss/home.rss")
LINK = "https://thanhnien.vn/tin-185261119035308873.htm"


def feed(item: str, prolog: str = '<?xml version="1.0" encoding="utf-8"?>') -> bytes:
    return f'{prolog}<rss version="2.0"><channel><title>x</title><item>{item}</item></channel></rss>'.encode()


def title(text: str) -> str:
    (entry,) = FEED.entries(feed(f"<title>{text}</title><link>{LINK}</link>"))
    return entry.title


def published(text: str) -> datetime | None:
    (entry,) = FEED.entries(feed(f"<title>x</title><link>{LINK}</link><pubDate>{text}</pubDate>"))
    return entry.published


@pytest.mark.parametrize(
    "printed",
    [
        "Ký ức người lính",
        "<![CDATA[Ký ức người lính]]>",
        "&lt;![CDATA[ K&amp;yacute; ức người lính ]]&gt;",
        "K&amp;yacute; ức người lính",
        "K&amp;amp;yacute; ức người lính",
        "K&yacute; ức\u00a0người  l\u200bính",
        "Ky\u0301 ư\u0301c người lính".replace("ư\u0301", "u\u031b\u0301"),
    ],
)
def test_a_title_comes_out_as_it_is_read(printed: str) -> None:
    assert title(printed) == "Ký ức người lính"


@pytest.mark.parametrize(
    "printed",
    [
        "Wed, 16 Sep 2026 10:17:00 +0700",
        "Wed, 16 Sep 26 10:17:00 +0700",
        "Wed, 16 Sep 2026 10:17:00 +07:00",
        "Wed, 16 Sep 2026 10:17:00 +07",
        "Wed, 16 Sep 2026 10:17:00 GMT+7",
        "Wed, 16 Sep 2026 03:17:00 GMT",
        "9/16/2026 10:17:00\u202fAM",
        "2026-09-16T10:17:00+07:00",
    ],
)
def test_every_way_of_writing_a_time_is_the_same_instant(printed: str) -> None:
    assert published(printed) == datetime(2026, 9, 16, 3, 17, tzinfo=UTC)


def test_an_unread_time_is_unknown_and_no_guess() -> None:
    assert published("sáng nay") is None


def test_atom_is_read() -> None:
    body = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>A</title><link rel="self" href="https://x.vn/self"/>'
        f'<link href="{LINK}"/><published>2026-09-16T10:17:00+07:00</published></entry></feed>'
    )
    (entry,) = FEED.entries(body.encode())
    assert (entry.url, entry.title) == (LINK, "A")


def test_a_prolog_may_lie_about_the_encoding() -> None:
    body = feed(f"<title>Tin</title><link>{LINK}</link>", '<?xml version="1.0" encoding="utf-16"?>')
    assert FEED.entries(body)[0].title == "Tin"
    assert FEED.entries(body.decode().encode("utf-16"))[0].title == "Tin"


def test_a_link_with_its_host_twice_is_mended() -> None:
    (entry,) = FEED.entries(feed("<title>x</title><link>https://vnanet.vnhttps://vnanet.vn/a?IID=1</link>"))
    assert entry.url == "https://vnanet.vn/a?IID=1"


def test_a_summary_is_text_without_its_picture() -> None:
    item = (
        f'<title>x</title><link>{LINK}</link><description><![CDATA[<a href="x"><img src="y"></a></br>Sapo ở đây]]></description>'
    )
    assert FEED.entries(feed(item))[0].summary == "Sapo ở đây"


def test_an_empty_feed_is_a_feed() -> None:
    assert FEED.entries(b"<rss><channel></channel></rss>") == ()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html><body>Home</body></html>", "html"),
        (b"<urlset></urlset>", "not_a_feed"),
        (b"just words", "not_xml"),
    ],
)
def test_what_is_no_feed_is_told_by_a_word(body: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        FEED.entries(body)
    assert caught.value.reason == reason


def test_hostile_xml_costs_nothing_and_reveals_nothing() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
    body = feed(f"<title>x &b; &c;</title><link>{LINK}</link>", bomb)
    assert "root" not in FEED.entries(body)[0].title


def test_a_long_feed_is_read_whole_and_an_endless_one_is_not() -> None:
    items = "".join(f"<item><link>https://vietnamnet.vn/tin-{number}.html</link></item>" for number in range(3000))
    entries = FEED.entries(f"<rss><channel>{items}</channel></rss>".encode())
    assert 1000 <= len(entries) < 3000
