"""Names what a relevant article tells of: the kind of event, at which level, which one of its series, where, who."""

import re
from collections.abc import Iterable, Iterator, Sequence

from pipelines.match.scan import Lexicon
from pipelines.match.spelling import fold
from pipelines.match.terms import spelled
from pipelines.match.topic import Topic

# A reader takes in a few names at a glance; the strongest sentences come first.
_MOST = 3
# How far from the name of a series its number may stand: "đối thoại … Việt Nam - Campuchia lần thứ 8", "the 8th Vietnam–Cambodia …".
_AFTER, _BEFORE = 80, 40

_UNITS = {"một": 1, "mốt": 1, "nhất": 1, "hai": 2, "ba": 3, "tư": 4, "bốn": 4, "năm": 5, "lăm": 5, "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8,
          "chín": 9}  # fmt: skip
_TENTHS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth",
           "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth")  # fmt: skip
_ENGLISH = {word: number for number, word in enumerate(_TENTHS, 1)}
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_ORDINAL = re.compile(
    r"\b(?:lần(?: thứ)?|kỳ họp(?: thứ)?|kì họp(?: thứ)?) "
    rf"(?P<vi>\d{{1,3}}|[ivxlc]+|(?:(?:{'|'.join(_UNITS)}) )?(?:mười|mươi)(?: (?:{'|'.join(_UNITS)}))?|{'|'.join(_UNITS)})\b(?! tiên)"
    rf"|\b(?P<en>\d{{1,3}}(?=(?:st|nd|rd|th)\b)|(?:{'|'.join(_TENTHS)})\b)(?!\w* (?:anniversary|century|day|of|time|{_MONTHS}))"
)


class Tagger:
    """A topic's tags compiled once; asked only about articles that are relevant."""

    def __init__(self, topic: Topic) -> None:
        self._tags = tuple(topic.tags.values())
        owners: dict[str, dict[int, str]] = {}
        for number, tag in enumerate(self._tags):
            for shown, word in spelled(topic.groups, tag):
                owners.setdefault(word, {}).setdefault(number, shown)
        self._owners = list(owners.values())
        self._lexicon = Lexicon(list(owners))
        self._titles = [_titles(topic, tag.titles) for tag in self._tags]

    def tags(self, sentences: Iterable[str], language: str) -> tuple[str, ...]:
        """Tags in the order of the topic file, from folded sentences, the strongest first."""
        found: list[dict[str, None]] = [{} for _ in self._tags]
        for words in sentences:
            self._read(words, language if language == "vi" else "en", found)
        tags = list(dict.fromkeys(tag for names in found for tag in [*names][:_MOST]))
        return tuple(tag for tag in tags if not any(_says(other, tag) for other in tags))

    def _read(self, words: str, language: str, found: Sequence[dict[str, None]]) -> None:
        ends = [0] * len(self._tags)
        series: list[tuple[int, int, int]] = []
        for start, end, number in self._lexicon.find(words):
            for owner, shown in self._owners[number].items():
                tag = self._tags[owner]
                if start < ends[owner]:
                    continue
                ends[owner] = end
                if not tag.numbered:
                    text = tag.text.get(language) or tag.text.get("vi")
                    found[owner].setdefault(text or self._titled(owner, words[:start], shown))
                elif not series or start >= series[-1][1]:
                    series.append((start, end, owner))
        for owner, number in ordinals(words, series) if series else ():
            series_text = self._tags[owner].text
            found[owner].setdefault((series_text.get(language) or series_text["vi"]).replace("{n}", str(number)))

    def _titled(self, owner: int, before: str, name: str) -> str:
        for folded, title in self._titles[owner]:
            if before.endswith(f"{folded} ") and not before[: -len(folded) - 1][-1:].isalnum():
                return f"{title} {name}"
        return name


def _titles(topic: Topic, group: str) -> list[tuple[str, str]]:
    """Folded titles, the longest first, with their printed form."""
    if not group:
        return []
    # A title is shown as it was chosen: "(Đại|Trung) tướng" is two ranks and not two spellings of one.
    forms = {fold(term).words: term for term in topic.titles(group)}
    return sorted(forms.items(), key=lambda form: (-len(form[0]), form[0]))


def _says(tag: str, other: str) -> bool:
    """Whether a tag says all that the other one does, and more: a name with its title, a series with its number."""
    return tag.endswith(f" {other}") or tag.startswith(f"{other} ")


def ordinals(words: str, series: Sequence[tuple[int, int, int]]) -> Iterator[tuple[int, int]]:
    """Give every number in a folded sentence to the series named last before it, else to the one that follows.

    `series` are those named: start, end and owner; what comes is owner and number.  A colon parts what is counted from what follows.
    """
    for found in _ORDINAL.finditer(words):
        owner = next((owner for _, end, owner in reversed(series) if 0 <= found.start() - end <= _AFTER), None)
        if owner is None:
            owner = next(
                (
                    owner
                    for start, _, owner in series
                    if 0 <= start - found.end() <= _BEFORE and ":" not in words[found.end() : start]
                ),
                None,
            )
        if owner is not None and (number := _number(found["vi"] or found["en"])):
            yield owner, number


def _number(word: str) -> int:
    if word.isdecimal():
        return int(word)
    if word in _ENGLISH:
        return _ENGLISH[word]
    if all(letter in _ROMAN for letter in word):
        values = [_ROMAN[letter] for letter in word]
        return sum(-value if value < following else value for value, following in zip(values, [*values[1:], 0], strict=True))
    tens, ten, units = word.rpartition("mười") if "mười" in word else word.rpartition("mươi")
    count = _UNITS.get(units.strip(), 0)
    return count + (10 * _UNITS.get(tens.strip(), 1) if ten else 0)
