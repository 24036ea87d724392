"""What it costs to find an article's story as the store grows: `python bench/stories.py TEXTS.jsonl.gz [SMALL LARGE]`.

The texts are JSON lines with `title`, `lead` and `text`; articles are recombined from them, so that many share a lead or a paragraph.
natural_dev.jsonl.gz lies beside them: what the shipped topic says of the articles in it that it keeps is stored with ours.
The databases are real ones.  New processes take in articles through the store, in the way of `pipelines.process`, by turns into the
small one and the large one, so that a busy machine is busy for both: half of the articles are new, half are another paper's copies of
stored ones, with other headlines and leads and cut to 60 %.
"""

import contextlib
import gzip
import json
import os
import random
import re
import shutil
import sqlite3
import statistics
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter, thread_time
from typing import Any

import msgspec
import numpy as np

from news.model import Article, Entry, FetchedPage, Match, StoredArticle
from news.store import Store, open_store
from pipelines.duplicates import bands, bands_of, words
from pipelines.group import Placement, place
from pipelines.match import Matcher, Topic
from pipelines.process import GROUPING, judge, worth_keeping

TOPIC = Path(__file__).parents[1] / "pipelines/topics/vietnam-cambodia-defence.toml"
BEGINNING = datetime(1950, 1, 1, tzinfo=UTC)
APART = timedelta(hours=1)  # a store that is larger is older, not busier
PARAGRAPHS = 9
KEPT = 5  # paragraphs of a copy
ROUNDS = 4
TAKEN_IN = 100  # in each round
WARMING = 4  # more before these: a process prepares each statement once
# So many are filled in at once, their keys sorted.  The pages of the index end about as full as if articles came one by one.
CHUNK = 50_000
CHECKED = 5_000  # one article in so many
HOW = {
    "body": "epi-2026: div.article__body",
    "title": "epi-2026: h1.article__title",
    "lead": "epi-2026: div.article__sapo",
    "authors": "epi-2026: div.article__author",
    "agency": "credit below the text",
    "canonical_url": "link canonical",
    "published": "meta article:published_time",
    "modified": "json-ld dateModified",
}
TIMES = {
    "placed": "keys, look-up, comparison",
    "worked": "the processor's part of that",
    "committed": "insertion, events and disk too",
}
# The tables that have rows for each article, and the column that names it; every article is a story by the same number.
TABLES = {"story": "id", "article": "id", "match": "article_id", "address": "article_id", "recheck": "article_id"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A lead or a paragraph with its comparable words, which take longer to find than to put together."""

    text: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """What articles are put together from."""

    titles: tuple[str, ...]
    leads: tuple[Part, ...]
    paragraphs: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """An article that comes in, what topics say of it, and the story that it belongs to: None is a new one."""

    article: Article
    verdicts: tuple[Match, ...]
    now: datetime
    story_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """How it was taken in: milliseconds until it was placed and until all was committed, and with how many it was compared.

    `worked` is the processor's part of `placed`, which says more on a machine that others use too.
    """

    placed: float
    worked: float
    committed: float
    compared: int
    right: bool


@dataclass(slots=True)
class Measured:
    """What was seen at one size, in all rounds."""

    taken: list[Taken] = field(default_factory=list)
    peak: float = 0.0

    def add(self, taken: Sequence[Taken], peak: float) -> None:
        """Note another round."""
        self.taken += taken
        self.peak = max(self.peak, peak)

    def show(self, size: int) -> list[float]:
        """Print it, and return the median of each time in milliseconds."""
        compared = [one.compared for one in self.taken]
        right = statistics.mean(one.right for one in self.taken)
        print(f"{size:,} articles: {right:.1%} of {len(compared)} placed right, peak memory {self.peak:.0f} MB")
        print(f"  compared with {statistics.mean(compared):.1f} candidates, at most {max(compared)}")
        medians = []
        for name, what in TIMES.items():
            spent = [getattr(one, name) for one in self.taken]
            medians.append(statistics.median(spent))
            slowest = statistics.quantiles(spent, n=100)[98]
            print(f"  {name} ({what}): median {medians[-1]:.2f} ms, 1 in 100 over {slowest:.2f} ms")
        return medians


def main() -> None:
    path, *sizes = sys.argv[1:]
    small, large = map(int, sizes or ("10000", "1000000"))
    rng, corpus = random.Random(1), read(Path(path))
    verdicts = verdicts_on(Path(path).with_name("natural_dev.jsonl.gz"))
    with tempfile.TemporaryDirectory() as folder:
        bases = [Path(folder) / f"{size}.db" for size in (small, large)]
        first = [Arrival(article=recombined(rng, corpus, 0)[0], verdicts=found, now=BEGINNING) for found in verdicts]
        take_in(bases[0], first)
        fill(bases[0], rng, corpus, len(first), small)
        shutil.copy(*bases)
        fill(bases[1], rng, corpus, len(first), large)
        measured = [Measured(), Measured()]
        for _ in range(ROUNDS):
            for base, found in zip(bases, measured, strict=True):
                found.add(*in_new_process(base, arrivals(base, rng, corpus, verdicts)))
        before, after = (found.show(size) for found, size in zip(measured, (small, large), strict=True))
        for name, one, other in zip(TIMES, before, after, strict=True):
            print(f"{name}: {large:,} articles take {other / one:.2f} times what {small:,} take")
        print_size(bases[1])


def read(path: Path) -> Corpus:
    found = list(rows(path))
    texts = [row["text"].split("\n") for row in found]
    return Corpus(
        titles=tuple(row["title"] for row in found),
        leads=tuple(part(row["lead"]) for row in found if row["lead"]),
        paragraphs=tuple(part(" ".join(text[start : start + 2])) for text in texts for start in range(0, len(text), 2)),
    )


def rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def part(text: str) -> Part:
    return Part(text=text, words=words(Article(site="", url="", canonical_url="", title="", text=text)))


def verdicts_on(path: Path) -> list[tuple[Match, ...]]:
    """What the shipped topic says of the articles that it keeps."""
    matcher = Matcher((msgspec.convert(tomllib.loads(TOPIC.read_text("utf-8")), Topic),))
    articles = (
        Article(site="", url="", canonical_url="", title=row["title"], lead=row["lead"] or "", text=row["text"])
        for row in rows(path)
    )
    return [found for article in articles if any(map(worth_keeping, found := judge(article, matcher)))]


def recombined(rng: random.Random, corpus: Corpus, number: int) -> tuple[Article, tuple[str, ...]]:
    """An article, and its comparable words."""
    url = f"https://baobienphong.vn/{rng.getrandbits(280):070x}.html"
    lead, *paragraphs = rng.choice(corpus.leads), *rng.choices(corpus.paragraphs, k=PARAGRAPHS)
    article = Article(
        site="bienphong",
        url=url,
        canonical_url=url,
        title=rng.choice(corpus.titles),
        lead=lead.text,
        text="\n".join(paragraph.text for paragraph in paragraphs),
        captions=("Quang cảnh buổi làm việc tại cửa khẩu quốc tế Mộc Bài. Ảnh: TTXVN",),
        authors=("Nguyễn Văn A",),
        agency="TTXVN",
        credit_line="Theo TTXVN",
        published=BEGINNING + number * APART,
        modified=BEGINNING + number * APART,
        how=HOW,
    )
    return article, tuple(word for each in (lead, *paragraphs) for word in each.words)


def take_in(base: Path, arrivals: Sequence[Arrival]) -> tuple[list[Taken], float]:
    """Take articles in, one after the other; return how, and the most memory that this process ever took, in MB."""
    store = open_store(f"sqlite:///{base}")
    taken = [take(store, arrival) for arrival in arrivals]
    store.close()
    (peak,) = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text("utf-8"))
    return taken, int(peak) / 1024


def take(store: Store, arrival: Arrival) -> Taken:
    article = arrival.article
    marks = []

    def decide(new: Article, candidates: Sequence[StoredArticle]) -> Placement:
        placement = place(new, candidates)
        marks.append((perf_counter(), thread_time(), len(candidates), placement.story_id == arrival.story_id))
        return placement

    page = FetchedPage(site=article.site, asked=article.url, url=article.url, body=b"", fetched=arrival.now)
    entry = Entry(url=article.url, title=article.title, published=article.published)
    store.addresses.announce(article.site, "https://baobienphong.vn/rss", {article.url: entry}, arrival.now)
    start, idle = perf_counter(), thread_time()
    store.articles.add(
        article,
        page=page,
        matches=arrival.verdicts,
        bands=bands(article),
        grouping=replace(GROUPING, place=decide),
        first_seen=arrival.now,
        outcome="kept",
    )
    end = perf_counter()
    ((placed, worked, compared, right),) = marks
    placed, worked, committed = ((until - since) * 1000 for until, since in ((placed, start), (worked, idle), (end, start)))
    return Taken(placed=placed, worked=worked, committed=committed, compared=compared, right=right)


def fill(path: Path, rng: random.Random, corpus: Corpus, examples: int, size: int) -> None:
    """Copy the rows of the first articles, which the store itself wrote, with other texts, until there are `size`."""
    with contextlib.closing(sqlite3.connect(path)) as base:
        # Nobody reads meanwhile, and what a crash destroys is made again.
        base.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-2000000")
        kept = {table: [rows_of(base, table, number) for number in range(1, examples + 1)] for table in TABLES}
        for start in range(next_number(base), size + 1, CHUNK):
            numbers = range(start, min(start + CHUNK, size + 1))
            made = {number: recombined(rng, corpus, number) for number in numbers}
            assert all(bands(article) == bands_of(tokens) for article, tokens in list(made.values())[::CHECKED])
            for table, name in TABLES.items():
                copies = [
                    row | changed(table, article) | {name: number} | ({"story_id": number} if table == "article" else {})
                    for number, (article, _) in made.items()
                    for row in kept[table][number % examples]
                ]
                # As SQLite sorts its trees; only what comes in order of time stays as it is.
                copies.sort(key=lambda row: row["url"] if table == "address" else 0)
                names = list(copies[0])
                values = ", ".join(f":{name}" for name in names)
                base.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({values})", copies)
            keys = np.array([bands_of(tokens) for _, tokens in made.values()])
            owners = np.repeat(np.array(numbers), keys.shape[1])
            order = np.lexsort((owners, keys.ravel()))
            pairs = zip(keys.ravel()[order].tolist(), owners[order].tolist(), strict=True)
            base.executemany("INSERT OR IGNORE INTO signature (band, article_id) VALUES (?, ?)", pairs)
            base.commit()


def rows_of(base: sqlite3.Connection, table: str, number: int) -> list[dict[str, Any]]:
    found = base.execute(f"SELECT * FROM {table} WHERE {TABLES[table]} = ?", (number,))
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found]


def changed(table: str, article: Article) -> dict[str, Any]:
    """What an article's rows say that the example's do not."""
    when = f"{article.published:%Y-%m-%d %H:%M:%S.%f}"
    if table == "article":
        told = {name: getattr(article, name) for name in ("url", "canonical_url", "title", "lead", "text")}
        return told | dict.fromkeys(("published", "modified", "first_seen", "fetched"), when)
    if table == "address":
        return {"url": article.url, "title": article.title, "published": when, "listed_at": when, "fetched_at": when}
    return {"ended": 1} if table == "recheck" else {}


def next_number(base: sqlite3.Connection) -> int:
    return int(base.execute("SELECT max(id) + 1 FROM article").fetchone()[0])


def arrivals(path: Path, rng: random.Random, corpus: Corpus, verdicts: Sequence[tuple[Match, ...]]) -> list[Arrival]:
    """New articles, and copies of stored ones by turns."""
    found = []
    with contextlib.closing(sqlite3.connect(path)) as base:
        size = next_number(base) - 1
        for turn in range(WARMING + TAKEN_IN):
            article, _ = recombined(rng, corpus, size + turn)
            story_id = None
            if turn % 2:
                source = base.execute("SELECT text, published, story_id FROM article WHERE id = ?", (rng.randint(1, size),))
                text, published, story_id = source.fetchone()
                kept = "\n".join(text.split("\n")[:KEPT])
                article = replace(article, site="vov", text=kept, published=datetime.fromisoformat(published).replace(tzinfo=UTC))
            now = BEGINNING + (size + turn) * APART
            found.append(Arrival(article=article, verdicts=rng.choice(verdicts), now=now, story_id=story_id))
    return found


def in_new_process(path: Path, arriving: Sequence[Arrival]) -> tuple[list[Taken], float]:
    """Take them in where the memory is that of taking in."""
    # Let the disk write what was filled in, or the first commits would wait for it.  Closing a file takes SQLite's locks on it from
    # this process: no connection may be open here.
    with path.open("rb") as file:
        os.fsync(file.fileno())
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        taken, peak = pool.submit(take_in, path, arriving).result()
    return taken[WARMING:], peak


def print_size(path: Path) -> None:
    """Whole pages by table and index, and what is left of the file without the bytes of leads and texts."""
    with contextlib.closing(sqlite3.connect(path)) as base:
        base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        texts = "SELECT count(*), avg(length(CAST(lead AS BLOB)) + length(CAST(text AS BLOB))) FROM article"
        count, text = base.execute(texts).fetchone()
        # The pages are counted, since dbstat adds their bytes in 32 bits.
        pages = base.execute(
            "SELECT name, pageno * page_size FROM dbstat, pragma_page_size WHERE aggregate = TRUE ORDER BY 2 DESC"
        ).fetchall()
    besides = path.stat().st_size / count - text
    print(f"database: {besides:,.0f} bytes an article besides {text:,.0f} of lead and text; whole pages:")
    for name, size in pages:
        if size > count:
            print(f"  {name}: {size / count:,.0f}")


if __name__ == "__main__":
    main()
