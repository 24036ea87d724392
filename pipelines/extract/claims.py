"""What the head of a page says of the article: meta tags, links and JSON-LD, which readers do not see."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pipelines.extract.tree import Node
from pipelines.text import clean, unescape

Claim = tuple[str, str]
"""Who says it ("meta og:title"), and what."""

_ARTICLE_TYPES = {"Article", "NewsArticle", "ReportageNewsArticle", "BlogPosting", "LiveBlogPosting", "OpinionNewsArticle"}
_PUBLISHED = ("article:published_time", "datePublished", "pubdate", "publishdate", "og:published_time", "dc.date.issued")
_MODIFIED = ("article:modified_time", "dateModified", "lastmod", "og:updated_time")
_DESCRIPTIONS = ("og:description", "description", "twitter:description")
_AUTHORS = ("article:author", "dable:author", "author", "dc.creator")
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
    metas = list(_metas(tree))
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
        paper_names=tuple(text for _, text in _pick(metas, ("og:site_name", "author", "copyright"))),
        article=bool(published) or bool(linked) or any("article" in value for _, value in _pick(metas, ("og:type",))),
    )


def _metas(tree: Node) -> Iterator[tuple[str, str]]:
    for meta in tree.iter("meta"):
        if content := clean(unescape(meta.get("content") or "")):
            for key in ("property", "name", "itemprop"):
                if name := meta.get(key):
                    yield name.strip(), content


def _pick(metas: list[tuple[str, str]], names: tuple[str, ...]) -> list[Claim]:
    wanted = {name.lower(): place for place, name in enumerate(names)}
    found = [(wanted[name.lower()], f"meta {name}", content) for name, content in metas if name.lower() in wanted]
    return [(who, content) for _, who, content in sorted(found, key=lambda claim: claim[0])]


def _canonical(tree: Node) -> list[Claim]:
    return [("link canonical", link.get("href") or "") for link in tree.iter("link") if link.get("rel") == "canonical"]


def _title(tree: Node) -> list[Claim]:
    titles = tree.xpath("//head/title")
    return [("title", clean("".join(titles[0].itertext())))] if titles else []


def _json_ld(tree: Node) -> Iterator[dict[str, Any]]:
    """Every article object in the page's JSON-LD, also inside lists and @graph."""
    for script in tree.xpath("//script[contains(@type, 'ld+json')]"):
        source = script.text or ""
        if len(source) > _LONGEST_JSON:
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
