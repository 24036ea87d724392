"""Says in words what the program remembers in codes and in English: outcomes, states, details, moments."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from crawler.cli.language import _, language, noted

_UTC = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d) UTC")
_CODED = re.compile(r"([a-z][a-z_0-9]*)(?:: (.+))?", re.DOTALL)
_PLACED = re.compile(r"(https?://\S+): (.+)", re.DOTALL)
_HOME = ZoneInfo("Asia/Ho_Chi_Minh")  # where the papers' days begin and end


def local(iso: str) -> str:
    """A time with its offset as a clock in Hanoi shows it, to the minute."""
    return f"{datetime.fromisoformat(iso).astimezone(_HOME):%Y-%m-%d %H:%M}"


def code(name: str) -> str:
    """A state or an outcome for a table: the word that the documents explain, or its Vietnamese."""
    return outcome(name) if language() == "vi" else name


def outcome(name: str) -> str:
    """What became of an address, a listing or a paper, in words."""
    if found := re.fullmatch(r"http_(\d+)", name):
        return _("the server answered {status}").format(status=found[1])
    return _outcomes().get(name, name)


def reply(text: str) -> str:
    """What a server said or an operator did, in the reader's language and with Hanoi's time."""
    return noted(_in_hanoi(text))


def detail(text: str) -> str:
    """What a crawl wrote down about something, in the reader's language and with Hanoi's time."""
    text = _in_hanoi(text)
    told = noted(text)
    return told if told != text else "; ".join(map(_piece, text.split("; ")))


def _in_hanoi(text: str) -> str:
    return _UTC.sub(lambda found: local(f"{found[1]}+00:00"), text)


def _piece(text: str) -> str:
    if (names := text.split(", ")) and all(_known(name) for name in names):
        return ", ".join(map(code, names))
    if found := _PLACED.fullmatch(text):
        return f"{found[1]}: {_piece(found[2])}"
    if (found := _CODED.fullmatch(text)) and found[2] and _known(found[1]):
        return f"{code(found[1])}: {_piece(found[2])}"
    return noted(text)


def _known(name: str) -> bool:
    return name in _outcomes() or re.fullmatch(r"http_\d+", name) is not None


def _outcomes() -> dict[str, str]:
    return {
        "all_failed": _("every attempt failed"),
        "busy": _("another crawl is running"),
        "challenge": _("a wall in front of the paper"),
        "changed": _("not what was kept"),
        "consent_wall": _("a page that asks for consent first"),
        "crashed": _("crashed its reader"),
        "deleted": _("deleted"),
        "empty": _("nothing came"),
        "error": _("a fault while reading"),
        "failed": _("could not be read"),
        "geo_block": _("the paper refuses visitors from this country"),
        "html": _("a web page in place of a listing"),
        "kept": _("stored as a near miss"),
        "known": _("known"),
        "missing": _("not there"),
        "network": _("no answer"),
        "never polled": _("never polled"),
        "new": _("not asked yet"),
        "no answer": _("no answer"),
        "no_links": _("no links on it"),
        "not_a_feed": _("no feed"),
        "not_a_sitemap": _("no sitemap"),
        "not_article": _("no article"),
        "not_html": _("no web page"),
        "not_json": _("no JSON"),
        "not_modified": _("unchanged"),
        "not_xml": _("no XML"),
        "off_topic": _("off the topic"),
        "ok": _("in order"),
        "other_page": _("not the address of an article"),
        "partial": _("read in part"),
        "paywalled": _("to be paid for"),
        "redirected_away": _("leads elsewhere"),
        "redirected_home": _("leads to the front page"),
        "relevant": _("relevant"),
        "robots": _("robots.txt forbids it"),
        "robots_silent": _("robots.txt did not answer"),
        "same_address": _("stored under another address"),
        "silent": _("silent"),
        "soft_404": _("says that there is no such page"),
        "stale": _("out of date"),
        "suspicious": _("suspicious"),
        "timeout": _("no answer in time"),
        "too_large": _("too large"),
        "too_old": _("too old"),
        "torn": _("never finished"),
        "truncated": _("cut off"),
        "unclaimed": _("not in the database"),
        "unknown_paper": _("of no known paper"),
        "unreadable": _("unreadable"),
    }


def address_state(name: str) -> str:
    """Whether an address is dealt with."""
    return {
        "pending": _("waits to be fetched"),
        "done": _("dealt with"),
        "failed": _("given up"),
        "quarantined": _("set aside"),
    }.get(name, name)
