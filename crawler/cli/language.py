"""Says everything in the reader's language: English in the code, Vietnamese in vi.toml beside this file."""

import os
import re
import string
import tomllib
from collections.abc import Callable, Iterable
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any, cast

import click

CATALOGUE = Path(__file__).with_name("vi.toml")
# What may stand in a gap of a shape; in one of another name anything may.
_KINDS = {
    "count": r"\d+",
    "day": r"[\d-]+",
    "offset": r"\d+",
    "status": r"\d+",
    "total": r"\d+",
    "url": r"https?://\S+",
    "when": r"\d{4}-\d\d-\d\d \d\d:\d\d",
}


@cache
def language() -> str:
    """Either "vi" or "en": TUANTRA_LANGUAGE, else the locale, else English."""
    for name in ("TUANTRA_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name, ""):
            return "vi" if value.lower().startswith("vi") else "en"
    return "en"


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """The Vietnamese texts: [commands] by command, [options] by option, [text], [problems], [noted] and [foreign] by English text."""
    return cast("dict[str, dict[str, str]]", tomllib.loads(CATALOGUE.read_text(encoding="utf-8")))


def _(text: str) -> str:
    """The text in the reader's language: one of ours, or what a library or the operating system says."""
    if language() != "vi":
        return text
    known = catalogue()
    return known["text"].get(text) or known["problems"].get(text) or _foreign(text)


def plural(count: int, one: str, many: str) -> str:
    """Which of two texts is right for so many, with `{count}` filled in."""
    return (one if count == 1 else many).format(count=count)


def noted(text: str) -> str:
    """What the program has written down in English, such as a crawl's detail, in the reader's language; found by shape."""
    return (_shaped("noted", text, noted) or _(text)) if language() == "vi" else text


def _foreign(text: str) -> str:
    """Others fill their texts in before we see them, so that theirs are found by shape."""
    return _shaped("foreign", text, _) or text


def _shaped(table: str, text: str, translate: Callable[[str], str]) -> str | None:
    for shape, vietnamese in _shapes(table):
        if found := shape.fullmatch(text):
            return vietnamese.format(**{name: translate(value) for name, value in found.groupdict().items()})
    return None


@cache
def _shapes(table: str) -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(_shape(english), re.DOTALL), vietnamese) for english, vietnamese in catalogue()[table].items()]


def _shape(english: str) -> str:
    parts = string.Formatter().parse(english)
    return "".join(re.escape(plain) + (f"(?P<{name}>{_KINDS.get(name, '.+')})" if name else "") for plain, name, *_ in parts)


def _translate(key: str, attrs: dict[str, Any]) -> None:
    """Put the Vietnamese help of a command and its options in the place of the English, if that is the reader's language."""
    if language() != "vi":
        return
    attrs["help"] = catalogue()["commands"].get(key, attrs.get("help"))
    known = catalogue()["options"]
    for param in attrs.get("params") or ():
        if isinstance(param, click.Option):
            param.help = known.get(f"{key} {param.opts[0]}") or known.get(param.opts[0], param.help)


class SpokenFormatter(click.HelpFormatter):
    """Help whose frame, which is click's own, is in the reader's language."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The line that shows how a command is written."""
        super().write_usage(prog, args, prefix or f"{_('Usage:')} ")

    def write_heading(self, heading: str) -> None:
        """The line above a list."""
        super().write_heading(_(heading))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """A list of options or commands, each with its help and perhaps "[default: x]"."""
        super().write_dl([(name, _(text)) for name, text in rows], col_max, col_spacing)


class SpokenContext(click.Context):
    """Where commands find their formatter."""

    formatter_class = SpokenFormatter


class SpokenCommand(click.Command):
    """A command whose help is in the reader's language."""

    context_class = SpokenContext

    def __init__(self, name: str | None, *, key: str = "", **attrs: Any) -> None:
        self.key = key or name or ""
        _translate(self.key, attrs)
        super().__init__(name, **attrs)


class SpokenGroup(click.Group):
    """The program's help, in the reader's language; commands in the order in which a newcomer needs them."""

    command_class = SpokenCommand
    context_class = SpokenContext

    def __init__(self, name: str | None = None, **attrs: Any) -> None:
        self.key = name or ""
        _translate(self.key, attrs)
        super().__init__(name, **attrs)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Commands as they were added."""
        return list(self.commands)


def said(error: click.ClickException) -> str:
    """What click prints of a wrong call, in the reader's language."""
    paper = StringIO()
    error.show(paper)
    return "\n".join(map(_, paper.getvalue().splitlines()))
