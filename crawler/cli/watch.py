"""Commands that watch the papers: crawl by hand, run as a daemon."""

import json
import os
import sys
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from crawler.cli.language import SpokenCommand, _
from crawler.cli.options import DURATION, config_option, json_option

if TYPE_CHECKING:
    from crawler.crawling.plan import Plan
    from crawler.crawling.rounds import SiteReport


@click.command("crawl", cls=SpokenCommand)
@click.argument("sites", nargs=-1, metavar="[SITE]...")
@click.option("--url", "urls", multiple=True, metavar="URL", help="Fetch this article only; may be repeated.")
@click.option("--since", type=DURATION, help="Take articles published within this time, such as 7d; default: [watch] horizon.")
@click.option("--force", is_flag=True, help="Ask for listings unconditionally; read known articles again.")
@click.option("--recheck", is_flag=True, help="Only look again, now, at the articles found in the last week.")
@click.option("--via", default="", metavar="PREFIX", help="Fetch every address U as PREFIX + U (a web archive's replay).")
@click.option("-v", "--verbose", is_flag=True, help="Log every event to standard error.")
@config_option
@json_option
def crawl_command(
    sites: tuple[str, ...], urls: tuple[str, ...], since: timedelta | None, force: bool, recheck: bool, via: str, verbose: bool,
    config_path: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Crawl papers now, beside a running daemon or without one, and show what was found.

    \b
    Example:
      tuantra crawl thanhnien vov --since 7d
    """
    from crawler import jobs, logs  # noqa: PLC0415
    from crawler.cli.tables import address_lines, crawl_progress, crawl_table  # noqa: PLC0415
    from crawler.clock import clock  # noqa: PLC0415
    from crawler.config import load_config  # noqa: PLC0415
    from crawler.crawling.batch import Batch  # noqa: PLC0415

    logs.configure(level="info" if verbose else "error", as_json=False)
    plan = jobs.plan(load_config(config_path), keys=sites, urls=urls, since=since, force=force, recheck=recheck, via=via)
    began = clock(plan.now)()
    batch = Batch(plan, log_level="info" if verbose else "error", log_json=False)
    try:
        with crawl_progress(len(plan.sites) or 1, quiet=as_json) as show:
            reports = jobs.crawl(batch, show)
    except KeyboardInterrupt:
        batch.stop()
        click.echo(_("Stopped; what was fetched is stored, the rest waits for the next crawl."), err=True)
        sys.exit(1)
    named = _named(plan, began)
    if as_json:
        click.echo(json.dumps([_row(report, named) for report in reports], ensure_ascii=False))
    else:
        crawl_table(reports)
        address_lines(named)
    if not any(_good(report) for report in reports):
        sys.exit(1)
    sys.exit(3 if named and not any(row["article"] for row in named) else 0)


def _named(plan: "Plan", began: datetime) -> list[dict[str, Any]]:
    """What became of the addresses that were named."""
    from crawler import jobs  # noqa: PLC0415
    from crawler.views import papers  # noqa: PLC0415

    if not plan.urls:
        return []
    with jobs.opened(plan.config) as program:
        return papers.fetched(program, plan.urls, began)


def _row(report: "SiteReport", named: list[dict[str, Any]]) -> dict[str, Any]:
    from crawler.catalogue import site_of  # noqa: PLC0415

    row = {name: getattr(report, name) for name in report.__slots__ if name not in {"waiting", "done"}}
    here = [each for each in named if site_of(each["url"]).key == report.site]
    return {**row, "addresses": here} if named else row


def _good(report: "SiteReport") -> bool:
    return report.done and report.state in {"ok", "partial", "silent"}


@click.command("run", cls=SpokenCommand)
@config_option
def run(config_path: str | None) -> None:
    """Run the daemon: poll on schedule, send digests on schedule, until SIGTERM or Ctrl-C.

    \b
    Example:
      tuantra run --config /etc/tuantra.toml
    """
    from crawler import jobs, logs  # noqa: PLC0415
    from crawler.config import load_config  # noqa: PLC0415
    from crawler.daemon import Daemon  # noqa: PLC0415

    logs.configure()
    config = load_config(config_path)
    with jobs.opened(config) as program:
        code = Daemon(program).run()
    sys.stderr.flush()
    # A mail server that hangs must not hold up the end: its mail is marked as under way and will be repeated.
    os._exit(code)
