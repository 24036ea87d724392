"""The parsed page: how it is made from text and what may be asked of a node."""

import re
from collections.abc import Iterator
from typing import Any, TypeAlias

from lxml import etree

from pipelines.text import clean

Node: TypeAlias = Any
"""An element of lxml's tree, which has no public type."""

# Elements that stand inside a line of text; every other element begins and ends a line.
INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark meta o:p picture q s samp small source"  # noqa: SIM905
    " span strike strong sub sup time tt u var wbr".split()
)
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
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
_CLOSING = re.compile(r"</(?:html|body)\s*>", re.IGNORECASE)


def parse(text: str) -> Node | None:
    """Build the tree of a page, comments gone; None where there is nothing to parse."""
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    if 0 <= text.lower().find("</html") < len(text) - _TRAILER:
        text = _CLOSING.sub("", text)
    source = text.replace("\0", "").encode("utf-8", "replace")
    try:
        return etree.fromstring(source, parser)
    except etree.XMLSyntaxError:
        return None


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
    return " ".join(value for key in ("class", "id", "type", "data-source", "data-module") if (value := node.get(key)))


def climb(node: Node) -> Iterator[Node]:
    """Walk from the node through its ancestors."""
    yield node
    yield from node.iterancestors()
