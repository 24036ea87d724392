"""Reads proofread pages side by side with what the user would pick instead: python -m bench.extract PAGES_FOLDER [--rounds 9].

PAGES_FOLDER holds html/ and gold/.  newspaper4k, news-please and readability-lxml are no dependencies of the project; whichever is
not installed is named and left out.  Every tool gets the bytes as they were served and decodes them as its documents say.

The text is scored as a bag of words against lead and body.  Tools that give text and description apart get the better of the text
alone and both together.  Leaks are counted as headlines of related stories + other strings of the page that stand outside the article.
A time without a zone is taken as Vietnam's.  Milliseconds are processor time, the median of the rounds; the order turns round by round.
"""

import argparse
import json
import logging
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean, median
from typing import Any

import lxml.html
import trafilatura

from news.model import FetchedPage
from pipelines.dates import HOME
from pipelines.extract import Paper, extract
from pipelines.text import clean
from tests.quality.score_extraction import f1_of, paper_of

OURS, OURS_BARE, THEIRS = "tuantra", "tuantra, families off", "trafilatura"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page as it was served, and what a careful reader takes from it."""

    site: str
    url: str
    body: bytes
    gold: dict[str, Any]
    known: Paper
    unknown: Paper


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a tool made of a page; `lead` where the tool keeps it apart from the text."""

    text: str = ""
    lead: str = ""
    title: str = ""
    published: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """`work` is what the clock measures, `tell` looks at its result; `has_times` where it gives more than the day."""

    name: str
    work: Callable[[Page], Any]
    tell: Callable[[Page, Any], Told]
    has_times: bool = True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path, help="the folder of html/ and gold/")
    parser.add_argument("--rounds", type=int, default=9)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    pages = list(pages_of(arguments.pages))
    tools = [*ours(), *trafilaturas(), *others()]
    readings = {tool.name: [reading(tool, page) for page in pages] for tool in tools}
    spent = clocked(tools, pages, arguments.rounds)
    print(f"{len(pages)} pages, {arguments.rounds} rounds\n")
    print(
        f"{'':30}{'F1 mean':>9}{'F1 min':>9}{'leaks':>7}{'titles':>8}{'times':>8}{'ms a page':>11}{'ours to it':>12}{'bare to it':>12}"
    )
    for tool in tools:
        print(row(tool, pages, readings[tool.name], spent))
    print(f"\n{'milliseconds, page by page':30}{'KB':>9}{'ours':>9}{'bare':>9}{THEIRS:>13}{'ours to it':>12}")
    for page, *each in zip(pages, spent[OURS], spent[OURS_BARE], spent[THEIRS], strict=True):
        own, bare, its = each
        print(f"{page.site:30}{len(page.body) / 1000:9.0f}{own:9.1f}{bare:9.1f}{its:13.1f}{own / its:12.2f}")


def pages_of(folder: Path) -> Iterator[Page]:
    for path in sorted((folder / "gold").glob("*.json")):
        if path.name.endswith(".listing.json"):
            continue
        gold = json.loads(path.read_text("utf-8"))
        body = (folder / "html" / f"{path.stem}.html").read_bytes()
        if gold.get("head_file"):
            body = joined((folder / "html" / Path(gold["head_file"]).name).read_bytes(), body, gold)
        known, unknown = (paper_of(gold["site"], bare=bare) for bare in (False, True))
        yield Page(site=gold["site"], url=gold["url"], body=body, gold=gold, known=known, unknown=unknown)


def joined(head: bytes, body: bytes, gold: dict[str, Any]) -> bytes:
    """A page that was kept as two excerpts, head and body, with the headline that stood between them."""
    shown = f'<h1 class="detail-title">{gold["title"]}</h1><h2 class="detail-sapo">{gold["lead"]}</h2>'.encode()
    start = b'</head><body>%b<div class="detail-content afcbc-body" data-role="content">' % shown
    return head.partition(b"</head>")[0] + start + body + b"</div></body></html>"


def ours() -> Iterator[Tool]:
    for name in (OURS, OURS_BARE):

        def work(page: Page, name: str = name) -> object:
            fetched = FetchedPage(site=page.site, asked=page.url, url=page.url, body=page.body, fetched=datetime.now(UTC))
            return extract(fetched, page.known if name == OURS else page.unknown)

        # Lead and text are one reading: no second try without the lead.
        yield Tool(
            name=name,
            work=work,
            tell=lambda _, it: Told(text=f"{it.lead}\n{it.text}", title=it.title, published=it.published),
        )


def trafilaturas() -> Iterator[Tool]:
    def tell(page: Page, text: str | None) -> Told:
        about = trafilatura.extract_metadata(page.body, default_url=page.url)
        return Told(text=text or "", lead=about.description or "", title=about.title or "")

    yield Tool(name=THEIRS, work=lambda page: trafilatura.extract(page.body), tell=tell, has_times=False)
    yield Tool(
        name=f"{THEIRS}, favor_precision",
        work=lambda page: trafilatura.extract(page.body, favor_precision=True),
        tell=tell,
        has_times=False,
    )


def others() -> Iterator[Tool]:
    for name, load in {"newspaper4k": newspaper4k, "news-please": news_please, "readability-lxml": readability}.items():
        try:
            yield load(name)
        except ImportError as missing:
            print(f"{name}: not installed ({missing})")


def newspaper4k(name: str) -> Tool:
    import newspaper  # noqa: PLC0415

    def work(page: Page) -> Any:
        article = newspaper.Article(page.url, language="vi", fetch_images=False)
        article.download(input_html=page.body.decode("utf-8", "replace"))
        article.parse()
        return article

    return Tool(
        name=name,
        work=work,
        tell=lambda _, it: Told(text=it.text, lead=it.meta_description, title=it.title, published=it.publish_date),
    )


def news_please(name: str) -> Tool:
    from newsplease import NewsPlease  # noqa: PLC0415

    return Tool(
        name=name,
        work=lambda page: NewsPlease.from_html(page.body.decode("utf-8", "replace"), url=page.url, fetch_images=False),
        tell=lambda _, it: Told(
            text=it.maintext or "", lead=it.description or "", title=it.title or "", published=it.date_publish
        ),
    )


def readability(name: str) -> Tool:
    from readability import Document  # noqa: PLC0415

    def work(page: Page) -> tuple[str, str]:
        document = Document(page.body.decode("utf-8", "replace"))
        return lxml.html.fromstring(document.summary()).text_content(), document.short_title()

    return Tool(name=name, work=work, tell=lambda _, it: Told(text=it[0], title=it[1]), has_times=False)


def reading(tool: Tool, page: Page) -> Told:
    try:
        return tool.tell(page, tool.work(page))
    except Exception as error:  # noqa: BLE001  whatever a tool raises: it has not read the page
        print(f"{tool.name} on {page.site}: {type(error).__name__}: {error}"[:200])
        return Told()


def clocked(tools: list[Tool], pages: list[Page], rounds: int) -> dict[str, list[float]]:
    """Milliseconds that each tool spends on each page."""
    spent: dict[str, list[list[float]]] = {tool.name: [[] for _ in pages] for tool in tools}
    for turn in range(rounds):
        turned = tools[turn % len(tools) :] + tools[: turn % len(tools)]
        for place, page in enumerate(pages):
            for tool in turned if turn % 2 else reversed(turned):
                start = time.process_time()
                try:
                    tool.work(page)
                except Exception:  # noqa: BLE001  told by reading()
                    pass
                spent[tool.name][place].append(time.process_time() - start)
    return {name: [median(rounds) * 1000 for rounds in each] for name, each in spent.items()}


def row(tool: Tool, pages: list[Page], readings: list[Told], spent: dict[str, list[float]]) -> str:
    pairs = list(zip(pages, readings, strict=True))
    f1 = [f1_on(page, told) for page, told in pairs]
    leaks = "+".join(str(sum(leaks_on(page, told, kind) for page, told in pairs)) for kind in ("related", "must_not_contain"))
    titles = sum(clean(told.title) == clean(page.gold["title"]) for page, told in pairs)
    times = f"{sum(same_minute(page, told) for page, told in pairs)}/{len(pages)}" if tool.has_times else "–"
    its = mean(spent[tool.name])
    own, bare = (mean(spent[name]) / its for name in (OURS, OURS_BARE))
    return f"{tool.name:30}{mean(f1):9.4f}{min(f1):9.4f}{leaks:>7}{f'{titles}/{len(pages)}':>8}{times:>8}{its:11.1f}{own:12.2f}{bare:12.2f}"


def f1_on(page: Page, told: Told) -> float:
    wanted = "\n".join([page.gold["lead"] or "", *page.gold["body"]])
    return max(f1_of(told.text, wanted), f1_of(f"{told.lead}\n{told.text}", wanted))


def leaks_on(page: Page, told: Told, kind: str) -> int:
    shown = clean(told.text).casefold()
    return sum(clean(words).casefold() in shown for words in set(page.gold[kind]))


def same_minute(page: Page, told: Told) -> bool:
    if told.published is None:
        return False
    published = told.published if told.published.tzinfo else told.published.replace(tzinfo=HOME)
    wanted = datetime.fromisoformat(page.gold["published"])
    return published.astimezone(UTC).replace(second=0, microsecond=0) == wanted.astimezone(UTC).replace(second=0, microsecond=0)


if __name__ == "__main__":
    main()
