"""A mail in a folder is whole, and there once however often it is written."""

import mailbox
import subprocess
import sys
from pathlib import Path

import pytest

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


# ---- Maildir


def put(folder, *messages):
    with File(folder=folder, layout="maildir").session() as send:
        return [send(one) for one in messages]


DATED = b"Date: Sun, 22 Nov 2026 00:00:05 +0000\r\n" + PAYLOAD


def test_a_maildir_is_one_to_other_programs(tmp_path):
    [outcome] = put(tmp_path / "new" / "mail", message(DATED))
    [mail] = mailbox.Maildir(tmp_path / "new" / "mail", create=False)
    assert mail["Message-ID"] == "<one@localhost>"
    assert mail.get_subdir() == "new"
    assert mail.get_payload(decode=True).decode().strip() == "<p>Đại</p>"
    path = Path(outcome.reply)
    assert path.parent == tmp_path / "new" / "mail" / "new"
    assert path.name.startswith("1795305605.")
    assert path.read_bytes() == DATED.replace(b"\r\n", b"\n")
    assert sorted(one.name for one in (tmp_path / "new" / "mail").iterdir()) == ["cur", "new", "tmp"]
    assert list((tmp_path / "new" / "mail" / "tmp").iterdir()) == []


def test_three_repeats_leave_one_mail_also_after_it_was_read(tmp_path):
    put(tmp_path, message(), message(), message())
    box = mailbox.Maildir(tmp_path, create=False)
    [key] = box.keys()
    mail = box[key]
    mail.set_subdir("cur")
    mail.set_flags("S")
    box[key] = mail
    put(tmp_path, message(), message(message_id="<two@localhost>"))
    assert len(mailbox.Maildir(tmp_path, create=False)) == 2
    assert len(list((tmp_path / "cur").iterdir())) == 1


def test_no_message_id_leaves_the_maildir(tmp_path):
    put(tmp_path / "mail", message(message_id="<../../../a:b@c>"))
    assert [path.name for path in tmp_path.iterdir()] == ["mail"]
    assert len(mailbox.Maildir(tmp_path / "mail", create=False)) == 1


def test_a_maildir_that_cannot_be_written_pauses_the_queue(tmp_path):
    (tmp_path / "new").write_text("a file is in the way")
    assert isinstance(put(tmp_path, message())[0], Paused)


@pytest.mark.parametrize("layout", ["folder", "maildir"])
def test_a_kill_before_the_rename_leaves_nothing_half_written(tmp_path, layout):
    (tmp_path / "payload").write_bytes(PAYLOAD)
    code = f"""
import os, pathlib, signal
from alerts.channels.file import File
from news.model import Message
os.replace = lambda *_paths: os.kill(os.getpid(), signal.SIGKILL)
folder = pathlib.Path({str(tmp_path)!r})
with File(folder=folder / "mail", layout={layout!r}).session() as send:
    send(Message(message_id="<one@localhost>", channel="file", recipient="d", payload=(folder / "payload").read_bytes()))
"""
    killed = subprocess.run([sys.executable, "-c", code], check=False, cwd=Path(__file__).parents[3])
    assert killed.returncode == -9
    seen = [*(tmp_path / "mail").glob("[!.]*.*"), *(tmp_path / "mail" / "new").glob("*")]
    assert seen == []
    with File(folder=tmp_path / "mail", layout=layout).session() as send:
        assert isinstance(send(message()), Sent)
    assert [path for path in (tmp_path / "mail").rglob("*") if path.name.endswith(".part")] == []
    assert list((tmp_path / "mail").glob("tmp/*")) == []


def test_a_layout_that_is_not_known_is_a_mistake(tmp_path):
    with pytest.raises(ValueError, match=r"^layout: "):
        File(folder=tmp_path, layout="mbox")
