"""The values that flow through the program, in the order in which they come to be.

Entry → FetchedPage → Article → Match, Story → Digest → Message.  All are frozen; every time is an aware UTC datetime, every
text is NFC with plain single spaces.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Part = Literal["title", "lead", "text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A paper says that there is an article: one line of a feed, a sitemap or a section page."""

    url: str
    title: str = ""
    summary: str = ""
    published: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedPage:
    """What a paper's server answered, uninterpreted. `url` is the address after redirects, `asked` the one that was asked for."""

    site: str
    asked: str
    url: str
    body: bytes = field(repr=False)
    fetched: datetime
    encoding: str | None = None
    entry: Entry | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What a careful reader takes from an article page.

    `text` holds the running text without the lead, one paragraph a line; `how` says which rule found each field
    ({"body": "vccorp: div.detail-content", "published": "meta article:published_time", …}).  `published` is None where the page
    does not say, never a guess.
    """

    site: str
    url: str
    canonical_url: str
    title: str
    lead: str = ""
    text: str = ""
    captions: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    agency: str | None = None
    credit_line: str | None = None
    published: datetime | None = None
    modified: datetime | None = None
    language: str = "vi"
    how: dict[str, str] = field(default_factory=dict)


class Rejected(Exception):  # noqa: N818 - a verdict, not a malfunction
    """The page is no article, and why: `reason` is a short stable word to count by, `detail` is for people."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Where a term stands: offsets into that part of the article, the words found there and the term's role in the topic."""

    part: Part
    start: int
    end: int
    words: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One topic's verdict on one article, explained.

    `score` lies in 0…1; `sentence` is the one that decided; `missing` names what was not found (roles); `tags` are for the reader.
    """

    topic: str
    score: float
    relevant: bool
    borderline: bool = False
    evidence: tuple[Span, ...] = ()
    near_misses: tuple[Span, ...] = ()
    missing: tuple[str, ...] = ()
    sentence: str = ""
    why: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle:
    """An article that the store has taken in, with what was decided about it."""

    id: int
    article: Article
    first_seen: datetime
    fetched: datetime
    story_id: int
    joined: str
    matches: tuple[Match, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Every copy of one text, oldest first."""

    id: int
    articles: tuple[StoredArticle, ...]

    @property
    def origin(self) -> str | None:
        """Who wrote it: the agency that a copy credits, oldest copy first; None where no copy says."""
        return next((copy.article.agency for copy in self.articles if copy.article.agency), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCoverage:
    """How well one paper was watched in a period: polls done, polls that failed, and the state at its end."""

    site: str
    polls: int
    failed: int
    state: str
    detail: str = ""
    last_success: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What one subscription is told at one slot (`slot` names the local time it was due: "2026-11-22T07:00+07:00")."""

    subscription: str
    slot: str
    created: datetime
    since: datetime
    stories: tuple[Story, ...]
    coverage: tuple[SiteCoverage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One rendered mail to one recipient: frozen bytes, so that a repeated attempt sends exactly the same."""

    message_id: str
    channel: str
    recipient: str
    payload: bytes
