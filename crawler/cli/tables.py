"""How crawls, sites and explanations look on a terminal, and in a pipe."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from zlib import crc32

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from crawler.cli.language import _
from crawler.crawling.rounds import COUNTS, SiteReport
from crawler.trials.check import Finding

_WIDE = 200  # in a pipe nothing is cut off


def console() -> Console:
    """Standard output; in a pipe plain and wide."""
    return Console(width=None if sys.stdout.isatty() else _WIDE, highlight=False, emoji=False)


@contextmanager
def crawl_progress(total: int, *, quiet: bool) -> Iterator[Callable[[SiteReport], None]]:
    """A progress bar on a terminal, a line a site in a pipe, nothing when quiet."""
    if quiet or not sys.stderr.isatty():
        yield (lambda _report: None) if quiet else _line
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(compact=True),
    )
    reports: dict[str, SiteReport] = {}
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(_("papers"), total=None)

        def show(report: SiteReport) -> None:
            reports[report.site] = report
            done, matched, fetched, waiting = (
                sum(int(getattr(each, name)) for each in reports.values()) for name in ("done", "matched", "fetched", "waiting")
            )
            text = _("{done}/{papers} papers, {matched} matched").format(done=done, papers=total, matched=matched)
            progress.update(task, completed=fetched, total=fetched + waiting, description=text)

        yield show


def _line(report: SiteReport) -> None:
    if report.done:
        text = _("{site}: {state}, {new} new, {fetched} fetched, {matched} matched, {failed} failed, {seconds} s")
        click.echo(text.format(**{name: getattr(report, name) for name in report.__slots__}), err=True)


def crawl_table(reports: Sequence[SiteReport]) -> None:
    """The table at the end of a crawl."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column(_("site"))
    for title in (
        _("listed"),
        _("new"),
        _("fetched"),
        _("matched"),
        _("looked again"),
        _("changed"),
        _("gone"),
        _("failed"),
        _("seconds"),
    ):
        table.add_column(title, justify="right")
    table.add_column(_("rejected"))
    table.add_column(_("state"))
    for report in sorted(reports, key=lambda each: each.site):
        rejected = ", ".join(f"{reason} {count}" for reason, count in report.rejected.items())
        numbers = (*(getattr(report, name) for name in COUNTS), report.seconds)
        state = report.state or _("unfinished")
        table.add_row(report.site, *map(str, numbers), rejected, f"{state} ({report.detail})" if report.detail else state)
    console().print(table)


def sites_table(rows: Sequence[Mapping[str, Any]], aside: Sequence[Mapping[str, Any]]) -> None:
    """One line a paper; below it every listing that is not well."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for title in (_("site"), _("paper"), _("state"), _("last poll"), _("last success"), _("next"), _("listings")):
        table.add_column(title)
    for row in rows:
        bad = [listing for listing in row["listings"] if listing["state"] not in {"ok", "not_modified"} or listing["detail"]]
        well = f"{len(row['listings']) - len(bad)}/{len(row['listings'])}"
        state = row["state"] + (_(" (unverified)") if row["unverified"] else "")
        state += _(", layout gone: read by shape") if row["layout"] == "gone" else ""
        table.add_row(row["site"], row["name"], state, *(minute(row[name]) for name in ("polled", "succeeded", "due")), well)
        for listing in bad:
            table.add_row("", f"  {listing['url']}", listing["state"], minute(listing["newest"]), listing["detail"])
    console().print(table)
    for item in aside:
        text = _("set aside after {crashes} crashes: {url}").format(crashes=item["crashes"], url=item["url"])
        console().print(text, markup=False)


def findings_table(site: str, findings: Sequence[Finding]) -> None:
    """One line a thing tried."""
    table = Table(box=None, header_style="bold", pad_edge=False, title=site, title_justify="left")
    for title in (_("what"), _("state"), _("detail"), _("advice")):
        table.add_column(title, overflow="fold")
    for finding in findings:
        table.add_row(finding.what, finding.state, finding.detail, finding.advice)
    console().print(table)


def explanation_lines(row: Mapping[str, Any]) -> None:
    """One paragraph a step; matched words stand out in colour."""
    out = console()
    out.print(Text(row["url"], style="bold"))
    if not row["found"]:
        reason = row.get("rejected")
        text = (
            _("rejected: {why}").format(why=f"{reason} {row.get('detail', '')}")
            if reason
            else _("No listing ever named this address.")
        )
        out.print(Text(text))
        return
    for name, title in (("listed", _("listed")), ("fetched", _("fetched"))):
        if name in row:
            told = ", ".join(f"{key}: {value}" for key, value in row[name].items() if value not in (None, "", {}))
            out.print(Text(f"{title}: {told}"))
    if "read" in row:
        _print_reading(out, row["read"], row["matched"])
    for verdict in row.get("matched", ()):
        _print_verdict(out, verdict)
    if "story" in row:
        out.print(Text(f"{_('story')}: {row['story']['id']} — {row['story']['why']}"))
        for mail in row["told"]:
            out.print(
                Text(f"{_('told')}: {mail['subscription']} {mail['slot']} → {mail['to']}: {mail['state']} {mail['sent'] or ''}")
            )
        if row["not_told"]:
            out.print(Text(f"{_('told')}: {_('nobody yet')}: {row['not_told']}"))
        if row["looked_again"]["times"]:
            seen = ", ".join(f"{key}: {value}" for key, value in row["looked_again"].items() if value not in (None, "", 0))
            out.print(Text(f"{_('looked again')}: {seen}"))


def _print_reading(out: Console, read: Mapping[str, Any], verdicts: Sequence[Mapping[str, Any]]) -> None:
    for part in ("title", "lead", "text"):
        shown = Text(read[part])
        for verdict in verdicts:
            for span in verdict["evidence"]:
                if span["part"] == part:
                    shown.stylize(_colour(span["role"]), span["start"], span["end"])
        out.print(Text(f"{part}: ", style="bold") + shown)
    for name in ("authors", "agency", "published", "modified", "language"):
        out.print(Text(f"{name}: {read[name] if read[name] is not None else '—'}"))
    for name, rule in read["how"].items():
        out.print(Text(f"  {name} ← {rule}", style="dim"))


def _print_verdict(out: Console, verdict: Mapping[str, Any]) -> None:
    word = _("relevant") if verdict["relevant"] else _("borderline") if verdict["borderline"] else _("not relevant")
    out.print(Text(f"{verdict['topic']}: {word}, {verdict['score']} — {verdict['why']}", style="bold"))
    if verdict["sentence"]:
        out.print(Text(f"  {_('decided by')}: {verdict['sentence']}"))
    for title, spans in ((_("matched"), verdict["evidence"]), (_("near misses"), verdict["near_misses"])):
        if spans:
            out.print(Text(f"  {title}: " + ", ".join(f"{span['words']} ({span['role']}, {span['part']})" for span in spans)))
    if verdict["missing"]:
        out.print(Text(f"  {_('missing')}: {', '.join(verdict['missing'])}"))


_COLOURS = ("black on yellow", "black on cyan", "black on green", "black on magenta")


def _colour(role: str) -> str:
    """The same role has the same colour in every run."""
    return _COLOURS[crc32(role.encode()) % len(_COLOURS)]


def minute(iso: str | None) -> str:
    """A time to the minute, or a dash."""
    return iso[:16].replace("T", " ") if iso else "—"
