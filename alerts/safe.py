"""Makes text and links from strangers harmless before they reach a reader."""

import re
import unicodedata
from email.utils import parseaddr
from urllib.parse import urlsplit

from news.problem import BadValueError

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_LIMIT = 200
_LINE_SEPARATORS = "\u2028\u2029"


def harmless(text: str) -> str:
    """Turn control characters and line separators into spaces; drop what turns the direction of writing or cannot be encoded."""
    return "".join(sign for sign in map(_harmless, text) if sign)


def one_line(text: str, limit: int = _LIMIT) -> str:
    """Make a text harmless, with plain single spaces, cut between words at `limit` characters."""
    return shortened(" ".join(harmless(text).split()), limit)


def shortened(text: str, limit: int) -> str:
    """Cut a long text between words and say so with an ellipsis."""
    if len(text) <= limit:
        return text
    kept = text[: limit - 1]
    whole = kept.rpartition(" ")[0]
    return (whole if len(whole) > limit // 2 else kept).rstrip(" ,;:.–-") + "…"


def web_link(url: str) -> str:
    """Give the address back if a reader may follow it, else nothing: only http and https, no spaces or controls."""
    clean = harmless(url)
    if clean != url or any(sign.isspace() for sign in url):
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.hostname else ""


def is_address(text: str) -> bool:
    """Whether this is a plain ASCII e-mail address, without a display name."""
    return _ADDRESS.fullmatch(text) is not None and ".." not in text


def sender_of(text: str) -> tuple[str, str]:
    """Split a sender, an address with or without a display name, into both. Raises ValueError with the remedy."""
    name, address = parseaddr(text)
    if harmless(text) != text or not is_address(address):
        raise BadValueError("sender: {text!r} is not an e-mail address; write 'Tuần tra <news@example.org>'", text=text)
    return name, address


def _harmless(sign: str) -> str:
    category = unicodedata.category(sign)
    if category == "Cc" or sign in _LINE_SEPARATORS:
        return " "
    if category == "Cs" or unicodedata.bidirectional(sign) in _TURNING or sign in _MARKS:
        return ""
    return sign


# Embeddings, overrides and isolates, by their bidirectional class, and the three implicit marks.
_TURNING = frozenset(("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"))
_MARKS = "\u061c\u200e\u200f"
