"""Pairs the sentences of two readings of one page: which one became which, which were added and which dropped."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from news.model import Article
from pipelines.edits.placing import MANY, Pair, Unit, in_order, joined, likeness, words_of
from pipelines.edits.reading import Line, key_of, lines_of, own_line, sentences_of
from pipelines.text import clean

# From this share of common words on, one sentence is another version of the other.
ALIKE = 0.5
# A sentence was split or joined where such a part of its words stands in what became of its neighbour.
_ABSORBED = 0.6
# Comparing each with each takes square time; where more differ they are paired in their order, and where many more do, not at all.
_MOST_COMPARED = 3600  # pairs


def pairs_of(before: Article, after: Article) -> list[Pair]:
    """Pair what differs in lead and text, in reading order, without what another rule may have made."""
    old, new = _units(before, after)
    same = _versions(old, new)
    _absorb(old, new, same)
    _absorb(new, old, {j: i for i, j in same.items()})
    return list(in_order(old, new, same))


def _units(before: Article, after: Article) -> tuple[list[Unit], list[Unit]]:
    """What each reading has.  Furniture is left out; what the other one has too, wherever it stands there, is one unit."""
    articles = before, after
    lines = [lines_of(article) for article in articles]
    keys = [{line.key for line in ours} | _elsewhere(article) for ours, article in zip(lines, articles, strict=True)]
    own = [
        [line if line.key in theirs else own_line(line, article) for line in ours]
        for ours, article, theirs in zip(lines, articles, reversed(keys), strict=True)
    ]
    known = [seen.union(line.key for line in ours) for seen, ours in zip(keys, own, strict=True)]
    counts = [Counter(line.key for line in ours) for ours in own]
    units = [
        list(_read(ours, article, other, known=theirs, often=often))
        for ours, article, other, theirs, often in zip(
            own, articles, reversed(articles), reversed(known), reversed(counts), strict=True
        )
    ]
    found = [{unit.key for unit in ours if unit.passage} for ours in units]
    for ours, theirs in zip(units, reversed(found), strict=True):
        for unit in ours:
            if unit.key in theirs and not unit.spare:
                unit.passage = None
            elif unit.passage:
                unit.words = words_of(unit.passage.text)
    return units[0], units[1]


def _read(
    lines: Sequence[Line], article: Article, other: Article, *, known: AbstractSet[str], often: Mapping[str, int]
) -> Iterator[Unit]:
    """Make units of lines; where a line stands more often than in the other reading, the last may be a version of another one."""
    seen: Counter[str] = Counter()
    for line in lines:
        seen[line.key] += 1
        spare = 0 < often.get(line.key, 0) < seen[line.key]
        if line.key in known and not spare:
            yield Unit(key=line.key, line=line.number)
        elif line.text:
            # A line that reads like no paragraph may be a link, where no rule for that paper tells.
            for passage in (each for each in sentences_of(line, article, other) if each.known or each.prose):
                yield Unit(key=key_of(passage.text), line=line.number, passage=passage, spare=spare)


def _elsewhere(article: Article) -> set[str]:
    return {key_of(clean(text)) for text in (article.title, *article.captions)}


def _versions(old: Sequence[Unit], new: Sequence[Unit]) -> dict[int, int]:
    """Pair the sentences that are most alike, the nearest first where several are."""
    ours, theirs = ([n for n, unit in enumerate(units) if unit.passage] for units in (old, new))
    if len(ours) * len(theirs) <= _MOST_COMPARED:
        candidates = [(a, b) for a in range(len(ours)) for b in range(len(theirs))]
    elif max(len(ours), len(theirs)) <= MANY:
        candidates = list(zip(range(len(ours)), range(len(theirs)), strict=False))
    else:
        candidates = []
    scored = [(likeness(old[ours[a]].words, new[theirs[b]].words), -abs(a - b), -a, -b) for a, b in candidates]
    found: dict[int, int] = {}
    taken: set[int] = set()
    for score, _, a, b in sorted(scored, reverse=True):
        i, j = ours[-a], theirs[-b]
        if score >= ALIKE and i not in found and j not in taken and not (old[i].spare and new[j].spare):
            found[i] = j
            taken.add(j)
    for units, paired in ((old, found.keys()), (new, taken)):
        for n, unit in enumerate(units):
            if unit.spare and n not in paired:
                unit.passage = None
    return found


def _absorb(units: list[Unit], others: list[Unit], same: dict[int, int]) -> None:
    """Where one of two sentences was joined to the other, let both stand as one."""
    for i, j in same.items():
        for near in (i - 1, i + 1):
            if not 0 <= near < len(units) or near in same:
                continue
            passage, neighbour, theirs = units[i].passage, units[near].passage, others[j].words
            both = units[i].words | units[near].words
            if (
                passage
                and neighbour
                and len(units[near].words & theirs) >= _ABSORBED * len(units[near].words) > 0
                and likeness(both, theirs) > likeness(units[i].words, theirs)
            ):
                units[i].passage = joined([neighbour, passage] if near < i else [passage, neighbour])
                units[i].words = both
                units[near].passage, units[near].key = None, "\0"
