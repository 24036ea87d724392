"""The fields that are found in the same way whatever the layout: who signed, when, at which address, in which language."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urljoin, urlsplit

from news.model import Article, FetchedPage
from pipelines.dates import HOME, parse_time
from pipelines.extract.claims import Claim, Claims
from pipelines.extract.credits import agency_in_text, read_byline
from pipelines.extract.language import language_of
from pipelines.extract.layout import Paper
from pipelines.extract.prose import Prose
from pipelines.extract.tree import Node

_ARTICLE_PATH = re.compile(r"\d{4,}|[^/]+-[^/]+-[^/]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is known of one page while it is read."""

    page: FetchedPage
    paper: Paper
    tree: Node
    claims: Claims
    own: frozenset[str]
    how: dict[str, str] = field(default_factory=dict)


def finish(
    reading: Reading, *, title: str, lead: str, prose: Prose, bylines: tuple[tuple[Claim, ...], ...], stamps: tuple[Claim, ...]
) -> Article:
    """Take the fields that are found in the same way whatever the layout."""
    page, paper, claims = reading.page, reading.paper, reading.claims
    authors, agency, credit_line = _signed(reading, lead, prose, bylines)
    if prose.from_captions:
        reading.how["body"] += ", its captions"
    declared = reading.tree.get("lang") or paper.language
    return Article(
        site=page.site,
        url=page.url,
        canonical_url=_canonical(reading),
        title=title,
        lead=lead,
        text=prose.text,
        captions=prose.captions,
        authors=authors,
        agency=agency,
        credit_line=credit_line,
        published=_time(reading, "published", (*claims.published, *stamps)),
        modified=_time(reading, "modified", claims.modified),
        language=language_of(f"{title} {lead} {prose.text}", declared),
        how=reading.how,
    )


def _signed(
    reading: Reading, lead: str, prose: Prose, bylines: tuple[tuple[Claim, ...], ...]
) -> tuple[tuple[str, ...], str | None, str | None]:
    """Tell authors, agency and the credit as printed: from the byline, else the text's last lines, else what the head claims."""
    own = reading.own
    below = tuple(("credit below the text", line) for line in prose.credits)
    authors: tuple[str, ...] = ()
    agency: str | None = None
    printed: str | None = None
    # JSON-LD before the last lines of the text: now and then a text just ends with somebody's name.
    linked = tuple(claim for claim in reading.claims.authors if claim[0].startswith("json-ld"))
    metas = tuple(claim for claim in reading.claims.authors if claim not in linked)
    for group in (*bylines, linked, below, metas):
        read = [(who, text, read_byline(text, own)) for who, text in group if text]
        found = [(who, text, byline) for who, text, byline in read if byline.authors or byline.agency]
        if read and printed is None and group not in (linked, metas):
            printed = " / ".join(dict.fromkeys(text for _, text, _ in read))
        if found:
            named = [(who, byline.authors) for who, _, byline in found if byline.authors]
            authors = tuple(dict.fromkeys(author for _, each in named for author in each))
            agency = next((byline.agency for _, _, byline in found if byline.agency), None)
            if named:
                reading.how["authors"] = named[0][0]
            if agency:
                reading.how["agency"] = found[0][0]
            break
    if agency is None:
        agency = next((byline.agency for _, line in below if (byline := read_byline(line, own)).agency), None)
    if agency is None and (credited := agency_in_text(lead, list(prose.lines), own)):
        agency, printed = credited[0], printed or credited[1]
        reading.how["agency"] = "credit in the text"
    return authors, agency, printed


def _time(reading: Reading, name: str, stamps: tuple[Claim, ...]) -> datetime | None:
    """Take the first time that can be read; midnight sharp is a date in disguise where another stamp of that day knows better."""
    times = [(who, time) for who, text in stamps if (time := parse_time(text))]
    if not times:
        return None
    who, time = times[0]
    local = time.astimezone(HOME)
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        who, time = next(((w, t) for w, t in times if timedelta() < t - time < timedelta(days=1)), (who, time))
    reading.how[name] = who
    return time


def _canonical(reading: Reading) -> str:
    """Take what the page calls its own address, where that lies on the paper's hosts and looks like an article's."""
    page = reading.page
    for who, claimed in reading.claims.addresses:
        try:
            address = urljoin(page.url, claimed.strip())
            parts = urlsplit(address)
        except ValueError:  # "http://[": no address at all
            continue
        host = (parts.hostname or "").removeprefix("www.")
        own = any(
            host == domain.removeprefix("www.") or host.endswith("." + domain.removeprefix("www."))
            for domain in reading.paper.domains
        )
        if own and parts.scheme in {"http", "https"} and _ARTICLE_PATH.search(parts.path):
            reading.how["canonical_url"] = who
            return address
    return page.url
