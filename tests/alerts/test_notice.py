"""A notice says what is wrong and what to do, in the operator's language, whatever strangers put into it."""

import unicodedata
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from types import SimpleNamespace

import pytest
from structlog.testing import capture_logs

from alerts.deliver import Letterhead
from alerts.notice import notify, render_notice
from alerts.operator import Operator
from news.store.troubles import Trouble

NOW = datetime(2026, 11, 22, 5, tzinfo=UTC)
SINCE = datetime(2026, 11, 22, 0, 30, tzinfo=UTC)
KEYS = {
    "site:vov": "challenge: challenge",
    "site:plo": "failed: network",
    "site:nld": "robots: robots_silent",
    "site:vtc": "silent: newest item 2026-11-20 09:00 UTC",
    "queue:email": "7: 535 wrong password",
    "mail:email:a@b.vn": "1: 550 nobody",
    "recipient:email:a@b.vn": "3: 550 nobody",
    "page:https://vov.vn/x.vov": "2: vov",
    "disk": "312: 500",
}


def troubles(*keys, over=(), **changes):
    return tuple(
        Trouble(
            **{"key": key, "detail": KEYS[key], "since": SINCE, "ended_at": NOW - timedelta(hours=4) if key in over else None}
            | changes
        )
        for key in keys
    )


def rendered(told, language="vi"):
    return render_notice(told, language=language, paper_names={"vov": "VOV", "plo": "Pháp Luật TP.HCM"}, now=NOW)


def test_the_subject_counts_in_vietnamese_and_english():
    told = troubles("site:vov", "disk", "site:plo", over=("site:plo",))
    assert rendered(told).subject == "Tuần tra: 2 sự cố, 1 sự cố đã khắc phục"
    assert rendered(told, "en").subject == "Tuần tra: 2 problems, 1 recovered"
    assert rendered(told[1:]).subject == "Tuần tra: 1 sự cố, 1 sự cố đã khắc phục"


@pytest.mark.parametrize(
    ("key", "vietnamese", "english"),
    [
        ("site:vov", "VOV chặn bằng trang thử thách", "VOV answers with a challenge page"),
        ("site:plo", "Pháp Luật TP.HCM không đọc được", "Pháp Luật TP.HCM could not be read"),
        ("site:nld", "robots.txt của nld không cho phép đọc", "robots.txt of nld does not let us read"),
        ("site:vtc", "vtc im lặng bất thường", "vtc is unusually silent"),
        ("queue:email", "Thư qua kênh email không đi được: 7 thư đang chờ", "Mail does not get out by email: 7 waiting"),
    ],
)
def test_the_subject_names_what_is_wrong_where_it_is_one_thing(key, vietnamese, english):
    assert rendered(troubles(key)).subject == f"Tuần tra: {vietnamese}"
    assert rendered(troubles(key), "en").subject == f"Tuần tra: {english}"
    assert rendered(troubles(key, over=(key,))).subject == f"Tuần tra: đã khắc phục – {vietnamese}"
    assert rendered(troubles(key, over=(key,)), "en").subject == f"Tuần tra: recovered – {english}"


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(
    "key", [*KEYS, "recipient:email:" + "x" * 60 + "@example.org", "queue:" + "desk " * 40, "site:" + "báo " * 40]
)
def test_a_subject_stays_below_eighty_characters(key, language):
    one = Trouble(key=key, detail=KEYS.get(key, "1: x"), since=SINCE)
    assert len(rendered([one], language).subject) < 80


def test_a_notice_in_english():
    text = rendered(troubles("site:vov", "disk", "site:plo", over=("site:plo",)), "en").text
    assert text == (
        "TUẦN TRA – 2 problems, 1 recovered\n"
        "Times in Vietnam (Asia/Ho_Chi_Minh)\n"
        "\n"
        "-- What is wrong\n"
        "\n"
        "- VOV: answered with a challenge page (since 07:30 22 Nov)\n"
        "  → Open the paper in a browser; if it turns programs away, write to its\n"
        "    editors.\n"
        "\n"
        "- The disk is nearly full: 312 MB are left of at least 500 MB (since 07:30\n"
        "  22 Nov)\n"
        "  → Free some space on this disk; once it is full, nothing new can be\n"
        "    stored.\n"
        "\n"
        "-- Recovered\n"
        "\n"
        "- Pháp Luật TP.HCM: could not be read (from 07:30 22 Nov to 08:00)\n"
        "  no connection\n"
        "\n"
        "You receive this mail because your address is under [operator] in the\n"
        "configuration. How things are now: `tuantra sites`.\n"
    )


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("key", KEYS)
def test_every_trouble_is_said_with_advice_in_text_and_html(key, language):
    said = rendered(troubles(key), language)
    assert "notice_" not in said.text
    assert "notice_" not in said.html
    assert "→ " in said.text
    assert "→ " in said.html
    over = rendered(troubles(key, over=(key,)), language)
    assert "→ " not in over.text
    for form in (said.subject, said.text, said.html):
        assert unicodedata.is_normalized("NFC", form)


def test_the_vietnamese_of_a_broken_paper():
    text = " ".join(rendered(troubles("site:plo")).text.split())
    assert "- Pháp Luật TP.HCM: không đọc được (từ 07:30 22/11) không kết nối được → Chạy `tuantra sites check plo`" in text


def test_a_silent_paper_is_told_with_the_local_time_of_its_newest_item():
    assert "tin mới nhất 16:00 20/11" in rendered(troubles("site:vtc")).text
    assert "newest item 16:00 20 Nov" in rendered(troubles("site:vtc"), "en").text


@pytest.mark.parametrize("key", ["site:vov", "queue:email", "mail:email:a@b.vn", "page:https://vov.vn/x.vov", "unheard:of"])
def test_strangers_words_are_harmless(key):
    hostile = "1: \x1b[31m<script>alert(1)</script>\r\nBcc: x@y.vn\u202e{name}{{ 7*7 }}\u2028 ho\u0300a"
    said = rendered([Trouble(key=f"{key}<script>\r\n\x07", detail=hostile, since=SINCE)])
    for form in (said.text, said.html):
        assert not [sign for sign in form if unicodedata.category(sign) == "Cc" and sign != "\n"]
        assert "\u202e" not in form
        assert "\u2028" not in form
        assert "\nBcc" not in form
        assert unicodedata.is_normalized("NFC", form)
    assert "<script" not in said.html
    assert not {unicodedata.category(sign) for sign in said.subject} & {"Cc", "Cf", "Zl", "Zp"}
    assert len(said.subject) < 80


def test_a_broken_network_makes_no_endless_mail():
    told = [Trouble(key=f"page:https://vov.vn/{number}.vov", detail="2: vov", since=SINCE) for number in range(5000)]
    said = rendered(told)
    assert said.subject == "Tuần tra: 5000 sự cố"
    assert "… và 4960 mục nữa" in said.text
    assert "… và 4960 mục nữa" in said.html
    assert len(said.html) < 50_000


@pytest.fixture
def desk(store, build):
    """What the daemon does every minute, with troubles of our choosing."""
    made = SimpleNamespace(now=NOW, operator=Operator(to=("op@x.vn", "second@x.vn")), channels=(build.Recorder(),), suspended=())
    made.wrong = lambda *keys: store.troubles.now_wrong(troubles(*keys), made.now)
    made.notify = lambda: notify(
        store.troubles, made.operator, made.now,
        letterhead=Letterhead(sender="Tuần tra <news@example.org>", contact="watch@example.org", paper_names={"vov": "VOV"}),
        channels=made.channels, suspended=lambda _: made.suspended,
    )  # fmt: skip
    made.store = store
    return made


def owed(desk):
    return [(row.channel, row.recipient) for row in reversed(desk.store.outbox.rows())]


def test_a_notice_is_a_mail_to_each_operator(desk):
    desk.wrong("site:vov")
    decision = desk.notify()
    assert (decision.done, decision.recipients, decision.slot) == (True, 2, "2026-11-22T12:00:00.000+07:00")
    assert owed(desk) == [("email", "op@x.vn"), ("email", "second@x.vn")]
    mail = message_from_bytes(desk.store.outbox.payload(desk.store.outbox.rows()[0].id), policy=policy.default)
    assert mail["Subject"] == "Tuần tra: VOV chặn bằng trang thử thách"
    assert mail["List-Id"] == "<operator.tuantra.example.org>"
    assert mail["List-Unsubscribe"] is None
    assert "VOV: bị chặn bằng trang thử thách" in mail.get_body(("plain",)).get_content()
    assert desk.notify() is None


def test_nobody_named_means_no_notices(desk):
    desk.operator = Operator()
    desk.wrong("site:vov")
    assert desk.notify() is None
    assert owed(desk) == []


def test_without_a_mail_server_a_notice_goes_to_the_folder(desk):
    desk.channels = ()
    desk.wrong("disk")
    assert desk.notify().done
    assert owed(desk) == [("file", "operator")]


def test_a_suspended_operator_is_not_written_to_and_loses_nothing(desk):
    desk.suspended = ("op@x.vn", "second@x.vn")
    desk.wrong("site:vov")
    assert desk.notify() is None
    desk.suspended = ("op@x.vn",)
    assert desk.notify().done
    assert owed(desk) == [("email", "second@x.vn")]


def test_what_comes_up_soon_after_a_notice_gathers(desk):
    desk.wrong("site:vov")
    assert desk.notify().done
    for minutes, keys in ((1, ("disk",)), (100, ("disk", "queue:email")), (239, ("disk", "queue:email"))):
        desk.now = NOW + timedelta(minutes=minutes)
        desk.wrong("site:vov", *keys)
        assert desk.notify() is None
    desk.now = NOW + timedelta(hours=4)
    assert desk.notify().done
    mail = message_from_bytes(desk.store.outbox.payload(desk.store.outbox.rows()[0].id), policy=policy.default)
    assert mail["Subject"] == "Tuần tra: 2 sự cố"


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"to": ("nobody",)}, "to"),
        ({"to": ("a@b.vn", "A@b.vn")}, "to"),
        ({"language": "fr"}, "language"),
        ({"every": timedelta(minutes=59)}, "every"),
        ({"disk_mb": -1}, "disk_mb"),
    ],
)
def test_a_wrong_setting_is_named(changes, key):
    with pytest.raises(ValueError) as error:
        Operator(**changes)
    assert str(error.value).startswith(f"{key}: ")


def test_the_log_names_the_troubles(desk):
    desk.wrong("site:vov")
    with capture_logs() as logs:
        desk.notify()
    [line] = [line for line in logs if line["event"] == "notice_decided"]
    assert (line["begun"], line["ended"], line["recipients"], line["channel"]) == (["site:vov"], 0, 2, "email")
