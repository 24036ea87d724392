"""The order of the steps from a fetched page to news: the file to read first."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from news.model import Article, FetchedPage, Match, Rejected, StoredArticle
from news.store import Store
from pipelines.duplicates import bands, nearest
from pipelines.extract import Paper, decode, extract, refuse
from pipelines.group import place
from pipelines.match import Matcher

_NEAR = 0.1  # below it nothing speaks for a text but words that met by chance


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the steps work with."""

    matcher: Matcher
    store: Store
    # Told before a page is taken apart, and heard outside this process: a page that kills it must leave a mark.
    attempting: Callable[[str], None] = lambda _url: None


def process(
    page: FetchedPage, paper: Paper, desk: Desk, *, first_seen: datetime, oldest: datetime | None, again: bool = False
) -> StoredArticle:
    """Take one page in as news. Raises Rejected; what was published before `oldest` is rejected as "too_old".

    With `again` an article that is stored already is replaced by the new reading instead of being rejected.
    """
    text = decode(page)
    # A wall or an apology is not the article: whatever it says, the address must be tried again.
    refuse(text)
    # Cheap first: under 2 % of pages name Cambodia at all, and a scan costs a hundredth of an extraction.
    if not desk.matcher.could_match(text):
        raise Rejected("off_topic", "no topic can be satisfied by the words on the page")
    desk.attempting(page.asked)
    article = extract(page, paper, text)
    if oldest and article.published and article.published < oldest:
        raise Rejected("too_old", f"published {article.published:%Y-%m-%d}")
    matches = judge(article, desk.matcher)
    if not any(worth_keeping(verdict) for verdict in matches):
        raise Rejected("off_topic", "; ".join(f"{verdict.topic}: {verdict.why or 'no match'}" for verdict in matches))
    stored = desk.store.articles.refresh(article, asked=page.asked, matches=matches, fetched=page.fetched) if again else None
    stored = stored or desk.store.articles.add(
        article,
        asked=page.asked,
        matches=matches,
        bands=bands(article),
        nearest=nearest,
        place=lambda candidates: place(article, candidates),
        first_seen=first_seen,
        fetched=page.fetched,
        outcome="relevant" if any(verdict.relevant for verdict in matches) else "kept",
    )
    if stored is None:
        raise Rejected("same_address", f"already stored as {article.canonical_url}")
    return stored


def judge(article: Article, matcher: Matcher) -> tuple[Match, ...]:
    """Every topic's verdict, on what the article says and never on what stands around it."""
    return matcher.match(title=article.title, lead=article.lead, text=article.text, site_language=article.language)


def worth_keeping(verdict: Match) -> bool:
    """Kept: what matches, and what nearly does, so that a changed topic can be tried on it."""
    return verdict.relevant or verdict.borderline or verdict.score >= _NEAR
