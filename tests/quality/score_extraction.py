"""Scores extraction against proofread pages and generated worlds: python -m tests.quality.score_extraction [--bare] [WORLD …].

--bare reads every page as if its paper were unknown.  A world is a folder with world.json, truth.jsonl and the pages.
"""

import argparse
import gzip
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean
from typing import Any

from crawler.catalogue import all_sites
from news.model import Article, FetchedPage, Rejected
from pipelines.extract import Layout, Paper, extract
from pipelines.text import clean

SHARED = Path(__file__).parents[3] / "shared"
NOW = datetime(2026, 11, 23, tzinfo=UTC)
FIELDS = ("title", "lead", "published", "authors", "agency")


@dataclass(slots=True)
class Score:
    """What was measured: text F1 of each page by site, how often each field was right, and what leaked or was lost."""

    f1: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    right: Counter[str] = field(default_factory=Counter)
    wrong: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    leaks: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    pages: int = 0

    @property
    def all_f1(self) -> list[float]:
        return [f1 for site in self.f1.values() for f1 in site]

    def share(self, name: str) -> float:
        """How often the field was right."""
        return self.right[name] / self.pages

    def report(self) -> str:
        """The figures as text, with up to three examples of each failing field."""
        lines = [
            f"{self.pages} pages: text F1 mean {mean(self.all_f1):.4f}, min {min(self.all_f1):.4f}; {len(self.leaks)} leaks, {len(self.lost)} lost"
        ]
        lines += [f"  {site:20} {len(f1):4}  mean {mean(f1):.4f}  min {min(f1):.4f}" for site, f1 in sorted(self.f1.items())]
        lines += [f"  {name:20} {self.share(name):8.2%}  {' | '.join(self.wrong[name][:3])}" for name in FIELDS]
        return "\n".join(
            [*lines, *(f"  leaked: {leak}" for leak in self.leaks[:5]), *(f"  lost: {lost}" for lost in self.lost[:5])]
        )


def f1_of(got: str, wanted: str) -> float:
    """Agreement of two texts as bags of words."""
    one, other = (Counter(re.findall(r"\w+", clean(text).lower())) for text in (got, wanted))
    same = (one & other).total()
    return 2 * same / (one.total() + other.total()) if same else 0.0


def paper_of(host: str, *, bare: bool) -> Paper:
    """The shipped paper on that host; the mCMS family for a paper that is not shipped."""
    sites = all_sites().values()
    found = next((site.paper for site in sites if host in site.domains), None)
    if found is None:
        mcms: tuple[Layout, ...] = next(site.cms.layouts for site in sites if site.family == "mcms")
        found = Paper(key=host.partition(".")[0], name=host, domains=(host,), layouts=mcms)
    return replace(found, layouts=()) if bare else found


def read(site: str, url: str, body: bytes, paper: Paper) -> Article | None:
    """The article, or None where the page was refused."""
    try:
        return extract(FetchedPage(site=site, asked=url, url=url, body=body, fetched=NOW), paper)
    except Rejected:
        return None


def score_gold(*, bare: bool = False) -> Score:
    """The proofread pages; must_contain and must_not_contain count as lost and leaked."""
    score = Score()
    for path in sorted((SHARED / "pages" / "gold").glob("*.json")):
        if path.name.endswith(".listing.json"):
            continue
        gold = json.loads(path.read_text("utf-8"))
        article = read(gold["site"], gold["url"], _gold_page(path.stem, gold), paper_of(gold["site"], bare=bare))
        foreign = [*gold["must_not_contain"], *gold["related"]]
        _add(score, gold["site"], gold, article, texts=[gold["body"]], foreign=foreign)
        shown = clean(f"{article.lead}\n{article.text}") if article else ""
        score.lost += [f"{path.stem}: {words}" for words in gold["must_contain"] if clean(words) not in shown]
    return score


def _gold_page(stem: str, gold: dict[str, Any]) -> bytes:
    page = (SHARED / "pages" / "html" / f"{stem}.html").read_bytes()
    if not gold.get("head_file"):
        return page
    # One page is kept as two excerpts, head and body, without the headline between them: join them as the family has it.
    head = (SHARED / "pages" / "html" / Path(gold["head_file"]).name).read_text("utf-8").partition("</head>")[0]
    shown = f'<h1 class="detail-title">{gold["title"]}</h1><h2 class="detail-sapo">{gold["lead"]}</h2>'
    body = f'<div class="detail-content afcbc-body" data-role="content">{page.decode("utf-8")}</div>'
    return f"{head}</head><body>{shown}{body}</body></html>".encode()


def score_world(world: Path, *, bare: bool = False, every: int = 1) -> Score:
    """One page of each article of a generated world, its last version; `every` takes a sample."""
    score = Score()
    resources = defaultdict(list)
    for resource in json.loads((world / "world.json").read_text("utf-8"))["resources"]:
        if resource["kind"] == "article" and resource["status"] == 200:
            resources[resource["url"]].append(resource)
    for truth in list(_lines(world / "truth.jsonl"))[::every]:
        versions = [each for each in resources[truth["url"]] if not (truth["deletion"] == "soft404" and each["size"] < 5000)]
        if not versions:
            continue
        last = max(versions, key=lambda each: each["valid_from"] or "")
        host = truth["url"].split("/")[2].removeprefix("www.")
        article = read(
            truth["site"], truth["url"], gzip.decompress((world / last["file"]).read_bytes()), paper_of(host, bare=bare)
        )
        texts = [truth["body"], truth["body"] + truth["captions"]]
        own = clean(" ".join([truth["title"], truth["lead"], *texts[1]]))
        foreign = [words for words in truth["trap_strings"] if len(words) >= 20 and clean(words) not in own]
        _add(score, truth["site"], truth, article, texts=texts, foreign=foreign)
    return score


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    yield from map(json.loads, path.read_text("utf-8").splitlines())


def _add(
    score: Score, site: str, truth: dict[str, Any], article: Article | None, *, texts: list[list[str]], foreign: Iterable[str]
) -> None:
    """Compare one page with its truth."""
    score.pages += 1
    if article is None:
        score.f1[site].append(0.0)
        for name in FIELDS:
            score.wrong[name].append(f"{truth['url']}: refused")
        return
    shown = f"{article.lead}\n{article.text}"
    score.f1[site].append(max(f1_of(shown, "\n".join([truth["lead"] or "", *text])) for text in texts))
    score.leaks += [f"{truth['url']}: {words}" for words in foreign if clean(words).casefold() in clean(shown).casefold()]
    got = {
        "title": article.title,
        "lead": article.lead,
        "published": article.published and _minute(article.published),
        "authors": {name.casefold() for name in article.authors},
        "agency": article.agency or "",
    }
    wanted = {
        "title": clean(truth["title"]),
        "lead": clean(truth["lead"] or ""),
        "published": _minute(datetime.fromisoformat(truth["published"])),
        "authors": {clean(name).casefold() for name in truth["authors"]},
        "agency": truth["agency"] or "",
    }
    for name in FIELDS:
        if got[name] == wanted[name]:
            score.right[name] += 1
        else:
            score.wrong[name].append(f"{truth['url']}: {got[name]!r}, not {wanted[name]!r}")


def _minute(time: datetime) -> datetime:
    return time.astimezone(UTC).replace(second=0, microsecond=0)


def main() -> None:
    """Print the figures of the proofread pages, or of the worlds that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("worlds", nargs="*", type=Path)
    parser.add_argument("--bare", action="store_true")
    parser.add_argument("--every", type=int, default=1)
    args = parser.parse_args()
    scores = [(str(world), score_world(world, bare=args.bare, every=args.every)) for world in args.worlds]
    for name, score in scores or [("proofread pages", score_gold(bare=args.bare))]:
        sys.stdout.write(f"{name}: {score.report()}\n")


if __name__ == "__main__":
    main()
