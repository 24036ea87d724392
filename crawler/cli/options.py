"""Options that several commands share, and how they are read."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

import click

from crawler.cli.language import _

_F = TypeVar("_F", bound=Callable[..., Any])
LARGEST = 2**63 - 1  # SQLite's largest integer


class DurationType(click.ParamType[timedelta]):
    """A length of time such as 90s, 15m, 2h, 7d."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Text → timedelta, or click's usage error."""
        from crawler.toml import duration  # noqa: PLC0415
        from news.problem import BadValueError  # noqa: PLC0415

        if isinstance(value, timedelta):
            return value
        try:
            return duration(str(value))
        except BadValueError as error:
            self.fail(error.said(_), param, ctx)


DURATION = DurationType()


class NumberType(click.IntRange):
    """A count or a number of something stored: from 1 on, and no larger than the database counts."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Text → int, or click's usage error."""
        number = super().convert(value, param, ctx)
        if number > LARGEST:
            self.fail(_("{value} is too large a number").format(value=value), param, ctx)
        return int(number)


NUMBER = NumberType(min=1)


def config_option(function: _F) -> _F:
    """--config PATH, for every command that reads the configuration."""
    return click.option(
        "-c",
        "--config",
        "config_path",
        metavar="PATH",
        help="Configuration file; default: TUANTRA_CONFIG, else ./tuantra.toml, else built-in defaults.",
    )(function)


def json_option(function: _F) -> _F:
    """--json, for every command whose output scripts may want."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")(function)
