"""From the bytes that a server sent to text, and the verdict on what cannot be an article page."""

import codecs
import re
import zlib

from news.model import FetchedPage, Rejected

_LARGEST = 8_000_000
_GZIP = b"\x1f\x8b"
_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_COOKIE_WALL = re.compile(
    r"document\.cookie\s*=|(?:window|document|self)\.location|location\.(?:href|reload|replace)", re.IGNORECASE
)
_CLOUDFLARE = re.compile(
    r"<title>\s*(?:Just a moment\.\.\.|Attention Required! \| Cloudflare|Một chút, xin vui lòng)|_cf_chl_opt|/cdn-cgi/challenge-platform/h/",
    re.IGNORECASE,
)
_APOLOGY = re.compile(r"<title>[^<]{0,60}?(?:\b404\b|không tìm thấy|không tồn tại|page not found|trang lỗi)", re.IGNORECASE)
_CONSENT = re.compile(
    r"<title>[^<]{0,60}?(?:before you continue|consent|trước khi (?:bạn )?tiếp tục|cookie)|<form[^>]{0,200}consent", re.IGNORECASE
)
# An article on somebody who was not found has a date; an apology has none.
_DATED = re.compile(r"datePublished|published_time|pubdate", re.IGNORECASE)
# The largest page that a wall of some kind was seen to have; above it the same words are chrome of a real page.
_WALL = 600
_INTERSTITIAL = 60_000
_OTHER_MAGIC = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"RIFF")
_TAG = re.compile(r"<(?:!doctype html|html|head|body|div|p|article|h1|title|meta|script)\b", re.IGNORECASE)
_XML_FEED = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?<(?:rss|feed|urlset|sitemapindex|rdf:RDF)\b", re.IGNORECASE)


def decode(page: FetchedPage) -> str:
    """Make text of the page: the encoding of the header, else of the meta tag, else UTF-8; what cannot be decoded becomes U+FFFD.

    Raises Rejected("truncated") for a compressed body that was cut, "too_large", "empty" and "not_html".
    """
    body = page.body
    if len(body) > _LARGEST:
        raise Rejected("too_large", f"{len(body)} bytes")
    if body.startswith(_GZIP):
        body = _unzip(body)
    if not body.strip():
        raise Rejected("empty", "nothing but white space")
    if body.startswith(_OTHER_MAGIC):
        raise Rejected("not_html", f"the body begins with {body[:4]!r}")
    return _text(body, page.encoding)


def _unzip(body: bytes) -> bytes:
    # Not gzip.decompress(): a small body may unfold into gigabytes.
    unzip = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        text = unzip.decompress(body, _LARGEST + 1)
    except zlib.error as error:
        raise Rejected("truncated", f"gzip: {error}") from error
    if len(text) > _LARGEST:
        raise Rejected("too_large", f"more than {_LARGEST} bytes when unpacked")
    if not unzip.eof:
        raise Rejected("truncated", "the compressed body ends early")
    return text


def _text(body: bytes, encoding: str | None) -> str:
    for mark, codec in ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if body.startswith(mark):
            return body.decode(codec, "replace")
    # Nearly all pages are UTF-8 whatever they declare, one broken byte or two included; other encodings hardly pass as UTF-8.
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        text = body.decode("utf-8", "replace")
    if text.count("\ufffd") * 500 <= len(text):
        return text
    declared = _META_CHARSET.search(body, 0, 100_000)
    for name in (encoding, declared and declared[1].decode("ascii", "replace")):
        try:
            if name:
                return body.decode(name)
        except (LookupError, UnicodeDecodeError):
            continue
    return text


def refuse(text: str) -> None:
    """Raise Rejected for what can be told from the raw text: walls, apologies sent with status 200, and what is no HTML."""
    head = text[:4000]
    if len(text) < _WALL and "<script" in text.lower() and _COOKIE_WALL.search(text):
        raise Rejected("challenge", "a script sets a cookie and reloads")
    if len(text) < _INTERSTITIAL and _CLOUDFLARE.search(text):
        raise Rejected("challenge", "Cloudflare asks for a browser")
    if len(text) < _INTERSTITIAL and _CONSENT.search(text, 0, 20_000) and not _DATED.search(text):
        raise Rejected("consent_wall", "the page asks for consent before it shows the paper")
    if _APOLOGY.search(text, 0, 20_000) and not _DATED.search(text):
        raise Rejected("soft_404", "the title says that there is no such page")
    if _XML_FEED.match(head) or not _TAG.search(text, 0, 20_000):
        raise Rejected("not_html", f"begins with {head[:40].strip()!r}")
