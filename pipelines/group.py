"""Which story does an article belong to?  The same text joins, last year's twin and another text on the same event do not."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from news.model import Article, StoredArticle
from pipelines.duplicates import Likeness, beginning_likeness, likeness, opening_likeness, running_lines, spell

# Copies that were re-headlined, cut to half and given another lead and a further paragraph hold 70 % of the shorter text and more;
# two papers' own reports on one event at most 30 %.  In between lie later reports that repeat the background of an earlier one, up
# to 90 %: their beginnings tell.
ENOUGH = 0.55
ENOUGH_WHEN_SHORT = 0.8
SHORT = 20  # shingles
# Resemblance from which the beginnings need not be compared, and the same for a text that lies nearly whole in the other.
NEARLY_ALIKE = 0.6
HALF = 0.4
WHOLE = 0.8
SAME_BEGINNING = 0.2
# A roundup of five items holds each of them, and is none of them; a brief of a long text holds its beginning.
LEAST_RESEMBLANCE = 0.2
BRIEF_OPENING = 0.8
LEAST_SHARED = 8
LEAST_BRIDGED = 0.2  # containment of two stored cuts in each other, before a third makes them one story
# Corrections come within days; the next patrol, dialogue or search for remains does not.
SAME_DAYS = timedelta(days=3)
CORRECTED = 0.8  # containment from which a change of facts may be a correction, within those days
SAME_ITEM = 0.8  # resemblance
# How much may be corrected at once: one ordinal or date and nothing else, or two of the other facts.
WEIGHTS = {"date": 2, "ordinal": 2}
MOST_CORRECTED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where an article belongs: `story_id` None means a new story, `merges` names further stories that it proves to be the same.

    `same_item` is the stored article of which this is no copy but another address: its paper has moved it.
    """

    story_id: int | None
    why: str
    copy_of: int | None
    merges: tuple[int, ...] = ()
    same_item: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Two texts say the same sentence with another fact: `kind` is ordinal, date, year, count, name, place or number."""

    kind: str
    one: str
    other: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one stored article says about a new one: a copy, held apart by `differences`, or too little alike (neither)."""

    candidate: StoredArticle
    alike: Likeness
    copy: bool
    differences: tuple[Difference, ...] = ()

    @property
    def rank(self) -> tuple[float, float, int]:
        """Most alike first, when sorted in reverse; the older article breaks a tie."""
        return self.alike.resemblance, self.alike.containment, -self.candidate.id


def place(article: Article, candidates: Sequence[StoredArticle]) -> Placement:
    """Find the story of `article` among stored articles that share a band with it; their order does not matter."""
    verdicts = sorted((judge(article, candidate) for candidate in candidates), key=lambda v: v.rank, reverse=True)
    # In each story the most alike member decides: where both twins are stored, a brief's or a correction's nearest text is its own.
    deciding: dict[int, Verdict] = {}
    for verdict in verdicts:
        if verdict.copy or verdict.differences:
            deciding.setdefault(verdict.candidate.story_id, verdict)
    copies = [verdict for verdict in deciding.values() if verdict.copy]
    if not copies:
        return Placement(story_id=None, why=_why_new(verdicts), copy_of=None)
    best, others = copies[0], copies[1:]
    same = [best, *(other for other in others if not _apart(best, other))]
    story_id, *merges = sorted(verdict.candidate.story_id for verdict in same)
    moved = next((verdict.candidate.id for verdict in verdicts if verdict.copy and _moved(article, verdict)), None)
    return Placement(
        story_id=story_id, why=_why_copy(best, merges), copy_of=best.candidate.id, merges=tuple(merges), same_item=moved
    )


def _moved(article: Article, verdict: Verdict) -> bool:
    """A paper whose addresses are made of headlines gives an article another one when it corrects its headline."""
    other = verdict.candidate.article
    if article.site != other.site or article.published is None or other.published is None:
        return False
    at_once = abs(article.published - other.published) < timedelta(minutes=1)
    return at_once and article.language == other.language and verdict.alike.resemblance >= SAME_ITEM


def judge(article: Article, candidate: StoredArticle) -> Verdict:
    """Compare an article with one candidate."""
    other = candidate.article
    alike = likeness(article, other)
    if not _one_text(article, other, alike):
        return Verdict(candidate=candidate, alike=alike, copy=False)
    apart = vetoes(article, other, alike)
    return Verdict(candidate=candidate, alike=alike, copy=not apart, differences=apart)


def _one_text(a: Article, b: Article, alike: Likeness) -> bool:
    """Tell whether one of them, cut or extended, is the text of the other."""
    short = alike.shared < SHORT * alike.containment  # that is, the shorter text has fewer than SHORT shingles
    if alike.shared < LEAST_SHARED or alike.containment < (ENOUGH_WHEN_SHORT if short else ENOUGH):
        return False
    if short or alike.resemblance >= (HALF if alike.containment >= WHOLE else NEARLY_ALIKE):
        return True
    if alike.resemblance >= LEAST_RESEMBLANCE and beginning_likeness(a, b) >= SAME_BEGINNING:
        return True
    return opening_likeness(a, b) >= BRIEF_OPENING


def _apart(one: Verdict, other: Verdict) -> bool:
    """Tell whether two stored articles stay apart although a new one is like both: twins, or two items of one roundup."""
    a, b = one.candidate.article, other.candidate.article
    alike = likeness(a, b)
    return alike.containment < LEAST_BRIDGED or bool(vetoes(a, b, alike))


def vetoes(a: Article, b: Article, alike: Likeness) -> tuple[Difference, ...]:
    """Find the facts that keep two alike texts apart, none where they are a copy or a correction."""
    found = differences(a, b)
    days = abs(a.published - b.published) if a.published and b.published else None
    weight = sum(WEIGHTS.get(difference.kind, 1) for difference in found)
    if days is not None and days <= SAME_DAYS:
        return found if weight > (MOST_CORRECTED if alike.containment >= CORRECTED else 1) else ()
    found = found or unlike_marks(a, b)
    if days is None and alike.containment >= CORRECTED and len(found) == 1 and _may_be_corrected(found[0], a, b):
        return ()
    return found if weight > 1 or any(difference.kind != "number" for difference in found) else ()


def _may_be_corrected(difference: Difference, a: Article, b: Article) -> bool:
    """Where no date of publication tells: the number in a series changes from twin to twin, and so do all dates together."""
    if difference.kind == "date":
        return bool(_of("date", _all_marks(a)) & _of("date", _all_marks(b)))
    return difference.kind != "ordinal"


_UPPER = "A-ZĐÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ"
_NAME = rf"[{_UPPER}][\w-]*(?: [{_UPPER}][\w-]*)"
_NUMERALS = dict(
    zip(("nhất", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười"), map(str, range(1, 11)), strict=True)
)
_KINDS = re.compile(
    rf"\blần(?: thứ)? (?P<ordinal>\d+|[IVX]+\b|{'|'.join(_NUMERALS)})\b"
    r"|(?<![\d/.,-])(?:\d{1,2}\s?[-–]\s?)?(?P<date>(?:0?[1-9]|[12]\d|3[01])(?:/|[.-](?=\d{1,2}(?:[.-]\d{4}|\b))| tháng )(?:0?[1-9]|1[0-2]))(?!\d|[.,]\d{3}|%| (?:triệu|tỉ|tỷ|km|ha|tấn|m|phần)\b)"
    r"|(?P<count>\d+) (?:bộ )?(?:hài cốt|liệt s[ĩỹ]|mộ|chuyến|đợt)\b"
    rf"|(?i:\b(?:tướng|đại tá|thượng tá|trung tá|thiếu tá|đô đốc|đại úy|ông|bà|đồng chí)) (?P<name>{_NAME}{{1,3}})"
    rf"|(?i:\b(?:tỉnh|huyện|xã|thành phố|cửa khẩu)) (?P<place>{_NAME}{{0,3}})"
    r"|(?P<year>(?:19|20)\d\d)(?![\d.,]\d)"
    r"|(?P<number>\d[\d.,]*)"
)
_SENTENCES = re.compile(rf"(?<=[.!?…;])\s+(?=[\"“(‘{_UPPER}\d])")
_PAIRED = 0.5

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


def unlike_marks(a: Article, b: Article) -> tuple[Difference, ...]:
    """Find ordinals and dates of which both texts have some, but none in common."""
    ours, theirs = _all_marks(a), _all_marks(b)
    return tuple(
        Difference(kind=kind, one=_said(one), other=_said(other))
        for kind in ("date", "ordinal")
        if (one := _of(kind, ours)) and (other := _of(kind, theirs)) and not one & other
    )


def _all_marks(article: Article) -> Marks:
    return frozenset(mark for sentence in _sentences(article) for mark in sentence.marks)


def _changed(ours: Marks, theirs: Marks) -> Iterator[Difference]:
    """Tell a change, where each has a fact that the other has not, from a fact that was added or cut."""
    for kind in sorted({kind for kind, _ in ours}):
        one, other = _of(kind, ours - theirs), _of(kind, theirs - ours)
        if one and other:
            yield Difference(kind=kind, one=_said(one), other=_said(other))


def _of(kind: str, marks: Iterable[tuple[str, str]]) -> frozenset[str]:
    return frozenset(value for k, value in marks if k == kind)


def _said(values: Iterable[str]) -> str:
    return ", ".join(sorted(values))


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


def _sentences(article: Article) -> frozenset[Sentence]:
    return frozenset(sentence for line in (article.title, *running_lines(article)) for sentence in _read(line))


@lru_cache(maxsize=4096)
def _read(line: str) -> tuple[Sentence, ...]:
    """Read each line once, since copies share most of theirs."""
    return tuple(Sentence(words=frozenset(spell(part)), marks=frozenset(_marks(part))) for part in _SENTENCES.split(line))


def _marks(sentence: str) -> Iterator[tuple[str, str]]:
    for found in _KINDS.finditer(sentence):
        kind = found.lastgroup or ""
        value = _NUMERALS.get(found[kind], found[kind])
        yield kind, " ".join(spell(value))


def _figures(alike: Likeness) -> str:
    return f"{alike.containment:.0%} of the shorter text, {alike.resemblance:.0%} of both together, {alike.shared} shingles"


def _why_copy(verdict: Verdict, merges: Sequence[int]) -> str:
    more = f"; it shows that story {', '.join(map(str, merges))} is the same" if merges else ""
    return f"same text as article {verdict.candidate.id} of {verdict.candidate.article.site} ({_figures(verdict.alike)}){more}"


def _why_new(verdicts: Sequence[Verdict]) -> str:
    if not verdicts:
        return "no stored text is like it"
    apart = next((verdict for verdict in verdicts if verdict.differences), None)
    nearest = apart or verdicts[0]
    start = f"article {nearest.candidate.id} of {nearest.candidate.article.site} is alike ({_figures(nearest.alike)})"
    if apart is None:
        return f"{start}, too little for the same text"
    facts = "; ".join(f"{d.kind} {d.one} ≠ {d.other}" for d in apart.differences)
    return f"{start}, but the facts differ: {facts}"
