"""Commands that show what is known: papers, one address's whole history, everything as data."""

import json
import sys
from datetime import timedelta

import click

from crawler.cli.language import SpokenCommand, SpokenGroup, _
from crawler.cli.options import DURATION, config_option, json_option


@click.group("sites", cls=SpokenGroup, invoke_without_command=True)
@config_option
@json_option
@click.pass_context
def sites_command(context: click.Context, config_path: str | None, as_json: bool) -> None:
    """Show every paper: how it was last polled, what its listings answered, what was set aside.

    \b
    Example:
      tuantra sites
    """
    if context.invoked_subcommand is not None:
        return
    from crawler import jobs  # noqa: PLC0415
    from crawler.cli.tables import sites_table  # noqa: PLC0415
    from crawler.config import load_config  # noqa: PLC0415
    from crawler.views import papers  # noqa: PLC0415

    with jobs.opened(load_config(config_path)) as program:
        rows, aside = papers.sites(program), papers.set_aside(program)
    if as_json:
        click.echo(json.dumps({"sites": rows, "set_aside": aside}, ensure_ascii=False))
    else:
        sites_table(rows, aside)


@sites_command.command("check", cls=SpokenCommand, key="sites check")
@click.argument("sites", nargs=-1, metavar="[SITE]...")
@click.option("--articles", type=click.IntRange(min=0), default=3, show_default=True, help="Try so many articles of each paper.")
@click.option("--via", default="", metavar="PREFIX", help="Fetch every address U as PREFIX + U (a web archive's replay).")
@config_option
@json_option
def sites_check(sites: tuple[str, ...], articles: int, via: str, config_path: str | None, as_json: bool) -> None:
    """Fetch papers live and say of every listing and field what works, what is missing, stale or suspicious.

    \b
    Example:
      tuantra sites check thanhnien
    """
    from crawler.cli.tables import findings_table  # noqa: PLC0415
    from crawler.config import load_config  # noqa: PLC0415
    from crawler.config import sites as chosen  # noqa: PLC0415
    from crawler.trials import page_trial  # noqa: PLC0415

    config, good = load_config(config_path), True
    for site in chosen(config, sites):
        findings = page_trial.check_site(site, articles, config_path=config_path, via=via)
        good = good and all(finding.state == "ok" for finding in findings)
        if as_json:
            rows = [{name: getattr(finding, name) for name in finding.__slots__} for finding in findings]
            click.echo(json.dumps({"site": site.key, "findings": rows}, ensure_ascii=False))
        else:
            findings_table(site.key, findings)
    sys.exit(0 if good else 1)


@click.command("explain", cls=SpokenCommand)
@click.argument("source", metavar="URL|FILE")
@click.option("--url", default="", help="The address that a file came from.")
@config_option
@json_option
def explain(source: str, url: str, config_path: str | None, as_json: bool) -> None:
    """Tell every step for one page: listed, fetched, read, matched, grouped, told to whom; or exactly why not.

    \b
    Example:
      tuantra explain https://vov.vn/chinh-tri/tin-post1234567.vov
    """
    from crawler import jobs  # noqa: PLC0415
    from crawler.cli.explanation_text import explanation_lines  # noqa: PLC0415
    from crawler.config import load_config  # noqa: PLC0415
    from crawler.views import papers  # noqa: PLC0415

    config = load_config(config_path)
    if source.startswith(("http://", "https://")):
        with jobs.opened(config) as program:
            row = papers.explain(program, source)
    else:
        row = papers.explain_file(config, source, url)
    if as_json:
        click.echo(json.dumps(row, ensure_ascii=False))
    else:
        explanation_lines(row)
    sys.exit(0 if row["found"] else 3)


@click.command("export", cls=SpokenCommand)
@click.option(
    "--format",
    "form",
    type=click.Choice(["jsonl", "csv"]),
    default="jsonl",
    show_default=True,
    help="One object a line, or a table.",
)
@click.option("--since", type=DURATION, help="Articles first seen within this time, such as 30d.")
@click.option("--all", "everything", is_flag=True, help="Also the near misses that are kept for trying changed topics.")
@config_option
def export(form: str, since: timedelta | None, everything: bool, config_path: str | None) -> None:
    """Write the stored articles to standard output, in the order in which they came.

    \b
    Example:
      tuantra export --format csv --since 30d > articles.csv
    """
    from crawler import jobs  # noqa: PLC0415
    from crawler.cli.sheets import write_csv  # noqa: PLC0415
    from crawler.config import load_config  # noqa: PLC0415
    from crawler.views import rows  # noqa: PLC0415
    from news.store.stories import StoryFacts  # noqa: PLC0415

    count = 0
    with jobs.opened(load_config(config_path)) as program:
        start = program.clock() - since if since else None
        articles, facts = program.store.articles, program.store.stories.facts()
        written = (
            rows.export_row(stored, facts.get(stored.story_id, StoryFacts()))
            for stored in articles.export(since=start, everything=everything)
        )
        if form == "jsonl":
            for count, row in enumerate(written, 1):  # noqa: B007
                click.echo(json.dumps(row, ensure_ascii=False))
        else:
            count = write_csv(written)
    if not count:
        click.echo(_("No articles."), err=True)
    sys.exit(0 if count else 3)
