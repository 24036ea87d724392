"""What a topic file says: groups of terms, the role each plays, and how they must meet."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, fields

from pipelines.match.spelling import spellings, without_accents

# In the order in which the reader of a topic file meets them; docs/topics.md says what each one does.
ROLES = ("party_a", "party_b", "both", "matter", "act", "other", "setting", "ignored")
_SLOT = re.compile(r"\{([a-z0-9_]+)\}")
_CHOICE = re.compile(r"\(([^()]*\|[^()]*)\)")
_MOST_TERMS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Terms that play one role. `weight` is how strongly they speak in it; `also` gives them further roles."""

    terms: tuple[str, ...]
    role: str = "ignored"
    weight: float = 1.0
    also: dict[str, float] = field(default_factory=dict)
    place: bool = False
    joined: bool = False
    plain: bool = False
    tag: str = ""

    def __post_init__(self) -> None:
        for role in (self.role, *self.also):
            if role not in ROLES:
                raise ValueError(f"role: {role!r} is no role; use one of {', '.join(ROLES)}")
        for weight in (self.weight, *self.also.values()):
            if not 0 <= weight <= 1:
                raise ValueError(f"weight: {weight} is outside 0…1; write how strongly the terms speak in their role, 1 at most")
        if not self.terms:
            raise ValueError("terms: the list is empty; name at least one term or delete the group")

    def plays(self, role: str) -> bool:
        """Whether its terms play this role, first or among others."""
        return role == self.role or role in self.also


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Scores from which a text is relevant, and from which it is worth a second look."""

    relevant: float = 0.5
    borderline: float = 0.3

    def __post_init__(self) -> None:
        if not 0 < self.borderline <= self.relevant <= 1:
            raise ValueError("thresholds: need 0 < borderline <= relevant <= 1; swap or correct them")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How much a sentence says by where it stands and by how its parties are named; each number is a share of 1."""

    title: float = 0.85
    lead: float = 0.8
    text: float = 0.35
    longest_title: int = 220
    from_before: float = 0.7
    from_frame: float = 0.5
    opening: float = 0.5
    home: float = 0.5
    referred: float = 0.9
    place: float = 0.8
    without_act: float = 0.6
    beside_other: float = 0.2
    beside_other_together: float = 0.7

    def __post_init__(self) -> None:
        for rule in fields(self):
            number = getattr(self, rule.name)
            if rule.name != "longest_title" and not 0 <= number <= 1:
                raise ValueError(f"rules.{rule.name}: {number} is outside 0…1; write it as a share of 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Furniture:
    """Lines that are no part of the article: `line` opens one such line, `rest` opens a block that runs to the end."""

    line: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One subject to watch for, as a topic file describes it."""

    key: str
    name: dict[str, str]
    groups: dict[str, Group]
    thresholds: Thresholds = Thresholds()
    rules: Rules = Rules()
    furniture: Furniture = Furniture()

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", self.key):
            raise ValueError(f"key: {self.key!r} must be lower-case words joined by hyphens, such as vietnam-laos-border")
        if not self.name:
            raise ValueError('name: give the topic a name, such as name = {vi = "…", en = "…"}')
        played = {role for group in self.groups.values() for role in (group.role, *group.also)}
        for role in ("party_a", "party_b", "matter"):
            if role not in played:
                raise ValueError(f"groups: no group has role {role!r}, so nothing could ever match; add one")
        for name in self.groups:
            self._check_terms(name, ())

    def spelled(self) -> dict[str, list[str]]:
        """Every folded spelling of every term, with the groups it belongs to in file order."""
        found: dict[str, list[str]] = {}
        for name in self.groups:
            for word in self._spelled(name):
                owners = found.setdefault(word, [])
                if name not in owners:
                    owners.append(name)
        return found

    def _check_terms(self, name: str, above: tuple[str, ...]) -> None:
        if name in above:
            raise ValueError(
                f"groups.{name}.terms: the groups {' → '.join((*above, name))} refer to each other in a circle; break it"
            )
        for term in self.groups[name].terms:
            if not any(letter.isalnum() for letter in term):
                raise ValueError(f"groups.{name}.terms: {term!r} has no letter or digit to look for; correct or delete it")
            for slot in _SLOT.findall(term):
                if slot not in self.groups:
                    raise ValueError(
                        f"groups.{name}.terms: {term!r} refers to {{{slot}}}, which is no group of this topic; name one"
                    )
                self._check_terms(slot, (*above, name))

    def _spelled(self, name: str) -> Iterator[str]:
        group = self.groups[name]
        count = 0
        for term in self._expanded(name):
            for word in spellings(term):
                count += 1
                if count > _MOST_TERMS:
                    raise ValueError(
                        f"groups.{name}.terms: more than {_MOST_TERMS} spellings; use fewer slots and choices in a term"
                    )
                yield word
                if group.joined and " " in word:
                    yield word.replace(" ", "")

    def _expanded(self, name: str) -> Iterator[str]:
        group = self.groups[name]
        for chosen in itertools.chain.from_iterable(map(_choices, group.terms)):
            pieces = _SLOT.split(chosen)
            slots = [tuple(self._expanded(slot)) for slot in pieces[1::2]]
            for filled in itertools.product(*slots):
                term = pieces[0] + "".join(name + tail for name, tail in zip(filled, pieces[2::2], strict=True))
                yield term
                if group.plain and (bare := without_accents(term)) != term:
                    yield bare


def _choices(term: str) -> Iterator[str]:
    found = _CHOICE.search(term)
    if found is None:
        yield " ".join(term.split())
        return
    for word in found[1].split("|"):
        yield from _choices(term[: found.start()] + word + term[found.end() :])
