"""What extraction must be told: the layouts of a paper's pages and the paper's own names."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from cssselect import HTMLTranslator
from lxml import etree

from pipelines.extract.tree import Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One template of a CMS, as CSS selectors.

    In each field the first selector that hits something wins; only `body` decides whether a page has this layout.  `drop` names what
    lies inside the body or the lead and belongs to neither; `captions` what stands under pictures, `authors` every byline.
    Times are read from the element's datetime or content attribute, else from its text.
    """

    name: str = ""
    title: tuple[str, ...] = ()
    lead: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    modified: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What extraction must know of a paper. `names` are further names of it (house marks, brands) that are not authors."""

    key: str
    name: str
    domains: tuple[str, ...]
    language: str = "vi"
    layouts: tuple[Layout, ...] = ()
    names: tuple[str, ...] = ()


@lru_cache(maxsize=2000)
def _xpath(selector: str) -> etree.XPath:
    return etree.XPath(HTMLTranslator().css_to_xpath(selector))


def select(node: Node, selectors: Iterable[str]) -> Iterator[tuple[str, list[Node]]]:
    """Each selector that hits something below `node`, with its hits in page order."""
    for selector in selectors:
        if found := _xpath(selector)(node):
            yield selector, found
