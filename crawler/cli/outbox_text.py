"""How mails look on a terminal, and what is said about sending them."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table
from rich.text import Text

from crawler.cli.language import _, plural
from crawler.cli.tables import console, minute
from crawler.cli.words import reply

if TYPE_CHECKING:
    from crawler.trials.mail_trial import Attempt
    from crawler.views.outbox import SentAgain


def mails_table(rows: Sequence[Mapping[str, Any]]) -> None:
    """A line a mail."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column(_("mail"), justify="right")
    for title in (_("state"), _("subscription"), _("slot"), _("channel"), _("recipient")):
        table.add_column(title, overflow="fold")
    for title in (_("attempts"), _("next attempt"), _("last reply")):
        table.add_column(title, overflow="fold")
    for row in rows:
        style = {"dead": "red", "deferred": "yellow"}.get(row["state"], "")
        unclear = _("{attempts}, {count} unclear").format(attempts=row["attempts"], count=row["ambiguous"])
        attempts = unclear if row["ambiguous"] else str(row["attempts"])
        told = (row["subscription"], minute(row["slot"]), row["channel"], row["recipient"], attempts)
        cells = (str(row["number"]), mail_state(row["state"]), *told, minute(row["next_attempt"]), reply(row["last_reply"]))
        table.add_row(*(Text(cell, style=style) for cell in cells))
    console().print(table)


def bounce_lines(rows: Sequence[Mapping[str, Any]]) -> None:
    """Who is refused by his server, and whether he is still written to."""
    out = console()
    for row in rows:
        text = (
            _("{recipient} ({channel}) is written to no more: refused {times} since {first}: {reply}")
            if row["suspended"]
            else _("{recipient} ({channel}) was refused {times} since {first}: {reply}")
        )
        told = {"recipient": row["recipient"], "channel": row["channel"], "reply": row["last_reply"]}
        times = plural(row["refusals"], _("once"), _("{count} times"))
        out.print(Text(text.format(times=times, first=minute(row["first"]), **told), style="red" if row["suspended"] else ""))
        if row["suspended"]:
            out.print(Text("    tuantra outbox retry --dead --to " + row["recipient"], style="dim"))


def left_lines(rows: Sequence[Mapping[str, Any]]) -> None:
    """Which mails nothing was done to, and why."""
    for row in rows:
        why = {
            "": _("there is no such mail; `tuantra outbox` lists them"),
            "dead": _("given up already; `tuantra outbox retry {number}` takes it back"),
            "sending": _("it is being sent right now"),
            "sent": _("sent already; to send it once more: tuantra digest {subscription} --resend {slot} --to {recipient}"),
        }[row["state"]]
        click.echo(f"{_('mail')} {row['number']}: {why.format(**row)}", err=True)


def whole_mail(row: Mapping[str, Any]) -> None:
    """What became of a mail, then the mail as a reader sees it, or the document that a program gets."""
    out = console()
    out.print(Text(f"{_('mail')} {row['number']}: {mail_state(row['state'])}", style="bold"))
    facts = [
        (_("subscription"), row["subscription"]),
        (_("slot"), row["slot"]),
        (_("channel"), f"{row['channel']} → {row['recipient']}"),
        (_("attempts"), str(row["attempts"])),
        (_("attempts of which nobody knows whether they arrived"), str(row["ambiguous"] or "")),
        (_("next attempt"), minute(row["next_attempt"]) if row["next_attempt"] else ""),
        (_("sent"), minute(row["sent"]) if row["sent"] else ""),
        (_("last reply"), reply(row["last_reply"])),
        ("Message-ID", row["message_id"]),
    ]
    for title, fact in facts:
        if fact:
            out.print(Text(f"{title}: {fact}"))
    click.echo()
    if "document" in row:
        click.echo(json.dumps(row["document"], ensure_ascii=False, indent=2))
        return
    click.echo(
        f"{_('From')}: {row['from']}\n{_('To')}: {row['to']}\n{_('Date')}: {row['date']}\n{_('Subject')}: {row['subject']}\n"
    )
    click.echo(row["text"])


def report_lines(sent: "SentAgain") -> int:
    """What sending at once achieved; the exit status."""
    report = sent.report
    if report.busy:
        click.echo(_("Another process is sending just now; it takes them, too."))
        return 0
    said = _("mails: {sent} sent, {deferred} deferred, {dead} given up")
    click.echo(said.format(sent=report.sent, deferred=report.deferred, dead=report.dead))
    for name, reason in report.paused.items():
        click.echo(_("{channel} is paused: {reason}").format(channel=name, reason=reason), err=True)
    for place in sent.places:
        click.echo(place)
    return 1 if report.paused or report.dead or report.deferred else 0


def attempt_lines(attempt: "Attempt") -> None:
    """What became of a test mail, in the server's words and in plain ones, and what to do."""
    good = attempt.diagnosis == "accepted"
    said, remedy = _advice(attempt.diagnosis)
    out = console()
    out.print(Text(f"{attempt.recipient}: {said}", style="bold green" if good else "bold red"))
    out.print(Text(f"    {attempt.reply}", style="dim"))
    if remedy:
        out.print(Text(f"    → {remedy}"))


def _advice(diagnosis: str) -> tuple[str, str]:
    return {
        "accepted": (_("accepted"), ""),
        "certificate": (
            _("the server's certificate is not trusted"),
            _("Set mail.host to the name in the certificate; of an authority of your own, name the file in SSL_CERT_FILE."),
        ),
        "disk": (_("cannot be written"), _("Look after the rights of the folder and the free space.")),
        "encryption": (
            _("no encryption could be agreed on"),
            _('Port 465 wants mail.tls = "tls", port 587 wants "starttls".'),
        ),
        "login": (
            _("wrong user or password"),
            _("Correct mail.user and what mail.password names; many providers want an app password."),
        ),
        "mail": (
            _("the mail itself is refused"),
            _("Read the reply: mostly a spam filter, or SPF and DKIM of the sender's domain are missing."),
        ),
        "no_login": (
            _("the server takes no password here"),
            _("Use the port for logging in, 587 or 465, or remove mail.user and mail.password."),
        ),
        "not_taken": (_("not taken"), _("Read the reply: mostly the address or the secret of the target is wrong.")),
        "recipient": (
            _("the recipient is refused"),
            _("Correct the address, or ask its owner why the mailbox takes nothing."),
        ),
        "sender": (_("the sender is refused"), _("Set mail.sender to an address for which this account may send.")),
        "server": (_("the server refuses this machine"), _("Read the reply; ask who runs the server.")),
        "starttls": (
            _("the server offers no encryption (no STARTTLS)"),
            _('Set mail.tls = "tls" and mail.port = 465; "none" only within your own network and without a password.'),
        ),
        "temporary": (
            _("refused for now"),
            _(
                "Nothing to mend if it passes by itself: digests are tried again for five days. Try again in a quarter of an hour."
            ),
        ),
        "unknown": (
            _("nobody knows whether it arrived"),
            _("Look into the mailbox. If it did, digests may come twice: the server answers too late, or the connection breaks."),
        ),
        "unreachable": (
            _("cannot connect"),
            _('Correct host and port; ask for the firewall. Port 465 wants mail.tls = "tls", port 587 wants "starttls".'),
        ),
    }[diagnosis]


def mail_state(state: str) -> str:
    """What became of a mail, in a word."""
    return {
        "pending": _("pending"),
        "sending": _("sending"),
        "sent": _("sent"),
        "deferred": _("deferred"),
        "dead": _("given up"),
    }[state]
