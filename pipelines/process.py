"""The order of the steps from a fetched page to news: the file to read first."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from news.model import Article, Capture, FetchedPage, Match, Rejected, StoredArticle
from news.store import Store
from news.store.grouping import Grouping
from pipelines.duplicates import bands, likeness, nearest
from pipelines.edits import changes
from pipelines.events import WINDOW, linked
from pipelines.extract import Paper, decode, extract, refuse
from pipelines.group import place
from pipelines.match import Matcher
from pipelines.origin import origin
from pipelines.paywall import is_paywalled, says_to_pay

_NEAR = 0.1  # below it nothing speaks for a text but words that met by chance
# A page that shows less than this of the article, under another headline, shows another one, or an apology.
_SAME_ARTICLE = 0.1  # containment

GROUPING = Grouping(nearest=nearest, place=place, origin=origin, linked=linked, window=WINDOW, changes=changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the steps work with."""

    matcher: Matcher
    store: Store
    # Told before a page is taken apart, and heard outside this process: a page that kills it must leave a mark.
    attempting: Callable[[str], None] = lambda _url: None
    # Keeps a relevant page as evidence, where the operator wants that.
    keep: Callable[[FetchedPage], Capture | None] = lambda _page: None


def process(page: FetchedPage, paper: Paper, desk: Desk, *, first_seen: datetime, oldest: datetime | None) -> StoredArticle:
    """Take one page in as news. Raises Rejected; what was published before `oldest` is rejected as "too_old"."""
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
    relevant = any(verdict.relevant for verdict in matches)
    stored = desk.store.articles.add(
        article,
        page=page,
        matches=matches,
        bands=bands(article),
        grouping=GROUPING,
        first_seen=first_seen,
        outcome="relevant" if relevant else "kept",
        # Written before the database names it: a kill in between leaves a record that nobody asks for, never a claim without one.
        capture=desk.keep(page) if relevant else None,
    )
    if stored is None:
        raise Rejected("same_address", f"already stored as {article.canonical_url}")
    return stored


def reread(page: FetchedPage, paper: Paper, desk: Desk, known: StoredArticle, *, anew: bool = False) -> StoredArticle:
    """Look at a stored article's page again: a changed text becomes a new version of it, whatever it is about now.

    `anew` also takes a reading that says the same, as after a better way to read the paper.  Raises Rejected where the page does not
    show the article; then the stored text stays as it is.
    """
    text = decode(page)
    refuse(text)
    desk.attempting(page.asked)
    try:
        article = extract(page, paper, text)
    except Rejected as verdict:
        if says_to_pay(text):
            raise Rejected("paywalled", verdict.detail) from verdict
        raise
    if article.title != known.article.title and likeness(article, known.article).containment < _SAME_ARTICLE:
        raise Rejected("soft_404", f"the page shows another text: {article.title[:100]}")
    if is_paywalled(text, article, known.article):
        raise Rejected("paywalled", "only the beginning is shown")
    capture = desk.keep(page)
    changed = changes(known.article, article)
    if not changed and not anew:
        if capture:
            desk.store.captures.add(capture)
        return known
    return desk.store.articles.replace(
        known,
        article,
        page=page,
        matches=judge(article, desk.matcher),
        bands=bands(article),
        grouping=GROUPING,
        changes=changed or None,
        capture=capture,
    )


def judge(article: Article, matcher: Matcher) -> tuple[Match, ...]:
    """Every topic's verdict, on what the article says and never on what stands around it."""
    return matcher.match(title=article.title, lead=article.lead, text=article.text, site_language=article.language)


def worth_keeping(verdict: Match) -> bool:
    """Kept: what matches, and what nearly does, so that a changed topic can be tried on it."""
    return verdict.relevant or verdict.borderline or verdict.score >= _NEAR
