"""How the whole history of one address looks on a terminal, and in a pipe."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zlib import crc32

from rich.console import Console
from rich.text import Text

from crawler.cli.language import _, noted, plural
from crawler.cli.outbox_text import mail_state
from crawler.cli.story_text import gone_words
from crawler.cli.tables import besides, console, minute, outcome_words
from crawler.cli.words import address_state, detail

_COLOURS = ("black on yellow", "black on cyan", "black on green", "black on magenta")


def explanation_lines(row: Mapping[str, Any]) -> None:
    """One paragraph a step; matched words stand out in colour."""
    out = console()
    out.print(Text(row["url"], style="bold"))
    if not row["found"]:
        out.print(Text(_why_unknown(row)))
        return
    if "listed" in row:
        _print_listed(out, row["listed"])
        _print_fetched(out, row["fetched"])
    if "read" in row:
        _print_reading(out, row["read"], row["matched"])
    for verdict in row.get("matched", ()):
        _print_verdict(out, verdict)
    if "story" in row:
        _print_story(out, row)


def _why_unknown(row: Mapping[str, Any]) -> str:
    if not row.get("rejected"):
        return _("No listing ever named this address.")
    why = f": {detail(row['detail'])}" if row["detail"] else ""
    return _("rejected: {why}").format(why=f"{outcome_words(row['rejected'])}{why}")


def _print_listed(out: Console, listed: Mapping[str, Any]) -> None:
    by = {"by hand": _("named by hand"), "replay": _("from an archive")}.get(listed["by"], listed["by"])
    out.print(Text(f"{_('listed')}: {minute(listed['at'])}, {by}"))
    if listed["title"]:
        out.print(Text(f"    {_('title')}: {listed['title']}"))
    if listed["published"]:
        out.print(Text(f"    {_('published')}: {minute(listed['published'])}"))


def _print_fetched(out: Console, fetched: Mapping[str, Any]) -> None:
    told = outcome_words(fetched["outcome"]) if fetched["outcome"] else ""
    out.print(Text(f"{_('fetched')}: {', '.join(_present((minute(fetched['at']), told, address_state(fetched['state']))))}"))
    for why in _present(map(str, fetched["detail"].values())):
        if fetched["outcome"] == "off_topic":
            _print_reason(out, noted(why))
        elif said := besides(fetched["outcome"], why):
            out.print(Text(f"    {_('detail')}: {said}"))
    if fetched["failed_attempts"]:
        out.print(Text("    " + plural(fetched["failed_attempts"], _("1 failed attempt"), _("{count} failed attempts"))))
    if fetched["next_attempt"]:
        out.print(Text(f"    {_('next attempt')}: {minute(fetched['next_attempt'])}"))


def _print_reason(out: Console, why: str) -> None:
    """Why a rule decided so: in its own words, which are for those who change rules."""
    out.print(Text(f"    {_('technical reason')}: {why}", style="dim"))


def _print_reading(out: Console, read: Mapping[str, Any], verdicts: Sequence[Mapping[str, Any]]) -> None:
    for part in ("title", "lead", "text"):
        shown = Text(read[part])
        for verdict in verdicts:
            for span in verdict["evidence"]:
                if span["part"] == part:
                    shown.stylize(_colour(span["role"]), span["start"], span["end"])
        out.print(Text(f"{_part(part)}: ", style="bold") + shown)
    for title, said in (
        (_("authors"), ", ".join(read["authors"])),
        (_("agency"), read["agency"]),
        (_("published"), minute(read["published"])),
        (_("modified"), minute(read["modified"])),
        (_("language"), {"vi": _("Vietnamese"), "en": _("English")}.get(read["language"], read["language"])),
    ):
        out.print(Text(f"{title}: {said or '—'}"))
    if read["how"]:
        out.print(Text(_("read by these rules:"), style="dim"))
    for name, rule in read["how"].items():
        out.print(Text(f"    {name} ← {rule}", style="dim"))


def _print_verdict(out: Console, verdict: Mapping[str, Any]) -> None:
    word = _("relevant") if verdict["relevant"] else _("borderline") if verdict["borderline"] else _("not relevant")
    score = _("score {score:.2f}").format(score=verdict["score"])
    out.print(Text(f"{verdict['topic']}: {word}, {score}", style="bold"))
    if verdict["why"]:
        _print_reason(out, verdict["why"])
    if verdict["sentence"]:
        out.print(Text(f"    {_('decided by')}: {verdict['sentence']}"))
    for title, spans in ((_("matched"), verdict["evidence"]), (_("near misses"), verdict["near_misses"])):
        if spans:
            words = ", ".join(f"{span['words']} ({span['role']}, {_part(span['part'])})" for span in spans)
            out.print(Text(f"    {title}: {words}"))
    if verdict["missing"]:
        out.print(Text(f"    {_('missing')}: {', '.join(verdict['missing'])}"))


def _print_story(out: Console, row: Mapping[str, Any]) -> None:
    out.print(Text(f"{_('story')}: {row['story']['id']}"))
    if row["story"]["why"]:
        _print_reason(out, noted(row["story"]["why"]))
    for mail in row["told"]:
        sent = f" {minute(mail['sent'])}" if mail["sent"] else ""
        slot = f"{mail['subscription']}, {_('slot')} {minute(mail['slot'])}"
        out.print(Text(f"{_('told')}: {slot} → {mail['to']}: {mail_state(mail['state'])}{sent}"))
    if row["not_told"]:
        out.print(Text(f"{_('told')}: {_('nobody yet')}: {noted(row['not_told'])}"))
    look = row["looked_again"]
    if look["times"]:
        told = (
            plural(look["times"], _("once"), _("{count} times")),
            _("last {when}").format(when=minute(look["last"])),
            _("next {when}").format(when=minute(look["next"])) if look["next"] else "",
            plural(look["edits"], _("1 edit"), _("{count} edits")) if look["edits"] else "",
            gone_words(look["gone"]) if look["gone"] else "",
            detail(look["detail"]),
        )
        out.print(Text(f"{_('looked again')}: {'; '.join(_present(told))}"))


def _present(texts: Iterable[str]) -> list[str]:
    return [text for text in texts if text]


def _part(part: str) -> str:
    return {"title": _("title"), "lead": _("lead"), "text": _("text")}.get(part, part)


def _colour(role: str) -> str:
    """The same role has the same colour in every run."""
    return _COLOURS[crc32(role.encode()) % len(_COLOURS)]
