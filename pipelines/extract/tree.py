"""The parsed page: how it is made from text and what may be asked of a node."""

import re
from collections.abc import Iterator
from typing import Any, TypeAlias

from lxml import etree

from news.model import Rejected
from pipelines.text import clean

Node: TypeAlias = Any
"""An element of lxml's tree, which has no public type."""

# Elements that stand inside a line of text; every other element begins and ends a line.
INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark meta o:p picture q s samp small source"  # noqa: SIM905
    " span strike strong sub sup time tt u var wbr".split()
)
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_MARKING = frozenset(("class", "id", "type", "data-source", "data-module"))
_SILENT = (
    "script",
    "style",
    "noscript",
    "svg",
    "template",
    "iframe",
    "object",
    "canvas",
    "select",
    "textarea",
    "button",
    "audio",
)
# baotayninh closes </html> on its first line, and the parser would stop there. At the end nothing but a comment follows it.
_TRAILER = 2000
_END = re.compile(rb"</html", re.IGNORECASE)
_CLOSING = re.compile(rb"</(?:html|body)\s*>", re.IGNORECASE)
# A start tag up to its own ">", and what in it holds no attribute's name.
_START = re.compile(rb"[a-z](?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+", re.IGNORECASE)
_QUOTED = re.compile(rb"\"[^\"]*\"|'[^']*'")
_NAMED = re.compile(rb"[^\s/]+")
# A page with more tags than this is no article; the longest seen has a twentieth.
_MOST_TAGS = 60_000
_MOST_ATTRIBUTES = 500
_SHORTEST_CROWD = 2 * _MOST_ATTRIBUTES


def parse(text: str) -> Node | None:
    """Build the tree of a page, comments gone; None where there is nothing to parse.

    Raises Rejected("too_large") for more tags, or more attributes on one tag, than any template writes.
    """
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    # Searched as bytes: in a str of Vietnamese the same costs as much as parsing.
    source = text.encode("utf-8", "replace").replace(b"\0", b"")
    if _END.search(source, 0, max(0, len(source) - _TRAILER)):
        source = _CLOSING.sub(b"", source)
    tags = source.split(b"<")
    if len(tags) > _MOST_TAGS:
        raise Rejected("too_large", f"{len(tags)} tags")
    # libxml2 spends the square of their number: ten seconds on 40,000 of them.
    if any(_is_crowded(tag) for tag in tags if len(tag) > _SHORTEST_CROWD):
        raise Rejected("too_large", f"a tag with more than {_MOST_ATTRIBUTES} attributes")
    try:
        return etree.fromstring(source, parser)
    except etree.XMLSyntaxError:
        return None


def _is_crowded(tag: bytes) -> bool:
    found = _START.match(tag)
    if found is None or found.end() <= _SHORTEST_CROWD:
        return False
    return len(_NAMED.findall(_QUOTED.sub(b" ", found[0]))) > _MOST_ATTRIBUTES


def silence(tree: Node) -> None:
    """Remove what never holds text for readers. JSON-LD goes too: read it first."""
    for node in list(tree.iter(*_SILENT)):
        drop(node)


def drop(node: Node) -> None:
    """Take a node out of its tree; the text after it stays."""
    parent = node.getparent()
    if parent is None:
        return
    if node.tail:
        before = node.getprevious()
        if before is None:
            parent.text = (parent.text or "") + node.tail
        else:
            before.tail = (before.tail or "") + node.tail
        node.tail = None
    parent.remove(node)


def text_of(node: Node) -> str:
    """All text below a node, as one line."""
    return clean("".join(node.itertext()))


def size_of(node: Node) -> int:
    """How many characters of text lie below a node, white space aside: cheap, for comparing."""
    return sum(len(piece.strip()) for piece in node.itertext())


def exceeds(node: Node, limit: float) -> bool:
    """Is `size_of` more than `limit`? Stops counting there, so that climbing a large tree stays cheap."""
    size = 0
    for piece in node.itertext():
        size += len(piece.strip())
        if size > limit:
            return True
    return False


def linked_size(node: Node) -> int:
    """How much of `size_of` stands in links."""
    if any(above.tag == "a" for above in node.iterancestors()):
        return size_of(node)
    return size_of(node) if node.tag == "a" else sum(size_of(link) for link in node.iter("a"))


def marks_of(node: Node) -> str:
    """List the words by which a template names an element: class, id, type and the like."""
    return " ".join([value for key, value in node.items() if key in _MARKING])


def climb(node: Node) -> Iterator[Node]:
    """Walk from the node through its ancestors."""
    yield node
    yield from node.iterancestors()
