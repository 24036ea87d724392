"""Vietnamese text: one form for every spelling that means the same."""

import html
import re
import unicodedata

# Half of a surrogate pair, as JSON may hold it, is no character: nothing could store or send it.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff\ud800-\udfff]")
# Nothing but marks, symbols and punctuation: where a run of combining marks hides, which normalization sorts in square time.
_MARKS = re.compile(r"[^\w\s\0-\u02ff]{64,}")

# The tone mark of oa, oe, uy may stand on either vowel where they end the syllable (hòa = hoà); "qu" is a consonant there.
_OLD_TONE = ["òa", "óa", "ỏa", "õa", "ọa", "òe", "óe", "ỏe", "õe", "ọe", "ùy", "úy", "ủy", "ũy", "ụy"]
_NEW_TONE = ["oà", "oá", "oả", "oã", "oạ", "oè", "oé", "oẻ", "oẽ", "oẹ", "uỳ", "uý", "uỷ", "uỹ", "uỵ"]
_TO_OLD = dict(zip(_NEW_TONE, _OLD_TONE, strict=True))
_NEW_TONE_END = re.compile(r"(?<!q)(" + "|".join(_NEW_TONE) + r")(?!\w)", re.IGNORECASE)


def nfc(text: str) -> str:
    """Composed form; nearly free for text that already has it, as nearly all has. Long runs of combining marks are dropped."""
    if text.isascii():
        return text
    if _MARKS.search(text):
        text = _MARKS.sub(lambda run: "".join(sign for sign in run[0] if not unicodedata.combining(sign)), text)
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def clean(text: str) -> str:
    """NFC, without invisible characters, every run of white space (no-break and line breaks too) one plain space."""
    return " ".join(_INVISIBLE.sub("", nfc(text)).split())


def clean_lines(text: str) -> str:
    """Like `clean`, but line by line; empty lines are dropped."""
    return "\n".join(line for line in map(clean, text.splitlines()) if line)


def unescape(text: str, rounds: int = 3) -> str:
    """Decode HTML entities until nothing changes: some feeds escape twice."""
    for _ in range(rounds):
        decoded = html.unescape(text)
        if decoded == text:
            break
        text = decoded
    return text


def old_tone(text: str) -> str:
    """The same text with the tone mark where the older rule puts it (hoà → hòa), same length and case."""

    def swap(found: re.Match[str]) -> str:
        syllable = found[0]
        changed = _TO_OLD[syllable.lower()]
        return "".join(c.upper() if s.isupper() else c for s, c in zip(syllable, changed, strict=True))

    return _NEW_TONE_END.sub(swap, nfc(text))
