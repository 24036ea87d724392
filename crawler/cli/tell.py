"""The command that shows or sends a digest."""

import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from crawler.cli.language import SpokenCommand, _, plural
from crawler.cli.options import DURATION, config_option

if TYPE_CHECKING:
    from crawler.config import Config


@click.command("digest", cls=SpokenCommand)
@click.argument("subscription", required=False)
@click.option("--since", type=DURATION, help="Look back this far, such as 2d; default: since the last digest.")
@click.option("--dry-run", is_flag=True, help="Show it; send and remember nothing.")
@click.option("--format", "form", type=click.Choice(["html", "text", "json"]), default="text", help="How --dry-run shows it.")
@click.option("--resend", metavar="SLOT", help="Send this slot's mails once more, the same bytes; its beginning will do.")
@click.option("--to", "recipient", metavar="ADDRESS", help="With --resend: to this recipient only.")
@config_option
def digest(
    subscription: str | None,
    since: timedelta | None,
    dry_run: bool,
    form: str,
    resend: str | None,
    recipient: str | None,
    config_path: str | None,
) -> None:
    """Send what a subscription has not been told yet, now; or only show it.

    \b
    Example:
      tuantra digest --dry-run --format html > digest.html
    """
    from crawler import jobs, logs  # noqa: PLC0415
    from crawler.config import load_config  # noqa: PLC0415

    logs.configure(level="error", as_json=False)
    config = load_config(config_path)
    if resend is not None:
        if since or dry_run:
            raise click.UsageError(
                _("--resend goes with --to and a subscription only; `tuantra outbox show NUMBER` shows a mail")
            )
        sys.exit(_sent_again(config, resend, subscription, recipient))
    if recipient is not None:
        raise click.UsageError(_("--to goes with --resend SLOT"))
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
        _("{digests}; mails: {sent} sent, {deferred} deferred, {dead} given up").format(
            digests=plural(outcome.digests, _("1 digest decided"), _("{count} digests decided")),
            sent=outcome.report.sent,
            deferred=outcome.report.deferred,
            dead=outcome.report.dead,
        )
    )
    for name, reason in outcome.report.paused.items():
        click.echo(_("{channel} is paused: {reason}").format(channel=name, reason=reason), err=True)
    for place in outcome.places:
        click.echo(place)
    failed = outcome.report.paused or outcome.report.dead or outcome.report.deferred
    sys.exit(1 if failed else 0 if outcome.digests else 3)


def _sent_again(config: "Config", slot: str, subscription: str | None, recipient: str | None) -> int:
    """Send a slot's mails once more; the exit status."""
    from crawler import jobs  # noqa: PLC0415
    from crawler.cli.outbox_text import report_lines  # noqa: PLC0415
    from crawler.views import outbox  # noqa: PLC0415

    with jobs.opened(config) as program:
        numbers = outbox.again(program, slot, subscription=subscription, recipient=recipient)
        click.echo(plural(len(numbers), _("1 mail is sent once more."), _("{count} mails are sent once more.")))
        return report_lines(outbox.send(program, numbers)) if numbers else 3
