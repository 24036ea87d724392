"""Who led the delegations or took the chair, from sentences that say so in as many words; better nobody than the wrong one."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from pipelines.match.spelling import fold, without_accents
from pipelines.series.occasion import Head, Side
from pipelines.series.where import COUNTRIES, UPPER

_RANK = (
    r"(?:[CcĐđTt]\w+ (?:tướng|tá)|(?:(?:Phó|phó|Chuẩn|chuẩn) )?[Đđ]ô đốc"
    r"|(?:(?:Senior|Sen\.|Lieutenant|Lt\.?|Major|Maj\.|Brigadier|Brig\.|Rear|Vice) )*(?:General|Gen\.|Admiral|Adm\.|Colonel|Col\.))"
)
_TITLE = r"(?:(?:Phó |phó )?(?:[Tt]hủ tướng|[Bb]ộ trưởng|[Tt]hứ trưởng|[Qq]uốc vụ khanh|[Tt]ư lệnh)(?: (?:Bộ )?Quốc phòng)?|[Ôô]ng|[Bb]à)"
_WORD = rf"[{UPPER}][^\W\d_’']*(?:[’'-][^\W\d_]+)*"
# "Quốc vụ khanh Bộ Quốc phòng" names nobody.
_NAME = rf"(?!(?:Bộ|Cảnh|Chính|Hải|Hoàng gia|Lục|Quân|Quốc|Vùng) ){_WORD}(?: {_WORD}){{1,5}}"
_PERSON = re.compile(rf"\b(?:(?P<rank>{_RANK}|{_TITLE}) )(?:(?:Samdech|Ốc nha) )?(?P<name>{_NAME})")
# In English a name follows its titles without a sign where it begins: "Deputy Defence Minister Sen. Lt. Gen. Hoang Xuan Chien".
_ENGLISH_TITLES = r"(?:Deputy|Prime|National|Defence|Defense|Minister|Secretary|of|State|Commander|Chief|Vietnamese|Cambodian|Vietnam|Cambodia|Viet|Nam|the)"
_ENGLISH_PERSON = re.compile(rf"\b(?:(?i:{_ENGLISH_TITLES})(?:[’']s)? )*(?:(?P<rank>{_RANK}) )?(?:Samdech )?(?P<name>{_NAME})")

# Whom the words before lead, and what then must not be: who receives guests or speaks to the press leads no delegation by it.
_AFTER_NAME = re.compile(
    r"(?:cùng )?(?:đồng )?(?:chủ trì|dẫn đầu)(?! (?:buổi |cuộc )?(?:lễ|tiệc|họp báo|đón|tiếp))|(?:làm )?[Tt]rưởng đoàn|(?:co-?)?chaired(?! by)"
)
_BEFORE_NAME = re.compile(r"(?:co-?chaired|chaired|headed|led) by|(?:sự|do) (?:đồng )?chủ trì của")
# Between a name and the words that make it a head stand at most its offices, set off by commas, dashes or brackets.
_OFFICES = re.compile(
    r"\s*(?:(?:,|[-–])\s*(?P<list>[^;:!?\n]{2,220}?)\s*[,–-]?|\((?P<bracket>[^()]{2,80})\))?\s*(?:đã |were |was |sẽ |will |have |has )?"
)
_LINK = re.compile(r"(?P<rest>.*?),?\s*(?:và|cùng|and|với|with)\s+(?:the |của )?$", re.DOTALL)
_NEXT = re.compile(r"(?:,[^.;]{0,160}?,)?\s*(?:và|and) ")
_VERB = re.compile(
    r"\b(?:nguyên|cựu|do|sẽ|được|bị|là|cử|người|đơn vị|tiếp|hội đàm|hội kiến|gặp|cho biết|phát biểu|khẳng định|nhấn mạnh|thăm|chào|dự|tham dự|ký|trao|đón|met|received|said|visited|signed)\b"
)
_MINOR = re.compile(r"(?:Ủy viên|Uỷ viên|ủy viên|uỷ viên|Phó Bí thư|Bí thư|Đại biểu)\b")
_ONLY_A_NAME = re.compile(_NAME)
# "Bộ trưởng Quốc phòng Campuchia Tea Banh": the country is no part of the name.
_COUNTRY = re.compile(rf"^(?:{'|'.join(sorted(COUNTRIES))}) (?=\S+ \S)")
_ROLE = re.compile(r",?\s*(?:[Tt]rưởng đoàn|làm)(?: .*)?$")


def heads(sentence: str, side_of: Callable[[str], Side]) -> tuple[Head, ...]:
    """The heads that one printed sentence names; `side_of` tells which party some words speak of."""
    found: list[Head] = []
    for cue in _AFTER_NAME.finditer(sentence):
        people = _ENGLISH_PERSON if cue[0].isascii() and cue[0].endswith("chaired") else _PERSON
        found += _sided(list(_preceding(sentence, cue.start(), people)), sentence, cue.end(), side_of)
    for cue in _BEFORE_NAME.finditer(sentence):
        people = _ENGLISH_PERSON if cue[0].endswith("by") else _PERSON
        found += _sided(list(_following(sentence, cue.end() + 1, people)), sentence, cue.end(), side_of)
    return tuple(dict.fromkeys(found))


def _preceding(sentence: str, end: int, people: re.Pattern[str]) -> Iterator[tuple[int, Head]]:
    """From the name right before the words that make it a head back through those that are joined to it by "and"."""
    rest = sentence[:end]
    while named := [person for person in people.finditer(rest) if person["name"] not in COUNTRIES]:
        last = named[-1]
        offices = _OFFICES.fullmatch(rest[last.end() :])
        if offices is None or _VERB.search(offices["list"] or ""):
            return
        yield last.start(), _head(last, offices["list"] or offices["bracket"] or "")
        link = _LINK.fullmatch(rest[: last.start()])
        if link is None:
            return
        rest = link["rest"]


def _following(sentence: str, start: int, people: re.Pattern[str]) -> Iterator[tuple[int, Head]]:
    """The name right after, and a second one that is joined to it."""
    for _ in range(2):
        person = people.match(sentence, start)
        if person is None:
            return
        yield person.start(), _head(person, "")
        link = _NEXT.match(sentence, person.end())
        if link is None:
            return
        start = link.end()


def _head(person: re.Match[str], offices: str) -> Head:
    rank = person["rank"] or ""
    told = [office.strip(" -–") for office in re.split(r",| - | – ", _ROLE.sub("", offices))]
    kept = [office for office in told if office and not _MINOR.match(office) and not _ONLY_A_NAME.fullmatch(office)]
    name = _COUNTRY.sub("", person["name"])
    return Head(name=name, rank="" if rank.lower() in {"ông", "bà"} else rank, office=", ".join(kept))


def _sided(people: list[tuple[int, Head]], sentence: str, end: int, side_of: Callable[[str], Side]) -> list[Head]:
    """Each with the side that name, office or the words around tell; of two who lead together one tells the other's."""
    alone = len(people) == 1
    found = [
        replace(head, side=side_of(head.name) or side_of(head.office) or (side_of(_around(sentence, at, end)) if alone else ""))
        for at, head in people
    ]
    known = {head.side for head in found if head.side}
    if len(found) == 2 and len(known) == 1:  # noqa: PLR2004
        other: Side = "party_b" if "party_a" in known else "party_a"
        found = [head if head.side else replace(head, side=other) for head in found]
    return found


def _around(sentence: str, at: int, end: int) -> str:
    """What stands before and after: "Về phía Việt Nam có …", "Đoàn … Campuchia do …"; "Trưởng đoàn Việt Nam"."""
    return sentence[max(0, at - 70) : at] + " " + re.split(r"[.,;]", sentence[end : end + 20])[0]


def same_name(name: str) -> str:
    """What the spellings of one name share: Chay Saingyun, Chay Saing Yun."""
    return without_accents(fold(name).words).replace(" ", "")
