"""Have we this text under another address?  Comparable words, a signature to find copies by, and how alike two texts are."""

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from news.model import Article
from pipelines.text import nfc, old_tone

Hashes = NDArray[np.uint64]

# Four syllables are two or three Vietnamese words: three is common phrase, and five loses too much of a brief to each edit.
SHINGLE = 4
# Bands are pairs of minima: a pair of texts that shares a third of its shingles meets in one of the 48 in 997 cases of 1000, two
# unrelated ones in 1 of 1000.  The head has its own, so that a brief meets the long text whose beginning it is.
WHOLE_BANDS = 48
HEAD_BANDS = 16
HEAD_WORDS = 90
BEGINNING_WORDS = 150

ALWAYS_COMPARED = 2  # articles
MOST_COMPARED = 10
MORE_THAN_CHANCE = 1.5  # bands: unrelated texts meet in one


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How much two texts share: of both together (Jaccard), of the shorter one, and in shingles."""

    resemblance: float
    containment: float
    shared: int


def words(article: Article) -> tuple[str, ...]:
    """Return lead and text as one house would spell them, without dateline, credit, caption and furniture lines."""
    return _words(article.lead, article.text, article.captions)


def bands(article: Article) -> tuple[int, ...]:
    """Signed 64-bit keys to index the article by; the same text gives the same keys on every machine.  Empty for an empty text."""
    return bands_of(words(article))


def bands_of(tokens: tuple[str, ...]) -> tuple[int, ...]:
    """Keys of a text whose comparable words are known."""
    if not tokens:
        return ()
    return (*_bands(tokens, WHOLE_BANDS, first=0), *_bands(tokens[:HEAD_WORDS], HEAD_BANDS, first=WHOLE_BANDS))


def nearest(shared: Mapping[int, float]) -> list[int]:
    """Of articles that share bands with a text name those worth comparing, the likeliest copies first.

    `shared` is {id: how many}, a band counting the less the more articles share it: those with a paragraph in common grow in number
    with the store, while copies share bands that hardly any other text has.
    """
    ranked = sorted(shared, key=lambda number: (-shared[number], number))
    return [
        number
        for place, number in enumerate(ranked[:MOST_COMPARED])
        if place < ALWAYS_COMPARED or shared[number] >= MORE_THAN_CHANCE
    ]


def likeness(a: Article, b: Article) -> Likeness:
    """Compare the shingle sets of two articles; 0 throughout where one has no text."""
    left, right = _shingles(words(a)), _shingles(words(b))
    if not len(left) or not len(right):
        return Likeness(resemblance=0.0, containment=0.0, shared=0)
    shared = len(np.intersect1d(left, right, assume_unique=True))
    return Likeness(
        resemblance=shared / (len(left) + len(right) - shared),
        containment=shared / min(len(left), len(right)),
        shared=shared,
    )


def beginning_likeness(a: Article, b: Article) -> float:
    """How much of the beginning of each text stands anywhere in the other: the smaller share of the two, 0 to 1.

    News begins with what is new: of two reports that share their background the later one has a beginning of its own.  The leads
    are left out, since every house writes another.
    """
    return min(_share(_after_lead(a), words(b)), _share(_after_lead(b), words(a)))


def opening_likeness(a: Article, b: Article) -> float:
    """How much of the shorter text stands in the opening of the longer one, up to twice its own length, 0 to 1."""
    shorter, longer = sorted((words(a), words(b)), key=lambda w: (len(w), w))
    return _share(shorter, longer[: 2 * len(shorter)])


def _after_lead(article: Article) -> tuple[str, ...]:
    lead = len(_words(article.lead, "", ())) if article.text else 0
    return words(article)[lead : lead + BEGINNING_WORDS]


def _share(part: tuple[str, ...], whole: tuple[str, ...]) -> float:
    shingles = _shingles(part)
    return len(np.intersect1d(shingles, _shingles(whole), assume_unique=True)) / max(1, len(shingles))


# What a page adds to the text of an article: headings and links without a full stop, and invitations.  People extend both lists;
# they are sorted.
_FURNITURE = re.compile(
    r"\W*(?:"
    r"bài viết liên quan|bình luận|chia sẻ|chủ đề|các bài khác|các tin khác|các tin, bài|có thể bạn quan tâm|cùng chuyên mục|"
    r"dòng sự kiện|hotline|leave a comment|phản hồi|related news|see more|tag|thẻ|tin cùng chuyên mục|tin liên quan|tin mới|"
    r"từ khoá|từ khóa|video đang hot|xem thêm|xem tiếp|ý kiến bạn đọc|đọc ngay|đọc thêm"
    r")\b[^.!?]{0,140}"
    r"|\W*(?:mời bạn đọc|mời quý|mời độc giả|theo dõi báo|theo dõi vgt|theo dõi [\w.]+\.vn)\b.{0,140}"
    r"|\W*(?:>>|上一篇|下一篇|时间:|猜你喜欢).{0,200}",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"\W*(?:theo|nguồn|ảnh|bài|bài và ảnh|bài, ảnh|pv|source|tác giả|thực hiện|tin|tin, ảnh|translated by|ttxvn|vna)\b[^.!?;]{0,45}",
    re.IGNORECASE,
)
_DATELINE = re.compile(
    r"^(?:\W{0,3}(?:[^\W\d_][\w .,/]{0,40})?\([^()]{2,30}\)\s?[-–—:]+\s*"  # Phnom Penh (TTXVN) - , (PLO)-
    r"|[A-ZĐ][A-ZĐ0-9&. ]{1,20}(?:\.vn)?(?: [Oo]nline)?\s?[-–—]+\s+"  # TPO - , VOV.VN - , QĐND Online - , PHNOM PENH —
    r"|[Bb]iên phòng\s?[-–—]+\s+"
    r"|[Tt]heo (?:phóng viên|PV|[Tt]hông tấn xã|TTXVN|VOV)\b[\w /+.]{0,40},\s*)"
)
_TAIL = re.compile(r"\s*(?:\([^()]{2,40}\)|[-–—]\s?(?:VNA|TTXVN|VNS)[\w/+]*|\(?Ảnh\s?:[^.!?]{0,60})[\s./]*$", re.IGNORECASE)
_PHOTO = re.compile(r"\bảnh(?: minh họa)?\s?:[^.!?]{0,60}\W*$", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?…]\s+\w")
_CREDIT_LENGTH = 60
_TAIL_LENGTH = 80  # a caption is at most twice as long

_WORD = re.compile(r"\w+")
_THOUSANDS = re.compile(r"(?<=\d)[.,](?=\d{3}(?!\d))")
_DATE_WORDS = re.compile(r"(?<=\d) (?:tháng|năm) (?=\d)")
_I_OR_Y = re.compile(r"((?:[hklmstv]|qu)?)([iìíỉĩịyỳýỷỹỵ])")
_TO_I = str.maketrans("yỳýỷỹỵ", "iìíỉĩị")
# One spelling of what papers write in several ways, after punctuation is gone.  People extend this list; it is sorted.
_SPELLINGS = {
    "bđbp": "bộ đội biên phòng",
    "bộ chqs": "bộ chỉ huy quân sự",
    "bộ đội bp": "bộ đội biên phòng",
    "cam pu chia": "campuchia",
    "căm pu chia": "campuchia",
    "cămpuchia": "campuchia",
    "hđnd": "hội đồng nhân dân",
    "nông pênh": "phnom penh",
    "phnom pênh": "phnom penh",
    "phnôm pênh": "phnom penh",
    "pnôm pênh": "phnom penh",
    "thành phố": "tp",
    "thành phố hcm": "tphcm",
    "thành phố hồ chí minh": "tphcm",
    "tp hcm": "tphcm",
    "tp hồ chí minh": "tphcm",
    "ubnd": "ủy ban nhân dân",
}
_SPELLING = re.compile(r"\b(?:" + "|".join(sorted(map(re.escape, _SPELLINGS), key=len, reverse=True)) + r")\b")


@lru_cache(maxsize=256)
def _words(lead: str, text: str, captions: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for line in _running_lines(lead, text, captions) for word in spell(line))


def running_lines(article: Article) -> tuple[str, ...]:
    """Return the author's own lines, without what a house puts before, after and between them."""
    return _running_lines(article.lead, article.text, article.captions)


@lru_cache(maxsize=256)
def _running_lines(lead: str, text: str, captions: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_author_lines(lead, text, captions))


def _author_lines(lead: str, text: str, captions: tuple[str, ...]) -> Iterator[str]:
    known = {nfc(caption).lower() for caption in captions}
    for line in (*nfc(lead).splitlines(), *nfc(text).splitlines()):
        if line.lower() in known or _FURNITURE.fullmatch(line) or (len(line) < _CREDIT_LENGTH and _CREDIT.fullmatch(line)):
            continue
        start, end = line[:-_TAIL_LENGTH], line[-_TAIL_LENGTH:]  # what is looked for at the end is short, and paragraphs are long
        if not start[_TAIL_LENGTH:] and _PHOTO.search(end) and not _SENTENCE_END.search(start + _PHOTO.sub("", end)):
            continue
        yield _DATELINE.sub("", start + _TAIL.sub("", end), count=1)


@lru_cache(maxsize=4096)
def spell(line: str) -> tuple[str, ...]:
    """Split a line into words of one spelling, numbers without their separators (20/1 = 20.1 = 20-01)."""
    joined = " ".join(map(_fold, _WORD.findall(_THOUSANDS.sub("", line.lower()))))
    joined = _SPELLING.sub(lambda found: _SPELLINGS[found[0]], joined)
    return tuple(_DATE_WORDS.sub(" ", joined).split())


@lru_cache(maxsize=50_000)
def _fold(word: str) -> str:
    """Spell one syllable: tone mark in the old place, i for y where both are written (sĩ = sỹ), no leading zeros."""
    word = old_tone(word)
    if word.isdecimal():
        return word.lstrip("0") or "0"
    return word.translate(_TO_I) if _I_OR_Y.fullmatch(word) else word


_MIX = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB


@lru_cache(maxsize=50_000)
def _number(word: str) -> int:
    """Hash a word with crc32, since Python's hash() differs from process to process."""
    return zlib.crc32(word.encode())


@lru_cache(maxsize=512)
def _shingles(tokens: tuple[str, ...]) -> Hashes:
    """Hash the shingles into a sorted set; a text shorter than one shingle is one shingle."""
    if not tokens:
        return np.empty(0, dtype=np.uint64)
    numbers = np.fromiter(map(_number, tokens), dtype=np.uint64, count=len(tokens))
    size = max(1, len(tokens) - SHINGLE + 1)
    mixed = np.zeros(size, dtype=np.uint64)
    for place in range(min(SHINGLE, len(tokens))):
        mixed = _mixed((mixed + numbers[place : place + size]) * np.uint64(_MIX[0]))
    return np.unique(mixed)


def _mixed(values: Hashes) -> Hashes:
    """Spread every bit over the whole number (the finaliser of splitmix64); arithmetic is modulo 2⁶⁴."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(_MIX[1])
    values = (values ^ (values >> np.uint64(27))) * np.uint64(_MIX[2])
    return values ^ (values >> np.uint64(31))


@lru_cache(maxsize=4)
def _permutations(count: int, first: int) -> tuple[Hashes, Hashes]:
    numbers = np.arange(1 + 4 * first, 1 + 4 * (first + count), dtype=np.uint64)
    drawn = _mixed(numbers * np.uint64(_MIX[0]))
    return drawn[: 2 * count] | np.uint64(1), drawn[2 * count :]


def _bands(tokens: tuple[str, ...], count: int, first: int) -> list[int]:
    """`count` keys, each made of two minima under random permutations; `first` keeps the keys of different parts apart."""
    factors, terms = _permutations(count, first)
    values = factors[:, None] * _shingles(tokens)
    values += terms[:, None]  # in place: a third of the time
    minima = values.min(axis=1) >> np.uint64(32)
    numbers = np.arange(first, first + count, dtype=np.uint64)
    keys = _mixed((minima[:count] << np.uint64(32) | minima[count:]) + numbers * np.uint64(_MIX[0]))
    return [int(key) for key in keys.view(np.int64)]
