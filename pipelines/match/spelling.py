"""One spelling for every way to write the same words, with the way back to where they were printed."""

import html
import itertools
import re
import unicodedata
from dataclasses import dataclass

# Between words: a run of blanks and dashes, one space; where it holds a line break, one line break.
_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_RUN = re.compile(f"[{_DASHES}\\s]+")
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_BLANK = re.compile(f"[{_DASHES[1:]}\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
_UNSEEN = re.compile(f"[{_INVISIBLE}]")
_ENTITY = re.compile(r"&(?:amp;){0,2}(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_MARKS = "\u0300-\u036f"
_LETTER = re.compile(f"[^{_MARKS}][{_MARKS}]*|[{_MARKS}]+", re.DOTALL)
# Tags inside a sentence; all others part words that belong to different lines.
_INLINE_TAG = re.compile(
    r"</?(?:a|abbr|b|big|cite|code|data|dfn|em|font|i|ins|kbd|mark|q|s|samp|small|span|strike|strong|sub|sup|time|tt|u|var|wbr|"
    r"[a-z]\w*:[\w-]+)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
# Never text of an article: code, unless it describes the article (ld+json) or holds what looks like a tag, for then the quoted or
# commented beginning of a script may have been taken for one; and the attributes of all tags but those that describe the article.
_CODE = re.compile(
    r"<(script|style)\b(?![^<>]*ld\+json)[^<>]*>[^<]*"
    r"(?:<(?!/|!|br\b|div\b|h\d\b|li\b|p\b|script\b|span\b|strong\b|style\b|td\b)[^<]*)*</\1\b",
    re.IGNORECASE,
)
_JSON_LETTER = re.compile(r"\\u([0-9a-fA-F]{4})")
_TAG = re.compile(r"<(?!meta\b)[a-z/][^<>]*>", re.IGNORECASE)

# The tone mark of oa, oe, uy may stand on either vowel where they end the syllable (hòa = hoà); "qu" is a consonant there.
_OLD_TONE = ("òa", "óa", "ỏa", "õa", "ọa", "òe", "óe", "ỏe", "õe", "ọe", "ùy", "úy", "ủy", "ũy", "ụy")
_NEW_TONE = ("oà", "oá", "oả", "oã", "oạ", "oè", "oé", "oẻ", "oẽ", "oẹ", "uỳ", "uý", "uỷ", "uỹ", "uỵ")
_OTHER_TONE = dict(zip(_OLD_TONE + _NEW_TONE, _NEW_TONE + _OLD_TONE, strict=True))
# Alone after these consonants i and y are one vowel: sĩ = sỹ, kỉ = kỷ, qui = quy.
_I_OR_Y = re.compile("(?:h|k|l|m|qu|s|t)[iìíỉĩịyỳýỷỹỵ]")
_OTHER_I = dict(zip("iìíỉĩịyỳýỷỹỵ", "yỳýỷỹỵiìíỉĩị", strict=True))
_MOST_SPELLINGS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """A text as it was printed and, in `words`, in its one spelling."""

    printed: str
    words: str

    def places(self) -> tuple[list[int], list[int]]:
        """Where every letter of `words` starts and ends in the printed text. Costs far more than `fold`: ask only to explain."""
        letters, places = _spread(self.printed)
        kept: list[int] = []
        done = 0
        for run in _RUN.finditer(letters):
            kept += range(done, run.start())
            if run.start() and run.end() < len(letters):
                kept.append(run.start())
            done = run.end()
        kept += range(done, len(letters))
        return [places[number] for number in kept], [places[number + 1] for number in kept]


def fold(text: str) -> Folded:
    """Lower case, NFC, entities decoded, runs of blanks and dashes squeezed; accents stay, for they make the word."""
    words = text
    if "&" in words:
        words = _ENTITY.sub(_decoded, words)
    if not words.isascii():
        words = _composed(words)
        for dash in _DASHES[1:]:
            words = words.replace(dash, " ")
    lines = [" ".join(line.split()) for line in words.replace("-", " ").splitlines()]
    return Folded(printed=text, words=_lower("\n".join([line for line in lines if line])))


def shown_on(page: str) -> str:
    """What a page source shows, inline tags dropped: scripts, styles and other tags' attributes, most of half a megabyte, go."""
    return _TAG.sub("<", _INLINE_TAG.sub("", _CODE.sub("<", page)))


def fold_page(page: str) -> str:
    """Put what a page shows into the same spelling; offsets and line breaks are lost."""
    if "\\u" in page:
        page = _JSON_LETTER.sub(lambda found: chr(int(found[1], 16)), page)
    if "&" in page:
        page = _INLINE_TAG.sub("", html.unescape(html.unescape(page)))
    if not page.isascii():
        page = _BLANK.sub(" ", unicodedata.normalize("NFC", _UNSEEN.sub("", page)))
    for blank in "-\n\r\t\v\f":
        page = page.replace(blank, " ")
    # Twice as fast as split and join where much text is left.
    while "  " in page:
        page = page.replace("  ", " ")
    return page.lower()


def spellings(term: str) -> set[str]:
    """Every spelling of a term that its readers would call the same, folded: tone placement and i/y."""
    choices = []
    for word in fold(term).words.split(" "):
        forms = {word}
        if word[-2:] in _OTHER_TONE and not word[:-1].endswith("qu"):
            forms.add(word[:-2] + _OTHER_TONE[word[-2:]])
        if _I_OR_Y.fullmatch(word):
            forms.add(word[:-1] + _OTHER_I[word[-1]])
        choices.append(sorted(forms))
    return {" ".join(words) for words in itertools.islice(itertools.product(*choices), _MOST_SPELLINGS)}


def without_accents(term: str) -> str:
    """As papers in other languages print Vietnamese names: Phan Van Giang, Dak Lak."""
    bare = unicodedata.normalize("NFD", term.replace("đ", "d").replace("Đ", "D"))
    return unicodedata.normalize("NFC", "".join(letter for letter in bare if not unicodedata.combining(letter)))


def _decoded(entity: re.Match[str]) -> str:
    return html.unescape(html.unescape(html.unescape(entity[0])))


def _composed(text: str) -> str:
    for letter in _INVISIBLE:
        text = text.replace(letter, "")
    return text if unicodedata.is_normalized("NFC", text) else "".join(map(_nfc, _LETTER.findall(text)))


def _nfc(letter: str) -> str:
    return letter if len(letter) == 1 else unicodedata.normalize("NFC", letter)


def _spread(text: str) -> tuple[str, list[int]]:
    """Decode and compose the text, and tell where each letter was printed, with one place more for the end."""
    if "&" not in text and _composed(text) == text:
        return text, list(range(len(text) + 1))
    letters: list[str] = []
    places: list[int] = []
    done = 0
    for entity in _ENTITY.finditer(text):
        letters += text[done : entity.start()]
        places += range(done, entity.start())
        decoded = _decoded(entity)
        letters += decoded
        places += [entity.start()] * len(decoded)
        done = entity.end()
    letters += text[done:]
    places += range(done, len(text) + 1)
    visible = [number for number, letter in enumerate(letters) if letter not in _INVISIBLE]
    found: list[str] = []
    starts: list[int] = []
    for cluster in _LETTER.finditer("".join(letters[number] for number in visible)):
        composed = _nfc(cluster[0])
        found.append(composed)
        starts += [places[visible[cluster.start()]]] * len(composed)
    return "".join(found), [*starts, len(text)]


def _lower(text: str) -> str:
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)
