"""Reads an article as sentences with the roles that its words play, page furniture left out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from news.model import Part
from pipelines.match.scan import Hit
from pipelines.match.topic import Furniture, Topic

# A full stop after an initial or a short title ("TP. HCM", "Gen. Tea Banh") ends nothing.
_END = re.compile(
    r"\n|(?<!\b[^\W\d_])(?<!\b(?:tp|gs|ts|st|dr|mr|lt|sr))(?<!\b(?:gen|col|maj|sen|adm))[.!?;…]+[\"”’»)]*\s|[。！？；]"
)
_LONG_LINE = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One sentence: the strongest weight and hit of each role in it, and every hit."""

    part: Part
    start: int
    end: int
    hits: tuple[tuple[Hit, str], ...]
    roles: dict[str, float]
    place_matter: float = 0.0

    def weight(self, role: str) -> float:
        """How strongly the role is played here, 0 where it is not."""
        return self.roles.get(role, 0.0)


def cut(words: str) -> list[tuple[int, int]]:
    """Cut folded text into sentences: where each starts and ends."""
    stops = [end.end() for end in _END.finditer(words)]
    return [(start, stop) for start, stop in zip([0, *stops], [*stops, len(words)], strict=True) if stop > start]


def sentences(
    topic: Topic, part: Part, cuts: Sequence[tuple[int, int]], hits: Sequence[Hit], furniture: Sequence[tuple[int, int]] = ()
) -> list[Said]:
    """Give every sentence its hits, furniture left out; those that say nothing stay, as distance between the others."""
    found: list[Said] = []
    position = 0
    for start, stop in cuts:
        first = position
        while position < len(hits) and hits[position].start < stop:
            position += 1
        if not any(opens <= start < closes for opens, closes in furniture):
            found.append(_said(topic, part, start, stop, hits[first:position]))
    return found


def find_furniture(furniture: Furniture, words: str, *, opened: bool, titled: bool) -> list[tuple[int, int]]:
    """Find the stretches of folded text that are no part of the article.

    `opened` says that a lead stood before it. Below a mere title, a block's marker on top is a line of the page's navigation.
    """
    found: list[tuple[int, int]] = []
    if not any(marker in words for marker in (*furniture.line, *furniture.rest)):
        return found
    start = 0
    for line in words.split("\n"):
        stop = start + len(line) + 1
        bare = line.lstrip(" *>•[(|")
        if bare.startswith(furniture.rest) and (opened or not titled):
            found.append((start, len(words)))
            break
        if bare.startswith((*furniture.line, *furniture.rest)):
            found.append((start, stop))
        else:
            opened = opened or len(line) >= _LONG_LINE
        start = stop
    return found


def _said(topic: Topic, part: Part, start: int, end: int, hits: Sequence[Hit]) -> Said:
    roles: dict[str, float] = {}
    matters: dict[str, float] = {}
    place_matter = 0.0
    played: list[tuple[Hit, str]] = []
    for hit in hits:
        for name in hit.groups:
            group = topic.groups[name]
            played.append((hit, group.role))
            for role, weight in ((group.role, group.weight), *group.also.items()):
                roles[role] = max(roles.get(role, 0.0), weight)
                if role == "matter":
                    matters[name] = weight
                    place_matter = max(place_matter, weight if group.place else 0.0)
    if matters:
        rest = 1.0
        for weight in matters.values():
            rest *= 1 - weight
        roles["matter"] = 1 - rest
    return Said(part=part, start=start, end=end, hits=tuple(played), roles=roles, place_matter=place_matter)
