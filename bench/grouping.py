"""How well copies, origins and events are told, by labelled texts and worlds: `python bench/grouping.py CORPUS WORLD…`.

CORPUS is the folder of dev.jsonl; a WORLD has world.json, truth.jsonl and the pages.  Every page is extracted and judged as in a
crawl, then placed in the order of publication, and again in random orders.
"""

import argparse
import gzip
import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

from crawler.catalogue import all_sites, site_of
from crawler.config import Config, topics
from crawler.crawling.matchers import matcher_of
from news.model import Article, FetchedPage, Rejected, StoredArticle, Story
from pipelines.duplicates import bands, nearest
from pipelines.events import linked
from pipelines.extract import extract
from pipelines.group import place
from pipelines.match import Matcher
from pipelines.origin import origin
from pipelines.process import judge

NOW = datetime(2026, 11, 23, tzinfo=UTC)
SOFT_404 = 5000  # bytes: a smaller answer in place of a deleted article is an excuse


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A stored article and what is known of it: the text it is a copy of, its event, and whether it is relevant."""

    stored: StoredArticle
    text: str
    event: str
    relevant: bool
    agency: str | None = None
    original: bool = False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("worlds", nargs="*", type=Path)
    parser.add_argument("--orders", type=int, default=3, help="random orders of arrival to compare")
    arguments = parser.parse_args()
    matcher = matcher_of(tuple(topics(Config()).values()))
    print("dev.jsonl")
    report_records(arguments.corpus / "dev.jsonl", matcher, arguments.orders)
    for world in arguments.worlds:
        print(world)
        report_world(list(articles(world, matcher)), arguments.orders)


def report_world(labelled: Sequence[Labelled], orders: int) -> None:
    story = grouped([each.stored for each in labelled])
    said = [story[each.stored.id] for each in labelled]
    print(
        f"  stories   {scores(pairs(said, [each.text for each in labelled]))}; {merged(said, labelled)} pairs of two events merged"
    )
    report_orders([each.stored for each in labelled], orders)
    print(
        f"  origin    {share(origins(labelled, whole=True))} of whole stories, {share(origins(labelled, whole=False))} while copies arrive"
    )
    report_events([each for each in labelled if each.relevant], story)


def report_records(path: Path, matcher: Matcher, orders: int) -> None:
    """Abridged records without times: copies of one text together, records of two events apart."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    stored = [record(number, row, matcher) for number, row in enumerate(rows)]
    story = grouped(stored)
    counted: Counter[tuple[str, bool]] = Counter()
    for (one, a), (other, b) in combinations(enumerate(rows), 2):
        if a.get("syndication_cluster") and all(a[key] == b.get(key) for key in ("syndication_cluster", "lang")):
            counted["together", story[one] == story[other]] += 1
        elif a["event"] != b["event"]:
            counted["apart", story[one] != story[other]] += 1
    for kind in ("together", "apart"):
        right, wrong = counted[kind, True], counted[kind, False]
        print(f"  {kind:9} {right / (right + wrong):.4f} of {right + wrong}")
    report_orders(stored, orders)
    report_events(
        [
            Labelled(stored=each, text=str(each.id), event=row["event"], relevant=True)
            for each, row in zip(stored, rows, strict=True)
            if row["label"] == "relevant"
        ],
        story,
    )


def report_orders(stored: Sequence[StoredArticle], orders: int) -> None:
    wanted, rng = parts(grouped(stored)), random.Random(1)
    same = sum(parts(grouped(rng.sample(stored, len(stored)))) == wanted for _ in range(orders))
    print(f"  orders    {same} of {orders} random orders of arrival give the same stories")


def report_events(labelled: Sequence[Labelled], story: dict[int, int]) -> None:
    """Pairs of articles that are told together, and those among them that two stories tell."""
    copies = defaultdict(list)
    for each in labelled:
        copies[story[each.stored.id]].append(each.stored)
    event = events([Story(id=key, articles=tuple(sorted(of, key=lambda copy: copy.when))) for key, of in copies.items()])
    said = [event[story[each.stored.id]] for each in labelled]
    known = [each.event for each in labelled]
    print(f"  events    {scores(pairs(said, known))}")
    keys = [story[each.stored.id] for each in labelled]
    print(f"   of two stories  {scores(pairs(said, known, among=lambda one, other: keys[one] != keys[other]))}")


def rarely_shared(sharing: Iterable[Sequence[int]]) -> dict[int, float]:
    """How many bands each article shares, a band counting the less the more share it: as the store looks them up."""
    found: dict[int, float] = defaultdict(float)
    for numbers in sharing:
        newest = numbers[-100:]
        for number in newest:
            found[number] += max(1 / len(newest), 0.1)
    return found


def grouped(stored: Iterable[StoredArticle]) -> dict[int, int]:
    """Place the articles one after the other, as the store does; the story of each by its id."""
    by_band: dict[int, list[int]] = defaultdict(list)
    placed: dict[int, StoredArticle] = {}
    for new in stored:
        keys = bands(new.article)
        near = nearest(rarely_shared([by_band[key] for key in keys]))
        found = place(new.article, [placed[number] for number in near])
        placed[new.id] = replace(new, story_id=new.id if found.story_id is None else found.story_id)
        for number, old in placed.items():
            if old.story_id in found.merges:
                placed[number] = replace(old, story_id=placed[new.id].story_id)
        for key in keys:
            by_band[key].append(new.id)
    return {number: each.story_id for number, each in placed.items()}


def events(stories: Sequence[Story]) -> dict[int, int]:
    """Stories that are linked, at once or through others, are one event."""
    event = {story.id: story.id for story in stories}
    for story in stories:
        for link in linked(story, stories):
            joined, gone = event[story.id], event[link.story_id]
            event = {key: joined if of == gone else of for key, of in event.items()}
    return event


def origins(labelled: Iterable[Labelled], *, whole: bool) -> list[bool]:
    """Whether the writer of each text is found from all its copies, or from those published so far while more are to come."""
    copies = defaultdict(list)
    for each in labelled:
        copies[each.text].append(each)
    right = []
    for of in copies.values():
        of.sort(key=lambda each: each.stored.when)
        agency = next((each.agency for each in of if each.agency), None)
        site = next((each.stored.article.site for each in of if each.original), "")
        for count in [len(of)] if whole else range(1, len(of)):
            found = origin([each.stored for each in of[:count]])
            right.append((found.kind, found.writer) == (("agency", agency) if agency else ("paper", site)))
    return right


def articles(world: Path, matcher: Matcher) -> Iterator[Labelled]:
    """Every article of a world as its last page shows it, oldest first."""
    pages = defaultdict(list)
    for resource in json.loads((world / "world.json").read_text("utf-8"))["resources"]:
        if resource["kind"] == "article" and resource["status"] == 200:
            pages[resource["url"]].append(resource)
    truths = [json.loads(line) for line in (world / "truth.jsonl").read_text("utf-8").splitlines()]
    for number, truth in enumerate(sorted(truths, key=lambda truth: truth["published"])):
        shown = [page for page in pages[truth["url"]] if truth["deletion"] != "soft404" or page["size"] >= SOFT_404]
        last = max(shown, key=lambda page: page["valid_from"] or "", default=None)
        article = last and read(truth["url"], gzip.decompress((world / last["file"]).read_bytes()))
        if article:
            yield Labelled(
                stored=stored_as(number, article, matcher),
                text=truth["story"],
                event=truth["event"] or truth["story"],
                relevant=truth["label"] == "relevant",
                agency=truth["agency"],
                original=truth["original"],
            )


def read(url: str, body: bytes) -> Article | None:
    site = site_of(url)
    try:
        return extract(FetchedPage(site=site.key, asked=url, url=url, body=body, fetched=NOW), all_sites()[site.key].paper)
    except Rejected:
        return None


def record(number: int, row: dict[str, Any], matcher: Matcher) -> StoredArticle:
    title, _, text = row["text"].partition("\n")
    article = Article(
        site=row["host"],
        url=row["url"],
        canonical_url=row["url"],
        title=title if text else "",
        text=text or title,
        language=row["lang"],
    )
    return stored_as(number, article, matcher)


def stored_as(number: int, article: Article, matcher: Matcher) -> StoredArticle:
    return StoredArticle(
        id=number,
        article=article,
        first_seen=article.published or NOW,
        fetched=NOW,
        story_id=number,
        joined="",
        matches=judge(article, matcher),
    )


def parts(story: dict[int, int]) -> set[frozenset[int]]:
    together = defaultdict(set)
    for number, key in story.items():
        together[key].add(number)
    return {frozenset(members) for members in together.values()}


def merged(said: Sequence[int], labelled: Sequence[Labelled]) -> int:
    return sum(
        said[one] == said[other] and labelled[one].event != labelled[other].event
        for one, other in combinations(range(len(said)), 2)
    )


def pairs(
    said: Sequence[Hashable], known: Sequence[Hashable], among: Callable[[int, int], bool] = lambda _one, _other: True
) -> Counter[tuple[bool, bool]]:
    """How many pairs are together as (said, known)."""
    return Counter(
        (said[one] == said[other], known[one] == known[other])
        for one, other in combinations(range(len(said)), 2)
        if among(one, other)
    )


def scores(counted: Counter[tuple[bool, bool]]) -> str:
    right, wrong, missed = counted[True, True], counted[True, False], counted[False, True]
    if not right + wrong + missed:
        return "no pairs, none said"
    precision, recall = right / max(1, right + wrong), right / max(1, right + missed)
    f1 = 2 * right / (2 * right + wrong + missed)
    return f"precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f} ({right} right, {wrong} wrong, {missed} missed)"


def share(right: Sequence[bool]) -> str:
    return f"{sum(right) / max(1, len(right)):.3f} of {len(right)}"


if __name__ == "__main__":
    main()
