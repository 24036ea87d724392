"""The values that flow through the program, in the order in which they come to be.

Entry → FetchedPage (→ Capture) → Article (→ Revision) → Match, Story, Event → Digest → Message.  All are frozen; every time is an aware UTC datetime, every
text is NFC with plain single spaces.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, get_args

Part = Literal["title", "lead", "text"]
ChangedPart = Literal["title", "lead", "text", "caption"]
Grade = Literal["name", "rank", "number", "date", "quote", "wording"]
GRADES: tuple[Grade, ...] = get_args(Grade)
"""The gravest first."""
DigestKind = Literal["slot", "immediate", "notice"]
Gone = Literal["deleted", "redirected_home", "redirected_away", "soft_404", "paywalled"]
# A credit line or byline, a dateline, a text on the writer's own site, the first to be seen, the text that holds all others.
EvidenceKind = Literal["credit", "dateline", "own_page", "byline", "first", "contains"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A paper says that there is an article: one line of a feed, a sitemap or a section page."""

    url: str
    title: str = ""
    summary: str = ""
    published: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedPage:
    """What a paper's server answered, uninterpreted. `url` is the address after redirects, `asked` the one that was asked for.

    `body` is unpacked; `headers` are those of the answer as they came, (name, value) each.
    """

    site: str
    asked: str
    url: str
    body: bytes = field(repr=False)
    fetched: datetime
    encoding: str | None = None
    entry: Entry | None = None
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()

    def header(self, name: str) -> str | None:
        """The value of a header, whatever the case of its name; None where it is absent."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """A page kept as evidence: where its WARC record lies, and what shows that it has not changed since.

    `sha256` is the hexadecimal digest of the unpacked body; `file` is relative to the archive's folder, `offset` and `length` are
    bytes of the compressed record in it.
    """

    url: str
    fetched: datetime
    status: int
    sha256: str
    file: str
    offset: int
    length: int


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
class Change:
    """One place where a paper changed an article: the words before and after, and the sentences in which they stand.

    One of `before` and `after` is empty where words were only added or only taken away.
    """

    part: ChangedPart
    grade: Grade
    before: str
    after: str
    old: str = ""
    new: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A version of an article that its paper has replaced: what it said from `seen` until `replaced`, and what changed then.

    `id` is its number in the store, which rises as versions are stored.
    """

    article: Article
    seen: datetime
    replaced: datetime
    changes: tuple[Change, ...]
    id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle:
    """An article that the store has taken in, with what was decided about it and what became of it since.

    `fetched` is when this version was first read; `revisions` are the earlier versions, oldest first.  `gone` says how the page
    was missing when it was last looked at, first seen so at `gone_at`; None while it is there.  `back` is for a digest: its readers
    were told that the page is gone, and it is there again.
    """

    id: int
    article: Article
    first_seen: datetime
    fetched: datetime
    story_id: int
    joined: str
    matches: tuple[Match, ...] = ()
    revisions: tuple[Revision, ...] = ()
    gone: Gone | None = None
    gone_at: datetime | None = None
    back: bool = False

    @property
    def when(self) -> datetime:
        """When it was published; where the page does not say, when it was first seen."""
        return self.article.published or self.first_seen

    @property
    def relevant(self) -> tuple[Match, ...]:
        """The verdicts of the topics that it is relevant to."""
        return tuple(verdict for verdict in self.matches if verdict.relevant)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One reason to think that a writer is known: `words` as the paper `site` prints them, or what was observed."""

    kind: EvidenceKind
    site: str
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Who wrote a story: an agency by its usual name ("TTXVN"), a paper by its key ("vov"), or nobody knows ("")."""

    writer: str = ""
    kind: Literal["agency", "paper", "unknown"] = "unknown"
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Every copy of one text, oldest first; stories that tell of one event share its `event_id`."""

    id: int
    articles: tuple[StoredArticle, ...]
    origin: Origin = Origin()
    event_id: int | None = None

    @property
    def began(self) -> datetime:
        """When the first copy was published, or seen where no copy says."""
        return min(copy.when for copy in self.articles)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCoverage:
    """How well one paper was watched in a period: polls done, polls that failed, and the state at its end.

    `missed` is for how long nobody looked successfully beyond the paper's own interval; `unread_since` is set while such a gap is still
    open at the end of the period, `watched_since` where the whole watch only began within the period.
    """

    site: str
    polls: int
    failed: int
    state: str
    detail: str = ""
    last_success: datetime | None = None
    missed: timedelta = timedelta()
    unread_since: datetime | None = None
    watched_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What one subscription is told at one slot (`slot` names the local time it was due: "2026-11-22T07:00+07:00").

    `corrected` are stories that it was told before, holding nothing but what it was not told of them: `revisions`, and whether a
    page is `gone` or `back`.  An "immediate" one is told between the slots; its slot is the time at which it was made.
    """

    subscription: str
    slot: str
    created: datetime
    since: datetime
    stories: tuple[Story, ...]
    corrected: tuple[Story, ...] = ()
    coverage: tuple[SiteCoverage, ...] = ()
    kind: DigestKind = "slot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One rendered mail to one recipient: frozen bytes, so that a repeated attempt sends exactly the same."""

    message_id: str
    channel: str
    recipient: str
    payload: bytes
