"""The program's idea of now: the machine's clock, or one that starts where TUANTRA_NOW says."""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from crawler.toml import ConfigError

Clock = Callable[[], datetime]


def clock(start: datetime | None = None) -> Clock:
    """A function that tells the time in UTC. With `start`, or else TUANTRA_NOW, it starts there and runs on from it."""
    start = start or replayed()
    if start is None:
        return lambda: datetime.now(UTC)
    began, first = time.monotonic(), start.astimezone(UTC)
    return lambda: first + timedelta(seconds=time.monotonic() - began)


def replayed() -> datetime | None:
    """What TUANTRA_NOW (ISO 8601 with offset) says, if it is set. Raises ConfigError."""
    text = os.environ.get("TUANTRA_NOW", "")
    if not text:
        return None
    try:
        now = datetime.fromisoformat(text)
    except ValueError:
        now = None
    if now is None or now.tzinfo is None:
        raise ConfigError(
            "environment: TUANTRA_NOW = {text!r}: not a time with offset; write 2026-11-22T07:00:00+07:00", text=text
        )
    return now
