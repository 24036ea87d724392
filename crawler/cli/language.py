"""Says everything in the reader's language: English in the code, Vietnamese in vi.toml beside this file."""

import os
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, cast

import click

CATALOGUE = Path(__file__).with_name("vi.toml")


@cache
def language() -> str:
    """Either "vi" or "en": TUANTRA_LANGUAGE, else the locale, else English."""
    for name in ("TUANTRA_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name, ""):
            return "vi" if value.lower().startswith("vi") else "en"
    return "en"


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """The Vietnamese texts: [commands] by command, [options] by option, [text] by English text."""
    return cast("dict[str, dict[str, str]]", tomllib.loads(CATALOGUE.read_text(encoding="utf-8")))


def _(text: str) -> str:
    """The text in the reader's language."""
    return catalogue()["text"].get(text, text) if language() == "vi" else text


def _translate(key: str, attrs: dict[str, Any]) -> None:
    """Put the Vietnamese help of a command and its options in the place of the English, if that is the reader's language."""
    if language() != "vi":
        return
    attrs["help"] = catalogue()["commands"].get(key, attrs.get("help"))
    known = catalogue()["options"]
    for param in attrs.get("params") or ():
        if isinstance(param, click.Option):
            param.help = known.get(f"{key} {param.opts[0]}") or known.get(param.opts[0], param.help)


class SpokenCommand(click.Command):
    """A command whose help is in the reader's language."""

    def __init__(self, name: str | None, *, key: str = "", **attrs: Any) -> None:
        self.key = key or name or ""
        _translate(self.key, attrs)
        super().__init__(name, **attrs)


class SpokenGroup(click.Group):
    """The program's help, in the reader's language; commands in the order in which a newcomer needs them."""

    command_class = SpokenCommand

    def __init__(self, name: str | None = None, **attrs: Any) -> None:
        self.key = name or ""
        _translate(self.key, attrs)
        super().__init__(name, **attrs)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Commands as they were added."""
        return list(self.commands)
