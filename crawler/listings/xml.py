"""Reads the XML that papers serve: wrong prologs, HTML entities, stray bytes and hostile input included."""

import html
import re

from lxml import etree

# 200,000 nested elements or a billion laughs must not cost more than an error.
_PARSER_OPTIONS = {"resolve_entities": False, "no_network": True, "huge_tree": False, "recover": True, "remove_comments": True}
_PROLOG = re.compile(r"^\s*<\?xml[^>]*\?>")
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*(?:\[.*?\])?\s*>", re.DOTALL | re.IGNORECASE)
_NAMED_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]{1,30});")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


class Unreadable(Exception):  # noqa: N818 - a verdict on a listing, not a malfunction
    """The answer is no listing: `reason` is a short stable word ("html", "empty", "not_xml"), counted and shown."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def parse(body: bytes) -> etree._Element:
    """The root element. Raises Unreadable when there is none, or when the answer is an HTML page."""
    text = _decode(body)
    if not text.strip():
        raise Unreadable("empty")
    if re.match(r"\s*(?:<!doctype\s+html|<html)", text[:500], re.IGNORECASE):
        raise Unreadable("html")
    # The prolog goes because its encoding may lie; a DOCTYPE goes because no feed needs one and attacks do.
    text = _DOCTYPE.sub("", _PROLOG.sub("", text, count=1), count=1)
    text = _NAMED_ENTITY.sub(lambda found: html.unescape(found[0]), _CONTROL.sub("", text))
    try:
        root = etree.fromstring(text.encode(), etree.XMLParser(encoding="utf-8", **_PARSER_OPTIONS))
    except etree.XMLSyntaxError as error:
        raise Unreadable("not_xml") from error
    if root is None:
        raise Unreadable("not_xml")
    return root


def name_of(element: etree._Element) -> str:
    """The element's name without its namespace; "" for comments and instructions."""
    return etree.QName(element).localname.lower() if isinstance(element.tag, str) else ""


def child_text(element: etree._Element, *names: str) -> str:
    """The text of the first child that has one of these names and any text at all."""
    for wanted in names:
        for child in element:
            if name_of(child) == wanted and (text := "".join(child.itertext()).strip()):
                return text
    return ""


def _decode(body: bytes) -> str:
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body.decode(encoding, "replace").lstrip("\ufeff")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        declared = re.match(rb"\s*<\?xml[^>]*encoding=[\"']([\w-]+)", body)
        try:
            return body.decode(declared[1].decode() if declared else "utf-8", "replace")
        except LookupError:
            return body.decode("utf-8", "replace")
