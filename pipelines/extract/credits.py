"""Who wrote it: bylines, agency credits and the marks that papers print before a lead."""

import re
import unicodedata
from dataclasses import dataclass

from pipelines.extract.layout import Paper
from pipelines.text import clean

# How the outlets that others quote are printed → the one name by which they are known here. Sorted.
_OUTLETS = {
    "Báo QĐND": r"(?:Báo )?(?:QĐND|Quân đội nhân dân)(?: Online| điện tử)?|qdnd\.vn",
    "TTXVN": r"(?:Báo )?(?:TTXVN|Vietnam ?\+|VietnamPlus|Thông tấn xã Việt Nam|VNA)(?: ?/ ?(?:Vietnam ?\+|VietnamPlus|Báo Tin tức|Tin tức|VNN))?",
    "VOV": r"(?:Báo )?(?:VOV(?:\d|[.-][\w .]+| Online)?|(?:Đài )?Tiếng nói Việt Nam)",
}
_KNOWN = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _OUTLETS.items()}
_ANY_KNOWN = "|".join(_OUTLETS.values())
_LAST_CREDIT = re.compile(r"\(((?:(?:theo|nguồn)\b:?\s*)?[^()]{2,40})\)\s*\.?$", re.IGNORECASE)
_PLACE_CREDIT = re.compile(rf"^[\w\s.,/-]{{2,40}}\(((?:{_ANY_KNOWN}))\)\s*[-–—:,.]")
_REPORTER_OF = re.compile(
    rf"^(?:Theo|Tin từ)\s+(?:phóng viên|PV|p/v)(?:\s+của)?\s+({_ANY_KNOWN})\b|^(?:Phóng viên|PV)\s+({_ANY_KNOWN})\b",
    re.IGNORECASE,
)
_REPORTER = re.compile(rf"(?:PV|P/V|Phóng viên)\s+({_ANY_KNOWN})\b", re.IGNORECASE)
# "PV Nguyễn Văn A": the rank is not part of the name.
_RANK = re.compile(r"^(?:PV|P\.V\.?|CTV|BTV|Phóng viên|Cộng tác viên|Nhà báo)\s+(?=\w)", re.IGNORECASE)
_SOURCE = re.compile(r"^(?:theo|nguồn(?: tin)?|tin từ|dẫn(?: theo| nguồn)?)\b\s*:?\s*", re.IGNORECASE)
_LABEL = re.compile(
    r"^(?:tin|bài|bài viết|thực hiện|tác giả|nội dung|biên dịch)\b(?:(?:\s*[,&/-]\s*|\s+và\s+)(?:ảnh|bài|clip|video|đồ họa))*\s*:\s*",
    re.IGNORECASE,
)
_IMAGE_LABEL = re.compile(r"\b(?:ảnh|clip|video|đồ họa|thiết kế|photo)s?\s*:.*$", re.IGNORECASE)
_SEPARATOR = re.compile(r"\s+[-–—]\s+|\s*[,;|•&]\s*|\s+và\s+|\s+and\s+", re.IGNORECASE)
_NOBODY = re.compile(
    r"(?:nhóm )?(?:pv|p\.v|ctv|btv|phóng viên|cộng tác viên|biên tập viên|tổng hợp|t/?h|theo|admin|editor|staff|reporter)s?\b.*"
    r"|(?:báo|ban|đài|tòa soạn|toà soạn|cổng|tạp chí|trang|hội|phòng|bộ|sở|chuyên mục)\b.*|.*\b(?:online|điện tử|news|media|\w+\.vn|\.com)\b.*",
    re.IGNORECASE,
)
# Agencies and papers abroad that stand where a name may stand. Sorted.
_ABROAD = re.compile(
    r"AFP|AKP|Al Jazeera|AP|BBC|Bloomberg|CNA|CNBC|CNN|DPA|EPA|Fresh News|Getty(?: Images)?|Guardian|Khmer Times|KPL|Kyodo|NHK|Nikkei(?: Asia)?|"
    r"Phnom Penh Post|Reuters|RFA|RFI|RIA Novosti|RT|SCMP|Sputnik|Straits Times|TASS|Tân Hoa [Xx]ã|THX|VOA|Xinhua|Yonhap"
)
_NAME = re.compile(r"[^\W\d_][\w.'’]*(?:[ -][^\W\d_][\w.'’]*){0,5}")
_HOUSE_WORD = re.compile(r"^(?:baodientu|bao|tapchi|dai)|(?:dientu|online|news)$")
_ADDRESS = re.compile(r"https?:|www\.")
_BRACKETED = re.compile(r"\(([^()]*)\)")
_BRACKET = re.compile(r"\([^()]*\)?")
_NEXT_SOURCE = re.compile(r"\s*[,;]\s*|\s+và\s+|\s+[-–]\s+")
_FILLER = re.compile(r"(?:tổng hợp|T/?H|PV|báo chí|internet)\b.*", re.IGNORECASE)
_FULL_STOP = re.compile(r"[!?…]$|\w{4,}\.$")
_NO_LETTER = re.compile(r"[\W_]+")
_LONGEST_BYLINE = 120
_LONGEST_NAME = 40
_MOST_SMALL_WORDS = 5
_LONGEST_MARK = 2
_SHORTEST_STEM = 3

_OWN_MARK = re.compile(r"^([^\s(][^-–—:]{1,30}?)\s*[-–—:]+\s*")
_OWN_BRACKET = re.compile(r"^\(([^()]{2,30})\)\s*")
_BRACKET_MARK = re.compile(r"^\(\s*[^()]{2,30}?\s*\)\s*[-–—:]+\s*")
# "TPO - ", "SGGPO - ": papers online. NATO and WTO are no papers, hence the list of what stands before O. Sorted.
_ONLINE_MARK = re.compile(
    r"^(?:(?:BGL|BP|BVPL|CAND|CATP|ĐĐK|DDK|DNO|ĐTT|GD|GL|HNM|HQ|KTĐT|LĐ|ND|NDĐT|NLĐ|PL|PLVN|QĐND|QĐ|SGGP|SK&?ĐS|TP|TT|VHO?|VO)O?"
    r"|VnExpress|VietnamPlus|Vietnam\+|Biên phòng|Dân trí|Dân Việt|NDO|TTXVN|(?i:\w+\.(?:vn|com|net)(?:\.vn)?))"
    r"\s*(?:Online|điện tử)?\s*[-–—]+\s*",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Byline:
    """What one credit says: persons in the order printed, and the outlet it came from."""

    authors: tuple[str, ...] = ()
    agency: str | None = None


def fold(text: str) -> str:
    """Letters and digits alone, without accents and case: "Báo Thanh Niên" → "baothanhnien"."""
    bare = unicodedata.normalize("NFD", text.casefold().replace("đ", "d").replace("+", "plus"))
    return _NO_LETTER.sub("", bare)


def own_names(paper: Paper, claimed: tuple[str, ...] = ()) -> frozenset[str]:
    """Every folded name under which the paper signs: its names, what the page calls it, its hosts and their first labels."""
    names = {fold(name) for name in (paper.name, paper.key, *paper.names, *claimed)}
    names |= {_HOUSE_WORD.sub("", name) for name in names}
    for domain in paper.domains:
        labels = domain.removeprefix("www.").split(".")
        names |= {fold(domain), *(fold(label) for label in labels if len(label) > _SHORTEST_STEM or label == labels[0])}
    return frozenset(name for name in names if len(name) >= _SHORTEST_STEM)


def outlet(text: str) -> str | None:
    """Give the one name of an outlet that is known by several."""
    return next((name for name, pattern in _KNOWN.items() if pattern.fullmatch(text.strip(" .()"))), None)


def read_byline(text: str, own: frozenset[str]) -> Byline:
    """Take a byline apart: "Theo Hiền Hạnh (TTXVN/Vietnam+)", "PV/VOV.VN", "Hà Thu (theo Reuters)", "Tin, ảnh: P.Y"."""
    text = clean(text)
    if not text or len(text) > _LONGEST_BYLINE or _ADDRESS.match(text):
        return Byline()
    agency = None
    for bracket in _BRACKETED.findall(text):
        agency = agency or _credited(bracket, own)
    text = _IMAGE_LABEL.sub("", _LABEL.sub("", _BRACKET.sub(" ", text))).strip(" .,;:-–")
    source = _SOURCE.match(text)
    if source:
        rest = text[source.end() :].strip(" .")
        if agency is None:
            return Byline(agency=_credited(text, own))
        text = rest
    authors: list[str] = []
    for part in _SEPARATOR.split(text):
        if known := outlet(part):
            agency = agency or _unless_own(known, part, own)
            continue
        if reporter := _REPORTER.match(part.strip()):
            agency = agency or _unless_own(outlet(reporter[1]) or reporter[1], reporter[1], own)
            continue
        name = part.split("/", 1)[0] if _house_after_slash(part, own) else part
        for single in (_RANK.sub("", clean(each)).strip(" ,:") for each in name.split("/")):
            if is_person(single, own) and single not in authors:
                authors.append(single)
    return Byline(authors=tuple(authors), agency=agency)


def _house_after_slash(part: str, own: frozenset[str]) -> bool:
    """PV/VOV.VN, Hồng Lực/VOV-Đông Bắc: the house stands after the name."""
    after = part.partition("/")[2]
    return bool(after) and (outlet(after) is not None or any(fold(after).startswith(name) for name in own))


def is_person(text: str, own: frozenset[str]) -> bool:
    """Tell whether it looks like somebody's name, and not like the paper's."""
    text = text.strip()
    if (
        not 1 < len(text) <= _LONGEST_NAME
        or not _NAME.fullmatch(text)
        or _NOBODY.fullmatch(text)
        or _ABROAD.fullmatch(text)
        or outlet(text)
    ):
        return False
    return fold(text) not in own and all(word[:1].isupper() for word in text.replace("-", " ").split(" ") if word)


def _credited(text: str, own: frozenset[str]) -> str | None:
    """Name the outlet in "TTXVN/Vietnam+", "theo Reuters, AFP", "Nguồn: Báo QĐND"; None for "tổng hợp" and the like."""
    text = text.strip(" .")
    if reporter := _REPORTER.match(text):
        return _unless_own(outlet(reporter[1]) or reporter[1], reporter[1], own)
    source = _SOURCE.match(text)
    named = text[source.end() :] if source else text
    whole = outlet(named)
    named = _NEXT_SOURCE.split(named)[0].strip(" .")
    if whole or (known := outlet(named) or outlet(named.split("/")[0])):
        return _unless_own(whole or known or "", named, own)
    if not source or fold(named) in own or not named[:1].isupper() or len(named) > _LONGEST_NAME:
        return None
    return None if _is_filler(named) else named


def _is_filler(text: str) -> bool:
    return bool(_FILLER.fullmatch(text))


def _unless_own(name: str, printed: str, own: frozenset[str]) -> str | None:
    """Drop the agency where a paper names itself; TTXVN's own papers do credit the agency when they print its name."""
    return None if fold(printed) in own or (fold(name) in own and name != "TTXVN") else name


def agency_in_text(lead: str, lines: list[str], own: frozenset[str]) -> tuple[str, str] | None:
    """(agency, credit as printed) from the running text: a last "(TTXVN)", "Hà Nội (TTXVN) -", "Theo phóng viên TTXVN"."""
    for line in lines[-1:]:
        found = _LAST_CREDIT.search(line)
        if found and (agency := _credited(found[1], own)):
            return agency, found[0]
    for line in (lead, *lines[:2]):
        found = _PLACE_CREDIT.search(line) or _REPORTER_OF.search(line)
        if found and (agency := _credited(next(group for group in found.groups() if group), own)):
            return agency, found[0]
    return None


def is_credit_line(text: str, own: frozenset[str]) -> bool:
    """Tell whether the line is nothing but a credit: persons, an agency, "PV", "Theo …", "Nguồn: …", "Tin, ảnh: …"."""
    text = clean(text)
    if not 1 < len(text) <= _LONGEST_BYLINE or (_FULL_STOP.search(text) and not _SOURCE.match(text)):
        return False
    if _LABEL.match(text) or _IMAGE_LABEL.match(text):
        return True
    if _is_sentence(text) and not _SOURCE.match(text):
        return False
    bare = _BRACKETED.sub(" ", text).strip(" .-–")
    if not bare:
        return _credited(text.strip("() ."), own) is not None or bool(_NOBODY.fullmatch(text.strip("() .")))
    if source := _SOURCE.match(bare):
        return len(bare) - source.end() <= _LONGEST_NAME and (
            bare[source.end() : source.end() + 1].isupper() or outlet(bare[source.end() :]) is not None
        )
    parts = [part for piece in _SEPARATOR.split(bare) for part in piece.split("/") if part.strip()]
    return all(
        is_person(part, own)
        or outlet(part)
        or _ABROAD.fullmatch(part.strip())
        or _NOBODY.fullmatch(part.strip())
        or fold(part) in own
        for part in parts
    )


def _is_sentence(text: str) -> bool:
    """Tell a statement about an office ("Bộ Chỉ huy Quân sự tỉnh rút kinh nghiệm ngay trong đêm.") from the office as a signature."""
    small = sum(word[:1].islower() for word in text.split())
    return small > _MOST_SMALL_WORDS or (small > 1 and text.endswith("."))


def _may_be_mark(words: str) -> bool:
    """A paper's name before a dash may also be the first words: "Hải quân Việt Nam - Campuchia …" is no mark of the navy's paper."""
    return len(words.split()) <= _LONGEST_MARK and not fold(words).endswith("vietnam")


def strip_mark(lead: str, own: frozenset[str]) -> str:
    """Cut off the house mark before a lead: "(PLO)- ", "TPO - ", "VOV.VN - ", "(Dân trí) - "."""
    found = _BRACKET_MARK.match(lead) or _ONLINE_MARK.match(lead)
    if found is None:
        first = _OWN_MARK.match(lead) or _OWN_BRACKET.match(lead)
        found = first if first and fold(first[1]) in own and (lead.startswith("(") or _may_be_mark(first[1])) else None
    return lead[found.end() :] if found and found.end() < len(lead) else lead
