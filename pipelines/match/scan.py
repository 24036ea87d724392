"""Finds every term of every topic in one pass over a text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick, Implementation

from pipelines.match.topic import Topic

# Scripts that write without spaces (Thai, Lao, Khmer, Chinese, Japanese, Korean): a word ends where the term says so.
_UNSPACED = (("\u0e00", "\u0eff"), ("\u1780", "\u17ff"), ("\u2e80", "\u9fff"), ("\uac00", "\ud7af"), ("\uf900", "\ufaff"))


@dataclass(frozen=True, slots=True)
class Hit:
    """A term at a place in folded text; `groups` are those of the topic that own it."""

    start: int
    end: int
    groups: tuple[str, ...]


class Lexicon:
    """One automaton over folded terms, each found as a whole word."""

    def __init__(self, terms: Sequence[str]) -> None:
        self._edges = [(not _unspaced(term[0]), not _unspaced(term[-1])) for term in terms]
        self._words = AhoCorasick(terms)

    def find(self, words: str) -> Iterator[tuple[int, int, int]]:
        """Start, end and number of every term in folded text, from left to right, the longest first; they may overlap."""
        raw = self._words.find_matches_as_indexes(words, overlapping=True)
        for start, end, number in sorted([(start, end, number) for number, start, end in raw], key=_longest_first):
            head, tail = self._edges[number]
            if not ((head and start and words[start - 1].isalnum()) or (tail and end < len(words) and words[end].isalnum())):
                yield start, end, number


class Scanner:
    """One automaton over the terms of all topics, and a small one over the words without which no topic is satisfied."""

    def __init__(self, topics: Sequence[Topic]) -> None:
        owners: dict[str, dict[int, tuple[str, ...]]] = {}
        gate: set[str] = set()
        for number, topic in enumerate(topics):
            for word, groups in topic.spelled().items():
                owners.setdefault(word, {})[number] = tuple(groups)
                if any(topic.groups[name].plays("party_b") for name in groups):
                    gate.add(word)
        self._count = len(topics)
        self._owners = list(owners.values())
        self._lexicon = Lexicon(list(owners))
        self._gate = AhoCorasick(_shortest(gate), implementation=Implementation.DFA)

    def could_match(self, words: str) -> bool:
        """Whether folded text names the second party of any topic; a word within a word counts, so it errs towards yes."""
        return bool(self._gate.find_matches_as_indexes(words))

    def hits(self, words: str) -> list[list[Hit]]:
        """For each topic its hits in folded text: whole words, from left to right, the longest first, none within another."""
        found: list[list[Hit]] = [[] for _ in range(self._count)]
        ends = [0] * self._count
        for start, end, number in self._lexicon.find(words):
            for topic, groups in self._owners[number].items():
                if start >= ends[topic]:
                    found[topic].append(Hit(start, end, groups))
                    ends[topic] = end
        return found


def _longest_first(raw: tuple[int, int, int]) -> tuple[int, int]:
    return raw[0], -raw[1]


def _unspaced(letter: str) -> bool:
    return any(first <= letter <= last for first, last in _UNSPACED)


def _shortest(words: set[str]) -> list[str]:
    """Leave out every word that holds another one: finding that one is enough."""
    kept: list[str] = []
    for word in sorted(words, key=lambda word: (len(word), word)):
        if not any(short in word for short in kept):
            kept.append(word)
    return kept
