"""How a message travels: a channel is one file here and one name in this union."""

from typing import get_args

from alerts.channels.email import Email
from alerts.channels.file import File

# Sorted. A channel is a frozen dataclass with a `name` and a `session()`, a context manager that yields a function
# from Message to Outcome.
Channel = Email | File

NAMES: tuple[str, ...] = tuple(channel.name for channel in get_args(Channel))
