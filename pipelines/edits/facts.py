"""Finds the facts in a passage, names, ranks, numbers and dates, and tells whether two of them say the same."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pipelines.duplicates import spell
from pipelines.edits.names import Usage, names_in

FactKind = Literal["name", "rank", "number", "date"]

_CAPITALS = "".join(filter(str.isupper, map(chr, range(0x1EFA))))
_DAY, _MONTH = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])"
_PART_OF_DAY = r"(?:rạng sáng|sáng sớm|sáng|trưa|chiều|tối|đêm)"
_UNTIL = r"(?:\d{1,2}(?:\s?[-–]\s?| (?:đến|tới|và) (?:ngày )?))?"
_MONTHS = (
    r"(?:\d{1,2}(?:st|nd|rd|th)? (?:May|March)|(?:May|March) \d{1,4}(?:st|nd|rd|th)?|(?:\d{1,2}(?:st|nd|rd|th)? )?"
    r"(?:January|February|April|June|July|August|September|October|November|December|(?:Jan|Feb|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
    r"(?: \d{1,2}\b(?:st|nd|rd|th)?)?)(?:,? \d{4})?"
)
# Days, months, years, weekdays and times of day.  A "thứ ba" is a Tuesday only where something says so, else it is an ordinal.
_DATE = re.compile(
    rf"(?i:\b(?:{_PART_OF_DAY} )?(?:ngày )?){_UNTIL}(?<![\d/.,-]){_DAY}/{_MONTH}(?:/(?:\d{{4}}|\d\d))?(?![\d%/]|[.,]\d| (?:số|diện tích|dân số|tổng)\b)(?: năm \d{{4}})?"
    rf"|(?i:\b(?:{_PART_OF_DAY}|ngày|từ|đến|hôm) (?:ngày )?){_UNTIL}{_DAY}[.-]{_MONTH}(?:[.-]\d{{4}})?(?![\d%])"
    rf"|(?<![\d/.,-]){_DAY}[.-]{_MONTH}[.-]\d{{4}}(?!\d)"
    rf"|(?i:(?:\b{_PART_OF_DAY} |(?<!\d )\b)ngày (?:mùng |mồng )?){_UNTIL}\d{{1,2}}(?!\d|[.,]\d)(?: tháng {_MONTH})?(?:,? năm \d{{4}})?"
    rf"|(?<!\d )\b[Tt]háng (?:\d{{1,2}}(?!\d)|mười(?: một| hai)?|một|hai|ba|tư|năm|sáu|bảy|tám|chín|giêng|chạp)(?:[/-]\d{{4}}| năm \d{{4}})?"
    r"|(?<!\d )\b(?:[Tt]háng|[Tt]uần) (?:trước|này|sau|tới|qua)\b"
    r"|(?<!\d )\b[Nn]ăm (?:\d{4}|nay|ngoái|sau|tới|trước|qua)\b"
    rf"|\b\d{{1,2}}(?:[h:]\d{{2}}|h|g\d{{2}})(?!\w)(?: {_PART_OF_DAY})?"
    rf"|\b\d{{1,2}} giờ(?: \d{{1,2}}(?: phút)?| (?=ngày)| {_PART_OF_DAY})|(?i:\b(?:lúc|vào|hồi) )\d{{1,2}} giờ\b"
    rf"|(?i:\b(?:{_PART_OF_DAY} )?)\b(?:[Tt]hứ (?:Hai|Ba|Tư|Năm|Sáu|Bảy)|(?i:chủ nhật))\b"
    rf"|(?i:\b(?:(?:{_PART_OF_DAY}|ngày) |(?<=vào ))thứ (?:hai|ba|tư|năm|sáu|bảy)\b)|(?i:\bthứ (?:hai|ba|tư|năm|sáu|bảy))(?= tuần|,? ngày|,? \(?\d)"
    rf"|(?i:\b(?:(?:{_PART_OF_DAY}|hôm) (?:nay|qua|mai|kia)|(?:{_PART_OF_DAY} )?cùng ngày|ngày (?:hôm )?(?:mai|kia|qua|nay))\b)"
    r"|\b[Qq]uý (?:I{1,3}|IV|[1-4])\b(?:[/-]\d{4}| năm \d{4})?"
    rf"|\b(?:{_MONTHS}|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b|\b\d{{1,2}}(?::\d\d)? ?[ap]\.?m\b\.?"
    # A year stands alone, or before a small word or a capital; before anything else it is a number of something.
    r"|(?<![\d.,/-])(?:19|20)\d\d(?:\s?[-–]\s?(?:19|20)\d\d)?(?![\d%/]|[.,]\d| ?[-–] ?\d)"
    rf"(?! (?!(?:and|at|but|by|in|is|of|the|to|was|when|bằng|cho|có|của|do|diễn|đã|đến|được|giữa|khi|là|mà|nên|nhằm|này|ở|sau|sẽ|tại|thì|tới|trên|trở|trong|trước|từ|và|về|với|vừa)\b)[^\W\d_{_CAPITALS}])"
)
_COUNTING = (
    "một hai ba bốn năm sáu bảy tám chín mười",
    "one two three four five six seven eight nine ten",
    "first second third fourth fifth sixth seventh eighth ninth tenth",
)
_NUMERALS = {word: str(number) for words in _COUNTING for number, word in enumerate(words.split(" "), 1)}
_NUMERALS |= {"bẩy": "7", "ngàn": "nghìn", "nhất": "1", "tư": "4"}
_DIGITS = {word: number for number, word in enumerate(_COUNTING[0].split(" ")[:9], 1)} | {"mốt": 1, "tư": 4, "lăm": 5, "bẩy": 7}
_PLACES = (({"trăm"}, 100), ({"mươi", "chục"}, 10))
_NUMERAL = r"(?:một|hai|ba|bốn|sáu|bảy|bẩy|tám|chín|mười|mươi|chục|trăm|nghìn|ngàn|vạn|triệu|tỷ|tỉ(?! lệ| mỉ| số))"
_COUNTED = r"(?:bên|bộ|cán bộ|chiếc|chiến sĩ|con|cuộc|cuốn|điểm|đồng|giờ|hài cốt|km|lần|mươi|nghìn|ngày|người|nước|tàu|tháng|tỉnh|tuần|trăm|triệu|tỷ|vụ|xã)"
_UNIT = r"(?:\s?(?:%|‰|(?:cm|đồng|euro|ha|hải lý|kg|km²|km|lít|m²|m³|mét|m|mm|tấn|tạ|USD|yen|percent|tons?|miles?|dollars)\b))?"
_NUMBER = re.compile(
    r"(?i:\b(?:lần thứ|lần|thứ|khóa|khoá|đại hội|hạng|thế kỷ|vòng|đợt|cấp) )(?:\d+|[IVXLC]+\b|(?:nhất|tư|năm|(?:mươi |mười )*"
    rf"{_NUMERAL})\b)"
    rf"|(?<![\w.,])[+-]?\d+(?:[.,:/]\d+)*(?:st|nd|rd|th)?(?: (?:nghìn|ngàn|triệu|tỷ|tỉ|vạn|trăm|chục|million|billion|thousand|hundred)\b)*{_UNIT}"
    rf"|(?<!\w)(?:năm(?= {_COUNTED}\b)|{_NUMERAL})(?: (?:lẻ |linh )?(?:{_NUMERAL}|tư|lăm|năm|mốt|rưỡi))*\b{_UNIT}"
    r"|(?i:\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundreds?|thousands?|millions?|billions?|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)(?: (?:hundred|thousand|million|billion))?\b)"
    r"|\b[XVI]{2,6}\b|\b[^\W\d_]{1,6}[-‑]?\d+\w{0,4}\b"  # MH17, Su-30
)
_START_NUMERAL = re.compile(rf"\A[\W_]*((?i:{_NUMERAL}|năm(?= {_COUNTED}\b)))\b")
# The ranks first, offices after them; longer before shorter, so that "Thủ tướng" is no "tướng".
_RANK = re.compile(
    r"\b(?:(?i:(?:(?:nguyên|cựu|quyền|phó) ){0,2}(?:"
    r"(?:đại|thượng|trung|thiếu|chuẩn|thống) tướng|(?:đại|thượng|trung|thiếu) (?:tá|úy|uý)|chuẩn (?:úy|uý)|(?:thượng|trung|hạ) (?:sĩ|sỹ)|binh (?:nhất|nhì)"
    r"|(?:chuẩn |thủy sư |phó )?đô đốc|nguyên soái|thủ tướng|quốc vương|quốc vụ khanh|tổng thống|đại sứ|tùy viên|tham tán|bộ trưởng|thứ trưởng|tổng tham mưu trưởng|tham mưu trưởng|tham mưu phó"
    r"|(?:tổng )?tư lệnh|chính (?:ủy|uỷ)|chính trị viên|(?:tổng )?bí thư|chủ tịch(?: nước| quốc hội)?|chủ nhiệm|(?:tổng )?giám đốc|(?:tổng )?thư ký"
    r"|chỉ huy (?:trưởng|phó)|(?:sư đoàn|trung đoàn|lữ đoàn|tiểu đoàn|quân đoàn|đại đội|trung đội|hải đoàn|hải đội|đồn|hạm|cục|vụ|ban|phòng|trạm|thuyền|đoàn|viện|tổng cục) (?:trưởng|phó)"
    r"|(?:cục|vụ|đồn|viện|hạm|thuyền) ?trưởng|trưởng (?:ban|phòng|đoàn|khoa)|tướng))\b"
    r"|(?:(?:Former|Acting|Deputy|Vice|Rear|Lieutenant|Lt\.?|Major|Maj\.?|Brigadier|Brig\.?|Senior|Sr\.?|Sen\.?|Prime|First) ){0,3}"
    r"(?:(?:Defen[cs]e|Foreign|Interior) (?=Minister|Secretary))?(?:General|Gen\.|Colonel|Col\.|Admiral|Adm\.|Marshal|Captain|Capt\.|Lieutenant|Major|Commander|Sergeant|Minister|President|Ambassador|Chief|Director|Secretary|Chairman)(?!\w))"
)
# A unit has a number for a name.
_DESIGNATION = re.compile(
    r"(?i:\b(?:quân khu|quân đoàn|binh đoàn|sư đoàn|lữ đoàn|trung đoàn|tiểu đoàn|đại đội|hải đoàn|hải đội|biên đội|vùng|đoàn(?: công tác| kinh tế - quốc phòng)?|đồn) )(?:\d+|[IVX]+\b)(?! (?:người|cán bộ))"
)
_ROMAN = re.compile(r"(?=[ivxlc])(?:xl|l?x{0,3})(?:ix|iv|v?i{0,3})")
_LONGEST_NUMBER = 20  # digits
_ROMAN_DIGITS = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_FILLERS: dict[FactKind, frozenset[str]] = {
    "name": frozenset(),
    "rank": frozenset(),
    "number": frozenset({"lần", "thứ", "st", "nd", "rd", "th"}),
    "date": frozenset({"ngày", "tháng", "năm", "giờ", "phút", "h", "g", "lúc", "vào", "hồi"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A fact and where it stands in its passage, in characters."""

    kind: FactKind
    start: int
    end: int


def facts(text: str, known: Usage, *, begins: bool) -> list[Fact]:
    """List the facts of a passage, which do not overlap, in order; `begins` says that its first word begins a sentence."""
    found: list[Fact] = []
    taken = bytearray(len(text))
    for kind, start, end in _claims(text, known, taken, begins=begins):
        if 1 not in taken[start:end]:
            taken[start:end] = b"\1" * (end - start)
            found.append(Fact(kind=kind, start=start, end=end))
    return sorted(found, key=lambda fact: fact.start)


def value(kind: FactKind, text: str) -> tuple[str, ...]:
    """What a fact says, however it is spelled: equal for 12/05 and 12 tháng 5, VIII and 8, hai mươi and 20, Căm-pu-chia and Campuchia."""
    words = list(spell(text))
    if kind in {"name", "rank"}:
        return ("".join(words),)
    if kind == "number":
        words = _composed(words)
    plain = [_NUMERALS.get(word, word) for word in words if word not in _FILLERS[kind] or len(words) == 1]
    split = [piece for word in plain for piece in re.findall(r"\d+|[^\W\d]+", word) if piece not in _FILLERS[kind]]
    return tuple(str(int(piece)) if piece.isdecimal() and len(piece) <= _LONGEST_NUMBER else _roman(piece) for piece in split)


def _composed(words: list[str]) -> list[str]:
    """Write numbers below a thousand that take several words in figures: "một trăm hai mươi lăm" is 125."""
    found, place = [], 0
    while place < len(words):
        end, number = place, 0
        for ends, worth in _PLACES:
            if words[end + 1 : end + 2] and words[end] in _DIGITS and words[end + 1] in ends:
                number, end = number + worth * _DIGITS[words[end]], end + 2
        if words[end : end + 1] == ["mười"] and number % 100 == 0:
            number, end = number + 10, end + 1
        if number:
            rest = end + (words[end : end + 1] in (["linh"], ["lẻ"]))
            if words[rest : rest + 1] and words[rest] in _DIGITS:
                number, end = number + _DIGITS[words[rest]], rest + 1
        found.append(str(number) if number else words[place])
        place = max(end, place + 1)
    return found


def _roman(word: str) -> str:
    if not _ROMAN.fullmatch(word):
        return word
    digits = [_ROMAN_DIGITS[letter] for letter in word]
    return str(sum(-d if d < max(digits[place:]) else d for place, d in enumerate(digits)))


def _claims(text: str, known: Usage, taken: bytearray, *, begins: bool) -> Iterator[tuple[FactKind, int, int]]:
    """Yield what may be a fact, the surest first: a later one that overlaps an earlier one, which is `taken` then, is none."""
    yield from (("date", *found.span()) for found in _DATE.finditer(text))
    yield from (("name", *found.span()) for found in _DESIGNATION.finditer(text))
    yield from (("rank", *found.span()) for found in _RANK.finditer(text))
    if begins and (found := _START_NUMERAL.search(text)):
        yield "number", *found.span(1)
    yield from (("number", *found.span()) for found in _NUMBER.finditer(text))
    yield from (("name", *span) for span in names_in(text, known, taken, begins=begins))
