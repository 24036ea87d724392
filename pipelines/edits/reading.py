"""Takes an article apart into lines and sentences of its own, so that two readings of one page can be laid side by side."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import NamedTuple

from news.model import Article, ChangedPart
from pipelines.duplicates import running_lines
from pipelines.text import clean, old_tone

# Signs that a house may set in several ways.  U+00D0 is what some editors type for Đ.
_SIGNS = str.maketrans({**dict.fromkeys("“”„‟«»‘’‚‛`´″＂", '"'), "'": '"', **dict.fromkeys("‐‑‒–—―−", "-"), "ð": "đ", "Ð": "Đ"})
_TOKEN = re.compile(r"[^\W_]*\d\w*(?:[.,:/]\d\w*)*|[^\W\d_]+(?:['’][^\W\d_]+)*|\.{2,}|''|\S")
_QUOTED = re.compile(r"“[^”]*|«[^»]*|\"[^\"]*(?=\")|(?<!\w)'[^']*(?='(?!\w))|(?<!\w)‘[^‘’]*(?=’)")
# Where one sentence may end and the next begin, and its first letter or digit.
_BREAK = re.compile(
    r"(?:(?<=[.!?…])|(?<=[.!?…][\"”»’)]))(?<!\b[A-ZĐ]\.)(?<!\b(?:TP|TS|PV|TX|TT|BS|KS|Mr|Dr|Lt|St)\.)(?<!\b(?:PGS|Mrs|Gen|Col|Maj|Adm|Sen)\.)"
    r"\s+(?=[\"“‘'«(\[-]{0,3}\s?(\w))"
)
_MOST_SENTENCES = 1000  # of a line; what follows is one more
_PROSE = re.compile(r"[.!?…][\"'”»’)\]]*$")
_SHORTEST_PROSE = 40
_END = 10  # characters
# Counters, stamps and advertisements, as whole lines.  People extend the list of words; it is sorted.
_COUNTER = re.compile(
    r"\W*(?:\d[\d.,]*\s?[kKmM]?\s*(?:bình luận|chia sẻ|comments?|likes?|lượt (?:chia sẻ|nghe|thích|xem|đọc)|người (?:đang|đã) (?:xem|đọc)|phản hồi|thích|views?)"
    r"|(?:bình luận|chia sẻ|cập nhật|comments?|lượt (?:xem|đọc)|ngày đăng|published|shares?|thích|updated|views?|đã xem|đăng lúc)\b[^.!?]{0,50}"
    r"|advertisement|quảng cáo|sponsored(?: content)?|tài trợ|(?:thứ \w+|chủ nhật)?[\d\s:/.,|()GMT+-]+)\W*",
    re.IGNORECASE,
)
_LONGEST_COUNTER = 80
# The end of a line is a credit, and no words of the text, where it names a source.
_CREDIT = re.compile(
    r"\b(?:AFP|AP|báo|nguồn|PV|QĐND|Reuters|T/?H|Tân Hoa Xã|theo|THX|tổng hợp|TTXVN|Vietnam ?\+|VietnamPlus|VNA|VNS|VOV|Xinhua|ảnh)(?!\w)",
    re.IGNORECASE,
)


class Token(NamedTuple):
    """A word, number or mark: `key` is the same for every way of writing it, `start` and `end` are offsets into its passage."""

    key: str
    word: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A sentence, or a whole headline or caption, of line number `line`; `quoted` are the offsets of what stands between quotation marks.

    `alike` says that both readings found its part by the same rule, `known` that this is a rule for that paper, `prose` that its
    line reads like a paragraph.
    """

    part: ChangedPart
    text: str
    line: int
    alike: bool
    known: bool = True
    prose: bool = True
    quoted: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of lead or text, its number, and its words as `key_of` has them."""

    part: ChangedPart
    number: int
    text: str
    key: str


def key_of(text: str) -> str:
    """The same for two ways of setting the same words: other spaces, quotation marks, dashes, Unicode form, place of tone marks."""
    return " ".join([_MARKS.get(sign, sign) for sign in _TOKEN.findall(old_tone(text).translate(_SIGNS))])


def tokens(text: str) -> list[Token]:
    """Split a cleaned passage."""
    same = old_tone(text).translate(_SIGNS)  # both keep the length
    found = [(found[0], *found.span()) for found in _TOKEN.finditer(same)]
    return [Token(_MARKS.get(sign, sign), text[start:end], start, end) for sign, start, end in found]


_MARKS = {"…": "...", "..": "...", '""': '"'}


def title_of(article: Article, other: Article) -> Passage:
    """The headline as one passage."""
    return _passage("title", clean(article.title), 0, alike=_same_rule("title", article, other))


def captions_of(article: Article, other: Article) -> list[Passage]:
    """The captions, also those that were taken for lines of the text, without the credits at their ends."""
    alike = _same_rule("body", article, other)
    lines = [*map(clean, article.captions), *(line for line in article.text.splitlines() if len(line) <= _LONGEST_CAPTION)]
    cut = [_PHOTO.sub("", line) for line in lines]
    own = dict.fromkeys(_SOURCE.sub("", text) for n, text in enumerate(cut) if n < len(article.captions) or text != lines[n])
    return [_passage("caption", text, number, alike=alike) for number, text in enumerate(own) if text]


_LONGEST_CAPTION = 400
_PHOTO = re.compile(r"[\s(|/.-]{0,5}\b(?:ảnh|photo)(?: minh h[ọo]a)?\s?:[^.!?]{0,60}\W*$", re.IGNORECASE)
_SOURCE = re.compile(r"\s*\([A-ZĐ][A-ZĐ+/. ]{2,30}\)\W*$")


def lines_of(article: Article) -> list[Line]:
    """Lead and text, line by line: a lead may move from one to the other without any edit."""
    both: list[tuple[ChangedPart, str]] = [("lead", line) for line in article.lead.splitlines()]
    both += [("text", line) for line in article.text.splitlines()]
    return [
        Line(part=part, number=number, text=text, key=key_of(text))
        for number, (part, line) in enumerate(both)
        if (text := clean(line))
    ]


def own_line(line: Line, article: Article) -> Line:
    """The line without dateline and credit; its text is empty where all of it is furniture."""
    text = _own_text(line.text, article)
    return replace(line, text=text, key=key_of(text))


def _own_text(text: str, article: Article) -> str:
    names = {name.casefold() for name in (*article.authors, article.agency or "", article.credit_line or "")}
    if text.casefold() in names or (len(text) < _LONGEST_COUNTER and _COUNTER.fullmatch(text)):
        return ""
    kept = running_lines(replace(article, lead="", text=text, captions=()))
    if not kept or not kept[0]:
        return ""
    start = text.find(kept[0])
    tail = text[start + len(kept[0]) :]
    is_credit = _CREDIT.search(tail) or tail.strip(" ().").casefold() in names
    return kept[0] if is_credit else text[start:]


def sentences_of(line: Line, article: Article, other: Article) -> Iterator[Passage]:
    """The sentences of a line; whether it may be trusted depends on the rules by which the two readings found it."""
    prose = line.part == "lead" or (len(line.text) >= _SHORTEST_PROSE and bool(_PROSE.search(line.text[-_END:])))
    alike = _same_rule("body", article, other) and (line.part != "lead" or _same_rule("lead", article, other))
    known = not any(each.how.get("body", "").startswith("generic") for each in (article, other))
    quoted = [found.span() for found in _QUOTED.finditer(line.text)]
    ends = islice(_BREAK.finditer(line.text), _MOST_SENTENCES)
    breaks = [found.span() for found in ends if found[1].isupper() or found[1].isdigit()]
    start = 0
    for end, after in [*breaks, (len(line.text), 0)]:
        inside = tuple((max(a, start) - start, min(b, end) - start) for a, b in quoted if a < end and b > start)
        text = line.text[start:end]
        yield Passage(part=line.part, text=text, line=line.number, alike=alike, known=known, prose=prose, quoted=inside)
        start = after


def _passage(part: ChangedPart, text: str, number: int, *, alike: bool) -> Passage:
    return Passage(part=part, text=text, line=number, alike=alike, quoted=tuple(found.span() for found in _QUOTED.finditer(text)))


def _same_rule(field: str, article: Article, other: Article) -> bool:
    one, two = (each.how.get(field, "").removesuffix(", its captions") for each in (article, other))
    return one == two
