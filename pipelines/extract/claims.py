"""What the head of a page says of the article: meta tags, links and JSON-LD, which readers do not see."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pipelines.extract.tree import Node, text_of
from pipelines.text import clean, unescape

Claim = tuple[str, str]
"""Who says it ("meta og:title"), and what."""

_ARTICLE_TYPES = {"Article", "NewsArticle", "ReportageNewsArticle", "BlogPosting", "LiveBlogPosting", "OpinionNewsArticle"}
# Names of meta tags, in small letters, the most trustworthy first.
_PUBLISHED = ("article:published_time", "datepublished", "pubdate", "publishdate", "og:published_time", "dc.date.issued")
_MODIFIED = ("article:modified_time", "datemodified", "lastmod", "og:updated_time")
_DESCRIPTIONS = ("og:description", "description", "twitter:description")
_AUTHORS = ("article:author", "dable:author", "author", "dc.creator")
_NAMES = ("og:site_name", "author", "copyright")
_NAMING = frozenset(("property", "name", "itemprop"))
_WANTED = frozenset((*_PUBLISHED, *_MODIFIED, *_DESCRIPTIONS, *_AUTHORS, *_NAMES, "og:title", "og:url", "og:type"))
_DATE_IN_BROKEN_JSON = re.compile(r'"(datePublished|dateModified)"\s*:\s*"([^"]{8,40})"')
_LONGEST_JSON = 400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """Claims by field, the most trustworthy first; `article` when the page calls itself an article."""

    titles: tuple[Claim, ...] = ()
    leads: tuple[Claim, ...] = ()
    authors: tuple[Claim, ...] = ()
    published: tuple[Claim, ...] = ()
    modified: tuple[Claim, ...] = ()
    addresses: tuple[Claim, ...] = ()
    paper_names: tuple[str, ...] = ()
    article: bool = False


def read_claims(tree: Node) -> Claims:
    """Everything at one pass; scripts must still be in the tree."""
    metas = _metas(tree)
    linked = list(_json_ld(tree))
    published = [*_pick(metas, _PUBLISHED), *(_ld(linked, "datePublished"))]
    return Claims(
        titles=(*_pick(metas, ("og:title",)), *_ld(linked, "headline"), *_title(tree)),
        leads=(*_pick(metas, _DESCRIPTIONS[:1]), *_ld(linked, "description"), *_pick(metas, _DESCRIPTIONS[1:])),
        authors=(*_ld_authors(linked), *_pick(metas, _AUTHORS)),
        published=tuple(published),
        # JSON-LD first: vnexpress never changes its meta tag.
        modified=(*_ld(linked, "dateModified"), *_pick(metas, _MODIFIED)),
        addresses=(*_canonical(tree), *_pick(metas, ("og:url",))),
        paper_names=tuple(text for _, text in _pick(metas, _NAMES)),
        article=bool(published) or bool(linked) or any("article" in value for _, value in _pick(metas, ("og:type",))),
    )


def _metas(tree: Node) -> dict[str, list[Claim]]:
    """List what the meta tags say under the names that are asked for, by name in small letters."""
    found: dict[str, list[Claim]] = {}
    for meta in tree.iter("meta"):
        for key, named in meta.items():
            name = named.strip() if key in _NAMING else ""
            if name.lower() in _WANTED and (content := clean(unescape(meta.get("content") or ""))):
                found.setdefault(name.lower(), []).append((f"meta {name}", content))
    return found


def _pick(metas: dict[str, list[Claim]], names: tuple[str, ...]) -> list[Claim]:
    return [claim for name in names for claim in metas.get(name, ())]


def _canonical(tree: Node) -> list[Claim]:
    return [("link canonical", link.get("href") or "") for link in tree.iter("link") if link.get("rel") == "canonical"]


def _title(tree: Node) -> list[Claim]:
    title = tree.find("head/title")
    return [] if title is None else [("title", text_of(title))]


def _json_ld(tree: Node) -> Iterator[dict[str, Any]]:
    """Every article object in the page's JSON-LD, also inside lists and @graph."""
    for script in tree.iter("script"):
        source = script.text or ""
        if "ld+json" not in (script.get("type") or "") or len(source) > _LONGEST_JSON:
            continue
        try:
            pending = [json.loads(source, strict=False)]
        except (ValueError, RecursionError):
            # Unescaped quotes in a headline are usual; the dates can still be read.
            if "Article" in source and (dates := dict(_DATE_IN_BROKEN_JSON.findall(source))):
                yield dates
            continue
        while pending:
            value = pending.pop()
            if isinstance(value, list):
                pending += reversed(value)
            elif isinstance(value, dict):
                kinds = value.get("@type")
                if _ARTICLE_TYPES & set(kinds if isinstance(kinds, list) else [str(kinds)]):
                    yield value
                pending += [value[key] for key in ("@graph", "mainEntity") if key in value]


def _ld(articles: list[dict[str, Any]], key: str) -> list[Claim]:
    return [(f"json-ld {key}", text) for article in articles if (text := _words(article.get(key)))]


def _ld_authors(articles: list[dict[str, Any]]) -> list[Claim]:
    found = []
    for article in articles:
        authors = article.get("author")
        for author in authors if isinstance(authors, list) else [authors]:
            named = author.get("name") if isinstance(author, dict) else author
            if not (isinstance(author, dict) and author.get("@type") == "Organization") and (text := _words(named)):
                found.append(("json-ld author", text))
    return found


def _words(value: object) -> str:
    return clean(unescape(value)) if isinstance(value, str) else ""
