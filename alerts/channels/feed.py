"""Keeps an Atom and a JSON Feed file for each subscription, for any feed reader."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar
from unicodedata import normalize
from uuid import UUID, uuid5

import msgspec
from lxml import etree

from alerts.channels.disk import write_whole
from alerts.channels.form import Form
from alerts.outbox import Outcome, Paused, Sent
from alerts.safe import one_line, web_link
from news.model import Message
from news.problem import BadValueError

_IDS = UUID("0b3c5b50-9d0e-5c0b-8a3c-1d4d5b8f7c21")  # our own name space; changing it would make every feed a new one
_VERSION = "https://jsonfeed.org/version/1.1"
_ATOM = "http://www.w3.org/2005/Atom"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
# What XML cannot hold, not even escaped.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A folder, made when it is first needed; a feed holds the `most` entries told last, the newest first.

    The .json file is also the memory. What an entry says is decided by the latest message that tells it, and the order by when it was
    told, not by when it is written: messages that are repeated, or come late, change nothing.
    """

    name: ClassVar[str] = "feed"
    form: ClassVar[Form] = "feed"
    folder: Path = Path("data/feeds")
    most: int = 100

    def __post_init__(self) -> None:
        if self.most < 1:
            raise BadValueError("most: must be 1 or more; write 100")

    @contextmanager
    def session(self) -> Iterator[Callable[[Message], Outcome]]:
        """Yield what adds the entries of one message to the feed of its subscription."""
        yield self._write

    def _write(self, message: Message) -> Outcome:
        told = _told(json.loads(message.payload))
        atom, own = (self.folder / f"{stem(message.recipient)}.{end}" for end in ("atom", "json"))
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            feed = _merged(_kept(own), told, self.most)
            # The memory last: after a kill in between the repeat finds it as it was and writes both.
            _replace(atom, _atom(feed, uuid5(_IDS, message.recipient), atom.name))
            _replace(own, _json(feed))
        except OSError as error:
            # A full disk or a missing permission concerns every message, and none of them should be given up for it.
            return Paused(reply=f"{self.folder}: cannot write: {error.strerror or error}")
        return Sent(reply=str(atom))


def stem(subscription: str) -> str:
    """The file name of a subscription's feeds, without ending: plain letters, and never that of another subscription."""
    plain = normalize("NFKD", subscription.lower().replace("đ", "d")).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return slug if slug == subscription else f"{slug or 'feed'}-{sha256(subscription.encode()).hexdigest()[:8]}"


# ---- what a feed holds


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """An item with the names of JSON Feed 1.1; `told` is when it was told last."""

    id: str
    title: str = ""
    url: str = ""
    summary: str = ""
    content_html: str = ""
    date_published: str = ""
    date_modified: str
    authors: tuple[dict[str, str], ...] = ()
    tags: tuple[str, ...] = ()
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    title: str = ""
    language: str = ""
    updated: str = ""
    items: tuple[_Item, ...] = ()


def _told(note: Mapping[str, Any]) -> _Held:
    """What a message says, made harmless."""
    updated = _time(note["updated"])
    items = (
        _item(
            {name: entry.get(name) or "" for name in ("id", "title", "url", "summary")}
            | {"content_html": entry.get("html") or "", "date_published": entry.get("published") or ""}
            | {"date_modified": entry.get("updated") or updated, "told": updated, "tags": entry.get("tags") or ()}
            | {"authors": [{"name": author} for author in entry.get("authors") or ()]}
        )
        for entry in note["entries"]
    )
    return _Held(title=one_line(note["title"]), language=note["language"], updated=updated, items=tuple(items))


# What reading a file that somebody or something has damaged can end in.
_DAMAGE = (AttributeError, KeyError, RecursionError, TypeError, ValueError)


def _kept(path: Path) -> _Held:
    """What the file holds, as far as it can be read: of a damaged one the sound items, or nothing."""
    try:
        held = json.loads(path.read_bytes())
        own, raws = held["_tuantra"], list(held["items"])
        head = {"title": one_line(held["title"]), "language": one_line(held["language"]), "updated": _time(own["updated"])}
    except (FileNotFoundError, *_DAMAGE):
        return _Held()
    items = []
    for raw in raws:
        with suppress(*_DAMAGE):
            items.append(_item({**raw, "told": own["told"][raw["id"]]}))
    return _Held(items=tuple(items), **head)


def _item(raw: Mapping[str, Any]) -> _Item:
    """One item, checked and made harmless. Raises ValueError."""
    item = msgspec.convert(raw, _Item)
    if not item.id:
        raise ValueError("an item has no id")
    return _Item(
        id=one_line(item.id),
        title=one_line(item.title),
        url=web_link(item.url),
        summary=one_line(item.summary, 2000),
        content_html=_NOT_XML.sub("", item.content_html),
        date_published=_time(item.date_published) if item.date_published else "",
        date_modified=_time(item.date_modified),
        authors=tuple({"name": one_line(author["name"])} for author in item.authors if author.get("name")),
        tags=tuple(one_line(tag) for tag in item.tags if tag),
        told=_time(item.told),
    )


def _merged(held: _Held, told: _Held, most: int) -> _Held:
    latest: dict[str, _Item] = {}
    for item in (*told.items, *held.items):
        known = latest.setdefault(item.id, item)
        if item.told > known.told:
            latest[item.id] = item
    items = sorted(latest.values(), key=lambda item: item.told, reverse=True)
    named = told if told.updated >= held.updated else held
    return _Held(title=named.title, language=named.language, updated=named.updated, items=tuple(items[:most]))


def _time(text: str) -> str:
    """A time as RFC 3339 has it, in UTC, so that times sort as texts. Raises ValueError."""
    time = datetime.fromisoformat(text)
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC).isoformat(timespec="seconds")


# ---- how it is written


def _json(feed: _Held) -> bytes:
    document = {
        "version": _VERSION,
        "title": feed.title,
        "language": feed.language,
        "items": [_filled(item) for item in feed.items],
        "_tuantra": {"updated": feed.updated, "told": {item.id: item.told for item in feed.items}},
    }
    return msgspec.json.format(msgspec.json.encode(document)) + b"\n"


def _filled(item: _Item) -> dict[str, Any]:
    """Without what is empty; an item must have content, though."""
    return {name: value for name, value in asdict(item).items() if name != "told" and (value or name == "content_html")}


def _atom(feed: _Held, identity: UUID, own_name: str) -> bytes:
    root = etree.Element(f"{{{_ATOM}}}feed", {_LANGUAGE: feed.language}, nsmap={None: _ATOM})
    _put(root, "id", identity.urn)
    _put(root, "title", feed.title)
    _put(root, "updated", feed.updated)
    _put(root, "link", rel="self", type="application/atom+xml", href=own_name)
    _name(root, ("Tuần tra",))
    _put(root, "generator", "Tuần tra")
    for item in feed.items:
        entry = etree.SubElement(root, f"{{{_ATOM}}}entry")
        _put(entry, "id", item.id)
        _put(entry, "title", item.title)
        if item.url:
            _put(entry, "link", rel="alternate", href=item.url)
        if item.date_published:
            _put(entry, "published", item.date_published)
        _put(entry, "updated", item.date_modified)
        _name(entry, (author["name"] for author in item.authors))
        for tag in item.tags:
            _put(entry, "category", term=tag)
        if item.summary:
            _put(entry, "summary", item.summary)
        _put(entry, "content", item.content_html, type="html")
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True))


def _put(parent: etree._Element, name: str, text: str = "", **attributes: str) -> None:
    plain = {key: _NOT_XML.sub("", value) for key, value in attributes.items()}
    etree.SubElement(parent, f"{{{_ATOM}}}{name}", plain).text = _NOT_XML.sub("", text) or None


def _name(parent: etree._Element, names: Iterable[str]) -> None:
    for name in names:
        _put(etree.SubElement(parent, f"{{{_ATOM}}}author"), "name", name)


def _replace(path: Path, content: bytes) -> None:
    """Leave a file alone that says this already: servers tell readers by its time whether to fetch it."""
    if not path.exists() or path.read_bytes() != content:
        write_whole(path, content)
