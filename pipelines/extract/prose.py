"""The running text of a body: lines without captions, teasers, prompts, repeats and the credits at its end."""

from collections.abc import Iterable
from dataclasses import dataclass

from pipelines.dates import parse_time
from pipelines.extract.credits import fold, is_credit_line, strip_mark
from pipelines.extract.junk import is_caption, is_noise, remove_related, take_captions
from pipelines.extract.lines import Line, lines_of
from pipelines.extract.tree import HEADINGS, Node

_MOST_CREDITS = 2
_SHORT = 60
_PHOTO_STORY = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """`lines` are the text, `credits` what stood below it ("Anh Dũng", "Theo TTXVN"), in page order."""

    lines: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()
    credits: tuple[str, ...] = ()
    from_captions: bool = False

    @property
    def text(self) -> str:
        """One paragraph a line."""
        return "\n".join(self.lines)


def read_prose(body: Node, *, captions: Iterable[Node], title: str, lead: str, own: frozenset[str], trim: bool = False) -> Prose:
    """Take the text out of `body`, which is changed by it. `trim` also cuts loose scraps at both ends: for bodies found by shape."""
    known = list(captions)
    remove_related(body)
    printed = take_captions(body, known)
    kept = [line for line in lines_of(body) if not is_noise(line)]
    printed += tuple(line.text for line in kept if is_caption(line))
    kept = [line for line in kept if not is_caption(line)]
    if trim:
        kept = _trim(kept, own)
    texts = _without_repeats([line.text for line in kept], title=title, lead=lead, own=own)
    texts, below = _peel(texts, own)
    if sum(map(len, printed)) >= _PHOTO_STORY and sum(map(len, texts)) < min(_PHOTO_STORY, sum(map(len, printed))) / 2:
        # A photo story: what little stands between the pictures is a credit or a prompt, the captions are the text.
        return Prose(lines=printed, captions=printed, credits=below, from_captions=True)
    return Prose(lines=tuple(texts), captions=printed, credits=below)


def _without_repeats(texts: list[str], *, title: str, lead: str, own: frozenset[str]) -> list[str]:
    """Cut headline, lead and time at the head: some templates print them once more inside the body."""
    says = {fold(title), fold(lead)} - {""}
    while texts and (fold(texts[0]) in says or fold(strip_mark(texts[0], own)) in says or _is_stamp(texts[0])):
        texts = texts[1:]
    if lead and texts and texts[0].startswith(lead):
        texts = [rest, *texts[1:]] if (rest := texts[0].removeprefix(lead).strip()) else texts[1:]
    return texts


def _is_stamp(text: str) -> bool:
    return len(text) < _SHORT and parse_time(text) is not None


def _peel(texts: list[str], own: frozenset[str]) -> tuple[list[str], tuple[str, ...]]:
    """Separate the credits that close the text. More than two in a row are a list of names and belong to the text."""
    end = len(texts)
    while end > 1 and is_credit_line(texts[end - 1], own):
        end -= 1
    if len(texts) - end > _MOST_CREDITS:
        end = len(texts)
    return texts[:end], tuple(texts[end:])


def _trim(lines: list[Line], own: frozenset[str]) -> list[Line]:
    """Cut what lies before the first and after the last sentence: widgets, section names; credits and sub-headings stay."""
    start, end = 0, len(lines)
    while start < end and not _is_sentence(lines[start]) and lines[start].block.tag not in HEADINGS[1:]:
        start += 1
    while end > start and not _is_sentence(lines[end - 1]) and not is_credit_line(lines[end - 1].text, own):
        end -= 1
    return lines[start:end]


def _is_sentence(line: Line) -> bool:
    return len(line.text) >= _SHORT or line.text.endswith((".", "!", "?", "…", ":", ";", '"', "”", ")"))
