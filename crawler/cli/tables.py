"""How crawls and sites look on a terminal, and in a pipe."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

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

from crawler.cli.language import _, noted
from crawler.cli.words import code, detail, outcome
from crawler.crawling.rounds import COUNTS, SiteReport
from crawler.trials.check import Finding

_WIDE = 300  # in a pipe nothing is cut off


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
        told = {name: getattr(report, name) for name in report.__slots__}
        click.echo(text.format(**{**told, "state": code(report.state)}), err=True)


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
        rejected = ", ".join(f"{code(reason)} {count}" for reason, count in report.rejected.items())
        numbers = (*(getattr(report, name) for name in COUNTS), report.seconds)
        state = code(report.state) if report.state else _("unfinished")
        told = f"{state} ({detail(report.detail)})" if report.detail else state
        table.add_row(*map(Text, (report.site, *map(str, numbers), rejected, told)))
    console().print(table)


def address_lines(rows: Iterable[Mapping[str, Any]]) -> None:
    """What became of each address that was named by hand."""
    out = console()
    for row in rows:
        told = outcome_words(row["outcome"]) if row["outcome"] else _("not fetched this time")
        why = besides(row["outcome"], row["detail"])
        again = _("; next attempt {when}").format(when=minute(row["next_attempt"])) if row["next_attempt"] else ""
        out.print(Text(f"{row['url']}: {': '.join(filter(None, (told, why)))}{again}", style="" if row["article"] else "yellow"))


def besides(name: str, text: str) -> str:
    """A detail that says more than the outcome does."""
    told = detail(text)
    return "" if told == outcome(name) else told


def outcome_words(name: str) -> str:
    """An outcome in words, and the code by which documents and JSON know it."""
    told = outcome(name)
    return told if told == name else f"{told} ({name})"


def sites_table(rows: Sequence[Mapping[str, Any]], aside: Sequence[Mapping[str, Any]]) -> None:
    """One line a paper; below it every listing that is not well."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for title in (_("site"), _("paper"), _("state")):
        table.add_column(title)
    # A time that is broken in two is hard to read; names and states are not.
    for title in (_("last poll"), _("last success"), _("next"), _("listings")):
        table.add_column(title, no_wrap=True)
    table.add_column(_("detail"))
    for row in rows:
        bad = [listing for listing in row["listings"] if listing["state"] not in {"ok", "not_modified"} or listing["detail"]]
        well = f"{len(row['listings']) - len(bad)}/{len(row['listings'])}"
        state = code(row["state"]) + (_(" (unverified)") if row["unverified"] else "")
        state += _(", layout gone: read by shape") if row["layout"] == "gone" else ""
        times = (minute(row[name]) for name in ("polled", "succeeded", "due"))
        # What the listings below say need not be said twice.
        table.add_row(*map(Text, (row["site"], row["name"], state, *times, well, "" if bad else detail(row["detail"]))))
        for listing in bad:
            newest = _("newest item {when}").format(when=minute(listing["newest"])) if listing["newest"] else ""
            told = "; ".join(filter(None, (newest, besides(listing["state"], listing["detail"]))))
            cells = ("", f"  {listing['url']}", code(listing["state"]), minute(listing["fetched"]), "", "", "", told)
            table.add_row(*map(Text, cells))
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
        told = (noted(finding.what), code(finding.state), detail(finding.detail), noted(finding.advice))
        table.add_row(*map(Text, told))
    console().print(table)


def minute(iso: str | None) -> str:
    """A time to the minute, or a dash."""
    return iso[:16].replace("T", " ") if iso else "—"
