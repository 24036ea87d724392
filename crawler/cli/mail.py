"""Commands that try a mail server or another channel, and show who is told what."""

import json
import sys

import click

from crawler.cli.language import SpokenCommand, SpokenGroup
from crawler.cli.options import config_option, json_option


@click.group("mail", cls=SpokenGroup)
def mail_group() -> None:
    """Try the mail server and the other channels."""


@mail_group.command("test", cls=SpokenCommand, key="mail test")
@click.argument("address", required=False)
@click.option(
    "--channel", default="email", show_default=True, metavar="NAME[:TARGET]", help="Try email, apprise, feed, file or webhook."
)
@config_option
@json_option
def mail_test(address: str | None, channel: str, config_path: str | None, as_json: bool) -> None:
    """Send a test mail now, to ADDRESS or to every reader and the operator, and say what the server answers and what to mend.

    \b
    Example:
      tuantra mail test analyst@example.org
    """
    from crawler.cli.outbox_text import attempt_lines  # noqa: PLC0415
    from crawler.clock import clock  # noqa: PLC0415
    from crawler.config import load_config  # noqa: PLC0415
    from crawler.trials import mail_trial  # noqa: PLC0415

    good = True
    for attempt in mail_trial.tried(load_config(config_path), channel, address, clock()()):
        good = good and attempt.diagnosis == "accepted"
        if as_json:
            click.echo(json.dumps({name: getattr(attempt, name) for name in attempt.__slots__}, ensure_ascii=False))
        else:
            attempt_lines(attempt)
    sys.exit(0 if good else 1)


@click.command("subscriptions", cls=SpokenCommand)
@config_option
@json_option
def subscriptions_command(config_path: str | None, as_json: bool) -> None:
    """Show each subscription: what it tells, to whom and when, what it told last, what waits to be told.

    \b
    Example:
      tuantra subscriptions
    """
    from crawler import jobs  # noqa: PLC0415
    from crawler.cli.subscription_text import subscription_lines  # noqa: PLC0415
    from crawler.config import load_config  # noqa: PLC0415
    from crawler.views import subscriptions  # noqa: PLC0415

    with jobs.opened(load_config(config_path)) as program:
        rows = subscriptions.rows(program)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
    else:
        subscription_lines(rows)
