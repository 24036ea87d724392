"""What a story says of its event: who, where, on which day, which of a series, in whatever language of the two countries' press."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from news.model import Story
from pipelines.duplicates import spell
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
            _SPELLINGS.get(name, name): shown
            for name, shown in people.items()
            if not _NOBODY.search(name) and not _PLACE.search(name)
        },
        places=places | {_fold(region): region for name in places if name in _REGIONS for region in _REGIONS[name].split(", ")},
        days=frozenset(_days(gist)),
        opening_days=frozenset(_days(opening)),
        first_day=next(_days(gist), None),
        ordinal=next(_ordinals(opening), None),
        series=frozenset(_series(tags)),
        kinds=frozenset(kind for kind, said in _KINDS.items() if said.search(gist)),
        numbers=frozenset(re.sub(r"\D", "", number) for number in _NUMBER.findall(gist)),
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
    return _OTHER_SCRIPT.sub(lambda found: f" {_IN_LATIN[found[0]]} ", text)


# Names as the Khmer and Chinese press print them, where a topic's tags may not know them.  Sorted by their Latin form.
_IN_LATIN = {
    "កំពត": "Kampot",
    "កណ្តាល": "Kandal",
    "ក្រចេះ": "Kratie",
    "ហ៊ុន ម៉ាណែត": "Hun Manet",
    "ហ៊ុន សែន": "Hun Sen",
    "មណ្ឌលគិរី": "Mondulkiri",
    "នាង ផាត": "Neang Phat",
    "宁帕": "Neang Phat",
    "ភ្នំពេញ": "Phnom Penh",
    "ព្រៃវែង": "Prey Veng",
    "រតនគិរី": "Ratanakiri",
    "ស្វាយរៀង": "Svay Rieng",
    "តាកែវ": "Takeo",
    "ទៀ បាញ់": "Tea Banh",
    "ទៀ សីហា": "Tea Seiha",
    "វង្ស ពិសេន": "Vong Pisen",
}
_OTHER_SCRIPT = re.compile("|".join(_IN_LATIN))

_UPPER = "A-ZĐÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ"
# Ranks and offices that stand before a name.  Sorted.
_TITLES = (
    "akka moha sena padei techo|ambassador|bà|bộ quốc phòng|bộ trưởng|captain|chỉ huy trưởng|chính ủy|chủ tịch|chủ tịch nước|chuẩn đô đốc|"
    "col\\.?|colonel|commander|general|gen\\.?|général|lt\\.? gen\\.?|maj\\.? gen\\.?|minister|ông|phó đô đốc|president|quốc vụ khanh|samdech|"
    "secretary|secretary of state|sen\\.? lt\\.? gen\\.?|thiếu tá|thiếu tướng|thống tướng|thủ tướng|thứ trưởng|thượng tá|thượng tướng|"
    "tổng bí thư|tổng tham mưu trưởng|trung tá|trung tướng|tư lệnh|tướng|tùy viên|đại sứ|đại tá|đại tướng|đại úy|đô đốc"
)
_HONOURS = "(?:(?:samdech|pichay|pichey|sena|techo) )*"
_TITLED = re.compile(rf"\b(?i:{_TITLES}) (?i:{_HONOURS})([{_UPPER}][\w’']*(?:[ -][{_UPPER}][\w’']*){{1,4}})")
_NOBODY = re.compile(r"^(?:bo|campuchia|cong hoa|defen[cs]e|foreign|lao|quan doi|viet nam|vietnam|vuong quoc)\b")
_RANK_OF_TAG = re.compile(rf"^(?:(?i:{_TITLES}|admiral|vice admiral|senior|lieutenant|major|brigadier|[a-z]{{2,4}}\.) )+")
_CAPITAL_WORDS = re.compile(rf"[{_UPPER}][\w’'.-]*(?: [{_UPPER}][\w’'.-]*)*")


def _proper(tag: str) -> str:
    """The name in a tag, without the rank; empty for a tag that names a kind of event, a level or a force."""
    name = _RANK_OF_TAG.sub("", tag)
    return name if _CAPITAL_WORDS.fullmatch(name) else ""


# One person's name as papers spell it → as most do.  Sorted.
_SPELLINGS = {
    "chay saing yun": "chay saingyun",
    "nieng phat": "neang phat",
    "tea siha": "tea seiha",
    "tia banh": "tea banh",
    "vong payson": "vong pisen",
    "vong pi sen": "vong pisen",
}
# Who is in the news every week: the same minister on the same days is no more than a hint.  Sorted.
MINISTERS = frozenset({
    "hun manet",
    "hun sen",
    "luong cuong",
    "ngo xuan lich",
    "nguyen phu trong",
    "nguyen xuan phuc",
    "pham binh minh",
    "pham minh chinh",
    "phan van giang",
    "prak sokhonn",
    "sar kheng",
    "tea banh",
    "tea seiha",
    "to lam",
})  # fmt: skip

CAPITALS = frozenset({"ha noi", "ho chi minh", "phnom penh"})
# Places where the two meet, without accents.  Sorted.
_PLACES = (
    "an giang|attapeu|ba vet|banteay meanchey|battambang|bavet|ben cau|binh duong|binh hiep|binh phuoc|bo y|ca mau|can tho|"
    "chrey thom|da nang|dak lak|dak nong|dinh ba|dong nai|dong thap|duc co|gia lai|ha noi|ha tien|hanoi|hcm city|ho chi minh|hoa lu|"
    "kampong cham|kampong chhnang|kampong speu|kampong thom|kampot|kandal|kep|khanh binh|khanh hoa|kien giang|koh kong|kon tum|kratie|"
    "lam dong|le thanh|loc ninh|loc thinh|long an|memot|moc bai|mondulkiri|my quy tay|nghe an|o yadav|oddar meanchey|pailin|phnom penh|"
    "phu quoc|pleiku|prang|preah sihanouk|preah vihear|prek chak|prey veng|pursat|quang ngai|quang tri|ratanakiri|ream|siem reap|sihanoukville|"  # codespell:ignore ream
    "snuol|stung treng|svay rieng|svay teap|ta veng|takeo|tay ninh|tbong khmum|thuong phuoc|tinh bien|trapeang phlong|vientiane|vinh xuong|"
    "xa mat"
)
_PLACE = re.compile(rf"\b(?:{_PLACES})\b")
# A crossing lies in both provinces, so that day two on the other side is not elsewhere.  Sorted.
_REGIONS = {
    "ba vet": "Tây Ninh, Svay Rieng",
    "bavet": "Tây Ninh, Svay Rieng",
    "ben cau": "Tây Ninh",
    "binh hiep": "Long An, Svay Rieng",
    "chrey thom": "An Giang, Kandal",
    "dinh ba": "Đồng Tháp, Prey Veng",
    "duc co": "Gia Lai",
    "ha tien": "Kiên Giang, Kampot",
    "hanoi": "Hà Nội",
    "hcm city": "Hồ Chí Minh",
    "hoa lu": "Bình Phước, Kratie",
    "khanh binh": "An Giang, Kandal",
    "le thanh": "Gia Lai, Ratanakiri",
    "loc ninh": "Bình Phước, Kratie",
    "loc thinh": "Bình Phước",
    "memot": "Tbong Khmum",
    "moc bai": "Tây Ninh, Svay Rieng",
    "my quy tay": "Long An, Svay Rieng",
    "o yadav": "Gia Lai, Ratanakiri",
    "phu quoc": "Kiên Giang",
    "pleiku": "Gia Lai",
    "prang": "Đắk Nông, Mondulkiri",
    "preah sihanouk": "Sihanoukville",
    "prek chak": "Kiên Giang, Kampot",
    "ream": "Sihanoukville",  # codespell:ignore ream
    "snuol": "Bình Phước, Kratie",
    "svay teap": "Svay Rieng",
    "ta veng": "Ratanakiri",
    "thuong phuoc": "Đồng Tháp, Prey Veng",
    "tinh bien": "An Giang, Takeo",
    "trapeang phlong": "Tây Ninh, Tbong Khmum",
    "vinh xuong": "An Giang, Kandal",
    "xa mat": "Tây Ninh, Tbong Khmum",
}

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan|january|janvier|មករា",
            "feb|february|février|កុម្ភៈ",
            "mar|march|mars|មីនា",
            "apr|april|avril|មេសា",
            "mai|may|ឧសភា",
            "juin|jun|june|មិថុនា",
            "juillet|jul|july|កក្កដា",
            "aug|august|août|សីហា",
            "sep|sept|september|septembre|កញ្ញា",
            "oct|october|octobre|តុលា",
            "nov|november|novembre|វិច្ឆិកា",
            "dec|december|décembre|ធ្នូ",
        ),
        1,
    )
    for name in names.split("|")
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
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
        month = _MONTHS.get(said["month"]) or int(said["month"])
        last = int(said.get("last") or said["first"])
        first = min(int(said.get("first", last)), last)
        if first >= 1 and last <= _LAST_OF_MONTH and month <= _MONTHS_OF_YEAR:
            yield from ((month, day) for day in range(first, last + 1))


_NUMERALS = {
    numeral: number
    for number, numerals in enumerate(
        (
            "1st|first|i|nhất|một|premier|première|一",
            "2nd|second|ii|hai|deuxième|二",
            "3rd|third|iii|ba|troisième|三",
            "fourth|iv|bốn|tư|quatrième|四",
            "fifth|v|năm|cinquième|五",
            "sixth|vi|sáu|sixième|六",
            "seventh|vii|bảy|septième|七",
            "eighth|viii|tám|huitième|八",
            "ninth|ix|chín|neuvième|九",
            "tenth|x|mười|dixième|十",
        ),
        1,
    )
    for numeral in numerals.split("|")
}
_NUMERAL = "|".join(sorted(_NUMERALS, key=len, reverse=True))
_ORDINAL = re.compile(
    rf"\b(?:lần|kỳ họp|kì họp)(?: thứ)? (?P<vi>\d{{1,3}}|{_NUMERAL})\b"
    rf"|\b(?P<en>\d{{1,3}})(?:st|nd|rd|th|e|ème)\b|\b(?P<word>{'|'.join(n for n in _NUMERALS if len(n) > len('seven'))}|first|second|third|fifth|sixth|ninth|tenth)\b"
    rf"|第(?P<zh>\d+|{_NUMERAL})[次届]",
    re.IGNORECASE,
)


def _ordinals(text: str) -> Iterator[int]:
    for found in _ORDINAL.finditer(text):
        said = next(group for group in found.groups() if group).lower()
        yield _NUMERALS.get(said) or int(said)


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


# Kinds of event in the languages of the two countries' press.  Sorted.
_KINDS = {
    kind: re.compile(words, re.IGNORECASE)
    for kind, words in {
        "building": r"groundbreaking|inaugurat|khánh thành|khởi công|unveil",
        "demarcation": r"cắm mốc|demarcat|phân giới",
        "dialogue": r"dialogue|đối thoại|对话|សន្ទនា",
        "exchange": r"exchange|giao lưu|échange|交流",
        "exercise": r"\bdrill|diễn tập|exercise|ฝึกซ้อม|演習|សមយុទ្ធ",
        "gifts": r"cadeau|donat|\bgifts?\b|supplies|\btặng\b|viện trợ",
        "patrol": r"patrol|patrouille|tuần tra|巡逻|ល្បាត",
        "remains": r"an táng|hài cốt|liệt s[iĩyỹ]|martyr|rebur|remains|truy điệu",
        "review": r"experience-sharing|hotline|ホットライン|review|rút kinh nghiệm|sơ kết|đường dây nóng",
        "talks": r"chào xã giao|hội kiến|hội đàm|\bmet\b|phone|received|\btalks\b|\btiếp\b|điện đàm|会谈|会见|ជំនួប",
        "twinning": r"kết nghĩa|twinn",
        "visit": r"\bthăm\b|\bvisit|访问|ទស្សនកិច្ច",
    }.items()
}
_NUMBER = re.compile(r"(?<![\d/.,-])(?!(?:19|20)\d\d\b)(?:\d{1,3}(?:[.,]\d{3})+|\d{3,})(?![\d/.,-]\d)\b")
# How many dead were brought home: the number that tells this year's burial from last year's.
_COUNT = re.compile(
    r"\b(\d+) (?:bộ )?(?:hài cốt|hcls|liệt s[ĩỹ]|mộ)\b|\b(\d+) (?:sets? of |more )?(?:remains|martyrs|volunteer soldiers)\b|\bremains of (\d+)\b",
    re.IGNORECASE,
)
