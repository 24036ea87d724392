"""Tells names from other words with a capital, and slips of the pen from other words."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from news.model import Article

_GAP = re.compile(r"[ .‑-]{1,2}")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)*")
# A passage of more than a word or two is in capitals where nearly all of its letters are; the beginning of a long one tells.
_FEW_LETTERS, _ENOUGH_LETTERS, _MOST_LETTERS = 12, 2000, 0.9
_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_SYLLABLE = re.compile(
    r"(?:ngh?|nh|ch|gh?|gi|kh|ph|qu|th|tr|[bcdđhklmnpqrstvx])?"
    r"(?:a[iouy]?|ă|â[uy]?|e[o]?|ê[u]?|i[au]?|iê[u]?|yê[u]?|o[aăei]?|oa[iyo]|oe[o]|oo|ô[i]?|ơ[i]?|u[aâeêiôơy]?|uâ[y]|uô[i]|uy[aêu]|ư[aiơu]?|ươ[iu]|y)"
    r"(?:ng|nh|ch|[cmnpt])?"
)
# Words that begin a sentence with a capital and belong to no name.  People extend this list; it is sorted.
_OPENERS = frozenset({
    "a", "an", "anh", "at", "but", "by", "bà", "bên", "bởi", "chiều", "cho", "chị", "chủ", "các", "cách", "còn", "cô", "cùng",
    "cả", "cụ", "do", "dù", "em", "from", "giữa", "he", "hiện", "hôm", "hơn", "in", "it", "khi", "không", "là", "lãnh", "lúc",
    "mà", "mặc", "mọi", "mỗi", "một", "nay", "ngoài", "ngài", "ngày", "người", "nhiều", "nhân", "như", "nhưng", "những", "on",
    "qua", "rồi", "sau", "she", "song", "sáng", "sẽ", "the", "theo", "they", "this", "thông", "to", "trong", "trên", "trưa",
    "trước", "tuy", "tại", "tối", "tức", "từ", "việc", "và", "vào", "vì", "về", "với", "ông", "đoàn", "đêm", "đó", "đại",
    "đến", "để", "đối", "đồng",
})  # fmt: skip
_COUNTRIES = frozenset({
    "australia", "campuchia", "indonesia", "lào", "malaysia", "myanmar", "mỹ", "nga", "nhật", "philippines", "pháp",
    "singapore", "thái", "ukraine", "đức", "ấn",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """How an article writes its words: those it has in small letters, and those that have a capital within a sentence."""

    small: frozenset[str]
    capital: frozenset[str]

    def names(self, word: str) -> bool:
        """Tell whether a word is a name although its capital says nothing: it begins a sentence, or all is in capitals."""
        small = word.lower()
        return small in _COUNTRIES or (small not in self.small and small in self.capital)


def usage(*articles: Article) -> Usage:
    """Learn from whole articles."""
    text = "\n".join(f"{article.lead}\n{article.text}" for article in articles)
    return Usage(
        small=frozenset(word for word in re.findall(r"\w+", text) if word.islower()),
        capital=frozenset(word.lower() for word in re.findall(r"(?<=[^\W_][ ,])\w+", text) if word[0].isupper()),
    )


def names_in(text: str, known: Usage, taken: bytearray, *, begins: bool) -> Iterator[tuple[int, int]]:
    """Find runs of words with a capital, without what opens a sentence and what is `taken` for another fact.

    In a heading in capitals they are runs of words that are known as names.
    """
    words = list(_WORD.finditer(text))
    shouted = all_capitals(text)
    run: list[re.Match[str]] = []
    for place, word in enumerate(words):
        before = text[words[place - 1].end() : word.start()] if place else ""
        joined = bool(run) and (_GAP.fullmatch(before) is not None and before not in {". ", "- "})
        first = (begins and place == 0) or bool(re.search(r"[:.!?…“\"«]\s?$", before))
        if joined and before in {"-", "‑"}:
            run.append(word)
            continue
        if not joined:
            yield from _span(run)
            run = []
        capital = word[0][0].isupper() and not taken[word.start()] and (not shouted or known.names(word[0]))
        if capital and first and not shouted and not _opens_name(words, place, text, known):
            capital = False
        if capital:
            run.append(word)
        else:
            yield from _span(run)
            run = []
    yield from _span(run)


def _opens_name(words: list[re.Match[str]], place: int, text: str, known: Usage) -> bool:
    """Tell whether the first word of a sentence begins a name: a capital follows, or the article uses it as a name."""
    word = words[place][0]
    if word.lower() in _OPENERS:
        return False
    if (
        place + 1 < len(words)
        and words[place + 1][0][0].isupper()
        and text[words[place].end() : words[place + 1].start()] in {" ", "-", "."}
    ):
        return True
    return known.names(word) or (len(word) > 1 and word.isupper())


def _span(run: list[re.Match[str]]) -> Iterator[tuple[int, int]]:
    if run:
        yield run[0].start(), run[-1].end()


def all_capitals(text: str) -> bool:
    """Tell whether a passage of more than a word or two is set in capitals, so that they say nothing."""
    letters = [sign for sign in text[:_ENOUGH_LETTERS] if sign.isalpha()]
    return len(letters) > _FEW_LETTERS and sum(sign.isupper() for sign in letters) > _MOST_LETTERS * len(letters)


def is_slip(one: str, other: str, known: Usage) -> bool:
    """Tell whether one of two words is a slip for the other: no syllable where that is one, or the same small letters misplaced.

    A name is none: the right word is one that the article writes in small letters.
    """
    bare = [_bare(word) for word in (one, other)]
    good = [bool(_SYLLABLE.fullmatch(word)) for word in bare]
    if good[0] == good[1]:
        return one.islower() and other.islower() and bare[0] != bare[1] and sorted(bare[0]) == sorted(bare[1])
    right = (one if good[0] else other).lower()
    return right in known.small or right in _OPENERS


def _bare(word: str) -> str:
    return unicodedata.normalize("NFC", _TONES.sub("", unicodedata.normalize("NFD", word.lower())))
