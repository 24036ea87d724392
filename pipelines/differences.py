"""Which facts differ where two texts say the same sentence?  Ordinals, dates, places, names and counts, in whatever spelling."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from news.model import Article
from pipelines.duplicates import running_lines, spell
from pipelines.events.vocabulary import OFFICES, PLACE_SPELLINGS, PLACES, REGIONS, SPELLINGS, TITLES
from pipelines.match.spelling import fold, without_accents
from pipelines.match.tags import ordinals


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Two texts say the same sentence with another fact, or several of a kind with commas between.

    `kind` is ordinal, date, year, count, name, place (a province, or what is known to lie in one), locality (any other) or number.
    """

    kind: str
    one: str
    other: str


Marks = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence in comparable words, and the facts in it as (kind, value)."""

    words: frozenset[str]
    marks: Marks


def differences(a: Article, b: Article) -> tuple[Difference, ...]:
    """Find the facts that change where both texts say the same sentence; each change once, however often it is repeated."""
    ours, theirs = _sentences(a), _sentences(b)
    found = {d: None for one, other in _pairs(ours - theirs, theirs - ours) for d in _changed(one.marks, other.marks)}
    return tuple(sorted(found, key=lambda d: (d.kind, d.one, d.other)))


def unlike_marks(a: Article, b: Article, kinds: Iterable[str]) -> tuple[Difference, ...]:
    """Find the kinds of fact of which both texts have some, but none in common, whatever sentences they stand in."""
    return tuple(
        Difference(kind=kind, one=_said(one), other=_said(other))
        for kind in kinds
        if (one := values(kind, a)) and (other := values(kind, b)) and not one & other
    )


def values(kind: str, article: Article) -> frozenset[str]:
    """All facts of one kind that a text tells."""
    return frozenset(value for sentence in _sentences(article) for value in _of(kind, sentence.marks))


def changed(kind: str, found: Iterable[Difference]) -> tuple[frozenset[str], frozenset[str]]:
    """The facts of one kind in which the texts differ: those of the one, those of the other."""
    same = [difference for difference in found if difference.kind == kind]
    return _split(difference.one for difference in same), _split(difference.other for difference in same)


def _changed(ours: Marks, theirs: Marks) -> Iterator[Difference]:
    """Tell a change, where each has a fact that the other has not, from a fact that was added or cut."""
    for kind in sorted({kind for kind, _ in ours}):
        one, other = _of(kind, ours - theirs), _of(kind, theirs - ours)
        if one and other:
            yield Difference(kind=kind, one=_said(one), other=_said(other))


def _of(kind: str, marks: Iterable[tuple[str, str]]) -> frozenset[str]:
    return frozenset(value for k, value in marks if k == kind)


def _said(said: Iterable[str]) -> str:
    return ", ".join(sorted(said))


def _split(said: Iterable[str]) -> frozenset[str]:
    return frozenset(value for each in said for value in each.split(", "))


_PAIRED = 0.5


def _pairs(ours: frozenset[Sentence], theirs: frozenset[Sentence]) -> Iterator[tuple[Sentence, Sentence]]:
    """Pair the sentences that say most nearly the same, each being the other's nearest: so it does not matter which text is new."""
    for one in ours:
        other = _closest(one, theirs)
        if other and _closest(other, ours) == one:
            yield one, other


def _closest(sentence: Sentence, among: frozenset[Sentence]) -> Sentence | None:
    closest = max(among, key=lambda other: (_overlap(sentence, other), sorted(other.words)), default=None)
    return closest if closest and _overlap(sentence, closest) >= _PAIRED else None


def _overlap(one: Sentence, other: Sentence) -> float:
    both = len(one.words & other.words)
    return both / (len(one.words) + len(other.words) - both) if both else 0.0


_UPPER = "A-ZĐÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ"
_CAPITAL = rf"[{_UPPER}][\w-]*"
_SENTENCES = re.compile(rf"(?<=[.!?…;])(?<!\b(?:Col|Gen)\.)\s+(?=[\"“(‘{_UPPER}\d])")
# What stands between an office and the name, and what follows an office and is another one.
_DOMAIN = (
    r"(?: (?:Bộ )?(?:Công an|Ngoại giao|Nội vụ|Quốc phòng))?(?P<of_province> (?:UBND|Ủy ban nhân dân|Uỷ ban nhân dân) tỉnh)?"
)
_NOBODY = r"(?!(?:Ban|Bộ|Cục|Hội|Quân|Sở|Tổng|Uỷ|Vùng|Đoàn|Đồn|Ủy)\b)"
_KINDS = re.compile(
    r"\b(?i:lần(?: thứ)?|k[ỳì] họp(?: thứ)?) \d{1,3}\b"  # is no number: it was read as an ordinal
    r"|(?<![\d/.,-])(?:\d{1,2}\s?[-–]\s?)?(?P<date>(?:0?[1-9]|[12]\d|3[01])(?:/|[.-](?=\d{1,2}(?:[.-]\d{4}|\b))| tháng )(?:0?[1-9]|1[0-2]))(?!\d|[.,]\d{3}|%| (?:triệu|tỉ|tỷ|km|ha|tấn|m|phần)\b)"
    r"|(?P<count>\d+) (?:bộ |sets? of )?(?:hài cốt|liệt s[ĩỹ]|mộ|chuyến|đợt|remains|martyrs)\b"
    rf"|\b(?i:{TITLES}|{OFFICES}){_DOMAIN} {_NOBODY}(?P<name>{_CAPITAL}(?: {_CAPITAL}){{1,7}})"
    rf"|\b(?i:tỉnh|thành phố) (?P<place>{_CAPITAL}(?: {_CAPITAL}){{0,3}})"
    rf"|\b(?i:huyện|xã|phường|cửa khẩu(?: quốc tế| quốc gia)?) (?P<locality>{_CAPITAL}(?: {_CAPITAL}){{0,3}})"
    r"|(?P<year>(?:19|20)\d\d)(?![\d.,]\d)"
    r"|(?P<number>\d[\d.,]*)"
)
_COUNTED = re.compile(r"\b(?:lần|k[ỳì] họp)\b")
_OPENER = re.compile(r"^(?:Tại|Ở|Từ|At|From|In) ")
_PROPER = re.compile(rf"(?<![\w-])(?!Bộ ){_CAPITAL}(?: {_CAPITAL})*")
_PLACE = re.compile(rf"(?:{'|'.join(PLACE_SPELLINGS)}|{PLACES})\b")
# "Campuchia Samdech Pichey Sena Tea Banh"
_NO_NAME = re.compile(
    r"^(?:(?:akka|campuchia|krolahom|lao|moha|padei|pichay|pichey|samdech|sena|techo|thai lan|viet nam|vuong quoc)\b ?)+"
)
_WORD = re.compile(r"[^\W_]+")
_SYLLABLES = range(2, 5)  # of a name


def _sentences(article: Article) -> frozenset[Sentence]:
    return frozenset(sentence for line in (article.title, *running_lines(article)) for sentence in _read(line))


@lru_cache(maxsize=4096)
def _read(line: str) -> tuple[Sentence, ...]:
    """Read each line once, since copies share most of theirs."""
    return tuple(Sentence(words=frozenset(spell(part)), marks=frozenset(_marks(part))) for part in _SENTENCES.split(line))


def _marks(sentence: str) -> Iterator[tuple[str, str]]:
    words = fold(sentence).words
    # Whatever series is counted: the word that begins an ordinal stands for its name.
    series = [(found.start(), found.start(), 0) for found in _COUNTED.finditer(words)]
    yield from (("ordinal", str(number)) for _, number in ordinals(words, series))
    for found in _KINDS.finditer(sentence):
        kind = found.lastgroup
        if kind == "name":
            yield from _named(_bare(found[kind]), of_province=bool(found["of_province"]))
        elif kind in {"place", "locality"}:
            yield from _placed(kind, _bare(found[kind]))
        elif kind:
            yield kind, " ".join(spell(found[kind]))
    # Other places are known ones, and what bears their name has been read by now.
    for proper in _PROPER.findall(_OPENER.sub("", _KINDS.sub(" , ", sentence))):
        if _PLACE.fullmatch(name := _bare(proper)):
            yield from _placed("place", name)


def _named(name: str, *, of_province: bool) -> Iterator[tuple[str, str]]:
    """A person, without country, honours, or the province that the office is of."""
    name = _NO_NAME.sub("", name)
    if of_province and (province := _PLACE.match(name)):
        yield from _placed("place", province[0])
        name = name[province.end() :]
    syllables = name.split()[: _SYLLABLES[-1]]
    if len(syllables) in _SYLLABLES:
        yield "name", SPELLINGS.get(" ".join(syllables), " ".join(syllables))


def _placed(kind: str, name: str) -> Iterator[tuple[str, str]]:
    """A place that is known is told by its provinces, so that a crossing and its province are no two places."""
    known = _PLACE.match(name)
    if not known:
        yield kind, name
        return
    name = PLACE_SPELLINGS.get(known[0], known[0])
    yield from (("place", _bare(region)) for region in REGIONS.get(name, name).split(", "))


def _bare(text: str) -> str:
    """Words without accents: "Svây Riêng" and "Svay-Rieng" become "svay rieng"."""
    return " ".join(_WORD.findall(without_accents(text).lower()))
