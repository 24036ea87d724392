"""How well edits are found and graded, on the texts and on the pages of generated worlds: `python -m bench.edits WORLD…`.

A world is a folder with world.json, truth.jsonl and the pages.  Of every article that its paper edited the two versions are compared,
of every other one all versions of its page (a layout change is no edit).  The worlds call a corrected year or day a number: it counts
as right where it was graded as a date, and is shown apart.
"""

import gzip
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from news.model import Article, Change
from pipelines.edits import changes, gravest
from tests.quality.score_extraction import paper_of, read

GRADES = {"name": {"name"}, "number": {"number", "date"}, "rank": {"rank"}, "typo": {"wording"}}
SHOWN = 5


@dataclass(slots=True)
class Score:
    """What came of the edits, of each kind, and what was found where there was none."""

    made: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    single: int = 0
    dates: int = 0
    compared: int = 0
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)
    false: list[str] = field(default_factory=list)

    def edited(self, truth: dict[str, Any], before: Article, after: Article) -> None:
        """Compare two versions that differ by a known edit."""
        kind, got = truth["edit"]["kind"], self.changes(before, after)
        self.made[kind] += 1
        self.found[kind] += bool(got)
        self.single += len(got) == 1
        grade = gravest(got)
        right = any(change.part == "title" for change in got) if kind == "headline" else grade in GRADES[kind]
        self.right[kind] += right
        self.dates += kind == "number" and grade == "date"
        if not right or len(got) != 1:
            self.wrong.append(f"{truth['url']}: {truth['edit']}, {told(got)}")

    def unedited(self, truth: dict[str, Any], before: Article, after: Article) -> None:
        """Compare two versions of a page that hold the same text."""
        self.compared += 1
        if got := self.changes(before, after):
            self.false.append(f"{truth['url']}: {told(got)} by {before.how} and {after.how}")

    def changes(self, before: Article, after: Article) -> tuple[Change, ...]:
        """What the project finds, with the time it takes."""
        start = time.process_time()
        got = changes(before, after)
        self.seconds += time.process_time() - start
        return got

    def report(self) -> str:
        """The figures in one line."""
        made, calls = self.made.total(), self.made.total() + self.compared
        kinds = ", ".join(f"{kind} {self.right[kind]}/{count}" for kind, count in self.made.most_common())
        return (
            f"{made} edits: {self.found.total() / max(1, made):.1%} found, {self.right.total() / max(1, made):.1%} graded right ({kinds}; "
            f"{self.dates} numbers as dates), {self.single / max(1, made):.1%} as one change; "
            f"{len(self.false)} false in {self.compared} unedited; {self.seconds / max(1, calls) * 1000:.1f} ms each"
        )


def told(got: tuple[Change, ...]) -> str:
    return "; ".join(f"{c.part} {c.grade} {c.before[:60]!r} → {c.after[:60]!r}" for c in got) or "nothing"


def of_texts(truths: list[dict[str, Any]]) -> Score:
    """Compare the texts themselves; an article without an edit has one version only."""
    score = Score()
    for truth in truths:
        if truth["edit"]:
            score.edited(truth, written(truth, truth["first_version"]), written(truth, truth))
    return score


def written(truth: dict[str, Any], version: dict[str, Any]) -> Article:
    url, text = truth["url"], "\n".join(version["body"])
    return Article(
        site=truth["site"], url=url, canonical_url=url, title=version["title"], lead=version["lead"] or "", text=text,
        captions=tuple(truth["captions"]), agency=truth["agency"] or None, authors=tuple(truth["authors"]),
    )  # fmt: skip


def of_pages(world: Path, truths: list[dict[str, Any]]) -> Score:
    """Compare what the project reads from the pages, each version with the next one."""
    score, pages = Score(), defaultdict(list)
    for resource in json.loads((world / "world.json").read_text("utf-8"))["resources"]:
        if resource["kind"] == "article" and resource["status"] == 200 and resource["size"] > 5000:
            pages[resource["url"]].append(resource)
    for truth in truths:
        versions = sorted(pages[truth["url"]], key=lambda each: each["valid_from"] or "")
        for (_, before), (since, after) in pairwise(readings(world, truth, versions)):
            if truth["edit"] and since[:16] == truth["edited_at"][:16]:
                score.edited(truth, before, after)
            else:
                score.unedited(truth, before, after)
    return score


def readings(world: Path, truth: dict[str, Any], versions: list[dict[str, Any]]) -> Iterator[tuple[str, Article]]:
    paper = paper_of(truth["url"].split("/")[2].removeprefix("www."), bare=False)
    for version in versions:
        article = read(truth["site"], truth["url"], gzip.decompress((world / version["file"]).read_bytes()), paper)
        if article:
            yield version["valid_from"], article


def main() -> None:
    for world in map(Path, sys.argv[1:]):
        truths = [json.loads(line) for line in (world / "truth.jsonl").read_text("utf-8").splitlines()]
        for name, score in (("texts", of_texts(truths)), ("pages", of_pages(world, truths))):
            print(f"{world.name} {name}: {score.report()}")
            for line in [*score.wrong[:SHOWN], *(f"false: {line}" for line in score.false[:SHOWN])]:
                print(f"  {line}")


if __name__ == "__main__":
    main()
