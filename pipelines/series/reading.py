"""Reads which occasion of which series one article is about: its number, day, place and heads."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain

from news.model import Article, Part
from pipelines.dates import HOME
from pipelines.match.reading import cut
from pipelines.match.scan import Lexicon, Scanner
from pipelines.match.spelling import fold
from pipelines.match.tags import ordinals
from pipelines.match.terms import spelled
from pipelines.match.topic import Topic
from pipelines.series.heads import heads
from pipelines.series.occasion import Head, Side
from pipelines.series.when import Days, days
from pipelines.series.where import places

# What an article is about stands in its title, its lead and so many sentences of its text; who led the delegations a little further.
_OPENING, _LED = 3, 7
# Enough letters to hold them.
_HEAD = 6000
# So many days before and after publication an occasion may lie that an article reports or announces.
_AGO, _AHEAD = 21, 60
_SURE = 0.5
# Words after which an occasion is only looked back on, prepared, praised or wished for.
_MENTIONED = re.compile(
    r"\b(?:trước|trước thềm|hướng tới|chuẩn bị|nhắc|nhắc lại|sau|sau khi|kể từ|từ|tiếp nối|thành công của|đánh giá cao|cảm ơn|góp phần|"
    r"duy trì|đẩy mạnh|tăng cường|thúc đẩy|đề nghị|nhất trí|thống nhất|tiếp tục|sẵn sàng|quy chế|kế hoạch|chương trình|tổ chức tốt|"
    r"after|ahead of|following|before|since|prior to|towards?|forward to|to|preparing|boost|strengthen|continue|maintain|enhance|on)"
    r"(?: [^\s,;:.]+){0,4} ?$"
)
_WINDOW = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What one article says of the occasion that it is about; `days` is None where it does not say when that was."""

    series: str
    number: int | None
    force: str
    days: Days | None
    places: tuple[str, ...]
    heads: tuple[Head, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sentence:
    """A printed sentence in its one spelling, with the series that it names: where, and which numbers it gives them."""

    part: Part
    printed: str
    words: str
    named: tuple[tuple[int, int, str], ...]
    numbers: dict[int, int]


class Reader:
    """A topic's series compiled once."""

    def __init__(self, topic: Topic) -> None:
        self._topic = topic
        self._scanner = Scanner([topic])
        series = {name: tag for name, tag in topic.tags.items() if tag.numbered}
        owners: dict[str, str] = {}
        for name, tag in series.items():
            for _, word in spelled(topic.groups, tag):
                owners.setdefault(word, name)
        self._owners = list(owners.values())
        self._lexicon = Lexicon(list(owners))
        apart = dict.fromkeys(chain.from_iterable(tag.apart for tag in series.values()))
        forces = [(name, word) for name in apart for _, word in spelled(topic.groups, topic.tags[name])]
        self._forces = [name for name, _ in forces]
        self._force_lexicon = Lexicon([word for _, word in forces])

    def read(self, article: Article, when: datetime) -> Telling | None:
        """The occasion that an article is about, if any; `when` it came out, or was first seen if it does not say."""
        told = [*self._sentences("title", article.title), *self._sentences("lead", article.lead)]
        told += [one for _, one in zip(range(_LED), self._sentences("text", article.text[:_HEAD]), strict=False)]
        opening = [one for one in told if one.part != "text"] + [one for one in told if one.part == "text"][:_OPENING]
        found = self._about(opening)
        if found is None:
            return None
        series, number = found
        published = when.astimezone(HOME).date()
        said, at = _days(series, opening, published, dated=article.published is not None)
        return Telling(
            series=series,
            number=number,
            force=self._force(series, opening),
            days=said,
            places=_places(series, opening, at),
            heads=tuple(chain.from_iterable(heads(one.printed, self._side) for one in told)),
        )

    def _sentences(self, part: Part, text: str) -> Iterator[_Sentence]:
        folded = fold(text)
        if not folded.words:
            return
        starts, ends = folded.places()
        for start, end in cut(folded.words):
            words = folded.words[start:end]
            named: list[tuple[int, int, str]] = []
            for first, last, number in self._lexicon.find(words):
                if not named or first >= named[-1][1]:
                    named.append((first, last, self._owners[number]))
            numbers: dict[int, int] = {}
            for place, number in ordinals(words, [(first, last, place) for place, (first, last, _) in enumerate(named)]):
                numbers.setdefault(place, number)
            printed = text[starts[start] : ends[end - 1]].strip()
            yield _Sentence(part=part, printed=printed, words=words, named=tuple(named), numbers=numbers)

    def _about(self, opening: Sequence[_Sentence]) -> tuple[str, int | None] | None:
        """Series and number: that of the title, else the first in the opening that has a number."""
        told = [
            (sentence, series, sentence.numbers.get(place))
            for sentence in opening
            for place, (start, _, series) in enumerate(sentence.named)
            if not _MENTIONED.search(sentence.words[max(0, start - _WINDOW) : start]) and not self._others(sentence)
        ]
        titled = [(series, number) for sentence, series, number in told if sentence.part == "title"]
        main = next((series for series, number in titled if number is not None), titled[0][0] if titled else None)
        main = main or next((series for _, series, number in told if number is not None), None)
        if main is None:
            return None
        number = next((number for _, series, number in told if series == main and number is not None), None)
        return main, number if number is not None else self._short(main, opening)

    def _short(self, main: str, opening: Sequence[_Sentence]) -> int | None:
        """The number beside the first words of the series' name, as in "đối thoại lần thứ 8" below a title that names it in full."""
        full = [one.words[start:end] for one in opening for start, end, series in one.named if series == main]
        for name in dict.fromkeys(" ".join(words.split()[:2]) for words in full):
            for sentence in opening:
                at = sentence.words.find(f"{name} lần ")
                for _, number in ordinals(sentence.words[at:], [(0, len(name), 0)]) if at >= 0 and not sentence.named else ():
                    return number
        return None

    def _others(self, sentence: _Sentence) -> bool:
        """Whether the sentence names somebody who takes the matter away: what is numbered there may be theirs."""
        hits = self._scanner.hits(sentence.words)[0]
        return any(
            group.role == "other" and group.weight > _SURE
            for hit in hits
            for group in map(self._topic.groups.get, hit.groups)
            if group
        )

    def _force(self, series: str, opening: Sequence[_Sentence]) -> str:
        """Which of the forces that are counted apart takes part: the one named most beside the series, "" where that is open."""
        apart = self._topic.tags[series].apart
        counts = dict.fromkeys(apart, 0)
        for sentence in opening:
            share = 2 if any(name == series for _, _, name in sentence.named) or sentence.part == "title" else 1
            for _, _, number in self._force_lexicon.find(sentence.words):
                if self._forces[number] in counts:
                    counts[self._forces[number]] += share
        best = sorted(counts.items(), key=lambda count: -count[1])[:2]
        return best[0][0] if best and best[0][1] and (len(best) == 1 or best[0][1] > best[1][1]) else ""

    def _side(self, words: str) -> Side:
        """The party that some words speak of, "" if none or both."""
        found: set[str] = set()
        for hit in self._scanner.hits(fold(words).words)[0]:
            found |= {group.role for group in (self._topic.groups[name] for name in hit.groups) if group.weight >= _SURE}
        sides: list[Side] = [side for side in ("party_a", "party_b") if side in found]
        return sides[0] if len(sides) == 1 and "both" not in found else ""


def _days(series: str, opening: Sequence[_Sentence], published: date, *, dated: bool) -> tuple[Days | None, int]:
    """The days of the occasion and the sentence that tells them: the one that names it first, then the head of the article."""
    best: tuple[int, Days, int] | None = None
    for number, sentence in enumerate(opening):
        weight = 4 * any(name == series for _, _, name in sentence.named) + 2 * (sentence.part != "text" or number == 0)
        for said in days(sentence.printed, published):
            near = -_AGO <= (said.end - published).days <= _AHEAD
            if not near and (dated or not said.with_year):
                continue
            points = weight + (said.end > said.start)
            if best is None or points > best[0]:
                best = points, said, number
    return (best[1], best[2]) if best else (None, -1)


def _places(series: str, opening: Sequence[_Sentence], at: int) -> tuple[str, ...]:
    """Where the sentence with the day says that it was, else one that names the series, else the head."""
    order = sorted(
        range(len(opening)), key=lambda number: (number != at, not any(name == series for _, _, name in opening[number].named))
    )
    return next((found for number in order if (found := places(opening[number].printed))), ())
