"""Puts the article together: decides which rules read the page, then takes one field after the other."""

import re
from copy import deepcopy
from dataclasses import replace
from itertools import islice

from news.model import Article, FetchedPage, Rejected
from pipelines.dates import parse_time
from pipelines.extract import generic
from pipelines.extract.claims import Claim, read_claims
from pipelines.extract.credits import Byline, own_names, read_byline, strip_mark
from pipelines.extract.fields import Reading, finish
from pipelines.extract.layout import Layout, Paper, select
from pipelines.extract.page import decode, refuse
from pipelines.extract.prose import Prose, read_prose
from pipelines.extract.tree import Node, drop, exceeds, parse, silence, size_of, text_of

# No article has this many bylines or times; each costs more to read than a paragraph.
_MOST_CLAIMS = 100
_TINY = 200
_LONG = 500
_MUCH_MORE = 3
_NOT_FOUND = re.compile(
    r"\b404\b|không tìm thấy|không tồn tại|(?:đã bị|đã được) (?:gỡ|xóa|xoá)|page not found|not found|no longer (?:available|exists)",
    re.IGNORECASE,
)
_LONGEST_APOLOGY = 600


def extract(page: FetchedPage, paper: Paper, text: str | None = None) -> Article:
    """Note the article down as a careful reader would; `text` is the decoded page where the caller has it already.

    Raises Rejected with one of "challenge", "truncated", "not_html", "soft_404", "not_article", "empty", "too_large".
    """
    text = decode(page) if text is None else text
    refuse(text)
    tree = parse(text)
    if tree is None:
        raise Rejected("empty", "no element at all")
    claims = read_claims(tree)
    silence(tree)
    reading = Reading(page=page, paper=paper, tree=tree, claims=claims, own=own_names(paper, claims.paper_names))
    _refuse_apology(reading)
    known = _layout_of(reading)
    if known is None:
        return _by_shape(reading)
    article = _by_layout(reading, *known)
    if article is not None and len(article.text) >= _TINY:
        return article
    # The layout's body holds next to nothing: see what the page looks like to somebody who does not know it.
    fresh = parse(text)
    if fresh is not None:
        silence(fresh)
        try:
            stranger = _by_shape(replace(reading, tree=fresh, how={}))
        except Rejected:
            pass
        else:
            if article is None or len(stranger.text) > _MUCH_MORE * len(article.text):
                return stranger
    if article is None:
        raise Rejected("not_article", "the body of the layout is empty")
    return article


def layout_holds(page: FetchedPage, paper: Paper) -> bool:
    """Tell whether one of the paper's layouts finds its body on the page; much cheaper than reading it. Raises Rejected."""
    tree = parse(decode(page))
    if tree is None:
        return False
    return any(exceeds(node, 0) for layout in paper.layouts for _, nodes in select(tree, layout.body) for node in nodes)


def _refuse_apology(reading: Reading) -> None:
    """Raise Rejected for a "not found" page that was sent with status 200."""
    heads = " ".join(text_of(node) for node in reading.tree.iter("title", "h1"))
    if _NOT_FOUND.search(heads) and not reading.claims.published and size_of(reading.tree) < _LONGEST_APOLOGY:
        raise Rejected("soft_404", heads[:100])


def _layout_of(reading: Reading) -> tuple[Layout, str, Node] | None:
    """Find the first layout whose body is on the page; of several hits the longest, since some templates leave an empty twin."""
    for layout in reading.paper.layouts:
        for selector, nodes in select(reading.tree, layout.body):
            body = max(nodes, key=size_of) if len(nodes) > 1 else nodes[0]
            if exceeds(body, 0):
                return layout, selector, body
    return None


def _by_layout(reading: Reading, layout: Layout, selector: str, body: Node) -> Article | None:
    """Read the page by its layout, each missing field by shape; None where there is neither headline nor text."""
    name, how = layout.name, reading.how
    how["body"] = f"{name}: {selector}"
    head: Node | None = None
    title = ""
    for rule, nodes in select(reading.tree, layout.title):
        if title := text_of(nodes[0]):
            head, how["title"] = nodes[0], f"{name}: {rule}"
            break
    else:
        head, title = _title_by_shape(reading)
    bylines = _bylines(reading, layout)
    lead = _lead_by_layout(reading, layout)
    stamps: tuple[Claim, ...] = ()
    if not any(parse_time(text) for _, text in reading.claims.published):
        stamps = tuple(
            (f"{name}: {rule}", _stamp(node))
            for rule, nodes in select(reading.tree, layout.published)
            for node in nodes[:_MOST_CLAIMS]
        )
        if not any(parse_time(text) for _, text in stamps):
            stamps = tuple(generic.find_time(reading.tree, head))
    captions = [node for _, nodes in select(body, layout.captions) for node in nodes]
    for _, nodes in select(body, layout.drop):
        for node in nodes:
            drop(node)
    prose = read_prose(body, captions=captions, title=title, lead=lead, own=reading.own)
    if not lead:
        lead = _claimed_lead(reading, prose)
    if not title or not prose.lines:
        return None
    return finish(reading, title=title, lead=lead, prose=prose, bylines=bylines, stamps=stamps)


def _bylines(reading: Reading, layout: Layout) -> tuple[tuple[Claim, ...], ...]:
    """List what each selector of the layout shows, up to the first that names somebody."""
    groups = []
    for rule, nodes in select(reading.tree, layout.authors):
        group = tuple((f"{layout.name}: {rule}", text_of(node)) for node in nodes[:_MOST_CLAIMS])
        groups.append(group)
        if any(read_byline(text, reading.own) != Byline() for _, text in group):
            break
    return tuple(groups)


def _lead_by_layout(reading: Reading, layout: Layout) -> str:
    for rule, nodes in select(reading.tree, layout.lead):
        for _, unwanted in select(nodes[0], layout.drop):
            for node in unwanted:
                drop(node)
        if lead := strip_mark(text_of(nodes[0]), reading.own):
            reading.how["lead"] = f"{layout.name}: {rule}"
            return lead
    return ""


def _by_shape(reading: Reading) -> Article:
    """Read a page of unknown make."""
    tree, claims = reading.tree, reading.claims
    head, title = _title_by_shape(reading)
    if not title:
        raise Rejected("not_article", "no headline")
    stamps = tuple(islice(generic.find_time(tree, head), _MOST_CLAIMS))
    bylines = (tuple(islice(generic.find_bylines(tree, head), _MOST_CLAIMS)),)
    lead = ""
    if shown := generic.find_lead(tree, head, claims, reading.own):
        node, reading.how["lead"] = shown
        generic.drop_place(node)
        lead = strip_mark(text_of(node), reading.own)
        drop(node)
    prose = _prose_by_shape(reading, head, title, lead)
    lead = lead or _claimed_lead(reading, prose)
    if len(prose.text) + len(lead) < _TINY:
        raise Rejected("not_article", "too little text for an article")
    if not claims.article and (len(prose.text) < _LONG or not any(parse_time(text) for _, text in stamps)):
        raise Rejected("not_article", "the page does not call itself an article, and it has neither a time nor much text")
    return finish(reading, title=title, lead=lead, prose=prose, bylines=bylines, stamps=stamps)


def _prose_by_shape(reading: Reading, head: Node | None, title: str, lead: str) -> Prose:
    body = generic.find_body(reading.tree, head)
    if body is None:
        raise Rejected("not_article", "no text")
    rest = deepcopy(reading.tree) if reading.claims.article else None
    reading.how["body"] = f"generic: most of the prose: {generic.called(body)}"
    prose = read_prose(body, captions=(), title=title, lead=lead, own=reading.own, trim=True)
    if rest is not None and len(prose.text) < _TINY:
        second = tuple(line for line in generic.by_trafilatura(rest) if line not in {title, lead})
        if sum(map(len, second)) > _MUCH_MORE * len(prose.text):
            reading.how["body"] = "generic: trafilatura"
            return replace(prose, lines=second)
    return prose


def _title_by_shape(reading: Reading) -> tuple[Node | None, str]:
    node, found = generic.headline(reading.tree, reading.claims, reading.own)
    if found is None:
        return None, ""
    reading.how["title"] = found.how
    return node, found.value


def _claimed_lead(reading: Reading, prose: Prose) -> str:
    found = generic.claimed_lead(reading.claims, reading.own, prose.text)
    if found is None:
        return ""
    reading.how["lead"] = found.how
    return found.value


def _stamp(node: Node) -> str:
    return node.get("datetime") or node.get("content") or text_of(node)
