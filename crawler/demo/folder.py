"""The folder of a demonstration: emptied when it is ours, left alone when it is not, and given its configuration."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from crawler.config import Config, load_config
from crawler.toml import ConfigError

READER = "analyst@example.org"
MAIL = "mail"
SETTINGS = "tuantra.toml"
_MADE = ("data", MAIL, SETTINGS)
_SIGN = "# Written by `tuantra demo`, which will overwrite it."


def make_room(folder: Path) -> None:
    """Take away what an earlier demonstration left. Raises ConfigError where the folder holds somebody else's files, OSError."""
    if folder.exists() and not folder.is_dir():
        raise ConfigError("{folder} is a file; name another place with --folder", folder=folder)
    if folder.is_dir() and any(folder.iterdir()) and not _ours(folder):
        raise ConfigError(
            "{folder} holds files that are not from a demonstration; name another place with --folder", folder=folder
        )
    for name in _MADE:
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    folder.mkdir(parents=True, exist_ok=True)


def settle(folder: Path, *, sites: Iterable[str], via: str, port: int, language: str) -> Config:
    """Write the demonstration's configuration and read it, as the program reads anybody's."""
    path = folder / SETTINGS
    papers = ", ".join(f'"{key}"' for key in sites)
    path.write_text(
        f"""{_SIGN}
[watch]
sites = [{papers}]

[fetch]
contact = "demo@example.org"
# The papers are on this machine: nobody has to be spared.
delay = "0s"
via = "{via}"

[batch]
deadline = "50s"

[mail]
host = "127.0.0.1"
port = {port}
tls = "none"
sender = "Tuần tra <tuantra@example.org>"

[[subscriptions]]
name = "demo"
to = ["{READER}"]
language = "{language}"
""",
        encoding="utf-8",
    )
    return load_config(str(path))


def _ours(folder: Path) -> bool:
    try:
        return (folder / SETTINGS).read_text(encoding="utf-8").startswith(_SIGN)
    except (OSError, UnicodeDecodeError):
        return False
