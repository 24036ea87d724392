"""How well the shipped topic tells relevant texts from others, on labelled texts that lie beside the checkout."""

import gzip
import json
import tomllib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pipelines.match import Matcher, Topic

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"
FLOORS = json.loads((Path(__file__).parent / "floors.json").read_text("utf-8"))["relevance"]
MARKERS = ("Tin liên quan", "Có thể bạn quan tâm")

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the labelled texts are not part of the project")


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    topic = ROOT / "pipelines/topics/vietnam-cambodia-defence.toml"
    return Matcher([msgspec.convert(tomllib.loads(topic.read_text("utf-8")), Topic)])


def rows(path: Path) -> list[dict[str, Any]]:
    lines = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [json.loads(line) for line in lines.splitlines()]


def count(matcher: Matcher, texts: Iterable[tuple[str, str, str, str]]) -> Counter[tuple[str, bool]]:
    """How often each label was reported or not; a text is its label, title, lead and text."""
    return Counter((label, matcher.match(title=title, lead=lead, text=text)[0].relevant) for label, title, lead, text in texts)


def test_news_that_names_cambodia_is_sorted(matcher: Matcher) -> None:
    found = count(
        matcher, ((row["label"], row["title"], row["lead"], row["text"]) for row in rows(SHARED / "corpus/natural_dev.jsonl.gz"))
    )
    relevant = found["relevant", True] + found["relevant", False]
    assert found["relevant", True] / relevant >= FLOORS["natural_recall"]
    assert found["irrelevant", True] / found["relevant", True] <= FLOORS["natural_irrelevant_per_relevant"]


def test_other_news_is_never_reported(matcher: Matcher) -> None:
    noise = rows(SHARED / "corpus/noise.jsonl.gz")[::4]
    found = count(matcher, (("noise", row["title"], row["lead"], row["text"]) for row in noise))
    assert found["noise", True] <= FLOORS["noise_reported"]


def test_short_texts_in_several_languages_are_sorted(matcher: Matcher) -> None:
    texts = []
    for row in rows(SHARED / "corpus/dev.jsonl"):
        if not row["facet_words_absent"]:
            title, _, text = row["text"].partition("\n")
            texts.append((row["label"], title, "", text))
    found = count(matcher, texts)
    wrong = found["relevant", False] + found["irrelevant", True]
    assert 2 * found["relevant", True] / (2 * found["relevant", True] + wrong) >= FLOORS["short_f1"]


@pytest.mark.parametrize("path", sorted(SHARED.glob("seeds/*.txt")), ids=lambda path: path.stem[:3])
def test_a_pasted_article_matches_and_the_furniture_at_its_end_does_not(matcher: Matcher, path: Path) -> None:
    lines = path.read_text("utf-8").strip().splitlines()
    assert matcher.match(title=lines[0], lead="", text="\n".join(lines[1:]))[0].relevant
    for marker in MARKERS:
        if marker in lines:
            furniture = lines[lines.index(marker) :]
            assert matcher.match(title="", lead="", text="\n".join(furniture))[0].score == 0
