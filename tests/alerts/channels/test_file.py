"""A mail in a folder is whole, and there once however often it is written."""

from alerts.channels.file import File
from alerts.outbox import Paused, Sent
from news.model import Message

PAYLOAD = (
    b"Message-ID: <one@localhost>\r\nX-Tuantra-Slot: 2026-11-22T07:00+07:00\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>=C4=90=E1=BA=A1i</p>\r\n"
)


def message(payload=PAYLOAD, message_id="<one@localhost>"):
    return Message(message_id=message_id, channel="file", recipient="digest", payload=payload)


def test_a_mail_is_written_for_mail_programs_and_for_browsers(tmp_path):
    with File(folder=tmp_path / "new" / "mail").session() as send:
        outcome = send(message())
    page = tmp_path / "new" / "mail" / "2026-11-22T07-00+07-00_one.html"
    assert outcome == Sent(reply=str(page))
    assert page.read_text(encoding="utf-8").strip() == "<p>Đại</p>"
    assert page.with_suffix(".eml").read_bytes() == PAYLOAD


def test_a_repeat_replaces_the_same_files(tmp_path):
    with File(folder=tmp_path).session() as send:
        send(message())
        send(message())
    assert len(list(tmp_path.iterdir())) == 2


def test_no_name_leaves_the_folder(tmp_path):
    payload = PAYLOAD.replace(b"2026-11-22T07:00+07:00", b"../../x/y")
    with File(folder=tmp_path / "mail").session() as send:
        send(message(payload, "<../../../a@b>"))
    assert len(list((tmp_path / "mail").iterdir())) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["mail"]


def test_a_folder_that_cannot_be_written_pauses_the_queue(tmp_path):
    (tmp_path / "mail").write_text("a file is in the way")
    with File(folder=tmp_path / "mail").session() as send:
        outcome = send(message())
    assert isinstance(outcome, Paused)
    assert str(tmp_path / "mail") in outcome.reply
