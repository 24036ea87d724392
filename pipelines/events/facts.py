"""What a story says of its event: who, where, on which day, which of a series, in whatever language of the two countries' press."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from news.model import Story
from pipelines.duplicates import spell
from pipelines.events.vocabulary import IN_LATIN, KINDS, MONTHS, NUMBERED, NUMERALS, PLACES, REGIONS, SPELLINGS, TITLES
from pipelines.match.spelling import without_accents

# How much of the text, after title and lead, tells the event, what follows being background; and in how much of it the day of the
# event itself stands, and hardly another.  Words, and letters for scripts that put no blanks between words.
GIST, GIST_LETTERS = 90, 700
OPENING, OPENING_LETTERS = 40, 300

Day = tuple[int, int]  # month and day; the year is hardly ever printed


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Names and places folded → as printed; `series` holds the numbers of the topic's series, `ordinal` the first one printed."""

    people: Mapping[str, str]
    places: Mapping[str, str]
    days: frozenset[Day]
    opening_days: frozenset[Day]
    first_day: Day | None
    ordinal: int | None
    series: frozenset[tuple[str, int]]
    kinds: frozenset[str]
    numbers: frozenset[str]
    counts: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    language: str
    text: str


def facts(story: Story) -> Facts:
    """Read the fullest copy; the topics' tags come from all."""
    article = max((copy.article for copy in story.articles), key=lambda a: (len(a.lead) + len(a.text), a.canonical_url))
    tags = sorted({tag for copy in story.articles for match in copy.relevant for tag in match.tags})
    return _read(article.title, article.lead, article.text, article.language, tuple(tags))


@lru_cache(maxsize=512)
def _read(title: str, lead: str, text: str, language: str, tags: tuple[str, ...]) -> Facts:
    whole = _latin(f"{title}. {lead} {text}")
    words = text.split()
    gist = _latin(f"{title}. {lead} {' '.join(words[:GIST])[:GIST_LETTERS]}")
    opening = _latin(f"{title}. {lead} {' '.join(words[:OPENING])[:OPENING_LETTERS]}")
    folded, gist_folded = f" {_fold(whole)} ", f" {_fold(gist)} "
    # Tags are of the whole text; a name that stands only further down is background, one that stands nowhere is spelled otherwise.
    proper = [name for tag in tags if (name := _proper(tag))]
    proper = [name for name in proper if f" {_fold(name)} " in gist_folded or f" {_fold(name)} " not in folded]
    people = {_fold(name): name for name in (*_TITLED.findall(gist), *proper)}
    places = {_fold(place): place.title() for place in _PLACE.findall(gist_folded)}
    places |= {_fold(name): name for name in proper if _PLACE.fullmatch(_fold(name))}
    return Facts(
        people={
            SPELLINGS.get(name, name): shown
            for name, shown in people.items()
            if not _NOBODY.search(name) and not _PLACE.search(name)
        },
        places=places | {_fold(region): region for name in places if name in REGIONS for region in REGIONS[name].split(", ")},
        days=frozenset(_days(gist)),
        opening_days=frozenset(_days(opening)),
        first_day=next(_days(gist), None),
        ordinal=next(_ordinals(opening), None),
        series=frozenset(_series(tags)),
        kinds=frozenset(kind for kind, said in KINDS.items() if said.search(gist)),
        numbers=frozenset(re.sub(r"\D", "", number) for number in _NUMBER.findall(_NAME_OF_NUMBER.sub(" ", gist))),
        counts=frozenset(next(group for group in found.groups() if group) for found in _COUNT.finditer(gist)),
        pairs=frozenset(pairwise(spell(gist))),
        language=language,
        text=gist_folded,
    )


def _plain(text: str) -> str:
    return without_accents(text).lower()


def _fold(text: str) -> str:
    """Words without accents and signs, one blank between: "Svây Riêng" and "Svay-Rieng" become "svay rieng"."""
    return " ".join(_WORD.findall(_plain(text)))


_WORD = re.compile(r"[^\W_]+")
_KHMER_DIGITS = str.maketrans("០១២៣៤៥៦៧៨៩", "0123456789")


def _latin(text: str) -> str:
    """Write known names of other scripts in Latin letters, and their figures too."""
    text = text.translate(_KHMER_DIGITS)
    return _OTHER_SCRIPT.sub(lambda found: f" {IN_LATIN[found[0]]} ", text)


_OTHER_SCRIPT = re.compile("|".join(IN_LATIN))

_UPPER = "A-ZĐÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ"
_HONOURS = "(?:(?:samdech|pichay|pichey|sena|techo) )*"
_TITLED = re.compile(rf"\b(?i:{TITLES}) (?i:{_HONOURS})([{_UPPER}][\w’']*(?:[ -][{_UPPER}][\w’']*){{1,4}})")
_NOBODY = re.compile(r"^(?:bo|campuchia|cong hoa|defen[cs]e|foreign|lao|quan doi|viet nam|vietnam|vuong quoc)\b")
_RANK_OF_TAG = re.compile(rf"^(?:(?i:{TITLES}|admiral|vice admiral|senior|lieutenant|major|brigadier|[a-z]{{2,4}}\.) )+")
_CAPITAL_WORDS = re.compile(rf"[{_UPPER}][\w’'.-]*(?: [{_UPPER}][\w’'.-]*)*")


def _proper(tag: str) -> str:
    """The name in a tag, without the rank; empty for a tag that names a kind of event, a level or a force."""
    name = _RANK_OF_TAG.sub("", tag)
    return name if _CAPITAL_WORDS.fullmatch(name) else ""


_PLACE = re.compile(rf"\b(?:{PLACES})\b")

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_TO = r"\s?(?:[-–]|and|au|et|to|và|đến)\s?"
_DATE = re.compile(
    rf"(?<![\d/.,-])(?:(?P<first>\d{{1,2}}){_TO})?(?P<last>\d{{1,2}})(?:\s?[/.-]\s?|\s+tháng\s+)(?P<month>1[0-2]|0?[1-9])(?![\d%]|[.,]\d{{3}})"
    rf"|\b(?P<en_month>{_MONTH})\.? (?P<en_first>\d{{1,2}})(?:{_TO}(?P<en_last>\d{{1,2}}))?\b"
    rf"|\b(?P<fr_first>\d{{1,2}})(?:er)?(?:{_TO}(?P<fr_last>\d{{1,2}}))? (?:ខែ)?(?P<fr_month>{_MONTH})(?!\w)"
    r"|(?P<zh_month>\d{1,2})月(?P<zh_first>\d{1,2})日(?:から(?P<zh_last>\d{1,2})日)?",
    re.IGNORECASE,
)
_LAST_OF_MONTH, _MONTHS_OF_YEAR = 31, 12


def _days(text: str) -> Iterator[Day]:
    """Every day that is said: "13-14/11", "từ 3 đến 5/7", "May 12", "le 29 octobre", "11月25日"; a span day by day."""
    for found in _DATE.finditer(text):
        said = {key.rpartition("_")[2]: value.lower() for key, value in found.groupdict().items() if value}
        month = MONTHS.get(said["month"]) or int(said["month"])
        last = int(said.get("last") or said["first"])
        first = min(int(said.get("first", last)), last)
        if first >= 1 and last <= _LAST_OF_MONTH and month <= _MONTHS_OF_YEAR:
            yield from ((month, day) for day in range(first, last + 1))


_NUMERAL = "|".join(sorted(NUMERALS, key=len, reverse=True))
_ORDINAL = re.compile(
    rf"\b(?:lần|kỳ họp|kì họp)(?: thứ)? (?P<vi>\d{{1,3}}|{_NUMERAL})\b"
    rf"|\b(?P<en>\d{{1,3}})(?:st|nd|rd|th|e|ème)\b|\b(?P<word>{'|'.join(n for n in NUMERALS if len(n) > len('seven'))}|first|second|third|fifth|sixth|ninth|tenth)\b"
    rf"|第(?P<zh>\d+|{_NUMERAL})[次届]",
    re.IGNORECASE,
)


def _ordinals(text: str) -> Iterator[int]:
    for found in _ORDINAL.finditer(text):
        said = next(group for group in found.groups() if group).lower()
        yield NUMERALS.get(said) or int(said)


# The topic's series, by a word that both languages' tags have.  Sorted.
_SERIES = {
    "committee": re.compile(r"chuyên trách kỳ họp thứ (\d+)|session no\. (\d+)", re.IGNORECASE),
    "dialogue": re.compile(r"^(?:đối thoại\D*lần thứ|\D*dialogue no\.) (\d+)"),
    "exchange": re.compile(r"^(?:giao lưu\D*lần thứ|\D*exchange no\.) (\d+)"),
    "patrol": re.compile(r"^(?:tuần tra\D*lần thứ|\D*patrol no\.) (\d+)"),
    "review": re.compile(r"^(?:rút kinh nghiệm\D*lần thứ|\D*review no\.) (\d+)"),
}


def _series(tags: Iterable[str]) -> Iterator[tuple[str, int]]:
    for tag in tags:
        for series, numbered in _SERIES.items():
            if found := numbered.search(tag):
                yield series, int(next(group for group in found.groups() if group))


_NAME_OF_NUMBER = re.compile(rf"\b(?:{NUMBERED}) (?:số |no\. )?\d+\b", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\d/.,-])(?!(?:19|20)\d\d\b)(?:\d{1,3}(?:[.,]\d{3})+|\d{3,})(?![\d/.,-]\d)\b")
# How many dead were brought home: the number that tells this year's burial from last year's.
_COUNT = re.compile(
    r"\b(\d+) (?:bộ )?(?:hài cốt|hcls|liệt s[ĩỹ]|mộ)\b|\b(\d+) (?:sets? of |more )?(?:remains|martyrs|volunteer soldiers)\b|\bremains of (\d+)\b",
    re.IGNORECASE,
)
