"""What a topic file says: groups of terms, the role each plays, how they must meet, and the tags that a reader sees."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from itertools import chain
from typing import Annotated

from msgspec import Meta

from news.problem import BadValueError, nearest
from pipelines.match.spelling import fold
from pipelines.match.terms import size, slots, spelled, without_slots

# In the order in which the reader of a topic file meets them; docs/topics.md says what each one does.
ROLES = ("party_a", "party_b", "both", "matter", "act", "other", "setting", "ignored")
# A term that plays two of these, or one of these and any other role, says yes and no at once.
_AGAINST = frozenset({"other", "setting", "ignored"})
_SIDES = frozenset({"party_a", "party_b"})
_MOST_TERMS = 20_000

Share = Annotated[float, Meta(extra_json_schema={"minimum": 0, "maximum": 1})]
Role = Annotated[str, Meta(extra_json_schema={"enum": list(ROLES)})]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Terms that play one role. `weight` is how strongly they speak in it; `also` gives them further roles."""

    terms: tuple[str, ...]
    role: Role = "ignored"
    weight: Share = 1.0
    also: dict[Role, Share] = field(default_factory=dict)
    place: bool = False
    joined: bool = False
    plain: bool = False

    def __post_init__(self) -> None:
        for key, role in (("role", self.role), *(("also", role) for role in self.also)):
            if role not in ROLES:
                raise BadValueError("{key}: {role!r} is no role; {remedy}", key=key, role=role, remedy=nearest(role, ROLES))
        if self.role in self.also:
            raise BadValueError(
                "also: {role!r} is the role of the group already; say how strongly in `weight`, and delete it here",
                role=self.role,
            )
        for key, weight in (("weight", self.weight), *((f"also.{role}", weight) for role, weight in self.also.items())):
            if not 0 <= weight <= 1:
                raise BadValueError(
                    "{key}: {weight} is outside 0…1; write how strongly the terms speak in their role, 1 at most",
                    key=key,
                    weight=weight,
                )
        if not self.terms:
            raise BadValueError("terms: the list is empty; name at least one term or delete the group")

    def plays(self, role: str) -> bool:
        """Whether its terms play this role, first or among others."""
        return role == self.role or role in self.also


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """What the reader of a digest is told beside a relevant article that holds one of the terms.

    `text` says it, by language; "{n}" in it stands for the ordinal beside the term, without which there is no tag.  Without `text` the
    tag is the term itself, with a term of the group `titles` if one stands before it.  `apart` names tags, such as those of forces, whose
    occasions are counted each for itself.
    """

    terms: tuple[str, ...]
    text: dict[str, str] = field(default_factory=dict)
    titles: str = ""
    apart: tuple[str, ...] = ()
    joined: bool = False
    plain: bool = False

    def __post_init__(self) -> None:
        if not self.terms:
            raise BadValueError("terms: the list is empty; name at least one term or delete the tag")
        if self.text and "vi" not in self.text:
            raise BadValueError('text: no Vietnamese; write text = {{vi = "…", en = "…"}}')
        if len({"{n}" in words for words in self.text.values()}) > 1:
            raise BadValueError("text: {{n}} stands in one language only; put it into all of them")
        if self.text and self.titles:
            raise BadValueError("titles: a tag with a text of its own takes none; delete one of the two")
        if self.apart and not self.numbered:
            raise BadValueError("apart: only what is numbered can be counted apart; put {{n}} into the text or delete it")

    @property
    def numbered(self) -> bool:
        """Whether it tells which one of a series it was."""
        return any("{n}" in words for words in self.text.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Scores from which a text is relevant, and from which it is worth a second look."""

    relevant: Share = 0.5
    borderline: Share = 0.3

    def __post_init__(self) -> None:
        if not 0 < self.borderline <= self.relevant <= 1:
            raise BadValueError(
                "borderline: need 0 < borderline <= relevant <= 1, not {borderline} and {relevant}; swap or correct them",
                borderline=self.borderline,
                relevant=self.relevant,
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How much a sentence says by where it stands and by how its parties are named; each number is a share of 1."""

    title: Share = 0.85
    lead: Share = 0.8
    text: Share = 0.35
    longest_title: int = 220
    from_before: Share = 0.7
    from_frame: Share = 0.5
    opening: Share = 0.5
    home: Share = 0.5
    referred: Share = 0.9
    place: Share = 0.8
    without_act: Share = 0.6
    beside_other: Share = 0.2
    beside_other_together: Share = 0.7

    def __post_init__(self) -> None:
        if self.longest_title < 1:
            raise BadValueError(
                "longest_title: {longest_title} letters are no title; write 220", longest_title=self.longest_title
            )
        for rule in fields(self):
            number = getattr(self, rule.name)
            if rule.name != "longest_title" and not 0 <= number <= 1:
                raise BadValueError("{name}: {number} is outside 0…1; write it as a share of 1", name=rule.name, number=number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Furniture:
    """Lines that are no part of the article: `line` opens one such line, `rest` opens a block that runs to the end."""

    line: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One subject to watch for, as a topic file describes it."""

    key: Annotated[str, Meta(extra_json_schema={"pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"})]
    name: dict[str, str]
    groups: dict[str, Group]
    thresholds: Thresholds = Thresholds()
    rules: Rules = Rules()
    furniture: Furniture = Furniture()
    tags: dict[str, Tag] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", self.key):
            raise BadValueError(
                "key: {key!r} must be lower-case words joined by hyphens, such as vietnam-laos-border", key=self.key
            )
        if not self.name:
            raise BadValueError('name: give the topic a name, such as name = {{vi = "…", en = "…"}}')
        played = {role for group in self.groups.values() for role in (group.role, *group.also)}
        for role in ("party_a", "party_b", "matter"):
            if role not in played:
                raise BadValueError("groups: no group has role {role!r}, so nothing could ever match; add one", role=role)
        for name, group in self.groups.items():
            self._check_terms(f"groups.{name}", group.terms, (name,))
        self._check_tags()
        for where, terms in ((f"groups.{name}", group.terms) for name, group in self.groups.items()):
            self._check_size(where, terms)
        for where, terms in ((f"tags.{name}", tag.terms) for name, tag in self.tags.items()):
            self._check_size(where, terms)
        self._check_contradictions()

    def spelled(self) -> dict[str, list[str]]:
        """Every folded spelling of every term, with the groups it belongs to in file order."""
        found: dict[str, list[str]] = {}
        for name, group in self.groups.items():
            for _, word in spelled(self.groups, group):
                owners = found.setdefault(word, [])
                if name not in owners:
                    owners.append(name)
        return found

    def titles(self, group: str) -> list[str]:
        """What the terms of a group stand for, as they are written, groups that they take in left out."""
        return list(chain.from_iterable(map(without_slots, self.groups[group].terms)))

    def _check_tags(self) -> None:
        for name, tag in self.tags.items():
            self._check_terms(f"tags.{name}", tag.terms, ())
            if tag.titles and tag.titles not in self.groups:
                raise BadValueError(
                    "tags.{name}.titles: {titles!r} is no group; {remedy}",
                    name=name,
                    titles=tag.titles,
                    remedy=nearest(tag.titles, self.groups),
                )
            for other in tag.apart:
                if other not in self.tags:
                    raise BadValueError(
                        "tags.{name}.apart: {other!r} is no tag; {remedy}",
                        name=name,
                        other=other,
                        remedy=nearest(other, self.tags),
                    )

    def _check_terms(self, where: str, terms: Iterable[str], above: tuple[str, ...]) -> None:
        for term in terms:
            if not any(letter.isalnum() for letter in term):
                raise BadValueError(
                    "{where}.terms: {term!r} has no letter or digit to look for; correct or delete it", where=where, term=term
                )
            for slot in slots(term):
                if slot not in self.groups:
                    raise BadValueError(
                        "{where}.terms: {term!r} refers to {{{slot}}}, which is no group of this topic; {remedy}",
                        where=where,
                        term=term,
                        slot=slot,
                        remedy=nearest(slot, self.groups),
                    )
                if slot in above:
                    raise BadValueError(
                        "{where}.terms: the groups {names} refer to each other in a circle; break it",
                        where=where,
                        names=" → ".join((*above, slot)),
                    )
                self._check_terms(f"groups.{slot}", self.groups[slot].terms, (*above, slot))

    def _check_size(self, where: str, terms: tuple[str, ...]) -> None:
        if size(self.groups, terms) > _MOST_TERMS:
            raise BadValueError(
                "{where}.terms: they stand for more than {most} terms; use fewer slots and choices in a term",
                where=where,
                most=_MOST_TERMS,
            )

    def _check_contradictions(self) -> None:
        """Refuse a term that one group counts for the topic and another one against it, or for both sides."""
        owners: dict[str, str] = {}
        for name, group in self.groups.items():
            for term in chain.from_iterable(map(without_slots, group.terms)):
                first = owners.setdefault(fold(term).words, name)
                if first != name and _contradict(self.groups[first], group):
                    raise BadValueError(
                        "groups.{name}.terms: {term!r} stands also in groups.{first}, as {role} there and {other} here; delete it from one of the two",
                        name=name,
                        term=term,
                        first=first,
                        role=self.groups[first].role,
                        other=group.role,
                    )


def _contradict(one: Group, two: Group) -> bool:
    roles = {one.role, two.role}
    return len(roles) > 1 and (roles == _SIDES or bool(roles & _AGAINST))
