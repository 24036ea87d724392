"""How stories and edits look on a terminal, and in a pipe."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from crawler.cli.language import _, noted, plural
from crawler.cli.tables import console, minute
from crawler.cli.words import local


def brief(rows: Sequence[Mapping[str, Any]]) -> None:
    """A headline a story, a line a copy."""
    out = console()
    for row in rows:
        _print_headline(out, row)
        for copy in row["copies"]:
            _print_copy(out, copy)


def whole(row: Mapping[str, Any]) -> None:
    """One story: its writer, its copies with their edits, its event, its history."""
    out = console()
    _print_headline(out, row)
    out.print(Text(_origin(row)))
    for each in row["evidence"]:
        words = local(each["words"]) if each["kind"] == "first" and each["words"] else each["words"]
        words = f": {words}" if words else ""
        out.print(Text(f"    {_evidence(each['kind'])} ({each['site']}){words}", style="dim"))
    out.print(Text(_("carried by {count}, in this order:").format(count=len(row["copies"]))))
    for copy in row["copies"]:
        _print_copy(out, copy, length=copy["length"])
        for edit in copy["edits"]:
            _print_edit(out, edit)
    if row["same_event"]:
        told = plural(
            row["independent_origins"],
            _("on the same event (1 independent writer known):"),
            _("on the same event ({count} independent writers known):"),
        )
        out.print(Text(told))
        for other in row["same_event"]:
            origin = f" — {other['origin']}" if other["origin"] else ""
            out.print(Text(f"    {minute(other['began'])}  {other['id']}  {other['title']}{origin}"))
    for step in row["history"]:
        out.print(Text(f"{minute(step['at'])}  {_step(step)} — {noted(step['why'])}", style="dim"))


def edits(row: Mapping[str, Any]) -> None:
    """Every edit of one article, by word."""
    out = console()
    out.print(Text(row["title"], style="bold"))
    out.print(Text(row["url"], style="dim"))
    looked = _("looked at again {times}, last {last}; next {next}")
    times = plural(row["looks"], _("once"), _("{count} times"))
    out.print(Text(looked.format(times=times, last=minute(row["looked"]), next=minute(row["next_look"]))))
    if row["gone"]:
        out.print(Text(f"{gone_words(row['gone'])} ({minute(row['gone_at'])})", style="bold red"))
    for edit in row["edits"]:
        _print_edit(out, edit)
    if not row["edits"]:
        out.print(Text(_("No edits seen.")))


def _print_headline(out: Console, row: Mapping[str, Any]) -> None:
    origin = f" — {row['origin']}" if row["origin"] else ""
    event = f"  [{_('event')} {row['event']}]" if row["event"] else ""
    out.print(Text(f"{row['id']}  {row['title']}{origin}{event}", style="bold"))


def _print_copy(out: Console, copy: Mapping[str, Any], *, length: float | None = None) -> None:
    when = minute(copy["published"] or copy["first_seen"])
    marks = [_("{share:.0%} of the longest").format(share=length)] if length is not None and length < 1 else []
    marks += [_("edited: {grade}").format(grade=_grade(copy["changed"]))] if copy["changed"] else []
    marks += [gone_words(copy["gone"])] if copy["gone"] else []
    noted = f"  ({'; '.join(marks)})" if marks else ""
    out.print(Text(f"    {when}  {copy['site']}  {copy['title']}{noted}"))
    out.print(Text(f"        {copy['url']}", style="dim"))


def _print_edit(out: Console, edit: Mapping[str, Any]) -> None:
    for change in edit["changes"]:
        line = Text(f"        {minute(edit['at'])}  {_grade(change['grade'])}, {_part(change['part'])}: ")
        out.print(line + _marked(change))
        if change.get("still_old"):
            papers = ", ".join(dict.fromkeys(change["still_old"]))
            out.print(Text("            " + _("still the old words: {papers}").format(papers=papers)))
        if change.get("already_new"):
            papers = ", ".join(dict.fromkeys(change["already_new"]))
            out.print(Text("            " + _("has the new words: {papers}").format(papers=papers), style="dim"))


def _marked(change: Mapping[str, Any]) -> Text:
    """The sentence with what went and what came, marked by colour and by signs that survive a pipe."""
    went = Text(f"[-{change['before']}-]", style="red strike") if change["before"] else Text()
    came = Text(f"{{+{change['after']}+}}", style="green") if change["after"] else Text()
    sentence, words = (change["new"], change["after"]) if change["after"] else (change["old"], change["before"])
    at = sentence.find(words) if words else -1
    if at < 0:
        return went + came
    return Text(sentence[:at]) + went + came + Text(sentence[at + len(words) :])


def _origin(row: Mapping[str, Any]) -> str:
    if row["origin_kind"] == "unknown":
        return _("written by: unknown")
    kind = _("agency") if row["origin_kind"] == "agency" else _("paper")
    return _("written by: {writer} ({kind})").format(writer=row["origin"], kind=kind)


def _step(step: Mapping[str, Any]) -> str:
    text = {
        "merged": _("story {other} was merged into story {story}"),
        "split": _("story {other} was split from story {story}"),
        "linked": _("story {story} tells of the same event as story {other}"),
    }[step["kind"]]
    return text.format(story=step["story"], other=step["other"])


def _evidence(kind: str) -> str:
    return {
        "credit": _("credits it"),
        "dateline": _("shows its dateline"),
        "own_page": _("printed it on its own site"),
        "byline": _("signed it"),
        "first": _("had it first"),
        "contains": _("has the text that holds the others"),
    }[kind]


def _grade(grade: str) -> str:
    return {
        "name": _("name"),
        "rank": _("rank"),
        "number": _("number"),
        "date": _("date"),
        "quote": _("quote"),
        "wording": _("wording"),
    }[grade]


def _part(part: str) -> str:
    return {"title": _("title"), "lead": _("lead"), "text": _("text"), "caption": _("caption")}[part]


def gone_words(kind: str) -> str:
    """What became of a page that is not there any more."""
    return {
        "deleted": _("deleted"),
        "redirected_home": _("now leads to the front page"),
        "redirected_away": _("now leads elsewhere"),
        "soft_404": _("the page no longer shows it"),
        "paywalled": _("now to be paid for"),
    }[kind]
