"""Commands about the mails: which there are, one of them, trying again, giving up."""

import json
import sys
from typing import Any

import click

from crawler.cli.language import SpokenCommand, SpokenGroup, _
from crawler.cli.options import NUMBER, config_option, json_option

_STATES = ("pending", "sending", "sent", "deferred", "dead")
_states = click.option(
    "--state", "states", type=click.Choice(_STATES), multiple=True, help="Only mails in this state; repeatable."
)
_limit = click.option("--limit", type=NUMBER, default=20, show_default=True, help="At most this many.")


@click.group("outbox", cls=SpokenGroup, invoke_without_command=True)
@_states
@_limit
@config_option
@json_option
@click.pass_context
def outbox_group(context: click.Context, states: tuple[Any, ...], limit: int, config_path: str | None, as_json: bool) -> None:
    """Show the mails, newest first: to whom, in which state, what the server said; and who is written to no more.

    \b
    Example:
      tuantra outbox --state dead
    """
    if context.invoked_subcommand is None:
        _show_list(states, limit, config_path, as_json=as_json)
    given = {"config_path": config_path, "as_json": as_json, "states": states, "limit": limit}
    context.default_map = dict.fromkeys(outbox_group.commands, given)


@outbox_group.command("list", cls=SpokenCommand, key="outbox list")
@_states
@_limit
@config_option
@json_option
def outbox_list(states: tuple[Any, ...], limit: int, config_path: str | None, as_json: bool) -> None:
    """Show the mails, newest first: to whom, in which state, what the server said; and who is written to no more.

    \b
    Example:
      tuantra outbox list --state deferred --state dead
    """
    _show_list(states, limit, config_path, as_json=as_json)


def _show_list(states: tuple[Any, ...], limit: int, config_path: str | None, *, as_json: bool) -> None:
    from crawler import jobs  # noqa: PLC0415
    from crawler.cli.outbox_text import bounce_lines, mails_table  # noqa: PLC0415
    from crawler.config import load_config  # noqa: PLC0415
    from crawler.views import outbox  # noqa: PLC0415

    with jobs.opened(load_config(config_path)) as program:
        mails, refused = outbox.listed(program, states=states, limit=limit), outbox.refused(program)
    if as_json:
        click.echo(json.dumps({"mails": mails, "refused": refused}, ensure_ascii=False))
    else:
        if mails:
            mails_table(mails)
        else:
            click.echo(_("No mails."), err=True)
        bounce_lines(refused)
    sys.exit(0 if mails else 3)


@outbox_group.command("show", cls=SpokenCommand, key="outbox show")
@click.argument("number", type=NUMBER)
@click.option("--raw", is_flag=True, help="Write the bytes exactly as they are sent to standard output.")
@config_option
@json_option
def outbox_show(number: int, raw: bool, config_path: str | None, as_json: bool) -> None:
    """Show one mail as its reader gets it, and what became of it.

    \b
    Example:
      tuantra outbox show 12
    """
    from crawler import jobs  # noqa: PLC0415
    from crawler.cli.outbox_text import whole_mail  # noqa: PLC0415
    from crawler.config import load_config  # noqa: PLC0415
    from crawler.views import outbox  # noqa: PLC0415

    with jobs.opened(load_config(config_path)) as program:
        mail, payload = outbox.shown(program, number), outbox.raw(program, number)
    if mail is None or payload is None:
        click.echo(_("There is no mail {number}; `tuantra outbox` lists them.").format(number=number), err=True)
        sys.exit(3)
    if raw:
        sys.stdout.buffer.write(payload)
    elif as_json:
        click.echo(json.dumps(mail, ensure_ascii=False))
    else:
        whole_mail(mail)


@outbox_group.command("retry", cls=SpokenCommand, key="outbox retry")
@click.argument("numbers", type=NUMBER, nargs=-1, metavar="[NUMBER]...")
@click.option("--dead", is_flag=True, help="All that were given up, except those dropped by hand.")
@click.option("--to", "recipient", metavar="ADDRESS", help="With --dead: of this recipient only, who is written to again.")
@click.option("--now", "at_once", is_flag=True, help="Send right away instead of leaving it to the daemon.")
@config_option
def outbox_retry(numbers: tuple[int, ...], dead: bool, recipient: str | None, at_once: bool, config_path: str | None) -> None:
    """Try mails again that wait or were given up: they are due at once, with all their attempts.

    \b
    Example:
      tuantra outbox retry --dead --to analyst@example.org --now
    """
    from crawler import jobs, logs  # noqa: PLC0415
    from crawler.cli.outbox_text import left_lines, report_lines  # noqa: PLC0415
    from crawler.config import load_config  # noqa: PLC0415
    from crawler.views import outbox  # noqa: PLC0415

    if bool(numbers) == dead or (recipient and not dead):
        raise click.UsageError(_("write either NUMBER..., or --dead and perhaps --to ADDRESS"))
    logs.configure(level="error", as_json=False)
    code = 0
    with jobs.opened(load_config(config_path)) as program:
        wanted = outbox.given_up(program, recipient) if dead else tuple(dict.fromkeys(numbers))
        forgiven = recipient is not None and outbox.forgive(program, recipient)
        left = outbox.left_alone(program, wanted, of=("pending", "deferred", "dead"))
        changed = outbox.retry(program, wanted)
        if forgiven:
            click.echo(_("{recipient} is written to again.").format(recipient=recipient))
        told = _("{changed} of 1 mail is due again.") if len(wanted) == 1 else _("{changed} of {named} mails are due again.")
        click.echo(told.format(changed=changed, named=len(wanted)))
        left_lines(left)
        if at_once and changed:
            code = report_lines(outbox.send(program, wanted))
    sys.exit(code if changed or forgiven else 3)


@outbox_group.command("drop", cls=SpokenCommand, key="outbox drop")
@click.argument("numbers", type=NUMBER, nargs=-1, required=True, metavar="NUMBER...")
@click.option("--yes", is_flag=True, help="Do not ask.")
@config_option
def outbox_drop(numbers: tuple[int, ...], yes: bool, config_path: str | None) -> None:
    """Give up mails that wait; what they tell counts as told and is not told again. `outbox retry NUMBER` takes it back.

    \b
    Example:
      tuantra outbox drop 12 13
    """
    from crawler import jobs  # noqa: PLC0415
    from crawler.cli.outbox_text import left_lines, mails_table  # noqa: PLC0415
    from crawler.config import load_config  # noqa: PLC0415
    from crawler.views import outbox  # noqa: PLC0415

    changed = 0
    left: list[dict[str, Any]] = []
    with jobs.opened(load_config(config_path)) as program:
        wanted = outbox.named(program, numbers)
        asked = bool(wanted) and sys.stdin.isatty() and not yes
        if asked:
            mails_table(wanted)
        if not asked or click.confirm(_("Give up those of them that wait?")):
            left = outbox.left_alone(program, numbers, of=("pending", "deferred"))
            changed = outbox.drop(program, numbers)
    named = len(set(numbers))
    told = _("{changed} of 1 mail is given up.") if named == 1 else _("{changed} of {named} mails are given up.")
    click.echo(told.format(changed=changed, named=named))
    left_lines(left)
    sys.exit(0 if changed else 3)
