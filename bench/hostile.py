"""Renders and mails stories in which everything that a paper says wants to be a header, markup, a link or a log line."""

import email
import email.policy
import io
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from email.header import decode_header, make_header
from html.parser import HTMLParser
from multiprocessing import get_context
from typing import Any, cast

import structlog

from alerts import mail
from alerts.glossary import Glossary
from alerts.render import Rendered, render
from alerts.safe import one_line, shortened, web_link
from alerts.view import view
from crawler import logs
from news.model import Digest, Match, Origin, Span, StoredArticle, Story
from tests.builders import NOON, TOPIC, article

BATCH = 25
HOSTILE = (
    "\r\nBcc: victim@example.org", "\nSubject: forged", "\r\n\r\n<h1>body</h1>", "\x00", "\x1b[31m", "\x7f", "\x85", "\u2028", "\u2029",
    "\u202e", "\u2066", "\u2069", "\u200f", "\u061c", "\ud800", "\udfff", "\u200b", "\ufeff", "\u00ad", "=?utf-8?B?SGVsbG8=?=",
    "=?utf-8?Q?=0D=0ABcc:_x@example.org?=", "=?utf-8?q?", "?=", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</title>",
    "<a href='https://evil.example'>", "<style>*{display:none}</style>", "<!--", "]]>", "{{ 7*7 }}", "{% raw %}", "{0}", "%s", "${x}",
    "javascript:alert(1)", 'https://evil.example/"onclick=x', '"', "'", "&lt;b&gt;", "&#10;", "A" * 1500, "Ệ" * 500, "e\u0302\u0301",
    "đ\u0323\u0303", "To: x@example.org", "Content-Type: text/html", "--=_", "\n.\n", "\r", "\t", "\u3000", "👩‍👩‍👧", "\U000e0041",
    '\n{"event": "mail_sent", "level": "info"}',
)  # fmt: skip
PLAIN = (
    "Việt",
    "Nam",
    "Campuchia",
    "tăng cường",
    "hợp tác",
    "quốc phòng",
    "biên giới",
    "tuần tra chung",
    "trên biển",
    "năm 2026",
)
ELEMENTS = frozenset(("html", "head", "meta", "title", "style", "body", "div", "table", "tbody", "tr", "td", "p", "h1", "h2", "a", "b", "br", "mark", "span", "i", "ul", "li"))  # fmt: skip
ATTRIBUTES = frozenset(("lang", "charset", "name", "content", "class", "style", "role", "cellpadding", "cellspacing", "href", "target", "rel", "data-css-inline"))  # fmt: skip
HEADERS = (
    "Message-ID", "To", "Content-Type", "MIME-Version", "Subject", "From", "Date", "List-Id", "Auto-Submitted", "Precedence", "X-Tuantra-Slot",
)  # fmt: skip
SLOT = "2026-11-22T12:00+07:00"
ENVELOPE = mail.Envelope(subscription="desk", slot=SLOT, sender="Tuần tra <news@example.org>", date=NOON)


def measure(count: int, seed: int) -> list[str]:
    """Render and build mails of hostile stories, two processes at a time."""
    began = time.monotonic()
    batches = range(seed * 10_000_000, seed * 10_000_000 + count // BATCH)
    with get_context("spawn").Pool(2) as pool:
        wrong = [line for lines in pool.imap_unordered(judged, batches, chunksize=20) for line in lines]
    print(f"{len(batches) * BATCH} stories, each a subject of its own, in {time.monotonic() - began:.0f} s")
    for kind, number in Counter(line.partition(":")[0] for line in wrong).items():
        print(f"  {number:6} {kind}")
    return wrong


def judged(seed: int) -> list[str]:
    """What is wrong with a batch of hostile stories: one digest of all, and a mail for each."""
    chance = random.Random(seed)
    told = tuple(hostile_story(chance, number) for number in range(BATCH))
    names = {"vov": hostile(chance), "thanhnien": hostile(chance)}
    # The pipelines take half surrogate pairs out and the store refuses them: only subjects are tried with them.
    shown = encodable(told)
    said = rendered(shown, names)
    urls = {web_link(copy.article.url) for one in shown for copy in one.articles} - {""}
    wrong: list[str] = []
    for page in (said.html, *(entry["html"] for entry in json.loads(said.feed)["entries"])):
        wrong += page_faults(page, urls)
    wrong += [f"line too long: {len(line)} bytes" for line in mail_of(said).split(b"\r\n") if len(line) > 998]
    head = one_line(subject_of((replace_title(told[0], "x"),), names)).removesuffix("x")
    for one in told:
        title = one.articles[0].article.title
        subject = subject_of((one,), names)
        wrong += subject_faults(mail_of(replace(EMPTY, subject=subject)), one_line(head + shortened(title, 300)))
    return [*wrong, *log_faults([one.articles[0].article.title for one in told])]


EMPTY = Rendered(subject="", html="<p>x</p>", text="x", json="{}", note="{}", feed="{}")


def hostile(chance: random.Random) -> str:
    """Some words of a headline with some that are none between."""
    parts = chance.choices(PLAIN, k=chance.randint(1, 12)) + chance.choices(HOSTILE, k=chance.randint(1, 4))
    parts += [
        "".join(chr(chance.choice((chance.randrange(0x100), chance.randrange(0x10FFFF)))) for _ in range(chance.randint(0, 6)))
    ]
    chance.shuffle(parts)
    return chance.choice((" ", " ", "")).join(parts)


def hostile_story(chance: random.Random, number: int) -> Story:
    """A story of one or two copies, in which everything that a paper says is hostile."""
    copies = []
    for site in ("vov", "thanhnien")[: chance.randint(1, 2)]:
        url = (
            f"https://{site}.vn/{number}.htm"
            if chance.random() < 0.7
            else chance.choice(("javascript:", "https://x.vn/", "//")) + hostile(chance)
        )
        text = article(
            site=site,
            url=url,
            title=hostile(chance),
            lead=hostile(chance),
            text=hostile(chance),
            authors=(hostile(chance),),
            agency=hostile(chance),
        )
        spans = tuple(
            Span(part="title", start=start, end=start + 9, words="", role="act")
            for start in (chance.randint(-3, 40), chance.randint(0, 400))
        )
        verdict = Match(topic=TOPIC, score=0.9, relevant=True, evidence=spans, sentence=text.text, tags=(hostile(chance),))
        copies.append(
            StoredArticle(id=number, article=text, first_seen=NOON, fetched=NOON, story_id=number, joined="", matches=(verdict,))
        )
    return Story(id=number, articles=tuple(copies), origin=Origin(writer=hostile(chance), kind="agency"))


def encodable(told: tuple[Story, ...]) -> tuple[Story, ...]:
    """The same without lone surrogates."""

    def cleaned(value: Any) -> Any:
        match value:
            case str():
                return value.encode("utf-8", "ignore").decode()
            case tuple():
                return tuple(map(cleaned, value))
            case _ if is_dataclass(value):
                return replace(value, **{one.name: cleaned(getattr(value, one.name)) for one in fields(value)})  # type: ignore[type-var]
        return value

    return cast("tuple[Story, ...]", cleaned(told))


def replace_title(one: Story, title: str) -> Story:
    first = replace(one.articles[0], article=replace(one.articles[0].article, title=title))
    return replace(one, articles=(first, *one.articles[1:]))


def digest_of(told: tuple[Story, ...]) -> Digest:
    return Digest(subscription="desk", slot=SLOT, created=NOON, since=NOON - timedelta(hours=5), stories=told)


def rendered(told: tuple[Story, ...], names: Mapping[str, str]) -> Rendered:
    return render(digest_of(told), language="vi", topic_names={}, paper_names=names)


def subject_of(told: tuple[Story, ...], names: Mapping[str, str]) -> str:
    return view(digest_of(told), language="vi", topic_names={}, paper_names=names, tag_texts={}, glossary=Glossary()).subject


def mail_of(said: Rendered) -> bytes:
    return next(mail.messages(said, ENVELOPE, [("mail", "email", "desk@example.org")])).payload


def subject_faults(raw: bytes, wanted: str) -> Iterator[str]:
    """The subject is the harmless title, and the head holds our headers and no others."""
    parsed = email.message_from_bytes(raw, policy=email.policy.compat32)
    subject = str(make_header(decode_header(parsed["Subject"])))
    if subject != wanted:
        yield f"subject: {subject!r} instead of {wanted!r}"
    modern = email.message_from_bytes(raw, policy=email.policy.default)["Subject"]
    if modern != wanted:
        yield f"subject for modern parsers: {modern!r} instead of {wanted!r}"
    if sorted(parsed.keys()) != sorted(HEADERS):
        yield f"headers: {parsed.keys()}"
    if any(len(line) > 998 for line in raw.split(b"\r\n")):
        yield "line too long: in the head"
    if b"\n" in raw.replace(b"\r\n", b"") or b"\r" in raw.replace(b"\r\n", b""):
        yield "bare line end: in the mail"


class Page(HTMLParser):
    """Everything of a page that is not text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements, self.attributes, self.links, self.odd = Counter[str](), Counter[str](), Counter[str](), list[str]()
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Count an element, its attributes and where it leads."""
        self.elements[tag] += 1
        self.attributes.update(name for name, _ in attrs)
        self.links.update(value or "" for name, value in attrs if name == "href")

    def handle_comment(self, data: str) -> None:
        """No comment is ours."""
        self.odd.append(data)

    handle_pi = unknown_decl = handle_comment


def page_faults(page: str, urls: set[str]) -> Iterator[str]:
    """Elements, attributes and links that the template did not write."""
    found = Page(page)
    yield from (f"element: {name}" for name in found.elements.keys() - ELEMENTS)
    yield from (f"attribute: {name}" for name in found.attributes.keys() - ATTRIBUTES)
    yield from (f"link: {url!r}" for url in found.links.keys() - urls)
    yield from (f"comment: {said!r}" for said in found.odd)


def log_faults(titles: Iterable[str]) -> Iterator[str]:
    """What a server says is logged with all that it repeats; each is one line, and one event of ours."""
    raw, kept = io.BytesIO(), sys.stderr
    sys.stderr = stream = io.TextIOWrapper(raw, encoding="utf-8", errors="backslashreplace", newline="")
    try:
        structlog.reset_defaults()
        logs.configure()
        log, written = structlog.get_logger("alerts"), 0
        for title in titles:
            log.warning("mail_deferred", subscription=title, reply=title)
            written += 1
    finally:
        sys.stderr = kept
    stream.flush()
    lines = raw.getvalue().decode().split("\n")[:-1]
    if len(lines) != written or any("\r" in line or json.loads(line)["event"] != "mail_deferred" for line in lines):
        yield f"log: {len(lines)} lines for {written} events"
