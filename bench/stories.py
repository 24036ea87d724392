"""What it costs to find an article's story as the store grows: `python bench/stories.py TEXTS.jsonl.gz [SMALL LARGE]`.

The texts are JSON lines with `lead` and `text`; articles are recombined from their paragraphs, so that many share one or two.
"""

import gzip
import json
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from news.model import Article, StoredArticle
from pipelines.duplicates import bands, nearest
from pipelines.group import place

NOW = datetime(2026, 1, 20, tzinfo=UTC)
PARAGRAPHS = 9
PLACED = 400


def read_paragraphs(path: str) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["text"].split("\n") for line in lines]
    return [" ".join(text[start : start + 2]) for text in texts for start in range(0, len(text), 2)]


def recombined(rng: random.Random, paragraphs: list[str]) -> Article:
    text = "\n".join(rng.choices(paragraphs, k=PARAGRAPHS))
    return Article(site="a.vn", url="", canonical_url="", title="", text=text, published=NOW)


def cut(article: Article) -> Article:
    kept = article.text.split("\n")[: PARAGRAPHS * 6 // 10]
    return Article(site="b.vn", url="", canonical_url="", title="", text="\n".join(kept), published=NOW)


def fill(base: sqlite3.Connection, rng: random.Random, paragraphs: list[str], first: int, last: int) -> float:
    """Store the articles numbered first…last - 1; return the milliseconds that the keys of one take."""
    spent = 0.0
    for number in range(first, last):
        article = recombined(rng, paragraphs)
        start = time.perf_counter()
        keys = bands(article)
        spent += time.perf_counter() - start
        base.execute("INSERT INTO article VALUES (?, ?)", (number, article.text))
        base.executemany("INSERT OR IGNORE INTO band VALUES (?, ?)", [(key, number) for key in keys])
    base.commit()
    return spent / (last - first) * 1000


def candidates(base: sqlite3.Connection, keys: tuple[int, ...]) -> Iterator[StoredArticle]:
    found = f"SELECT article_id, count(*) FROM band WHERE band IN ({','.join('?' * len(keys))}) GROUP BY article_id"
    for number in nearest(dict(base.execute(found, keys))):
        (text,) = base.execute("SELECT text FROM article WHERE id = ?", (number,)).fetchone()
        article = Article(site="a.vn", url="", canonical_url="", title="", text=text, published=NOW)
        yield StoredArticle(id=number, article=article, first_seen=NOW, fetched=NOW, story_id=number, joined="")


def measure(base: sqlite3.Connection, rng: random.Random, paragraphs: list[str], size: int) -> float:
    """Place new articles and cut copies of stored ones; print the figures, return the median time in milliseconds."""
    spent, met, found = [], [], 0
    for turn in range(PLACED):
        source = rng.randrange(size)
        article = recombined(rng, paragraphs)
        if turn % 2:
            (text,) = base.execute("SELECT text FROM article WHERE id = ?", (source,)).fetchone()
            article = cut(Article(site="b.vn", url="", canonical_url="", title="", text=text))
        start = time.perf_counter()
        near = list(candidates(base, bands(article)))
        placed = place(article, near)
        spent.append((time.perf_counter() - start) * 1000)
        met.append(len(near))
        found += placed.story_id == (source if turn % 2 else None)
    slow = statistics.quantiles(spent, n=100)[98]
    print(
        f"{size:>9,} articles: placed in {statistics.median(spent):.2f} ms (1 in 100 over {slow:.2f}), {statistics.mean(met):.1f} candidates, {found / PLACED:.1%} right"
    )
    return statistics.median(spent)


def main() -> None:
    path, *sizes = sys.argv[1:]
    small, large = map(int, sizes or ("10000", "100000"))
    rng, paragraphs = random.Random(1), read_paragraphs(path)
    with tempfile.TemporaryDirectory() as folder, sqlite3.connect(Path(folder) / "stories.db") as base:
        base.execute("CREATE TABLE article (id INTEGER PRIMARY KEY, text TEXT)")
        base.execute("CREATE TABLE band (band INTEGER, article_id INTEGER, PRIMARY KEY (band, article_id)) WITHOUT ROWID")
        fill(base, rng, paragraphs, 0, small)
        before = measure(base, rng, paragraphs, small)
        keyed = fill(base, rng, paragraphs, small, large)
        after = measure(base, rng, paragraphs, large)
        (text,) = base.execute("SELECT avg(length(CAST(text AS BLOB))) FROM article").fetchone()
        base.execute("DROP TABLE article")
        base.execute("VACUUM")
        index = base.execute("PRAGMA page_count").fetchone()[0] * base.execute("PRAGMA page_size").fetchone()[0]
        print(f"keys of one text of {text:,.0f} bytes: {keyed:.2f} ms; index: {index / large:,.0f} bytes an article")
        print(f"placement time, {large:,} against {small:,} articles: {after / before:.2f}")


if __name__ == "__main__":
    main()
