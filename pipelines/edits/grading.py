"""Grades the places where two versions of a passage differ, and leaves out those that another reading may have made."""

from collections.abc import Iterator
from itertools import zip_longest

from news.model import Change, ChangedPart, Grade
from pipelines.duplicates import spell
from pipelines.edits.facts import FactKind
from pipelines.edits.names import Usage, is_slip
from pipelines.edits.reading import Passage
from pipelines.edits.words import Place, Range, Version, differing, is_word

# The gravest first.
FACTS: tuple[FactKind, ...] = ("name", "rank", "number", "date")
# What was only added, or only taken away, is graded by its facts where they make up such a part of its words.
_FACTUAL = 1 / 3


def changes_within(old: Passage, new: Passage, known: Usage) -> Iterator[Change]:
    """List what differs between two versions of one passage, in order, as far as their readings can be trusted."""
    one, other, places = differing(old, new, known)
    for place in places:
        only_marks = _said(one, place[0]) == _said(other, place[1])
        before, after = (
            (one.words(place[0]), other.words(place[1])) if only_marks else (one.trimmed(place[0]), other.trimmed(place[1]))
        )
        grade = _grade(place, one, other, known)
        if before != after and _is_trusted(place, one, other, grade):
            yield Change(part=part_of(old, new), grade=grade, before=before, after=after, old=old.text, new=new.text)


def part_of(old: Passage, new: Passage) -> ChangedPart:
    """The lead, where a line was taken for the lead in one reading and for text in the other."""
    return old.part if old.part == new.part else "lead"


def _is_trusted(place: Place, one: Version, other: Version, grade: Grade) -> bool:
    """Where another rule found the part, furniture may hang at its ends, and a headline or lead may be another wording of it."""
    if one.passage.alike:
        return True
    old, new = place
    replaced = old.start < old.end and new.start < new.end
    if part_of(one.passage, other.passage) in {"title", "lead"}:
        return replaced and grade in FACTS
    return replaced or (0 not in {old.start, new.start} and old.end < len(one.tokens) and new.end < len(other.tokens))


def _grade(place: Place, one: Version, other: Version, known: Usage) -> Grade:
    """The gravest of what has changed; another spelling of the same words is wording."""
    old, new = place
    before, after = one.words(old), other.words(new)
    if "".join(spell(before)) == "".join(spell(after)):
        marks = [
            sum(token.key == '"' for token in version.tokens[at.start : at.end]) for version, at in ((one, old), (other, new))
        ]
        return "quote" if marks[0] != marks[1] else "wording"
    slip = _is_slip(place, one, other, known)
    for kind in FACTS:
        if _has_changed(kind, place, one, other) and not (kind == "name" and slip):
            return kind
    return "quote" if not slip and (one.is_quoted(old) or other.is_quoted(new)) else "wording"


def _has_changed(kind: FactKind, place: Place, one: Version, other: Version) -> bool:
    said, says = one.values(kind, place[0]), other.values(kind, place[1])
    if said == says:
        return False
    if said and says:
        return True
    version, at = (one, place[0]) if said else (other, place[1])
    if kind == "number" and version.trimmed(at).lower().startswith("một"):
        return False
    return version.share(kind, at) >= _FACTUAL


def _is_slip(place: Place, one: Version, other: Version, known: Usage) -> bool:
    """Tell whether words differ by nothing but slips of the pen."""
    words = _said(one, place[0]), _said(other, place[1])
    unlike = [(a, b) for a, b in zip_longest(*words, fillvalue="") if a != b]
    return bool(unlike) and all(a and b and is_slip(a, b, known) for a, b in unlike)


def _said(version: Version, at: Range) -> list[str]:
    return [token.word for token in version.tokens[at.start : at.end] if is_word(token)]
