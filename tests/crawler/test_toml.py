"""What is wrong with a file is told with file, key, value and remedy, all of it at once, secrets excepted."""

import unicodedata
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import pytest

from crawler.toml import ConfigError, duration, load
from news.problem import BadValueError


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    host: str
    port: int = 587
    tls: Literal["tls", "none"] = "tls"
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    every: timedelta = timedelta(minutes=15)
    names: tuple[str, ...] = ()
    servers: tuple[Server, ...] = ()
    mail: Server | None = None

    def __post_init__(self) -> None:
        if self.every < timedelta(minutes=1):
            raise BadValueError("every: too often; write '15m'")


def read(tmp_path: Path, text: str) -> Any:
    path = tmp_path / "tuantra.toml"
    path.write_text(text, encoding="utf-8")
    return load(path, Settings)


def problems(tmp_path: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text)
    return str(caught.value)


def test_a_file_becomes_a_dataclass(tmp_path: Path) -> None:
    assert read(tmp_path, 'every = "1h 30m"\nnames = ["a", "b"]\n[[servers]]\nhost = "x"\n') == Settings(
        every=timedelta(minutes=90), names=("a", "b"), servers=(Server(host="x"),)
    )


def test_an_unknown_key_is_named_with_the_nearest_known_one(tmp_path: Path) -> None:
    assert "tuantra.toml: evry = '5m': unknown key; did you mean 'every'?" in problems(tmp_path, 'evry = "5m"')
    assert "mail.hots = 'x': unknown key; did you mean 'host'?" in problems(tmp_path, '[mail]\nhots = "x"\nhost = "y"')


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    told = problems(tmp_path, 'evry = "5m"\nnames = "a"\n[mail]\nport = "many"\n')
    assert [word in told for word in ("evry", "names = 'a'", "mail.port = 'many'", "mail.host: missing")] == [True] * 4


def test_a_wrong_value_is_told_with_what_was_expected(tmp_path: Path) -> None:
    assert "every = '5 bananas'" in problems(tmp_path, 'every = "5 bananas"')
    assert '"15m"' in problems(tmp_path, 'every = "5 bananas"')
    assert "servers[2].tls = 'ssl'" in problems(tmp_path, '[[servers]]\nhost="a"\n[[servers]]\nhost="b"\ntls="ssl"\n')
    assert "too often" in problems(tmp_path, 'every = "5s"')


def test_a_secret_comes_from_the_environment_or_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP", "s3cret")
    (tmp_path / "pw").write_text("hidden\n")
    assert read(tmp_path, '[mail]\nhost="x"\npassword="env:SMTP"').mail.password == "s3cret"
    assert read(tmp_path, '[mail]\nhost="x"\npassword="file:pw"').mail.password == "hidden"
    assert "s3cret" not in repr(read(tmp_path, '[mail]\nhost="x"\npassword="env:SMTP"'))


def test_a_secret_in_the_file_itself_is_refused_and_not_repeated(tmp_path: Path) -> None:
    told = problems(tmp_path, '[mail]\nhost="x"\npassword="hunter2"')
    assert "env:NAME" in told
    assert "hunter2" not in told
    assert "NO_SUCH" in problems(tmp_path, '[mail]\nhost="x"\npassword="env:NO_SUCH"')
    assert "missing" in problems(tmp_path, '[mail]\nhost="x"\npassword="file:missing"')


def test_what_is_no_toml_or_no_utf8_is_told_with_its_file(tmp_path: Path) -> None:
    assert "not valid TOML" in problems(tmp_path, "every = 15m")
    (tmp_path / "tuantra.toml").write_bytes(b'names = ["\xff"]')
    with pytest.raises(ConfigError, match="not UTF-8"):
        load(tmp_path / "tuantra.toml", Settings)
    with pytest.raises(ConfigError, match="no such file"):
        load(tmp_path / "none.toml", Settings)


def test_a_mark_before_the_text_and_letters_typed_in_two_parts_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "tuantra.toml").write_bytes(b"\xef\xbb\xbf" + unicodedata.normalize("NFD", 'names = ["hòa bình"]').encode())
    assert load(tmp_path / "tuantra.toml", Settings).names == ("hòa bình",)


def test_a_wrong_kind_of_value_is_told_in_plain_words(tmp_path: Path) -> None:
    assert "names = 'a': must be a list in brackets, not text in quotes" in problems(tmp_path, 'names = "a"')
    assert "tls = 'ssl': unknown; known: none, tls" in problems(tmp_path, '[mail]\nhost = "x"\ntls = "ssl"')


@pytest.mark.parametrize("text", ["999999d", "99999999999999999999d", "521w 7d"])
def test_a_length_beyond_ten_years_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="longer than ten years"):
        duration(text)


@pytest.mark.parametrize("text", ["", "5", "m", "5 m x", "-5m"])
def test_nonsense_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        duration(text)
