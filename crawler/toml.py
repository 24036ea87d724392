"""Reads TOML into dataclasses and says all that is wrong with it: file, key, value, remedy, nearest known key."""

import dataclasses
import os
import re
import tomllib
import types
import typing
import unicodedata
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from news.problem import BadValueError, Problem, Words, nearest

# Marks fields that the program fills in and files may not.
INTERNAL = types.MappingProxyType({"internal": True})
_DURATION = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(s|m|h|d|w)\s*")
_LONGEST = timedelta(days=3653)
_EXPECTED = re.compile(r"Expected `(\w+)`, got `(\w+)`")
_TYPES = {
    "array": "a list in brackets",
    "bool": "true or false",
    "float": "a number",
    "int": "a whole number",
    "object": "a table",
    "str": "text in quotes",
}
_T = typing.TypeVar("_T")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class ConfigError(Problem):
    """What people wrote, in a file or on the command line, is wrong; one line a problem, each with file, key and remedy."""


def duration(text: str) -> timedelta:
    """Read "90s", "15m", "2h", "7d" or "1h 30m". Raises BadValueError."""
    rest, total = text, 0.0
    while found := _DURATION.match(rest):
        total += timedelta(**{_UNITS[found[2]]: 1}).total_seconds() * float(found[1])
        rest = rest[found.end() :]
    if rest.strip() or not text.strip():
        raise BadValueError('{text!r} is not a duration; write for example "90s", "15m", "2h" or "7d"', text=text)
    if total > _LONGEST.total_seconds():
        raise BadValueError('{text!r} is longer than ten years; write for example "90s", "15m", "2h" or "7d"', text=text)
    return timedelta(seconds=total)


def load(path: Path, kind: type[_T], **extra: Any) -> _T:
    """Read one TOML file into a dataclass; `extra` overrides or adds top-level keys. Raises ConfigError with all problems."""
    return build(read(path), kind, path, **extra)


def read(path: Path) -> dict[str, Any]:
    """The file's tables. Raises ConfigError."""
    try:
        # Editors on Windows put a mark before the text, and a Vietnamese word may be typed in two ways.
        return tomllib.loads(unicodedata.normalize("NFC", path.read_text(encoding="utf-8-sig")))
    except FileNotFoundError:
        raise ConfigError(
            "{path}: no such file; correct the path; `tuantra init` writes a commented configuration", path=path
        ) from None
    except UnicodeDecodeError as error:
        raise ConfigError("{path}: not UTF-8 text ({reason}); save it as UTF-8", path=path, reason=error.reason) from error
    except OSError as error:
        raise ConfigError("{path}: cannot be read: {reason}", path=path, reason=Words(error.strerror)) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            "{path}: not valid TOML: {error}; strings need quotes, lists need brackets", path=path, error=Words(error)
        ) from error


def build(data: Mapping[str, Any], kind: type[_T], path: Path, **extra: Any) -> _T:
    """Like `load`, for tables that were read already."""
    forged = [
        Problem("{path}: {key}: unknown key; it is filled in by the program", path=path, key=name)
        for name in extra
        if name in data
    ]
    if forged:
        raise ConfigError.all(forged)
    binding = _Binding(path, frozenset(extra))
    value = binding.bind({**data, **extra}, kind, "")
    if binding.problems:
        raise ConfigError.all(binding.problems)
    return value  # type: ignore[no-any-return]


class _Binding:
    """One file's way into dataclasses; gathers problems instead of stopping at the first."""

    def __init__(self, path: Path, given: frozenset[str]) -> None:
        self.path = path
        self.given = given
        self.problems: list[Problem] = []

    def bind(self, value: Any, kind: Any, key: str) -> Any:
        kind = _without_none(kind)
        if dataclasses.is_dataclass(kind):
            return self._table(value, kind, key)
        origin, arguments = typing.get_origin(kind), typing.get_args(kind)
        if origin is tuple and isinstance(value, list):
            return tuple(self.bind(item, arguments[0], f"{key}[{number}]") for number, item in enumerate(value, 1))
        if origin is dict and isinstance(value, dict):
            return {name: self.bind(item, arguments[1], f"{key}.{name}") for name, item in value.items()}
        try:
            return self._leaf(value, kind)
        except BadValueError as error:
            self._problem(key, value, error)
        except msgspec.ValidationError as error:
            self._problem(key, value, _explained(error))
        return None

    def _table(self, value: Any, kind: Any, key: str) -> Any:
        if not isinstance(value, dict):
            self._problem(key, value, _no_table(key))
            return None
        known = {
            item.name: item for item in dataclasses.fields(kind) if not item.metadata.get("internal") or item.name in self.given
        }
        hints = typing.get_type_hints(kind)
        for name in value.keys() - known.keys():
            remedy = nearest(name, known.keys() - self.given)
            self._problem(_join(key, name), value[name], Problem("unknown key; {remedy}", remedy=remedy))
        before = len(self.problems)
        values = {
            name: self.bind(value[name], hints[name], _join(key, name))
            if item.repr
            else self._hidden(value[name], hints[name], _join(key, name))
            for name, item in known.items()
            if name in value
        }
        for name, item in known.items():
            if name not in value and item.default is dataclasses.MISSING and item.default_factory is dataclasses.MISSING:
                self._problem(_join(key, name), None, Problem("missing; it must be given"))
        if len(self.problems) > before:
            return None
        try:
            return kind(**values)
        except BadValueError as error:
            self.problems.append(Problem("{path}: {key}{problem}", path=self.path, key=f"{key}." if key else "", problem=error))
            return None

    def _leaf(self, value: Any, kind: Any) -> Any:
        if kind is timedelta:
            return duration(msgspec.convert(value, str))
        if typing.get_origin(kind) is typing.Literal and value not in typing.get_args(kind):
            raise BadValueError("unknown; {remedy}", remedy=nearest(str(value), typing.get_args(kind)))
        if kind is Path:
            return Path(msgspec.convert(value, str)).expanduser()
        return msgspec.convert(value, kind)

    def _hidden(self, value: Any, kind: Any, key: str) -> Any:
        """A field that its dataclass does not print is a secret, or a table of them: what is wrong is told, what it holds is not."""
        if typing.get_origin(kind) is not Mapping:
            return self._secret(value, key)
        if not isinstance(value, dict):
            self._problem(key, None, _no_table(key))
            return None
        return {name: self._secret(item, _join(key, name)) for name, item in value.items()}

    def _secret(self, value: Any, key: str) -> str | None:
        kind, _, name = str(value).partition(":")
        if kind == "env" and name in os.environ:
            return os.environ[name]
        if kind == "env":
            problem = Problem("the environment has no variable {name}; set it before tuantra starts", name=name)
        elif kind == "file":
            try:
                return (self.path.parent / Path(name).expanduser()).read_text(encoding="utf-8").strip()
            except OSError as error:
                problem = Problem("{name}: {reason}", name=name, reason=Words(error.strerror))
        else:
            problem = Problem('a secret does not stand in this file; write "env:NAME" or "file:PATH"')
        self._problem(key, None, problem)
        return None

    def _problem(self, key: str, value: Any, problem: Problem | Words) -> None:
        """With the value that stands there; None where none does, or none that may be shown."""
        shown = "" if value is None else f" = {_short(value)}"
        self.problems.append(Problem("{path}: {key}{value}: {problem}", path=self.path, key=key, value=shown, problem=problem))


def _explained(error: msgspec.ValidationError) -> Problem | Words:
    found = _EXPECTED.match(str(error))
    if not found or not {*found.groups()} <= _TYPES.keys():
        return Words(error)
    wanted, given = (Words(_TYPES[name]) for name in found.groups())
    return Problem("must be {wanted}, not {given}", wanted=wanted, given=given)


def _no_table(key: str) -> Problem:
    return Problem("not a table; write [{key}] and its keys below", key=key)


def _without_none(kind: Any) -> Any:
    if typing.get_origin(kind) in {typing.Union, types.UnionType}:
        rest = [item for item in typing.get_args(kind) if item is not type(None)]
        return rest[0] if len(rest) == 1 else kind
    return kind


def _join(key: str, name: str) -> str:
    return f"{key}.{name}" if key else name


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"  # noqa: PLR2004
