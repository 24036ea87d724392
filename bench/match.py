"""What matching costs, beside the rule of thumb that an operator would write instead: python bench/match.py [labelled.jsonl.gz …]."""

import dataclasses
import gzip
import json
import re
import sys
import time
import tomllib
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from pipelines.match import Matcher, Topic

ROOT = Path(__file__).parents[1]
CORPUS = ROOT.parent / "shared/corpus"
NAIVE = re.compile(r"[^.\n]*\b(?:campuchia|phnom penh)\b[^.\n]*\b(?:quân đội|quốc phòng|biên phòng|hải quân)\b", re.IGNORECASE)
ROUNDS = 3


def texts(path: Path, most: int) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line, _ in zip(lines, range(most), strict=False)]


def per_second(work: Callable[[dict[str, Any]], object], rows: Sequence[dict[str, Any]]) -> float:
    """Articles a second of processor time, the best of a few rounds."""
    spent = []
    for _ in range(ROUNDS):
        start = time.process_time()
        for row in rows:
            work(row)
        spent.append(time.process_time() - start)
    return len(rows) / min(spent)


def match_with(matcher: Matcher) -> Callable[[dict[str, Any]], object]:
    return lambda row: matcher.match(title=row["title"], lead=row["lead"] or "", text=row["text"])


def invented(topic: Topic, number: int) -> Topic:
    """Another topic of 500 terms: the roles of the shipped one, words that no text holds."""
    groups = {
        role: dataclasses.replace(topic.groups["vietnam"], role=role, terms=tuple(f"{role}{number} term{n}" for n in range(125)))
        for role in ("party_a", "party_b", "matter", "act")
    }
    return dataclasses.replace(topic, key=f"invented-{number}", groups=groups, tags={})


def main() -> None:
    shipped = msgspec.convert(tomllib.loads((ROOT / "pipelines/topics/vietnam-cambodia-defence.toml").read_text("utf-8")), Topic)
    named, unnamed = (
        (Path(path) for path in sys.argv[1:3])
        if len(sys.argv) > 2
        else (CORPUS / "natural_dev.jsonl.gz", CORPUS / "noise.jsonl.gz")
    )
    can, cannot = texts(named, 900), texts(unnamed, 2000)
    start = time.process_time()
    one = Matcher([shipped])
    print(f"compile the shipped topic: {time.process_time() - start:.2f} s")
    ten = Matcher([shipped, *(invented(shipped, number) for number in range(9))])
    print(f"{'articles a second':34}{'cannot match':>14}{'can match':>14}")
    for name, work in {
        "one topic": match_with(one),
        "ten topics of 500 terms": match_with(ten),
        "naive: two words in a sentence": lambda row: NAIVE.search(f"{row['title']}\n{row['lead']}\n{row['text']}"),
    }.items():
        print(f"{name:34}{per_second(work, cannot):>14,.0f}{per_second(work, can):>14,.0f}")
    page = "".join(f'<div class="item"><p>{row["text"]}</p></div>\n' for row in cannot)
    page = unicodedata.normalize("NFC", page)[:500_000]
    start = time.process_time()
    for _ in range(10):
        one.could_match(page)
    print(f"could a page of 500,000 letters match: {(time.process_time() - start) * 100:.1f} ms")


if __name__ == "__main__":
    main()
