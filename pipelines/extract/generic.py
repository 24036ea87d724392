"""Reads a page of unknown make: where its headline, lead, body and time stand, told from shape and from what its head claims."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import islice

from lxml import etree

from pipelines.dates import parse_time
from pipelines.extract.claims import Claim, Claims
from pipelines.extract.credits import fold, strip_mark
from pipelines.extract.junk import is_noise, remove_furniture
from pipelines.extract.lines import lines_of
from pipelines.extract.tree import HEADINGS, INLINE, Node, climb, drop, exceeds, marks_of, text_of
from pipelines.text import clean

_LEAD_MARK = re.compile(r"sapo|lead\b|chapeau|abstract|summary|description|desc\b|intro|standfirst|excerpt", re.IGNORECASE)
_PLACE_MARK = re.compile(r"location|dateline|\bplace", re.IGNORECASE)
_BYLINE_MARK = re.compile(r"author|byline|tac-?gia|writer|nguoi-?viet", re.IGNORECASE)
_AUTHOR_PAGE = re.compile(r"/(?:tac-gia|author)[/?]")
_TIME_MARK = re.compile(r"date|time|publish|ngay", re.IGNORECASE)
_MOST_HEADS = 100
_PROSE = 60
_ALIKE = 0.6
_MOST = 0.75
_LITTLE = 0.1
_STRETCH = 5
_LESS = 0.3
_LONGEST_STAMP = 80
_SHORTEST_LEAD = 40
_LONGEST_LEAD = 2000
_LEAD_START = 60
_CUT_OFF = 300
_FEW = 4
_NEAR = 40
_LONGEST_HEADING = 120
# Hostile pages hold trafilatura for a minute; whoever writes that much around that little text is no paper.
_LONGEST_SOURCE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A value and the rule that found it."""

    value: str
    how: str


def headline(tree: Node, claims: Claims, own: frozenset[str] = frozenset()) -> tuple[Node | None, Found | None]:
    """Find the visible headline: the h1 that agrees best with what the head claims, else an element that says just that.

    The paper's name may stand in an h1 and in og:title too, and is no headline.
    """
    claimed = [text for _, text in claims.titles if fold(text) not in own]
    heads = [(node, text) for node in islice(tree.iter("h1"), _MOST_HEADS) if (text := text_of(node))]
    heads = [head for head in heads if fold(head[1]) not in own] or heads
    if heads:
        node, text = max(heads, key=lambda head: max((_alike(head[1], title) for title in claimed), default=0))
        if len(heads) == 1 or not claimed or _alike(text, claimed[0]) > _ALIKE:
            return node, Found(value=text, how="generic: h1")
    for who, title in claims.titles[:2]:
        wanted = fold(title)
        for node in tree.iter("h1", "h2", "h3", "div", "p", "span"):
            if len(node) <= 1 and fold(text_of(node)) == wanted:
                return node, Found(value=text_of(node), how=f"generic: the element that says {who}")
    if claims.article and claims.titles:
        who, title = claims.titles[0]
        return None, Found(value=title, how=f"generic: {who}")
    return None, None


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, fold(one)[:200], fold(other)[:200], autojunk=False).ratio()


def find_body(tree: Node, head: Node | None) -> Node | None:
    """Find the smallest element that holds most of the prose after the headline. Boxes beside the article leave the tree."""
    remove_furniture(tree, head)
    root = tree.find("body")
    root = tree if root is None else root
    weights = _weigh(root, head)
    if weights.get(root, 0) < _PROSE:
        return None
    node = root
    while (inner := _heaviest(node, weights)) is not None:
        node = inner
    return node


def _weigh(root: Node, head: Node | None) -> dict[Node, float]:
    """Weigh how much prose each element holds.

    What stands before the headline hardly counts, and what comes after a stretch without prose counts less each time: comment
    rules, payment terms and the like follow an article at a distance.
    """
    weights: dict[Node, float] = {}
    order = {node: place for place, node in enumerate(root.iter())}
    start = order.get(head, 0) if head is not None else 0
    trust, scraps = 1.0, 0
    for line in lines_of(root):
        before = order.get(line.block, 0) < start
        if len(line.text) < _PROSE or is_noise(line):
            scraps += not before
            continue
        if scraps >= _STRETCH and weights:
            trust *= _LESS
        scraps = 0
        weight = len(line.text) * (1 - line.linked) * (_LITTLE if before else trust)
        for above in climb(line.block):
            weights[above] = weights.get(above, 0) + weight
            if above is root:
                break
    return weights


def _heaviest(node: Node, weights: dict[Node, float]) -> Node | None:
    """Choose the child to go on with: it holds most of the node's prose and is a container, not itself a paragraph."""
    for child in node:
        if weights.get(child, 0) >= _MOST * weights.get(node, 0) and _is_container(child):
            return child
    return None


def _is_container(node: Node) -> bool:
    return node.tag not in INLINE and node.tag != "p" and sum(child.tag not in INLINE and child.tag != "br" for child in node) > 0


def find_lead(tree: Node, head: Node | None, claims: Claims, own: frozenset[str]) -> tuple[Node, str] | None:
    """Find the element that shows the lead, and how it was told: it says what the head claims, or it is named like a lead."""
    shown = [(node, fold(strip_mark(text_of(node), own))) for node in _short_elements(tree) if not exceeds(node, _LONGEST_LEAD)]
    for who, text in claims.leads:
        claimed = fold(strip_mark(text, own))
        if len(claimed) < _SHORTEST_LEAD:
            continue
        # The very words first: a headline may differ from the lead in a full stop only.
        exact = [node for node, says in shown if says == claimed and strip_mark(text_of(node), own) == strip_mark(text, own)]
        if exact:
            return _innermost(exact[0]), f"generic: the element that says {who}"
        for node, says in shown:
            if says == claimed or (says.startswith(claimed) and len(says) < len(claimed) + _CUT_OFF and _stands_out(node)):
                return _innermost(node), f"generic: the element that says {who}"
    for node, says in shown:
        if node.tag in {"h2", "h3", "h4", "p", "div"} and _LEAD_MARK.search(marks_of(node)) and len(says) >= _SHORTEST_LEAD:
            return node, "generic: named like a lead"
    return _heading_below(tree, head)


def _heading_below(tree: Node, head: Node | None) -> tuple[Node, str] | None:
    """Take the first sentence under the headline for the lead where it is a heading: sub-headings are short or have no full stop."""
    for node in _from(tree, head):
        if node is head or node.tag not in {"p", *HEADINGS} or not exceeds(node, _SHORTEST_LEAD):
            continue
        if head is not None and text_of(node) == text_of(head):  # a bar that stays on top repeats the headline
            continue
        whole = exceeds(node, _LONGEST_HEADING) or text_of(node).endswith((".", "…", "?", "!"))
        return (node, "generic: the heading below the headline") if node.tag != "p" and whole else None
    return None


def drop_place(lead: Node) -> None:
    """Remove the place that some papers set before a lead in an element of its own."""
    for node in list(lead.iter("span", "b", "strong")):
        if node is not lead and _PLACE_MARK.search(marks_of(node)):
            drop(node)


def _stands_out(node: Node) -> bool:
    """Is it more than the first of several like paragraphs? Many papers cut their description from the first one."""
    if node.tag != "p":
        return True
    bold = sum(len(text_of(part)) for part in node.iter("b", "strong"))
    return (
        bool(_LEAD_MARK.search(marks_of(node)))
        or bold * 2 > len(text_of(node))
        or all(brother.tag != "p" or brother.get("class") != node.get("class") for brother in node.itersiblings())
    )


def _innermost(node: Node) -> Node:
    while len(node) == 1 and node[0].tag not in INLINE and not (node.text or "").strip() and not (node[0].tail or "").strip():
        node = node[0]
    return node


def claimed_lead(claims: Claims, own: frozenset[str], text: str) -> Found | None:
    """Take the lead that only the head tells, where it is neither cut nor a mere beginning of the text."""
    start = fold(text[: 4 * _LEAD_START])
    for who, claimed in claims.leads:
        lead = strip_mark(claimed, own)
        if len(lead) >= _SHORTEST_LEAD and not lead.endswith(("...", "…")) and not start.startswith(fold(lead)[:_LEAD_START]):
            return Found(value=lead, how=f"generic: {who}")
    return None


def _short_elements(tree: Node) -> Iterator[Node]:
    """Elements with few children: what may be a lead."""
    for node in tree.iter("h2", "h3", "h4", "p", "div", "span", "strong", "b"):
        if len(node) <= _FEW and all(child.tag in INLINE or child.tag in {"br", "p", "div"} for child in node):
            yield node


def find_time(tree: Node, head: Node | None) -> Iterator[Claim]:
    """List times that are printed from the headline on: time elements, then what is named like a date, then what reads like one."""
    for node in tree.iter("time"):
        yield "generic: time", node.get("datetime") or text_of(node)
    nearby = []
    for place, node in enumerate(_from(tree, head)):
        named = _TIME_MARK.search(marks_of(node))
        if len(node) > _FEW or not (named or place < _NEAR) or exceeds(node, _LONGEST_STAMP):
            continue
        text = text_of(node)
        if parse_time(text):
            if named:
                yield f"generic: {called(node)}", text
            else:
                nearby.append((f"generic: {called(node)} near the headline", text))
    yield from nearby


def _from(tree: Node, head: Node | None) -> Iterator[Node]:
    """Every node from the headline on, in page order."""
    started = head is None
    for node in tree.iter():
        started = started or node is head
        if started:
            yield node


def find_bylines(tree: Node, head: Node | None) -> Iterator[Claim]:
    """Elements that are named like a byline, from the headline on."""
    for node in _from(tree, head):
        named = _BYLINE_MARK.search(marks_of(node)) or node.get("rel") == "author" or _AUTHOR_PAGE.search(node.get("href") or "")
        if named and not exceeds(node, _LONGEST_STAMP) and not any(above.tag in {"li", "nav"} for above in node.iterancestors()):
            for line in lines_of(node):
                yield f"generic: {called(node)}", line.text


def called(node: Node) -> str:
    """Name an element for `how`: tag and first class."""
    return f"{node.tag}.{(node.get('class') or node.get('rel') or '').split(' ')[0]}"


def by_trafilatura(tree: Node) -> list[str]:
    """Ask trafilatura for the text: a second opinion, asked where shape does not tell."""
    source = etree.tostring(tree, encoding="unicode", method="html")
    if len(source) > _LONGEST_SOURCE:
        return []
    # Loaded only here: importing it costs more than reading a hundred pages whose layout is known.
    from trafilatura import extract as extract_text  # noqa: PLC0415

    found = extract_text(source, include_comments=False, favor_precision=True) or ""
    return [text for line in found.splitlines() if (text := clean(line))]
