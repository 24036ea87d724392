"""A changed topic is tried before it is used, and a mistake in it is told with file, key and remedy."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from crawler.config import load_topic
from crawler.toml import ConfigError
from crawler.trials.topic_trial import CONFIGURED, Sample, backtest, labelled_samples
from pipelines.match import Topic

SMALL = """
key = "vietnam-laos"
name = {vi = "Việt – Lào", en = "Vietnam–Laos"}
[groups.vietnam]
role = "party_a"
terms = ["Việt Nam"]
[groups.laos]
role = "party_b"
terms = ["Lào"]
[groups.guards]
role = "matter"
terms = ["biên phòng"]
"""


def topic(tmp_path: Path, text: str) -> Topic:
    path = tmp_path / "laos.toml"
    path.write_text(text, encoding="utf-8")
    return load_topic(path)


def samples() -> list[Sample]:
    def sample(name: str, title: str, label: str = "", month: str = "2026-11") -> Sample:
        return Sample(name=name, title=title, lead="", text="", label=label, month=month)

    return [
        sample("both", "Biên phòng Việt Nam thăm Lào", "relevant"),
        sample("gained", "Quân đội Việt Nam thăm Lào", "relevant", "2026-10"),
        sample("lost", "Biên phòng Việt Nam và Lào nói về bóng đá", "irrelevant"),
        sample("never", "Trời mưa ở Lào", "irrelevant"),
        sample("unsure", "Trời nắng ở Lào", "borderline"),
        sample("unlabelled", "Quân đội Việt Nam gặp Lào"),
    ]


@pytest.fixture
def topics(tmp_path: Path) -> tuple[Topic, Topic]:
    changed = (
        SMALL.replace('["biên phòng"]', '["biên phòng", "quân đội"]') + '[groups.sport]\nrole = "setting"\nterms = ["bóng đá"]\n'
    )
    return topic(tmp_path, SMALL), topic(tmp_path, changed)


def test_what_a_topic_gains_and_loses_is_shown_with_the_sentence(topics: tuple[Topic, Topic]) -> None:
    old, new = topics
    row = backtest(new, old, CONFIGURED, samples()).row()
    assert [item["article"] for item in row["gained"]] == ["gained", "unlabelled"]
    (lost,) = row["lost"]
    assert (lost["article"], lost["sentence"]) == ("lost", "Biên phòng Việt Nam và Lào nói về bóng đá")
    assert lost["old_score"] > lost["score"]
    assert row["articles"] == 6


def test_labels_measure_both_topics_and_borderline_counts_neither_way(topics: tuple[Topic, Topic]) -> None:
    old, new = topics
    row = backtest(new, old, CONFIGURED, samples()).row()
    assert (row["old"]["precision"], row["old"]["recall"]) == (0.5, 0.5)
    assert (row["new"]["precision"], row["new"]["recall"], row["new"]["f1"]) == (1.0, 1.0, 1.0)
    assert row["labels"] == {"relevant": 2, "irrelevant": 2, "borderline": 1}
    assert [(month["month"], month["old"]["recall"], month["new"]["recall"]) for month in row["months"]] == [
        ("2026-10", 0.0, 1.0),
        ("2026-11", 1.0, 1.0),
    ]
    assert backtest(old, new, CONFIGURED, samples()).row()["mistaken"][0]["article"] == "gained"


def test_a_new_topic_is_compared_with_nothing(topics: tuple[Topic, Topic]) -> None:
    row = backtest(topics[1], None, CONFIGURED, samples()).row()
    assert (row["against"], row["old"], len(row["gained"]), row["lost"]) == (None, None, 3, [])


@pytest.mark.parametrize("name", ["labelled.jsonl", "labelled.jsonl.gz"])
def test_labelled_lines_are_read(tmp_path: Path, name: str) -> None:
    rows = [
        {"id": 3, "title": "T", "lead": None, "text": "x", "label": "relevant", "published": "2026-11-02T07:00"},
        {"url": "u"},
    ]
    lines = "\n\n".join(map(json.dumps, rows)).encode()
    (tmp_path / name).write_bytes(gzip.compress(lines) if name.endswith("gz") else lines)
    first, second = labelled_samples(tmp_path / name)
    assert (first.name, first.lead, first.label, first.month) == ("3", "", "relevant", "2026-11")
    assert (second.name, second.label, second.month) == ("u", "", "—")


@pytest.mark.parametrize(("line", "told"), [
    ("nonsense", "line 2: not JSON"),
    ("[]", "line 2: not an object"),
    ('{"label": "relevent"}', "line 2: label = 'relevent': unknown; did you mean 'relevant'?"),
])  # fmt: skip
def test_a_wrong_line_is_named(tmp_path: Path, line: str, told: str) -> None:
    path = tmp_path / "labelled.jsonl"
    path.write_text(f'{{"id": 1}}\n{line}\n')
    with pytest.raises(ConfigError) as caught:
        list(labelled_samples(path))
    assert told in str(caught.value)
    with pytest.raises(ConfigError, match="cannot be read"):
        list(labelled_samples(tmp_path / "none.jsonl"))
    (tmp_path / "broken.jsonl.gz").write_bytes(b"no gzip")
    with pytest.raises(ConfigError, match="cannot be read"):
        list(labelled_samples(tmp_path / "broken.jsonl.gz"))


MORE = "[groups.odd]\n"


@pytest.mark.parametrize(("written", "key", "remedy"), [
    (MORE + 'role = "actt"\nterms = ["x"]', "groups.odd.role: 'actt'", "did you mean 'act'?"),
    (MORE + 'role = "subject"\nterms = ["x"]', "groups.odd.role: 'subject'", "known: act, both"),
    (MORE + 'role = "act"\nalso = {mater = 0.5}\nterms = ["x"]', "groups.odd.also: 'mater'", "did you mean 'matter'?"),
    (MORE + 'role = "act"\nalso = {act = 0.5}\nterms = ["x"]', "groups.odd.also: 'act'", "delete it here"),
    (MORE + 'role = "act"\nalso = {matter = 2}\nterms = ["x"]', "groups.odd.also.matter: 2", "1 at most"),
    (MORE + 'role = "act"\nweight = 1.5\nterms = ["x"]', "groups.odd.weight: 1.5", "1 at most"),
    (MORE + 'role = "act"\nwieght = 1.0\nterms = ["x"]', "groups.odd.wieght", "did you mean 'weight'?"),
    (MORE + 'role = "act"\nterms = []', "groups.odd.terms", "name at least one term"),
    (MORE + 'role = "act"\nterms = ["…"]', "groups.odd.terms: '…'", "correct or delete it"),
    (MORE + 'role = "act"\nterms = "x"', "groups.odd.terms = 'x'", "a list in brackets"),
    (MORE + 'role = "act"\nterms = ["{loas} x"]', "groups.odd.terms: '{loas} x'", "did you mean 'laos'?"),
    (MORE + 'role = "other"\nterms = ["lào"]', "groups.odd.terms: 'lào' stands also in groups.laos", "delete it from one"),
    (MORE + 'role = "party_a"\nterms = ["(x|Lào)"]', "groups.odd.terms: 'Lào'", "delete it from one"),
    ("[thresholds]\nrelevant = 0.2\nborderline = 0.3", "thresholds.borderline", "swap or correct"),
    ("[rules]\nlead = 7.0", "rules.lead: 7.0", "share of 1"),
    ("[rules]\nlongest_title = 0", "rules.longest_title", "write 220"),
    ("[tags.who]\nterms = []", "tags.who.terms", "name at least one term"),
    ('[tags.who]\nterms = ["{peple}"]', "tags.who.terms", "no group of this topic"),
    ('[tags.who]\nterms = ["x"]\ntitles = "guard"', "tags.who.titles: 'guard'", "did you mean 'guards'?"),
    ('[tags.who]\nterms = ["x"]\ntext = {en = "who"}', "tags.who.text: no Vietnamese", "write text ="),
    ('[tags.who]\nterms = ["x"]\ntext = {vi = "lần {n}", en = "who"}', "tags.who.text: {n}", "all of them"),
    ('[tags.who]\nterms = ["x"]\ntext = {vi = "ai"}\ntitles = "guards"', "tags.who.titles", "delete one"),
    (MORE + 'role = "act"\nterms = ["' + "(a|b|c|d|e|f)" * 6 + '"]', "groups.odd.terms", "fewer slots and choices"),
])  # fmt: skip
def test_a_mistake_is_told_with_file_key_and_remedy(tmp_path: Path, written: str, key: str, remedy: str) -> None:
    with pytest.raises(ConfigError) as caught:
        topic(tmp_path, SMALL + written)
    told = str(caught.value)
    assert "laos.toml: " in told
    assert key in told
    assert remedy in told


def test_mistakes_in_several_groups_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        topic(tmp_path, SMALL + '[groups.a]\nrole = "x"\nterms = ["x"]\n[groups.b]\nterms = []\n[groups.c]\nterm = ["x"]')
    told: Any = caught.value
    assert [name in str(told) for name in ("groups.a.role", "groups.b.terms", "groups.c.term = ")] == [True] * 3
