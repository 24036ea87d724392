"""How a message travels: a channel is one file here and one name in this union."""

from collections.abc import Mapping
from typing import get_args

from alerts.channels.apprise import Apprise
from alerts.channels.email import Email
from alerts.channels.feed import Feed
from alerts.channels.file import File
from alerts.channels.form import Form
from alerts.channels.webhook import Webhook

# Sorted. A channel is a frozen dataclass with a `name`, the `form` in which it wants its messages, and a `session()`, a context
# manager that yields a function from Message to Outcome.
Channel = Apprise | Email | Feed | File | Webhook

NAMES: tuple[str, ...] = tuple(channel.name for channel in get_args(Channel))
# Channels with several targets, of which a subscription names one: "webhook:desk".
TARGETED: tuple[str, ...] = tuple(channel.name for channel in get_args(Channel) if "targets" in channel.__dataclass_fields__)
FORMS: Mapping[str, Form] = {channel.name: channel.form for channel in get_args(Channel)}
