"""The text below a node as lines, each with what its markup says of it."""

from dataclasses import dataclass

from lxml import etree

from pipelines.extract.tree import INLINE, Node
from pipelines.text import clean


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One paragraph, heading or list item. `linked` is the share of its characters that stand in links; `block` holds it."""

    text: str
    linked: float
    block: Node


def lines_of(root: Node) -> list[Line]:
    """Every line below `root`: blocks and <br> end a line, inline elements do not."""
    lines: list[Line] = []
    pieces: list[tuple[str, bool]] = []
    links = 0
    block = root

    def end_line() -> None:
        text = "".join(piece for piece, _ in pieces)
        if text and not text.isspace() and (text := clean(text)):
            size = sum(len(piece.strip()) for piece, _ in pieces)
            linked = sum(len(piece.strip()) for piece, in_link in pieces if in_link)
            lines.append(Line(text=text, linked=linked / size if size else 0, block=block))
        pieces.clear()

    for event, node in etree.iterwalk(root, events=("start", "end")):
        is_block = node.tag not in INLINE
        if event == "start":
            if is_block:
                end_line()
                block = node
            links += node.tag == "a"
            if node.text:
                pieces.append((node.text, links > 0))
        else:
            links -= node.tag == "a"
            if is_block:
                end_line()
                if node is not root:
                    block = node.getparent()
            if node.tail and node is not root:
                pieces.append((node.tail, links > 0))
    end_line()
    return lines
