"""A mail says what was rendered, to one recipient, whatever the headlines hold."""

from email import charset, message_from_bytes, policy
from email.header import decode_header, make_header

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from alerts.mail import Envelope, messages
from alerts.render import Rendered, render
from alerts.safe import one_line

SLOT = "2026-11-22T07:00+07:00"
# Syllables, so that spaces fall where headers are folded, and everything that has ever broken a header.
VIETNAMESE = st.lists(
    st.sampled_from(
        [
            "Việt",
            "Nam",
            "Campuchia",
            "Đại",
            "tướng",
            "quốc",
            "phòng",
            "đối",
            "thoại",
            "tuần",
            "tra",
            "chung",
            "Quân",
            "đội",
            "Hoàng",
            "gia",
            "biên",
            "giới",
        ]
    ),
    max_size=40,
).map(" ".join)
HOSTILE = st.text(st.sampled_from('aăđẾ \r\n\x00\x0b\x85\u2028\u202e\u2066?=_,;:<>"\\@.Я中😀\u0301'), max_size=250)


def envelope(build, **changes):
    return Envelope(
        **{"subscription": "analysts", "slot": SLOT, "sender": "Tuần tra <news@example.org>", "date": build.NOW} | changes
    )


def mail(build, subject="Tuần tra: 3 tin mới", **changes):
    rendered = Rendered(subject=subject, html="<p>Đại tướng</p>", text="Đại tướng\n.\nFrom x\n", json="{}", note="{}", feed="{}")
    [made] = messages(rendered, envelope(build, **changes), [("mail", "email", "a@mod.gov.vn")])
    return made


def decoded(payload):
    raw = message_from_bytes(payload)
    return str(make_header(decode_header(raw["Subject"]))), str(message_from_bytes(payload, policy=policy.default)["Subject"])


@settings(max_examples=400, deadline=None)
@given(st.one_of(VIETNAMESE, HOSTILE, st.text(max_size=250)))
@example("Cảnh báo " * 30)
@example("x" * 300)
@example("=?utf-8?q?Bcc:_x?=")
def test_every_subject_arrives_as_it_was_made_harmless(build, title):
    payload = mail(build, title).payload
    assert decoded(payload) == (one_line(title), one_line(title))
    assert [name for name, _ in message_from_bytes(payload).items()] == [
        "Message-ID", "To", "Content-Type", "MIME-Version", "Subject", "From", "Date", "List-Id", "Auto-Submitted", "Precedence",
        "X-Tuantra-Slot",
    ]  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(title=HOSTILE, text=st.text(max_size=3000))
def test_no_line_is_longer_than_a_server_takes(build, title, text):
    story = build.story(build.copy(1, title=title, lead=text * 3, url=f"https://a.vn/{'x' * 2000}"))
    said = render(build.digest(story), language="vi", topic_names={}, paper_names={})
    [made] = messages(said, envelope(build), [("mail", "email", "a@mod.gov.vn")])
    lines = made.payload.split(b"\r\n")
    assert max(map(len, lines)) <= 998
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert made.payload.isascii()


def test_both_bodies_decode_to_the_same_vietnamese(build):
    said = render(build.digest(build.story()), language="vi", topic_names={}, paper_names={})
    [made] = messages(said, envelope(build), [("mail", "email", "a@mod.gov.vn")])
    parsed = message_from_bytes(made.payload, policy=policy.default)
    assert parsed.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in parsed.iter_parts()] == ["text/plain", "text/html"]
    assert parsed.get_body(("plain",)).get_content() == said.text
    assert parsed.get_body(("html",)).get_content() == said.html


def test_the_head_says_that_a_machine_writes_and_how_to_stop_it(build):
    parsed = message_from_bytes(
        mail(build, subscription="Nhà phân tích Đ", contact="ops@example.org").payload, policy=policy.default
    )
    assert parsed["From"] == "Tuần tra <news@example.org>"
    assert parsed["To"] == "a@mod.gov.vn"
    assert parsed["Date"] == "Sun, 22 Nov 2026 00:00:05 +0000"
    assert parsed["List-Id"] == "<nha-phan-tich-d.tuantra.example.org>"
    assert parsed["Auto-Submitted"] == "auto-generated"
    assert parsed["Precedence"] == "bulk"
    assert parsed["List-Unsubscribe"] == "<mailto:ops@example.org?subject=unsubscribe>"


def test_a_long_sender_is_folded_and_arrives(build):
    sender = '"Tuần tra báo chí Việt Nam, phòng thông tin Campuchia" <news@example.org>'
    parsed = message_from_bytes(mail(build, sender=sender).payload, policy=policy.default)
    assert parsed["From"].addresses[0].display_name.replace(" ", "") == "TuầntrabáochíViệtNam,phòngthôngtinCampuchia"
    assert parsed["From"].addresses[0].addr_spec == "news@example.org"


def test_the_same_mail_always_has_the_same_bytes_and_id(build):
    assert mail(build) == mail(build)
    assert mail(build).message_id.endswith("@example.org>")
    assert message_from_bytes(mail(build).payload)["Message-ID"] == mail(build).message_id


def test_every_recipient_slot_and_subscription_has_its_own_id(build):
    rendered = Rendered(subject="s", html="h", text="t", json="{}", note="{}", feed="{}")
    ids = {
        made.message_id
        for changes in ({}, {"slot": "2026-11-22T12:00+07:00"}, {"subscription": "b"})
        for made in messages(rendered, envelope(build, **changes), [("mail", "email", to) for to in ("a@b.vn", "c@d.vn")])
    }
    assert len(ids) == 6


def test_a_subscription_named_like_its_reader_has_an_id_for_each_channel(build):
    rendered = Rendered(subject="s", html="h", text="t", json="{}", note="{}", feed="{}")
    routes = [("mail", "email", "a@b.vn"), ("mail", "file", "a@b.vn")]
    made = list(messages(rendered, envelope(build, subscription="a@b.vn"), routes))
    assert len({message.message_id for message in made}) == 2


def test_a_recipient_without_address_is_addressed_to_nobody(build):
    rendered = Rendered(subject="s", html="h", text="t", json="{}", note="{}", feed="{}")
    [made] = messages(rendered, envelope(build), [("mail", "file", "Nhà phân tích\r\nBcc: x@y.vn")])
    assert message_from_bytes(made.payload)["To"] == "undisclosed-recipients:;"
    assert message_from_bytes(made.payload)["Bcc"] is None


def test_a_wrong_sender_is_named(build):
    with pytest.raises(ValueError) as error:
        envelope(build, sender="nobody\r\nBcc: x@y.vn")
    assert str(error.value).startswith("sender: ")


@pytest.mark.parametrize("contact", ["", "https://example.org/about", "x@y.vn\r\nBcc: z@y.vn"])
def test_only_an_address_takes_unsubscriptions(build, contact):
    assert "List-Unsubscribe" not in message_from_bytes(mail(build, contact=contact).payload)


def test_other_channels_carry_their_own_form_and_have_ids_of_their_own(build):
    rendered = Rendered(subject="s", html="h", text="t", json='{"a": 1}', note='{"b": 2}', feed='{"c": 3}')
    routes = [("json", "webhook", "desk"), ("note", "apprise", "desk"), ("feed", "feed", "desk"), ("mail", "file", "desk")]
    made = list(messages(rendered, envelope(build), routes))
    assert [message.payload for message in made[:3]] == [b'{"a": 1}', b'{"b": 2}', b'{"c": 3}']
    assert len({message.message_id for message in made}) == 4


def test_a_library_that_changes_how_the_process_encodes_mail_changes_nothing_of_ours(build):
    rendered = render(build.digest(build.story()), language="vi", topic_names={}, paper_names={})
    [before] = messages(rendered, envelope(build), [("mail", "email", "a@b.vn")])
    known = dict(charset.CHARSETS)
    charset.add_charset("utf-8", charset.QP, charset.QP, "utf-8")
    try:
        assert list(messages(rendered, envelope(build), [("mail", "email", "a@b.vn")])) == [before]
    finally:
        charset.CHARSETS.clear()
        charset.CHARSETS.update(known)
