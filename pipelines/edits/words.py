"""Lays two versions of a passage side by side, word by word, and finds the places where they differ."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import groupby

from pipelines.edits.facts import FactKind, facts, value
from pipelines.edits.names import Usage, all_capitals
from pipelines.edits.reading import Passage, Token, tokens

# The comparison takes square time: beyond this many words, what lies between the first and the last difference is one change.
MOST_WORDS = 1000
# So many words beside a change are enough to see the whole of a name or a date.
_MARGIN = 12
# Two changes of so many words with one word between them are one.
_LONG = 3
# More places than these, and more than such a part of all words in them: the sentence was written anew.
_MOST_OF_A_REWRITE = 2
_REWRITTEN = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Some words of one version, from `start` to before `end`; it may be empty."""

    start: int
    end: int


Place = tuple[Range, Range]
# A word of the old version beside the same word of the new one; -1 where the other version has none.
Column = tuple[int, int]


@dataclass(slots=True, kw_only=True)
class Version:
    """One version of a passage: its words, and which fact each of them belongs to (-1: none)."""

    passage: Passage
    tokens: list[Token]
    kinds: list[FactKind] = field(default_factory=list)
    bounds: list[Range] = field(default_factory=list)
    fact_of: list[int] = field(default_factory=list)

    def find_facts(self, around: Range, known: Usage) -> None:
        """Look for facts in a range, and a little on each side."""
        self.fact_of = [-1] * len(self.tokens)
        first, last = max(0, around.start - _MARGIN), min(len(self.tokens), around.end + _MARGIN)
        if not 0 < last - first <= 2 * MOST_WORDS:
            return
        offset = self.tokens[first].start
        starts, ends = [token.start for token in self.tokens], [token.end for token in self.tokens]
        for fact in facts(self.passage.text[offset : self.tokens[last - 1].end], known, begins=first == 0):
            start, end = bisect_right(ends, fact.start + offset), bisect_left(starts, fact.end + offset)
            if start < end and self.fact_of[start] < 0:
                self.fact_of[start:end] = [len(self.kinds)] * (end - start)
                self.kinds.append(fact.kind)
                self.bounds.append(Range(start=start, end=end))

    def words(self, at: Range) -> str:
        """The words of a range as printed."""
        return self.passage.text[self.tokens[at.start].start : self.tokens[at.end - 1].end] if at.start < at.end else ""

    def keys(self, at: Range) -> list[str]:
        """The words and marks of a range, however they are written."""
        return [token.key for token in self.tokens[at.start : at.end]]

    def trimmed(self, at: Range) -> str:
        """The words of a range without the marks before and after them; all of it where there are only marks."""
        places = [place for place in range(at.start, at.end) if is_word(self.tokens[place])]
        return self.words(Range(start=places[0], end=places[-1] + 1) if places else at)

    def values(self, kind: FactKind, at: Range) -> list[tuple[str, ...]]:
        """What the facts of a kind say in a range."""
        found = dict.fromkeys(fact for fact in self.fact_of[at.start : at.end] if fact >= 0 and self.kinds[fact] == kind)
        return sorted(value(kind, self.words(self.bounds[fact])) for fact in found)

    def share(self, kind: FactKind, at: Range) -> float:
        """How much of a range is facts of a kind."""
        found = [self.fact_of[place] for place in range(at.start, at.end) if is_word(self.tokens[place])]
        return sum(fact >= 0 and self.kinds[fact] == kind for fact in found) / max(1, len(found))

    def is_quoted(self, at: Range) -> bool:
        """Tell whether a word of the range stands between quotation marks."""
        return any(a < token.start < b for token in self.tokens[at.start : at.end] for a, b in self.passage.quoted)

    def parts(self, at: Range) -> list[tuple[FactKind | None, Range]]:
        """The range, cut into its facts and what lies between them."""
        cut: list[tuple[FactKind | None, Range]] = []
        for fact, group in groupby(range(at.start, at.end), key=lambda place: self.fact_of[place]):
            places = list(group)
            cut.append((self.kinds[fact] if fact >= 0 else None, Range(start=places[0], end=places[-1] + 1)))
        return cut


def is_word(token: Token) -> bool:
    """Tell a word or number from a mark."""
    return token.key[0].isalnum() or token.key == "%"


def differing(old: Passage, new: Passage, known: Usage) -> tuple[Version, Version, list[Place]]:
    """Lay two versions side by side: no place cuts a name, rank, number or date, and unrelated ones are kept apart."""
    one, other = Version(passage=old, tokens=tokens(old.text)), Version(passage=new, tokens=tokens(new.text))
    columns, changed = _aligned(one, other)
    if 1 not in changed:
        return one, other, []
    first, last = changed.index(1), changed.rindex(1) + 1
    one.find_facts(_range(columns, first, last, 0), known)
    other.find_facts(_range(columns, first, last, 1), known)
    _widen(columns, changed, one, other)
    runs = _runs(changed)
    if len(runs) > _MOST_OF_A_REWRITE and sum(changed) > _REWRITTEN * len(columns):
        runs = [(runs[0][0], runs[-1][1])]
    places = [(_range(columns, *run, 0), _range(columns, *run, 1)) for run in runs]
    return one, other, [part for place in places for part in _parts(place, one, other)]


def _aligned(one: Version, other: Version) -> tuple[list[Column], bytearray]:
    """Set equal words beside each other and mark what differs; a capital counts where no sentence begins."""
    ours, theirs = ([token.key.lower() for token in version.tokens] for version in (one, other))
    shortest = min(len(ours), len(theirs))
    start = next((n for n in range(shortest) if ours[n] != theirs[n]), shortest)
    tail = next((n for n in range(shortest - start) if ours[-1 - n] != theirs[-1 - n]), shortest - start)
    end, new_end = len(ours) - tail, len(theirs) - tail
    columns: list[Column] = [(n, n) for n in range(start)]
    if max(end, new_end) - start > MOST_WORDS:
        columns += [*((n, -1) for n in range(start, end)), *((-1, n) for n in range(start, new_end))]
    else:
        for what, i, j, k, m in SequenceMatcher(None, ours[start:end], theirs[start:new_end]).get_opcodes():
            if what == "equal":
                columns += [(start + i + n, start + k + n) for n in range(j - i)]
            else:
                columns += [*((n, -1) for n in range(start + i, start + j)), *((-1, n) for n in range(start + k, start + m))]
    columns += [(end + n, new_end + n) for n in range(tail)]
    shouted = all_capitals(one.passage.text) or all_capitals(other.passage.text)
    return columns, bytearray(
        -1 in column or (not shouted and one.tokens[column[0]].key != other.tokens[column[1]].key and _within(column, one, other))
        for column in columns
    )


def _within(column: Column, one: Version, other: Version) -> bool:
    """Tell whether a word stands within a sentence in both versions."""
    return all(place and is_word(version.tokens[place - 1]) for place, version in zip(column, (one, other), strict=True))


def _range(columns: list[Column], first: int, last: int, side: int) -> Range:
    """The words of one side in some columns; where there are none, the place between the words around."""
    words = [column[side] for column in columns[first:last] if column[side] >= 0]
    if words:
        return Range(start=words[0], end=words[-1] + 1)
    before = next((columns[n][side] + 1 for n in range(first - 1, -1, -1) if columns[n][side] >= 0), 0)
    return Range(start=before, end=before)


def _runs(changed: bytearray) -> list[tuple[int, int]]:
    """The columns from … to before … that are marked."""
    runs, end = [], 0
    while (start := changed.find(1, end)) >= 0:
        end = changed.find(0, start)
        end = end if end >= 0 else len(changed)
        runs.append((start, end))
    return runs


def _widen(columns: list[Column], changed: bytearray, one: Version, other: Version) -> None:
    """Mark the rest of every fact that has changed, the word beside a mark that has, and what lies between two that belong together."""

    def mark(start: int, end: int) -> None:
        changed[start:end] = b"\1" * (end - start)

    def token(column: Column) -> Token:
        return one.tokens[column[0]] if column[0] >= 0 else other.tokens[column[1]]

    last: tuple[int, int] | None = None
    last_is_quote = False
    for start, end in _runs(changed):
        signs = [token(column) for column in columns[start:end]]
        is_quote = all(sign.key == '"' for sign in signs)
        if last and (
            (is_quote and last_is_quote)
            or (start - last[1] == 1 and all(_size(columns[a:b]) >= _LONG for a, b in (last, (start, end))))
        ):
            mark(last[0], end)
        last, last_is_quote = (start, end), is_quote
    for start, end in _runs(changed):
        if not any(is_word(token(column)) for column in columns[start:end]):
            mark(max(0, start - 1), end if start else min(end + 1, len(columns)))
    places = [{column[side]: n for n, column in enumerate(columns) if column[side] >= 0} for side in (0, 1)]
    spans = [(at[b.start], at[b.end - 1] + 1) for at, version in zip(places, (one, other), strict=True) for b in version.bounds]
    while cut := [span for span in spans if 1 in changed[slice(*span)] and 0 in changed[slice(*span)]]:
        for span in cut:
            mark(*span)


def _size(columns: list[Column]) -> int:
    return max(sum(column[side] >= 0 for column in columns) for side in (0, 1))


def _parts(place: Place, one: Version, other: Version) -> Iterator[Place]:
    """Take a place apart where both versions have the same kinds of facts in the same order: a rank and a name."""
    ours, theirs = one.parts(place[0]), other.parts(place[1])
    same_kinds = [kind for kind, _ in ours] == [kind for kind, _ in theirs]
    unlike = [(kind, (old, new)) for (kind, old), (_, new) in zip(ours, theirs, strict=False) if one.keys(old) != other.keys(new)]
    # What is no fact may belong to the fact before it: Bộ Quốc | phòng.
    if same_kinds and all(kind for kind, _ in unlike):
        yield from (part for _, part in unlike)
    else:
        yield place
