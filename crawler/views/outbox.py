"""The mails as plain data, and what is done to them by hand: tried again, given up, sent once more."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from shlex import quote
from typing import Any

from alerts.channels import FORMS
from alerts.safe import harmless
from alerts.send import SendReport, send_due
from crawler.jobs import Program, channels
from crawler.toml import ConfigError
from crawler.views.rows import local_time
from news.problem import Problem, nearest
from news.store.outbox import Bounce, OutboxRow, State

_LAST_SLOTS = 5  # named where a slot is unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class SentAgain:
    """What sending at once achieved; `places` are the files written, where a channel is a folder."""

    report: SendReport
    places: tuple[str, ...]


def listed(program: Program, *, states: Iterable[State] = (), limit: int | None = None) -> list[dict[str, Any]]:
    """The mails, the newest first."""
    return [_row(mail) for mail in program.store.outbox.rows(states=states, limit=limit)]


def named(program: Program, numbers: Iterable[int]) -> list[dict[str, Any]]:
    """Those of these mails that there are."""
    found = (program.store.outbox.row(number) for number in dict.fromkeys(numbers))
    return [_row(mail) for mail in found if mail]


def refused(program: Program) -> list[dict[str, Any]]:
    """The recipients whose servers refuse them, those who are written to no more first."""
    return [_bounce(each) for each in sorted(program.store.outbox.bounces(), key=lambda each: not each.suspended)]


def raw(program: Program, number: int) -> bytes | None:
    """The bytes of one mail as they are sent, None if there is no such mail."""
    return program.store.outbox.payload(number)


def shown(program: Program, number: int) -> dict[str, Any] | None:
    """One mail as its reader gets it: `subject` and `text`, or the `document` that a program gets; None if there is no such mail."""
    mail, payload = program.store.outbox.row(number), raw(program, number)
    if mail is None or payload is None:
        return None
    if FORMS.get(mail.channel, "mail") != "mail":
        return {**_row(mail), "document": json.loads(payload)}
    read = message_from_bytes(payload, policy=policy.default)
    body = read.get_body(("plain",))
    text = body.get_content() if body else ""
    return {
        **_row(mail),
        "from": str(read["From"]),
        "to": str(read["To"]),
        "date": str(read["Date"]),
        "subject": str(read["Subject"]),
        "text": "\n".join(map(harmless, text.splitlines())),
    }


def left_alone(program: Program, numbers: Iterable[int], *, of: Collection[State]) -> list[dict[str, Any]]:
    """Those of these mails that are in none of the states; of one that there is not, its number and an empty state."""
    found = ((number, program.store.outbox.row(number)) for number in dict.fromkeys(numbers))
    return [_left(number, mail) for number, mail in found if mail is None or mail.state not in of]


def _left(number: int, mail: OutboxRow | None) -> dict[str, Any]:
    if mail is None:
        return {"number": number, "state": ""}
    # They stand in a command that is copied into a shell.
    return {**_row(mail), "subscription": quote(mail.subscription), "slot": quote(mail.slot), "recipient": quote(mail.recipient)}


def retry(program: Program, numbers: Sequence[int]) -> int:
    """Let mails that wait or were given up be tried again at once; how many there were."""
    return program.store.outbox.retry(numbers, program.clock())


def given_up(program: Program, recipient: str | None) -> tuple[int, ...]:
    """The mails that were given up, but by nobody's hand; of one recipient, or all."""
    return program.store.outbox.given_up(recipient)


def forgive(program: Program, recipient: str) -> bool:
    """Write to a recipient again whose server has refused him; whether anything was held against him."""
    store = program.store.outbox
    held = [each for each in store.bounces() if each.recipient.casefold() == recipient.casefold()]
    for each in held:
        store.reached(each.channel, each.recipient)
    return bool(held)


def drop(program: Program, numbers: Sequence[int]) -> int:
    """Give up mails that wait; how many there were."""
    return program.store.outbox.drop(numbers, program.clock())


def again(program: Program, slot: str, *, subscription: str | None = None, recipient: str | None = None) -> tuple[int, ...]:
    """Let a slot's mails, named by its beginning, be sent once more, the same bytes; their numbers. Raises ConfigError."""
    name = _slot(program, slot, subscription)
    numbers = program.store.outbox.again(subscription, name, program.clock(), recipient=recipient)
    if not numbers and recipient:
        told = sorted({mail.recipient for mail in program.store.outbox.rows() if mail.slot == name})
        raise ConfigError(
            "--to {recipient!r}: nothing of slot {name} was for them; {remedy}",
            recipient=recipient,
            name=name,
            remedy=nearest(recipient, told),
        )
    return numbers


def send(program: Program, numbers: Iterable[int]) -> SentAgain:
    """Send all that is due, and say which files were written for these mails."""
    report = send_due(program.store.outbox, channels(program.config), program.clock)
    written = (mail for mail in named(program, numbers) if mail["state"] == "sent" and mail["channel"] in {"feed", "file"})
    return SentAgain(report=report, places=tuple(dict.fromkeys(mail["last_reply"] for mail in written)))


def _slot(program: Program, beginning: str, subscription: str | None) -> str:
    # Tables show a space where the name has a T.
    wanted = beginning.strip().replace(" ", "T")
    store = program.store.outbox
    found = store.slots(subscription=subscription, beginning=wanted)
    if wanted in found:
        return wanted
    if len(found) == 1:
        return found[0]
    known = ", ".join((found or store.slots(subscription=subscription, limit=_LAST_SLOTS))[:_LAST_SLOTS])
    of = Problem(" of subscription {name!r}", name=subscription) if subscription else ""
    if found:
        raise ConfigError(
            "slot {beginning!r}: {count} slots{of} begin so; write more of it: {known}",
            beginning=beginning,
            count=len(found),
            of=of,
            known=known,
        )
    others = Problem("the last ones are {known}", known=known) if known else Problem("no mail was written yet")
    raise ConfigError("slot {beginning!r}: no mail{of} was written for it; {others}", beginning=beginning, of=of, others=others)


def _row(mail: OutboxRow) -> dict[str, Any]:
    return {
        "number": mail.id,
        "state": mail.state,
        "subscription": mail.subscription,
        "slot": mail.slot,
        "channel": mail.channel,
        "recipient": mail.recipient,
        "attempts": mail.attempts,
        "ambiguous": mail.ambiguous,
        "next_attempt": local_time(mail.next_attempt_at),
        "sent": local_time(mail.sent_at),
        "last_reply": mail.last_reply,
        "message_id": mail.message_id,
    }


def _bounce(held: Bounce) -> dict[str, Any]:
    return {
        "channel": held.channel,
        "recipient": held.recipient,
        "refusals": held.score,
        "first": local_time(held.first_at),
        "last": local_time(held.last_at),
        "suspended": held.suspended,
        "last_reply": held.reply,
    }
