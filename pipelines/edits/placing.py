"""Puts what was added or dropped beside what stands in its place, and all that differs in reading order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, zip_longest

from pipelines.edits.reading import Passage, tokens

# Short sentences that stand in one place need not be as much alike as others to be versions of each other.
_ALIKE_IN_PLACE = 0.15
_SHORT = 12  # words
# Where more sentences than these have no other version, the text is another one: what stands together is one change.
MANY = 300
# No sentence is longer: beyond this many characters it is not taken apart.
LONGEST = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A passage and what became of it; `alike` where it is another version of it, else the one was put in place of the other."""

    old: Passage | None
    new: Passage | None
    alike: bool = False


@dataclass(slots=True, kw_only=True)
class Unit:
    """A line or sentence by what identifies it; `passage` is None where both readings have it.

    One is `spare` that the other reading has less often: another version of something else, or else nothing.
    """

    key: str
    line: int
    passage: Passage | None = None
    words: frozenset[str] = frozenset()
    spare: bool = False


def words_of(text: str) -> frozenset[str]:
    """The words of a text, whatever their case."""
    return frozenset(token.key.lower() for token in tokens(text[:LONGEST]) if token.key[0].isalnum())


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of words in common, 0 to 1."""
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0


def joined(passages: Sequence[Passage]) -> Passage:
    """Several sentences of a line as one passage."""
    offset, quoted = 0, []
    for passage in passages:
        quoted += [(a + offset, b + offset) for a, b in passage.quoted]
        offset += len(passage.text) + 1
    return replace(passages[0], text=" ".join(passage.text for passage in passages), quoted=tuple(quoted))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """Sentences of a line that follow one another and have no other version; `at` is the place of the first, `inside` its line."""

    passage: Passage
    at: int
    inside: bool


def in_order(old: Sequence[Unit], new: Sequence[Unit], same: dict[int, int]) -> Iterator[Pair]:
    """Yield what differs in the order of the new reading; `same` says which old sentence became which new one."""
    names = {i: f"\0{n}" for n, i in enumerate(same)}
    new_names = {j: names[i] for i, j in same.items()}
    ours, theirs = _pieces(old, names), _pieces(new, new_names)
    place_of = {new_names.get(n, unit.key): n for n, unit in reversed(list(enumerate(new)))}
    rows = [(float(j), Pair(old=old[i].passage, new=new[j].passage, alike=True)) for i, j in same.items()]
    for after in {**ours, **theirs}:
        for one, other in zip_longest(ours.get(after, []), theirs.get(after, [])):
            at = float(other.at) if other else place_of.get(after, -1) + 0.5
            rows += [(at, pair) for pair in _replaced(one, other)]
    yield from (pair for _, pair in sorted(rows, key=lambda row: row[0]))


def _pieces(units: Sequence[Unit], names: dict[int, str]) -> dict[str, list[_Piece]]:
    """What has no other version, by the unit that stands before it."""
    lone = {n for n, unit in enumerate(units) if unit.passage and n not in names}
    by_line = len(lone) <= MANY
    found: dict[str, list[_Piece]] = {}
    after = ""
    for (is_lone, _), group in groupby(range(len(units)), key=lambda n: (n in lone, by_line and units[n].line)):
        places = list(group)
        first, last = places[0], places[-1]
        if not is_lone:
            after = names.get(last, units[last].key)
            continue
        inside = first > 0 and last + 1 < len(units) and units[first - 1].line == units[first].line == units[last + 1].line
        passage = joined([passage for n in places if (passage := units[n].passage)])
        found.setdefault(after, []).append(_Piece(passage=passage, at=first, inside=inside))
    return found


def _replaced(one: _Piece | None, other: _Piece | None) -> Iterator[Pair]:
    """Pair two pieces that stand in one place.  Where other rules found them, only what stands inside a line can be trusted."""
    old, new = (piece.passage if piece and (piece.passage.alike or piece.inside) else None for piece in (one, other))
    if old and new:
        ours, theirs = words_of(old.text), words_of(new.text)
        yield Pair(old=old, new=new, alike=max(len(ours), len(theirs)) <= _SHORT and likeness(ours, theirs) >= _ALIKE_IN_PLACE)
    elif old or new:
        yield Pair(old=old, new=new)
