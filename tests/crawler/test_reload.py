"""A changed configuration is taken over while the daemon runs, a wrong one is not."""

import os
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from crawler.config import load_config
from crawler.reload import Reloading


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tuantra.toml"
    write(path, '[watch]\nsites = ["vov"]\n')
    return path


def write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    # Two writes within one tick of the file system's clock are two changes all the same.
    write.count += 1  # type: ignore[attr-defined]
    os.utime(path, (write.count, write.count))  # type: ignore[attr-defined]


write.count = 1_000_000  # type: ignore[attr-defined]


def test_a_changed_file_is_taken_over_once(file: Path) -> None:
    settings = Reloading(load_config(str(file)))
    assert not settings.changed()
    write(file, '[watch]\nsites = ["vov", "plo"]\n[[subscriptions]]\nname = "evening"\nschedule = "0 19 * * *"\n')
    assert settings.changed()
    assert settings.config.watch.sites == ("vov", "plo")
    assert settings.config.subscriptions[0].name == "evening"
    assert not settings.changed()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ('[watch]\nsites = ["vof"]\n', "did you mean 'vov'"),
        ("[watch\n", "tuantra.toml"),
        ('[watch]\ntopics = ["my-topic.toml"]\n', "my-topic.toml"),
        ('[store]\ndatabase = "sqlite:///other.db"\n', "restart"),
    ],
)
def test_a_wrong_file_is_told_once_and_what_was_right_goes_on(file: Path, wrong: str, said: str) -> None:
    settings = Reloading(load_config(str(file)))
    before = settings.config
    write(file, wrong)
    with capture_logs() as logs:
        assert not settings.changed()
        assert not settings.changed()
    (row,) = logs
    assert (row["event"], said in row["error"]) == ("config_refused", True)
    assert settings.config == before
    write(file, '[watch]\nsites = ["plo"]\n')
    assert settings.changed()


def test_a_changed_topic_file_counts_too(file: Path) -> None:
    shipped = Path("pipelines/topics/vietnam-cambodia-defence.toml").read_text(encoding="utf-8")
    topic = file.parent / "own.toml"
    write(topic, shipped)
    write(file, '[watch]\nsites = ["vov"]\ntopics = ["own.toml"]\n')
    settings = Reloading(load_config(str(file)))
    assert not settings.changed()
    write(topic, shipped + "\n# changed\n")
    assert settings.changed()


def test_a_file_that_is_taken_away_is_told(file: Path) -> None:
    settings = Reloading(load_config(str(file)))
    file.unlink()
    with capture_logs() as logs:
        assert not settings.changed()
    assert logs[0]["event"] == "config_refused"
