"""The commands that improve a topic, as an analyst types them."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from news.store import Store, open_store
from tests.builders import article, match, stored

ROOT = Path(__file__).parents[2]
URL = article(slug="ngoai-le").canonical_url
NEAR = {"title": "Công an Campuchia và Việt Nam gặp nhau", "lead": "", "text": "Hai bên nói về an ninh biên giới."}
TOPIC = """
key = "vietnam-cambodia-defence"
name = {vi = "Thử", en = "Trial"}
[groups.both]
role = "both"
also = {party_a = 1.0, party_b = 1.0}
terms = ["Campuchia và Việt Nam"]
[groups.police]
role = "matter"
also = {act = 1.0}
terms = ["công an"]
"""


def database(home: Path) -> Store:
    return open_store(f"sqlite:///{home / 'data' / 'tuantra.db'}")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """One story that is relevant, and a near miss that the topic of the test would take."""
    store, now = database(tmp_path), datetime.now(UTC)
    stored(store, article(published=now), now=now)
    stored(store, article(slug="ngoai-le", published=now, **NEAR), matches=[match(relevant=False, score=0.2)], now=now)
    store.close()
    (tmp_path / "trial.toml").write_text(TOPIC, encoding="utf-8")
    return tmp_path


def tuantra(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TUANTRA", "LANG", "LC_"))}
    return subprocess.run(
        [sys.executable, "-m", "crawler", *arguments],
        cwd=home, capture_output=True, encoding="utf-8", timeout=60, check=False, env={**kept, "PYTHONUTF8": "1"},
    )  # fmt: skip


def test_backtest_tries_a_topic_on_near_misses_and_marks(home: Path) -> None:
    assert tuantra(home, "mark", URL, "relevant").returncode == 0
    told = tuantra(home, "backtest", "trial.toml", "--json")
    row = json.loads(told.stdout)
    assert told.returncode == 0
    assert [item["article"] for item in row["gained"]] == [URL]
    assert (row["old"]["recall"], row["new"]["recall"]) == (0.0, 1.0)
    shown = tuantra(home, "backtest", "trial.toml").stdout
    assert "gained: 0." in shown
    assert "recall 1.000" in shown
    assert tuantra(home, "backtest", "trial.toml", "--against", "trial.toml").stdout.endswith("0 missed, 0 wrong)\n")


def test_backtest_tries_a_labelled_file_alone_or_beside_the_store(home: Path) -> None:
    (home / "labelled.jsonl").write_text(json.dumps({"id": 1, **NEAR, "label": "irrelevant"}), encoding="utf-8")
    row = json.loads(tuantra(home, "backtest", "trial.toml", "--input", "labelled.jsonl", "--json").stdout)
    assert (row["articles"], row["new"]["wrong"], row["mistaken"][0]["article"]) == (1, 1, "1")
    both = json.loads(tuantra(home, "backtest", "trial.toml", "--input", "labelled.jsonl", "--store", "--json").stdout)
    assert both["articles"] == 3


def test_backtest_has_status_3_where_nothing_is_stored_and_2_for_a_wrong_topic(
    home: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    empty = tmp_path_factory.mktemp("empty")
    assert tuantra(empty, "backtest", str(home / "trial.toml")).returncode == 3
    (home / "trial.toml").write_text(TOPIC.replace("matter", "mater"), encoding="utf-8")
    told = tuantra(home, "backtest", "trial.toml")
    assert (told.returncode, "did you mean 'matter'?" in told.stderr) == (2, True)
    assert tuantra(home, "backtest", "none.toml").returncode == 2


def test_rematch_applies_a_changed_topic_and_mails_nothing_old(home: Path) -> None:
    (home / "tuantra.toml").write_text('[watch]\ntopics = ["trial.toml"]\n', encoding="utf-8")
    row = json.loads(tuantra(home, "rematch", "--since", "90d", "--json").stdout)
    assert ([item["article"] for item in row["gained"]], len(row["lost"])) == ([URL], 1)
    store = database(home)
    assert (store.articles.by_url(URL).matches[0].relevant, store.addresses.by_url(URL).outcome) == (True, "relevant")
    assert store.addresses.by_url(article().canonical_url).outcome == "kept"
    store.close()
    assert tuantra(home, "digest", "--dry-run", "--since", "30d").returncode == 3
    again = tuantra(home, "rematch")
    assert "2 articles judged again, 0 verdicts changed, 0 gained, 0 lost" in again.stdout
    assert tuantra(home, "rematch", "--topic", "nobody").returncode == 2


def test_a_mark_is_listed_replaced_and_taken_back(home: Path) -> None:
    assert tuantra(home, "mark", "--list").returncode == 3
    tuantra(home, "mark", f"{URL}?utm_source=zalo", "relevant")
    assert tuantra(home, "mark", URL, "irrelevant", "--note", "công an").returncode == 0
    (row,) = json.loads(tuantra(home, "mark", "--list", "--json").stdout)
    assert (row["url"], row["label"], row["note"], row["title"]) == (URL, "irrelevant", "công an", NEAR["title"])
    assert URL in tuantra(home, "mark", "--list").stdout
    assert tuantra(home, "mark", URL, "none").returncode == 0
    assert tuantra(home, "mark", URL, "none").returncode == 3
    unknown = tuantra(home, "mark", "https://example.org/x", "relevant")
    assert (unknown.returncode, "not stored" in unknown.stderr) == (0, True)


@pytest.mark.parametrize("arguments", [(), (URL,), (URL, "perhaps"), ("--list", URL, "relevant"), ("not-an-address", "relevant")])
def test_a_mark_says_how_it_is_written(home: Path, arguments: tuple[str, ...]) -> None:
    told = tuantra(home, "mark", *arguments)
    assert (told.returncode, "tuantra mark URL relevant|irrelevant|borderline|none" in told.stderr) == (2, True)


def test_of_several_topics_one_must_be_named(home: Path) -> None:
    (home / "other.toml").write_text(TOPIC.replace("vietnam-cambodia-defence", "other"), encoding="utf-8")
    (home / "tuantra.toml").write_text('[watch]\ntopics = ["trial.toml", "other.toml"]\n', encoding="utf-8")
    told = tuantra(home, "mark", URL, "relevant")
    assert (told.returncode, "name one with --topic: other, vietnam-cambodia-defence" in told.stderr) == (2, True)
    assert tuantra(home, "mark", URL, "relevant", "--topic", "other").returncode == 0
    kept = json.loads(tuantra(home, "rematch", "--topic", "other", "--json").stdout)
    assert [item["topic"] for item in kept["gained"]] == ["other"]
    assert kept["lost"] == []


def test_the_schema_of_a_topic_is_printed(home: Path) -> None:
    schema = json.loads(tuantra(home, "config", "schema", "topic").stdout)
    assert schema["$defs"]["Group"]["properties"]["role"]["enum"][0] == "party_a"
    assert tuantra(home, "config", "schema", "site").returncode == 2
