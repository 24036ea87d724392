"""A feed is valid for every reader, there once however often it is told, and survives damage and crashes."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from alerts.channels.feed import Feed, stem
from alerts.outbox import Paused, Sent
from crawler.listings.feed import Feed as Listing
from news.model import Message

ATOM = "{http://www.w3.org/2005/Atom}"
EIGHT, NOON = "2026-11-22T08:00:00+07:00", "2026-11-22T12:00:00+07:00"


def entry(key, **changes):
    return {
        "id": f"urn:tuantra:story:{key}",
        "title": f"Đối thoại quốc phòng lần thứ {key}",
        "url": f"https://vov.vn/doi-thoai-{key}.vov",
        "summary": "Hai bên nhất trí tuần tra chung.",
        "html": "<p>Hai bên nhất trí <b>tuần tra chung</b> &amp; đào tạo.</p>",
        "published": "2026-11-21T10:40:00Z",
        "updated": "2026-11-22T00:00:05+00:00",
        "authors": ["Mai Hà"],
        "tags": ["hải quân", "cấp bộ"],
    } | changes


def message(*entries, updated=EIGHT, subscription="analysts", **changes):
    note = {
        "subscription": subscription,
        "title": "Tuần tra: analysts",
        "language": "vi",
        "updated": updated,
        "entries": entries,
    } | changes
    return Message(message_id="<one@localhost>", channel="feed", recipient=subscription, payload=json.dumps(note).encode())


def told(folder, *messages, **changes):
    with Feed(folder=folder, **changes).session() as send:
        return [send(one) for one in messages]


def items(folder, name="analysts"):
    return [item["id"].rpartition(":")[2] for item in json.loads((folder / f"{name}.json").read_bytes())["items"]]


def atom(folder, name="analysts"):
    return etree.fromstring((folder / f"{name}.atom").read_bytes())


def files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# ---- form


def test_an_atom_feed_has_what_readers_want(tmp_path):
    assert told(tmp_path / "new" / "feeds", message(entry(12))) == [Sent(reply=str(tmp_path / "new" / "feeds" / "analysts.atom"))]
    feed = atom(tmp_path / "new" / "feeds")
    assert feed.tag == f"{ATOM}feed"
    assert feed.findtext(f"{ATOM}title") == "Tuần tra: analysts"
    assert feed.findtext(f"{ATOM}updated") == "2026-11-22T01:00:00+00:00"
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "Tuần tra"
    assert feed.findtext(f"{ATOM}id").startswith("urn:uuid:")
    assert feed.find(f"{ATOM}link").attrib == {"rel": "self", "type": "application/atom+xml", "href": "analysts.atom"}
    [one] = feed.findall(f"{ATOM}entry")
    assert one.findtext(f"{ATOM}id") == "urn:tuantra:story:12"
    assert one.findtext(f"{ATOM}title") == "Đối thoại quốc phòng lần thứ 12"
    assert one.findtext(f"{ATOM}published") == "2026-11-21T10:40:00+00:00"
    assert one.findtext(f"{ATOM}updated") == "2026-11-22T00:00:05+00:00"
    assert one.findtext(f"{ATOM}author/{ATOM}name") == "Mai Hà"
    assert one.find(f"{ATOM}link").get("href") == "https://vov.vn/doi-thoai-12.vov"
    assert one.find(f"{ATOM}content").get("type") == "html"
    assert one.findtext(f"{ATOM}content") == entry(12)["html"]
    assert [tag.get("term") for tag in one.findall(f"{ATOM}category")] == ["hải quân", "cấp bộ"]


def test_a_json_feed_has_what_readers_want(tmp_path):
    told(tmp_path, message(entry(12)))
    feed = json.loads((tmp_path / "analysts.json").read_bytes())
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert (feed["title"], feed["language"]) == ("Tuần tra: analysts", "vi")
    assert feed["items"] == [
        {
            "id": "urn:tuantra:story:12",
            "title": "Đối thoại quốc phòng lần thứ 12",
            "url": "https://vov.vn/doi-thoai-12.vov",
            "summary": "Hai bên nhất trí tuần tra chung.",
            "content_html": entry(12)["html"],
            "date_published": "2026-11-21T10:40:00+00:00",
            "date_modified": "2026-11-22T00:00:05+00:00",
            "authors": [{"name": "Mai Hà"}],
            "tags": ["hải quân", "cấp bộ"],
        }
    ]
    assert [key for key in feed if key not in {"version", "title", "language", "items"}] == ["_tuantra"]


def test_our_own_reader_reads_it(tmp_path):
    told(tmp_path, message(entry(1), entry(2)))
    first, second = Listing(url="https://x.vn/analysts.atom").entries((tmp_path / "analysts.atom").read_bytes())
    assert (first.url, first.title) == (entry(1)["url"], entry(1)["title"])
    assert first.summary == entry(1)["summary"]
    assert first.published == datetime(2026, 11, 21, 10, 40, tzinfo=UTC)
    assert second.url == entry(2)["url"]


def test_an_entry_with_nothing_but_its_id_is_still_valid(tmp_path):
    bare = {"id": "urn:tuantra:story:3", "title": "", "url": None, "summary": "", "html": "", "published": None}
    told(tmp_path, message(bare, entry(4, url="javascript:alert(1)")))
    one, other = atom(tmp_path).findall(f"{ATOM}entry")
    assert one.findtext(f"{ATOM}updated") == "2026-11-22T01:00:00+00:00"
    assert one.find(f"{ATOM}title") is not None
    assert one.find(f"{ATOM}content") is not None
    assert one.find(f"{ATOM}link") is None
    assert other.find(f"{ATOM}link") is None
    assert json.loads((tmp_path / "analysts.json").read_bytes())["items"][0] == {
        "id": "urn:tuantra:story:3",
        "content_html": "",
        "date_modified": "2026-11-22T01:00:00+00:00",
    }


def test_a_feed_with_nothing_in_it_is_one(tmp_path):
    told(tmp_path, message())
    assert items(tmp_path) == []
    assert atom(tmp_path).findtext(f"{ATOM}updated") == "2026-11-22T01:00:00+00:00"


@pytest.mark.parametrize(
    "hostile",
    ["\x00\x08\x0b\x1b[31m", "\ud800", "\udfff x \ud83d", "]]>", "<script>alert(1)</script>", "&amp;&lt;b&gt;", "\ufffe\uffff", "\u202e\u2028", '"><x y="', "\r\nx"],
)  # fmt: skip
def test_hostile_words_break_neither_feed(tmp_path, hostile):
    said = f"Tin {hostile} tức"
    bad = entry(1, title=said, summary=said, html=f"<p>{said}</p>", authors=[said], tags=[said], id=f"urn:x:{hostile}")
    told(tmp_path, message(bad, title=said), message(entry(2), updated=NOON))
    feed = atom(tmp_path)
    json.loads((tmp_path / "analysts.json").read_text(encoding="utf-8"))
    assert [len(one) for one in feed.findall(f"{ATOM}entry")] == [10, 9]
    title = feed.findall(f"{ATOM}entry")[1].findtext(f"{ATOM}title")
    assert title.startswith("Tin ")
    assert title.endswith(" tức")
    if "<" in hostile:
        assert hostile in title
    assert len(Listing(url="https://x.vn/a").entries((tmp_path / "analysts.atom").read_bytes())) == 2


# ---- what is in it


def test_three_repeats_change_nothing_not_even_the_time_of_the_files(tmp_path):
    told(tmp_path, message(entry(1), entry(2)))
    before, times = files(tmp_path), [path.stat().st_mtime_ns for path in tmp_path.iterdir()]
    told(tmp_path, *[message(entry(1), entry(2))] * 3)
    assert items(tmp_path) == ["1", "2"]
    assert files(tmp_path) == before
    assert [path.stat().st_mtime_ns for path in tmp_path.iterdir()] == times


def test_new_entries_stand_first_and_the_oldest_leave(tmp_path):
    told(tmp_path, message(entry(1), entry(2)), message(entry(3), entry(4), updated=NOON), most=3)
    assert items(tmp_path) == ["3", "4", "1"]
    assert len(atom(tmp_path).findall(f"{ATOM}entry")) == 3


def test_an_entry_that_is_told_again_is_replaced_and_stands_first(tmp_path):
    told(tmp_path, message(entry(1), entry(2)), message(entry(2, title="Đã sửa"), updated=NOON))
    assert items(tmp_path) == ["2", "1"]
    assert atom(tmp_path).find(f"{ATOM}entry").findtext(f"{ATOM}title") == "Đã sửa"


def test_messages_in_any_order_and_number_make_the_same_feed(tmp_path):
    first = message(entry(1), entry(2), title="Cũ")
    second = message(entry(2, title="Đã sửa"), entry(3), updated=NOON, title="Mới")
    told(tmp_path / "a", first, second)
    told(tmp_path / "b", second, first, first, second, first)
    assert files(tmp_path / "a") == files(tmp_path / "b")


def test_the_feed_keeps_its_identity_and_subscriptions_their_own(tmp_path):
    told(tmp_path, message(entry(1)))
    identity = atom(tmp_path).findtext(f"{ATOM}id")
    told(tmp_path, message(entry(2), updated=NOON), message(entry(1), subscription="others"))
    assert atom(tmp_path).findtext(f"{ATOM}id") == identity
    assert atom(tmp_path, "others").findtext(f"{ATOM}id") != identity
    assert items(tmp_path, "others") == ["1"]


def test_names_are_plain_and_never_shared():
    names = ["analysts", "Analysts", "a b", "a-b", "a/b", "../a", "Bản tin", "Ban tin", "Đề", "日本", "...", "a" * 60, "A" * 60]
    stems = [stem(name) for name in names]
    assert stems[0] == "analysts"
    assert len({one.casefold() for one in stems}) == len(names)
    for one in stems:
        assert one == one.encode("ascii").decode()
        assert not set(one) & set("/\\. :")


def test_a_name_cannot_leave_the_folder(tmp_path):
    told(tmp_path / "feeds", message(entry(1), subscription="../../x"))
    assert [path.name for path in tmp_path.iterdir()] == ["feeds"]
    assert len(list((tmp_path / "feeds").iterdir())) == 2


# ---- damage


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "null", '"x"', "\ud800", "[" * 100_000, '{"items": 3}', '{"_tuantra": {}, "items": []}']
)
def test_a_memory_that_cannot_be_read_is_begun_anew(tmp_path, content):
    (tmp_path / "analysts.json").write_bytes(content.encode("utf-8", "surrogatepass"))
    assert isinstance(told(tmp_path, message(entry(1)))[0], Sent)
    assert items(tmp_path) == ["1"]


def test_of_a_damaged_memory_the_sound_entries_stay(tmp_path):
    told(tmp_path, message(entry(1), entry(2), entry(3)))
    path = tmp_path / "analysts.json"
    feed = json.loads(path.read_bytes())
    feed["items"][0]["date_modified"] = "yesterday"
    feed["items"].extend([{"id": 5}, None, {"id": "urn:x:7"}])
    path.write_text(json.dumps(feed))
    told(tmp_path, message(entry(4), updated=NOON))
    assert items(tmp_path) == ["4", "2", "3"]


def test_an_atom_file_that_is_gone_comes_back_with_all_entries(tmp_path):
    told(tmp_path, message(entry(1)))
    (tmp_path / "analysts.atom").unlink()
    told(tmp_path, message(entry(2), updated=NOON))
    assert len(atom(tmp_path).findall(f"{ATOM}entry")) == 2


@pytest.mark.parametrize("nth", [1, 2])
def test_a_kill_before_the_rename_leaves_the_old_file_whole_and_the_repeat_completes_it(tmp_path, nth):
    told(tmp_path, message(entry(1)))
    (tmp_path / "payload").write_bytes(message(entry(2), updated=NOON).payload)
    code = f"""
import os, pathlib, signal
from alerts.channels import disk
from alerts.channels.feed import Feed
from news.model import Message
calls, real = [], os.replace
def replace(*paths):
    calls.append(1)
    if len(calls) == {nth}:
        os.kill(os.getpid(), signal.SIGKILL)
    real(*paths)
os.replace = replace
folder = pathlib.Path({str(tmp_path)!r})
with Feed(folder=folder).session() as send:
    send(Message(message_id="<m@l>", channel="feed", recipient="analysts", payload=(folder / "payload").read_bytes()))
"""
    killed = subprocess.run([sys.executable, "-c", code], check=False, cwd=Path(__file__).parents[3])
    assert killed.returncode == -9
    assert items(tmp_path) == ["1"]
    assert len(atom(tmp_path).findall(f"{ATOM}entry")) == nth
    told(tmp_path, message(entry(2), updated=NOON))
    assert items(tmp_path) == ["2", "1"]
    assert len(atom(tmp_path).findall(f"{ATOM}entry")) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["analysts.atom", "analysts.json", "payload"]


def test_a_folder_that_cannot_be_written_pauses_the_queue(tmp_path):
    (tmp_path / "feeds").write_text("a file is in the way")
    [outcome] = told(tmp_path / "feeds", message(entry(1)))
    assert isinstance(outcome, Paused)
    assert str(tmp_path / "feeds") in outcome.reply


def test_a_feed_of_no_entries_is_a_mistake():
    with pytest.raises(ValueError, match=r"^most: "):
        Feed(most=0)
