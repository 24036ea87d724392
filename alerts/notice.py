"""The notice to the operator: what has gone wrong or is well again, told once, in one mail for all of it."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from textwrap import wrap
from typing import Any

import structlog
from css_inline import CSSInliner
from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from alerts.channels import FORMS, Channel
from alerts.deliver import Decision, Letterhead, Suspended, nobody
from alerts.mail import Envelope, messages
from alerts.observed import observed
from alerts.operator import NAME, Operator
from alerts.phrases import ZONE, Say, clock_time, phrases
from alerts.render import Rendered
from alerts.safe import one_line
from alerts.subscription import Language
from news.model import Digest
from news.store import TroubleStore
from news.store.troubles import Trouble

_MOST = 40  # lines a section; a broken network breaks every paper at once
_WIDTH = 76
_SUBJECT = 79  # characters; longer ones are cut off in lists of mails
_ADVISED = ("challenge", "robots", "silent")


@dataclass(frozen=True, slots=True, kw_only=True)
class TroubleView:
    """One line of the notice: what it is, since when or from when to when, what was observed, and what to do."""

    title: str
    times: str
    detail: str = ""
    advice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeView:
    """Everything that a notice shows."""

    language: Language
    subject: str
    brand: str
    headline: str
    zone: str
    begun_title: str
    begun: tuple[TroubleView, ...]
    begun_more: str
    ended_title: str
    ended: tuple[TroubleView, ...]
    ended_more: str
    footer: str


def notify(
    store: TroubleStore,
    operator: Operator,
    now: datetime,
    *,
    letterhead: Letterhead,
    channels: Iterable[Channel],
    suspended: Suspended = nobody,
) -> Decision | None:
    """Tell the operator what he does not know; None when that is nothing, or when he was told something within `every`.

    The mails and the memory that they were written are stored together, or nothing is.  Without a mail server they go to the folder;
    while nobody can be written to, everything waits.
    """
    last = store.last_notice(NAME, now)
    if not operator.to or (last is not None and now - last < operator.every):
        return None
    untold = store.untold(now - operator.every)
    mail = any(channel.name == "email" for channel in channels)
    routes = [("email", to) for to in operator.to if to not in suspended("email")] if mail else [("file", NAME)]
    if not untold or not routes:
        return None
    slot = now.astimezone(ZONE).isoformat(timespec="milliseconds")
    notice = Digest(subscription=NAME, slot=slot, created=now, since=last or now, stories=(), kind="notice")
    envelope = Envelope(subscription=NAME, slot=slot, sender=letterhead.sender, date=now)
    rendered = render_notice(untold, language=operator.language, paper_names=letterhead.paper_names, now=now)
    mails = messages(rendered, envelope, [(FORMS[name], name, to) for name, to in routes])
    done = store.decide(notice, untold, mails, every=operator.every)
    if done:
        ended = sum(one.ended_at is not None for one in untold)
        _log().info(
            "notice_decided",
            slot=slot,
            begun=[one.key for one in untold if one.ended_at is None],
            ended=ended,
            recipients=len(routes),
            channel="email" if mail else "file",
        )
    return Decision(slot=slot, digest=notice, recipients=len(routes), done=done)


def render_notice(untold: Iterable[Trouble], *, language: Language, paper_names: Mapping[str, str], now: datetime) -> Rendered:
    """Render a notice in one language. It travels as a mail only."""
    said = notice_view(untold, language=language, paper_names=paper_names, now=now)
    html = _inliner().inline(_template().render(notice=said))
    return Rendered(subject=said.subject, html=html, text="\n".join(_lines(said)) + "\n", json="", note="", feed="")


def notice_view(untold: Iterable[Trouble], *, language: Language, paper_names: Mapping[str, str], now: datetime) -> NoticeView:
    """Put a notice into words."""
    say, every = phrases(language), tuple(untold)
    begun = [one for one in every if one.ended_at is None]
    ended = [one for one in every if one.ended_at is not None]
    counts = [
        *([say("notice_begun" if len(begun) > 1 else "notice_begun_one", count=len(begun))] if begun else []),
        *([say("notice_ended", count=len(ended))] if ended else []),
    ]
    # One trouble is named; more are counted.
    what = _named(every[0], say, paper_names) if len(every) == 1 else ""
    subject = say("notice_ended_one", what=what) if what and ended else what or ", ".join(counts)
    return NoticeView(
        language=language,
        subject=_safe(f"{say('brand')}: {subject}", _SUBJECT),
        brand=say("brand"),
        headline=", ".join(counts),
        zone=say("zone"),
        begun_title=say("notice_begun_title"),
        begun=tuple(_shown(one, say, language, paper_names, now) for one in begun[:_MOST]),
        begun_more=say("notice_more", count=len(begun) - _MOST) if len(begun) > _MOST else "",
        ended_title=say("notice_ended_title"),
        ended=tuple(_shown(one, say, language, paper_names, now) for one in ended[:_MOST]),
        ended_more=say("notice_more", count=len(ended) - _MOST) if len(ended) > _MOST else "",
        footer=say("notice_footer"),
    )


def _named(one: Trouble, say: Say, paper_names: Mapping[str, str]) -> str:
    """Say in a few words what is wrong, for the subject."""
    kind, _, name = one.key.partition(":")
    if kind != "site":
        return _title(one, say, paper_names)
    state = one.detail.partition(": ")[0]
    return say(f"subject_{state if state in _ADVISED else 'failed'}", paper=paper_names.get(name, name))


def _title(one: Trouble, say: Say, paper_names: Mapping[str, str]) -> str:
    kind, _, name = one.key.partition(":")
    first, _, rest = one.detail.partition(": ")
    channel, _, recipient = name.partition(":")
    values = {
        "site": {"paper": paper_names.get(name, name), "state": say(f"state_{first}")},
        "queue": {"channel": name, "count": first},
        "disk": {"free": first, "least": rest},
        "mail": {"recipient": recipient, "channel": channel},
        "recipient": {"recipient": recipient, "channel": channel},
    }.get(kind, {})
    return say(f"notice_{kind}", **values)


def _shown(one: Trouble, say: Say, language: Language, paper_names: Mapping[str, str], now: datetime) -> TroubleView:
    kind, _, name = one.key.partition(":")
    first, _, rest = one.detail.partition(": ")
    advice = "failed" if kind == "site" and first not in _ADVISED else first if kind == "site" else kind
    seen = observed(rest, language, now) if kind == "site" and rest != first else ""
    since = clock_time(one.since, language, now)
    return TroubleView(
        title=_safe(_title(one, say, paper_names)),
        times=say("notice_since", time=since)
        if one.ended_at is None
        else say("notice_until", since=since, until=clock_time(one.ended_at, language, now, after=one.since)),
        # What a page is called stands in its key; a disk has said all that it has to say.
        detail=_safe({"page": name, "disk": "", "site": seen}.get(kind, rest)),
        advice=_safe(say(f"notice_do_{advice}", name=name)) if one.ended_at is None else "",
    )


def _safe(text: str, limit: int = 300) -> str:
    """Strangers' words on one line, in the form in which we write Vietnamese."""
    return one_line(unicodedata.normalize("NFC", text), limit)


def _lines(said: NoticeView) -> Iterator[str]:
    yield f"{said.brand.upper()} – {said.headline}"
    yield said.zone
    for title, views, more in (
        (said.begun_title, said.begun, said.begun_more),
        (said.ended_title, said.ended, said.ended_more),
    ):
        if views:
            yield from ("", f"-- {title}")
        for one in views:
            yield from ("", *_wrapped(f"{one.title} ({one.times})", "- ", "  "))
            yield from (*_wrapped(one.detail, "  "), *_wrapped(one.advice, "  → ", "    "))
        if more:
            yield from ("", more)
    yield from ("", *_wrapped(said.footer))


def _wrapped(text: str, first: str = "", rest: str | None = None) -> list[str]:
    indent = first if rest is None else rest
    return wrap(text, _WIDTH, initial_indent=first, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("alerts"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("notice.html")


@cache
def _inliner() -> CSSInliner:
    return CSSInliner(load_remote_stylesheets=False, keep_style_tags=False)


def _log() -> Any:
    return structlog.get_logger("alerts")
