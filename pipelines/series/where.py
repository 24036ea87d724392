"""The places at which a sentence says that something was held: "tại Hà Nội", "ở tỉnh Takeo", "in Siem Reap"."""

import re

from pipelines.match.spelling import fold, without_accents

_LETTERS = [chr(code) for code in range(ord("A"), 0x1F00) if chr(code).isalpha()]
UPPER = "".join(letter for letter in _LETTERS if letter.isupper())
"""Every capital of the Latin, Vietnamese and neighbouring alphabets, for use between brackets in an expression."""

_KINDS = (
    r"thủ đô|thành phố|TP\.?|tỉnh|huyện|thị xã|thị trấn|quận|phường|xã|đảo|vùng biển|vùng nước lịch sử|vịnh|"
    r"khu vực(?: biên giới| cửa khẩu)?|(?:cặp )?cửa khẩu(?: quốc tế| chính| quốc gia| phụ)?|(?:quân )?cảng|căn cứ(?: hải quân| biển)?|"
    r"đồn biên phòng(?: cửa khẩu)?(?: quốc tế)?|the"
)
_NAME = rf"[{UPPER}][\w’'.]*(?:[ -](?:[{UPPER}][\w’'.]*|\d(?=\W)))*"
_ONE = rf"(?:(?i:{_KINDS}) )*{_NAME}(?: (?:City|province|border (?:gate|post)))?(?: \([^()]{{2,40}}\))?"
_AT = re.compile(rf"\b(?:[Tt]ại|[Ởở]|[Ii]n|[Aa]t) (?P<one>{_ONE})(?:(?: và| and| –| -) (?P<two>{_ONE})(?! (?:tướng|tá|đốc)))?")
_AT_SEA = re.compile(
    rf"\b(?:[Tt]ại|[Tt]rên|[Ởở]) (?P<one>(?:vùng biển|vùng nước lịch sử)(?: (?:chung|chồng lấn|giáp ranh|giữa|hai nước|tiếp giáp|{_NAME}))*)"
)
# A house or an institution does not say where; a country says too little.
_HOUSES = re.compile(
    r"(?i:(?:the )?(?:bệnh viện|bộ|cung|cuộc|đại hội|đại học|hội|khách sạn|học viện|hội trường|nghĩa trang|nhà|quân khu|sư đoàn|trung tâm|"
    r"trường|trụ sở|văn phòng|buổi|lễ|kỳ họp|phiên|vùng cảnh|vùng \d)\b)"
)
COUNTRIES = frozenset(
    {"Cambodia", "Campuchia", "China", "Laos", "Lào", "Thailand", "Thái Lan", "Trung Quốc", "Viet Nam", "Vietnam", "Việt Nam"}
)
"""Vietnam and its neighbours; sorted."""
_COUNTRIES = frozenset(fold(country).words for country in COUNTRIES)
_MONTHS = re.compile(r"(?:January|February|March|April|May|June|July|August|September|October|November|December)\b")
_SAID = re.compile(rf"^(?:(?:{_KINDS.replace('TP', 'tp')}|international|border gate|border post|city|province) )+")
_HCM = frozenset({"hcm", "hcmc", "hochiminh", "hochiminhcity"})


def places(sentence: str) -> tuple[str, ...]:
    """The first place that something is held at, as printed, or the two of one breath: ("Tây Ninh", "Svay Rieng")."""
    for found in _AT.finditer(sentence):
        told = [place for place in (_trimmed(found["one"]), _trimmed(found["two"] or "")) if place and _is_place(place)]
        if told and _is_place(_trimmed(found["one"])):
            return tuple(told)
    sea = _AT_SEA.search(sentence)
    return (sea["one"],) if sea else ()


def core(place: str) -> str:
    """What two spellings of one place share: "thủ đô Phnom Penh" and "Phnom Pênh", "TP.HCM" and "TP Hồ Chí Minh"."""
    words = re.sub(r" ?\(.*?\)", "", fold(place).words)
    words = _SAID.sub("", re.sub(r"^tp\.", "", words))
    bare = re.sub(r"\W", "", without_accents(re.sub(r" (?:city|province|border gate|border post)$", "", words)))
    return "hochiminh" if bare in _HCM else bare


def _trimmed(place: str) -> str:
    return place.rstrip(" .,-–").removeprefix("the ")


def _is_place(place: str) -> bool:
    return bool(core(place)) and fold(place).words not in _COUNTRIES and not _HOUSES.match(place) and not _MONTHS.match(place)
