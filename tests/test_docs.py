"""What the documents and the Vietnamese texts say is what the program has: nothing missing, nothing invented."""

import ast
import re
import string
import tomllib
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args, get_type_hints

import click
import pytest

from crawler import site
from crawler.cli import tuantra
from crawler.config import Config, check_names, load_config
from crawler.toml import duration, load
from news.problem import Problem
from pipelines.extract import Layout

ROOT = Path(__file__).parent.parent
CODE = sorted(path for name in ("alerts", "crawler", "news", "pipelines") for path in (ROOT / name).rglob("*.py"))
VIETNAMESE = tomllib.loads((ROOT / "crawler/cli/vi.toml").read_text(encoding="utf-8"))


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def commands(group: click.Group = tuantra, path: str = "tuantra") -> Iterator[tuple[str, click.Command]]:
    """Every command with its whole name: "tuantra config check"."""
    yield path, group
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


def options() -> Iterator[tuple[str, click.Option]]:
    for _, command in commands():
        for param in command.params:
            if isinstance(param, click.Option) and param.name != "version":
                yield command.key, param


def vietnamese_option(command: str, option: click.Option) -> str | None:
    """As crawler/cli/language.py looks it up."""
    known = VIETNAMESE["options"]
    return known.get(f"{command} {option.opts[0]}") or known.get(option.opts[0])


def first_column(document: str, heading: str = "") -> list[str]:
    """The names in the first column of the tables below a heading, or of all tables."""
    part = document.partition(f"\n{heading}\n")[2].partition("\n## ")[0] if heading else document
    cells = re.findall(r"^\|(.+?)(?<!\\)\|", part, re.MULTILINE)
    return [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]


def table(document: str, heading: str) -> dict[str, str]:
    """The second column of the table below a heading, by the name in the first."""
    part = document.partition(f"\n{heading}\n")[2].partition("\n## ")[0]
    return dict(re.findall(r"^\| `([^`]+)` \|\s*(.*?)\s*\|", part, re.MULTILINE))


def calls() -> Iterator[tuple[Path, ast.Call]]:
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                yield path, node


def placeholders(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


# ---- the help


@pytest.mark.parametrize("path", [path for path, _ in commands()])
def test_every_command_has_help_with_an_example(path: str) -> None:
    command = dict(commands())[path]
    assert command.help
    if not isinstance(command, click.Group) or path == "tuantra":
        assert f"\b\nExample:\n  {path}" in re.sub(r"(?m)^    ", "", command.help)


def test_every_option_has_help() -> None:
    assert not [f"{command} {option.opts[-1]}" for command, option in options() if not option.help]


def test_every_command_is_in_the_readme() -> None:
    leaves = {path for path, command in commands() if command is not tuantra and path != "tuantra config"}
    assert set(first_column(read("README.md"), "## Commands")) - {"0", "1", "2", "3"} == leaves


def test_exit_statuses_are_documented() -> None:
    top = dict(commands())["tuantra"].help or ""
    for status in "0123":
        assert re.search(rf"\b{status} \w+", top.partition("Exit status:")[2])
        assert re.search(rf"^\| {status} \| \w+", read("README.md"), re.MULTILINE)
        assert re.search(rf"\b{status} \w+", read("docs/operating.md").partition("## Exit status")[2].partition("\n## ")[0])


# ---- the Vietnamese


def test_every_command_and_option_speaks_vietnamese() -> None:
    names = {command.key for _, command in commands()}
    assert set(VIETNAMESE["commands"]) == names
    assert not [f"{command} {option.opts[0]}" for command, option in options() if not vietnamese_option(command, option)]


def test_no_vietnamese_option_is_left_over() -> None:
    used = {f"{command} {option.opts[0]}" for command, option in options()} | {option.opts[0] for _, option in options()}
    assert set(VIETNAMESE["options"]) <= used


@pytest.mark.parametrize("path", [path for path, command in commands() if "\b" in (command.help or "")])
def test_the_vietnamese_help_shows_the_same_example(path: str) -> None:
    def example(text: str) -> list[str]:
        return [line.strip() for line in text.partition("\b\n")[2].partition("\n\n")[0].splitlines()[1:] if line.strip()]

    english = dict(commands())[path].help or ""
    vietnamese = VIETNAMESE["commands"][dict(commands())[path].key]
    assert example(vietnamese) == example(re.sub(r"(?m)^    ", "", english))
    assert "\b\nVí dụ:\n  tuantra" in vietnamese


def first_arguments(names: set[str]) -> set[str]:
    """The literal texts that calls of these names begin with."""
    found = set()
    for path, call in calls():
        if isinstance(call.func, ast.Name) and call.func.id in names and path != ROOT / "crawler/cli/language.py":
            assert isinstance(call.args[0], ast.Constant), f"{path}:{call.lineno}: only literal texts can be translated"
            found.add(call.args[0].value)
    return found


def test_every_text_is_translated_and_no_translation_is_left_over() -> None:
    assert set(VIETNAMESE["text"]) == first_arguments({"_"}) | {"Usage:"}


def kinds_of_problem() -> set[str]:
    """`Problem` and what is derived from it, by name."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in CODE]
    bases = {
        node.name: {base.id for base in node.bases if isinstance(base, ast.Name)}
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    found = {Problem.__name__}
    while more := {name for name, above in bases.items() if above & found} - found:
        found |= more
    return found


def test_every_problem_is_translated_and_no_translation_is_left_over() -> None:
    spoken = first_arguments(kinds_of_problem())
    assert set(VIETNAMESE["problems"]) == {text for text in spoken if re.search(r"[a-z]", re.sub(r"\{.*?\}", "", text))}


def test_what_is_noted_in_english_is_still_written_so() -> None:
    written = "".join(path.read_text(encoding="utf-8") for path in CODE) + "Forbidden by robots.txt"  # that is Scrapy's
    for text in VIETNAMESE["noted"]:
        plain = [part for part, *_ in string.Formatter().parse(text)]
        assert max(plain, key=len).strip() in written, text


@pytest.mark.parametrize(
    ("table", "english"), [(table, text) for table in ("text", "problems", "noted", "foreign") for text in VIETNAMESE[table]]
)
def test_placeholders_agree(table: str, english: str) -> None:
    assert placeholders(VIETNAMESE[table][english]) == placeholders(english)


# ---- the configuration


def keys(kind: Any, prefix: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Every key of a configuration dataclass: its full name, its field, and an example of the dataclass it stands in."""
    hints = get_type_hints(kind)
    for item in fields(kind):
        inner = next((part for part in (hints[item.name], *get_args(hints[item.name])) if is_dataclass(part)), None)
        if inner is not None:
            yield from keys(inner, f"{prefix}{item.name}.")
        elif not item.metadata.get("internal"):
            yield f"{prefix}{item.name}", item, kind


def test_every_configuration_key_is_documented() -> None:
    documented = [name for name in table(read("docs/operating.md"), "## Configuration") if "." in name]
    assert sorted(documented) == sorted(name for name, _, _ in keys(Config))


def default_of(item: Any) -> Any:
    return item.default if item.default_factory is MISSING else item.default_factory()


def test_documented_defaults_are_the_programs() -> None:
    """A key's default stands in the table as it would stand in the file."""
    defaults = Config()
    told = table(read("docs/operating.md"), "## Configuration")
    for name, item, _ in keys(Config):
        section, _, key = name.partition(".")
        if told[name] in {"none", "must be given"}:
            assert getattr(defaults, section) is None or item.default is (None if told[name] == "none" else MISSING)
            continue
        written = tomllib.loads(f"value = {told[name].strip('`')}")["value"]
        holder = getattr(defaults, section)
        holder = holder[0] if isinstance(holder, tuple) else holder
        value = default_of(item) if holder is None or "." in key else getattr(holder, key)
        if isinstance(value, timedelta):
            written = duration(written)
        elif isinstance(value, tuple):
            written = tuple(written)
        elif isinstance(value, Path):
            written = Path(written)
        assert written == value, name


def test_the_five_lines_of_the_readme_are_a_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    block = re.search(r"```toml\n(.+?)```", read("README.md"), re.DOTALL)
    assert block is not None
    assert len(block[1].splitlines()) == 5
    file = tmp_path / "tuantra.toml"
    file.write_text(block[1], encoding="utf-8")
    monkeypatch.setenv("TUANTRA_SMTP_PASSWORD", "not told to anybody")
    config = load(file, Config, folder=str(tmp_path), source=str(file))
    check_names(config)
    assert config.mail is not None
    assert config.mail.password == "not told to anybody"
    assert config.subscriptions[0].to


def test_the_configuration_of_the_service_loads(tmp_path: Path) -> None:
    part = read("docs/operating.md").partition("## As a service")[2]
    block = re.search(r"```toml\n(.+?)```", part, re.DOTALL)
    assert block is not None
    secret = tmp_path / "smtp"
    secret.write_text("secret\n", encoding="utf-8")
    file = tmp_path / "tuantra.toml"
    file.write_text(block[1].replace("/run/credentials/tuantra.service/smtp", str(secret)), encoding="utf-8")
    assert load_config(str(file)).mail is not None


@pytest.mark.parametrize(
    ("heading", "kind"),
    [("## A site file", site.Site), ("## A family file", site.Family), ("## A layout", Layout)],
)
def test_every_key_of_a_site_is_documented(heading: str, kind: Any) -> None:
    assert sorted(table(read("docs/adding-a-site.md"), heading)) == sorted(
        item.name for item in fields(kind) if not item.metadata.get("internal")
    )


def test_the_example_of_a_site_is_one(tmp_path: Path) -> None:
    block = re.search(r"```toml\n(.+?)```", read("docs/adding-a-site.md"), re.DOTALL)
    assert block is not None
    file = tmp_path / "songxanh.toml"
    file.write_text(block[1], encoding="utf-8")
    paper = load(file, site.Site, key="songxanh")
    assert len(block[1].splitlines()) <= 10
    assert (ROOT / "crawler/families" / f"{paper.family}.toml").exists()


def test_every_variable_of_the_environment_is_documented() -> None:
    named = {name for path in CODE for name in re.findall(r"\bTUANTRA_[A-Z]+\b", path.read_text(encoding="utf-8"))}
    assert named <= set(first_column(read("docs/operating.md"), "## Configuration"))


# ---- the log


def events() -> set[str]:
    """Every event name that the code logs; those of mails are put together from `mail_` and what became of the mail."""
    found: set[str] = set()
    for _, call in calls():
        name, first = getattr(call.func, "attr", ""), call.args[0]
        logs = isinstance(call.func, ast.Attribute) and re.search(r"\blog\b|_log\(\)", ast.unparse(call.func.value))
        if name == "_note" and isinstance(first, ast.Constant):
            found.add(f"mail_{first.value}")
        elif logs and name in {"debug", "info", "warning", "error", "critical", "exception"}:
            assert isinstance(first, ast.Constant), ast.unparse(call)
            found.add(first.value)
    return found


def test_every_log_event_is_documented() -> None:
    assert set(table(read("docs/operating.md"), "## The log")) == events()


# ---- decisions, links, manners


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads(read("pyproject.toml"))["project"]
    wanted = [*project["dependencies"], *(name for extra in project["optional-dependencies"].values() for name in extra)]
    names = {re.split(r"[\s<>=!~;\[]", line)[0].lower() for line in wanted}
    told = {name.lower() for name in re.findall(r"^- `([^`]+)`: \S", read("docs/decisions.md"), re.MULTILINE)}
    assert names <= told


DOCUMENTS = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", *(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_somewhere(name: str) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", read(name)):
        if not target.startswith("http"):
            assert (ROOT / name).parent.joinpath(target).exists(), target


@pytest.mark.parametrize("name", DOCUMENTS)
def test_commands_in_documents_exist(name: str) -> None:
    known = dict(commands())
    for line in re.findall(r"(?m)^(?:\.venv/bin/|TUANTRA_\w+=\S+ )?(tuantra [^#`\n]+)", read(name)):
        words = line.split()
        path = next(" ".join(words[:length]) for length in (3, 2, 1) if " ".join(words[:length]) in known)
        allowed = {spelling for param in known[path].params for spelling in param.opts}
        assert path != "tuantra", line
        assert {word for word in words if word.startswith("--")} <= allowed, line


def test_commands_of_make_exist() -> None:
    targets = set(re.findall(r"(?m)^([a-z]+):", read("Makefile")))
    for name in DOCUMENTS:
        assert set(re.findall(r"(?m)(?:`|^)make ([a-z]+)", read(name))) <= targets, name
