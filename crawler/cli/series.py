"""The command that shows the numbered series: on a terminal, as a sheet, as a calendar."""

import json
import sys
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from crawler.cli.language import SpokenCommand, _, language
from crawler.cli.options import DURATION, config_option

if TYPE_CHECKING:
    from crawler.views.series import Series
    from pipelines.series import Chronicle, Occasion


@click.command("series", cls=SpokenCommand)
@click.argument("name", required=False, default="", metavar="[NAME]")
@click.option("--since", "length", type=DURATION, help="Occasions of this time, such as 365d.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "ics", "json"]),
    default="table",
    show_default=True,
    help="For people, for a spreadsheet, for a calendar, for scripts.",
)
@config_option
def series_command(name: str, length: timedelta | None, form: str, config_path: str | None) -> None:
    """Tell each series' occasions with number, day, place, heads and papers, and which numbers are missing.

    NAME is a series' key or a part of its name; accents may be left out.

    \b
    Example:
      tuantra series patrol --since 365d --format csv > patrols.csv
    """
    from crawler import jobs  # noqa: PLC0415
    from crawler.config import load_config  # noqa: PLC0415
    from crawler.views import series  # noqa: PLC0415

    with jobs.opened(load_config(config_path)) as program:
        found = series.find_series(program, name, length)
    if form == "json":
        click.echo(json.dumps([series.series_row(one) for one in found], ensure_ascii=False))
    elif not found:
        click.echo(_("No occasions."), err=True)
    elif form == "csv":
        from crawler.cli.sheets import write_csv  # noqa: PLC0415

        write_csv(series.occasion_cells(one, occasion, language()) for one in found for occasion in one.told.occasions)
    elif form == "ics":
        from crawler.cli.calendar import calendar  # noqa: PLC0415

        click.echo(calendar(found), nl=False)
    else:
        series_tables(found)
    sys.exit(0 if found else 3)


def series_tables(found: Sequence["Series"]) -> None:
    """A table a series, below its name and its gaps."""
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    from crawler.cli.tables import console  # noqa: PLC0415
    from crawler.views.series import shown  # noqa: PLC0415

    out = console()
    for place, one in enumerate(found):
        title = Text(one.told.name.get(language()) or one.told.key, style="bold")
        title.append(f"  {one.told.key}", style="dim")
        if one.told.missing:
            title.append("  " + gaps_text(one.told), style="bold red")
        out.print(Text("\n") + title if place else title)
        table = Table(box=None, header_style="bold", pad_edge=False)
        table.add_column(_("no."), justify="right")
        for column in (_("day"), _("place"), _("led by")):
            table.add_column(column, overflow="fold")
        table.add_column(_("papers"), justify="right")
        for occasion in one.told.occasions:
            heads = "; ".join(map(shown, occasion.heads))
            cells = (number_text(occasion), day_text(occasion), occasion.place or "—", heads or "—", str(occasion.papers))
            table.add_row(*map(Text, cells))
        out.print(table)
    notes = [occasion for one in found for occasion in one.told.occasions]
    if any(occasion.reported for occasion in notes):
        out.print(Text("\n" + _("* the day of the first report; the articles do not say when it was"), style="dim"))
    if any(occasion.disputed for occasion in notes):
        out.print(Text("\n" + _("? other articles give the same occasion another number"), style="dim"))


def gaps_text(told: "Chronicle") -> str:
    """Which numbers nobody tells of: "missing: no. 63–65, 70"."""
    stretches = [str(first) if first == last else f"{first}–{last}" for first, last in told.gaps]
    return _("missing: no. {numbers}").format(numbers=", ".join(stretches))


def number_text(occasion: "Occasion") -> str:
    """The number, "?" behind it where articles contradict each other."""
    if occasion.number is None:
        return "—"
    return f"{occasion.number}?" if occasion.disputed else str(occasion.number)


def day_text(occasion: "Occasion") -> str:
    """The day, or the first and the last; "*" behind the day of a mere report."""
    day = occasion.start.isoformat()
    if occasion.end > occasion.start:
        day = f"{day} – {occasion.end.isoformat()}"
    return f"{day}*" if occasion.reported else day
