"""What can become of a mail, and when to try again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

# Minutes soon after, then every six hours, until about five days have passed.
_BACK_OFF = (*(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180)), *(timedelta(hours=6) for _ in range(19)))
# Long enough not to lock an account with a wrong password, short enough for an operator who has just mended it.
PAUSE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The server has taken the mail and answers for it."""

    reply: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferred:
    """Not now, and the mail may pass later; `ambiguous` when it may even have arrived."""

    reply: str
    ambiguous: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Never, for this mail; `recipient` when the refusal was meant for him, whatever the mail says."""

    reply: str
    recipient: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """Nothing can pass until somebody mends it: a password, a certificate, a setting, a full disk.

    `target`: only for this message's recipient, one target of several; the channel's others are served.
    """

    reply: str
    target: bool = False


Outcome = Sent | Deferred | Refused | Paused


def next_attempt(attempts: int, now: datetime) -> datetime | None:
    """When to try again after that many attempts; None when it is time to give up."""
    return now + _BACK_OFF[attempts - 1] if attempts <= len(_BACK_OFF) else None
