"""How the kept pages look on a terminal, and as data."""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from crawler.cli.language import _, plural
from crawler.cli.tables import console, minute
from crawler.cli.words import code, detail
from crawler.views.rows import local_time

if TYPE_CHECKING:
    from crawler.crawling.replay_steps import Step
    from news.archive import Finding
    from news.model import Capture, FetchedPage

_TAKEN = ("matched", "changed", "known")


def facts(capture: "Capture", page: "FetchedPage") -> dict[str, object]:
    """What is known of a kept page, each under its name."""
    return {
        _("address"): page.url if page.url == page.asked else f"{page.asked} → {page.url}",
        _("fetched"): local_time(capture.fetched),
        _("status"): capture.status,
        "SHA-256": capture.sha256,
        _("file"): f"{capture.file}, {capture.offset}–{capture.offset + capture.length}",
    }


def capture_row(capture: "Capture") -> dict[str, Any]:
    """A capture as programs read it."""
    row = {name: getattr(capture, name) for name in capture.__slots__}
    return {**row, "fetched": local_time(capture.fetched)}


def finding_row(finding: "Finding") -> dict[str, Any]:
    """A finding as programs read it."""
    row = {"state": finding.state, "file": finding.file, "count": finding.count or 1, "detail": str(finding.detail or "")}
    return {**row, **({"capture": capture_row(finding.capture)} if finding.capture else {})}


def finding_line(finding: "Finding") -> str:
    """A finding in one line."""
    if finding.capture:
        why = finding.detail.said(_) if finding.detail else ""
        when = minute(local_time(finding.capture.fetched))
        return _("{state}: {url}, fetched {when}: {why}").format(
            state=code(finding.state), url=finding.capture.url, when=when, why=why
        )
    if finding.state == "torn":
        told = plural(
            finding.count,
            _("1 byte of a record that was never finished; nothing is lost"),
            _("{count} bytes of a record that was never finished; nothing is lost"),
        )
    else:
        told = plural(
            finding.count,
            _("1 page that the database does not name; `tuantra archive replay` takes it in"),
            _("{count} pages that the database does not name; `tuantra archive replay` takes them in"),
        )
    return f"{finding.file}: {told}"


def trouble_line(step: "Step") -> str:
    """What could not be read in a replay: its address or file, named once, and why."""
    place = "" if step.detail.startswith(step.url) else step.url
    return ": ".join(filter(None, (code(step.outcome), place, detail(step.detail))))


def site_row(site: str, counts: Mapping[str, int]) -> dict[str, Any]:
    """What a replay found on one paper."""
    rejected = {reason: count for reason, count in sorted(counts.items()) if reason not in _TAKEN}
    taken = {name: counts.get(name, 0) for name in _TAKEN}
    return {"site": site, "pages": sum(counts.values()), **taken, "rejected": rejected}


def site_table(rows: Iterable[Mapping[str, Any]]) -> None:
    """One line a paper."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column(_("site"))
    for title in (_("pages"), _("matched"), _("changed"), _("known")):
        table.add_column(title, justify="right")
    table.add_column(_("rejected"))
    for row in rows:
        rejected = ", ".join(f"{code(reason)} {count}" for reason, count in row["rejected"].items())
        table.add_row(row["site"] or "—", *(str(row[name]) for name in ("pages", *_TAKEN)), rejected)
    console().print(table)


@contextmanager
def bar() -> Iterator[Progress]:
    """A progress bar on a terminal, nothing elsewhere."""
    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as shown:
        yield shown


def watched(findings: "Iterable[Finding]", shown: Progress, total: int) -> "Iterator[Finding]":
    """Move the bar by one a page."""
    task = shown.add_task(_("pages"), total=total)
    for finding in findings:
        shown.update(task, advance=1 if finding.capture else 0)
        yield finding


def measured(steps: "Iterable[Step]", shown: Progress, files: Sequence[Path]) -> "Iterator[Step]":
    """Move the bar by bytes: nobody knows how many pages a file holds."""
    sizes = [path.stat().st_size if path.is_file() else 0 for path in files]
    task = shown.add_task(_("pages"), total=sum(sizes))
    for step in steps:
        shown.update(task, completed=sum(sizes[: step.number + step.whole]) + (0 if step.whole else step.offset))
        yield step
