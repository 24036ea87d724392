"""The command that shows or sends a digest."""

import sys
from datetime import timedelta

import click

from crawler.cli.language import SpokenCommand, _
from crawler.cli.options import DURATION, config_option


@click.command("digest", cls=SpokenCommand)
@click.argument("subscription", required=False)
@click.option("--since", type=DURATION, help="Look back this far, such as 2d; default: since the last digest.")
@click.option("--dry-run", is_flag=True, help="Show it; send and remember nothing.")
@click.option("--format", "form", type=click.Choice(["html", "text", "json"]), default="text", help="How --dry-run shows it.")
@config_option
def digest(subscription: str | None, since: timedelta | None, dry_run: bool, form: str, config_path: str | None) -> None:
    """Send what a subscription has not been told yet, now; or only show it.

    \b
    Example:
      tuantra digest --dry-run --format html > digest.html
    """
    from crawler import jobs, logs  # noqa: PLC0415
    from crawler.config import load_config  # noqa: PLC0415

    logs.configure(level="error", as_json=False)
    config = load_config(config_path)
    with jobs.opened(config) as program:
        chosen = jobs.subscriptions(program, subscription)
        start = program.clock() - since if since else None
        if dry_run:
            shown = [text for one in chosen if (text := jobs.digest_preview(program, one, start, form)) is not None]
            for text in shown:
                click.echo(text)
            if not shown:
                click.echo(_("Nothing new."), err=True)
            sys.exit(0 if shown else 3)
        outcome = jobs.send_now(program, chosen, start)
    click.echo(
        _("{digests} digests decided; mails: {sent} sent, {deferred} deferred, {dead} given up").format(
            digests=outcome.digests, sent=outcome.report.sent, deferred=outcome.report.deferred, dead=outcome.report.dead
        )
    )
    for name, reason in outcome.report.paused.items():
        click.echo(_("{channel} is paused: {reason}").format(channel=name, reason=reason), err=True)
    for place in outcome.places:
        click.echo(place)
    failed = outcome.report.paused or outcome.report.dead or outcome.report.deferred
    sys.exit(1 if failed else 0 if outcome.digests else 3)
