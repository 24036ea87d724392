"""Weighs the sentences of an article: whether a topic's parties are bound to its matter, and by which words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from news.model import Match, Part, Span
from pipelines.match.reading import Said
from pipelines.match.spelling import Folded
from pipelines.match.tags import Tagger
from pipelines.match.topic import Rules, Topic

_SIDES = ("party_a", "party_b")
_NEEDED = ("party_a", "party_b", "matter")
_FOR = frozenset({"party_a", "party_b", "both", "matter", "act"})
# How many sentences back "hai nước" may refer, how many open the text, and how many tell the reader why.
_BEFORE = 3
_OPENING = 3
_TOLD = 4
_SPEAKS = 0.05
_ORDER: tuple[Part, ...] = ("title", "lead", "text")


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A sentence and how far it speaks for the topic, 0…1; `limits` says what held it back."""

    said: Said
    points: float
    limits: tuple[str, ...] = ()


def nothing(topic: Topic) -> Match:
    """Give the verdict on an article that nowhere names the second party: no other word of it matters."""
    missing = ("party_b",)
    return Match(topic=topic.key, score=0.0, relevant=False, missing=missing, why=_why(0.0, missing, ()))


def verdict(topic: Topic, tagger: Tagger, told: Sequence[Said], parts: Mapping[Part, Folded], *, language: str) -> Match:
    """Add up the sentences of an article. A paper in Vietnamese is taken for one of party A's country."""
    home = language == "vi"
    weighed = sorted(_weigh(topic, told, home=home), key=lambda sentence: -sentence.points)
    doubt = 1.0
    for sentence in weighed:
        doubt *= 1 - sentence.points
    score = round(1 - doubt, 4)
    relevant = score >= topic.thresholds.relevant
    spoke = [sentence for sentence in weighed if sentence.points >= _SPEAKS]
    silent = [] if relevant else [sentence for sentence in weighed if sentence.points < _SPEAKS][:_TOLD]
    missing = tuple(role for role in _NEEDED if not any(said.weight(role) for said in told))
    print_ = _Printed(parts)
    return Match(
        topic=topic.key,
        score=score,
        relevant=relevant,
        borderline=not relevant and score >= topic.thresholds.borderline,
        evidence=print_.spans([sentence.said for sentence in spoke], for_it=True),
        near_misses=_near_misses(told, spoke, silent, print_),
        missing=missing,
        sentence=print_.sentence(weighed[0].said) if weighed else "",
        why=_why(score, missing, weighed, relevant=relevant),
        tags=tagger.tags((parts[said.part].words[said.start : said.end] for said in _telling(spoke)), language)
        if relevant
        else (),
    )


def _weigh(topic: Topic, told: Sequence[Said], *, home: bool) -> list[Weighed]:
    """Every sentence that touches the matter, weighed in its place."""
    frame = _frame(topic.rules, told, home=home)
    lead = _lead(told)
    weighed = []
    for number, said in enumerate(told):
        if not said.weight("matter"):
            continue
        bound, limits = _bound(
            topic.rules,
            said,
            told[max(0, number - _BEFORE) : number],
            told[number + 1 : number + 2] if said.part == "title" else (),
            frame,
        )
        act = max(said.weight("act"), said.weight("both"))
        strength = bound * said.weight("matter") * (topic.rules.without_act + (1 - topic.rules.without_act) * act)
        if setting := said.weight("setting"):
            strength *= 1 - setting
            limits = (*limits, "setting")
        weighed.append(Weighed(said=said, points=strength * _share(topic.rules, said, number in lead), limits=limits))
    return weighed


def _frame(rules: Rules, told: Sequence[Said], *, home: bool) -> dict[str, float]:
    """Who the article says it is about: its title, its lead and the first sentences of the text."""
    text = [said for said in told if said.part == "text"][:_OPENING]
    opening = [(said, 1.0) for said in told if said.part != "text"] + [(said, rules.opening) for said in text]
    frame = {side: max((said.weight(side) * share for said, share in opening), default=0.0) for side in _SIDES}
    if home and not any(said.weight("other") for said, _ in opening):
        frame["party_a"] = max(frame["party_a"], rules.home)
    return frame


def _lead(told: Sequence[Said]) -> set[int]:
    """Which sentences lead the article: the lead, or the first two of a text that has none."""
    lead = {number for number, said in enumerate(told) if said.part == "lead"}
    return lead or set([number for number, said in enumerate(told) if said.part == "text"][:2])


def _share(rules: Rules, said: Said, leads: bool) -> float:
    if said.part == "title" and said.end - said.start <= rules.longest_title:
        return rules.title
    return rules.lead if leads or said.part == "title" else rules.text


def _bound(
    rules: Rules, said: Said, before: Sequence[Said], after: Sequence[Said], frame: Mapping[str, float]
) -> tuple[float, tuple[str, ...]]:
    """How firmly both parties take part in what the sentence says, and what loosens it."""
    named = {side: said.weight(side) for side in _SIDES}
    together = said.weight("both") > 0 and min(named.values()) > 0
    refers = said.weight("both") > 0 and not together
    taking_part = {}
    for side in _SIDES:
        around = max((neighbour.weight(side) for neighbour in (*before, *after)), default=0.0)
        heard = (
            rules.referred * max(around, frame[side])
            if refers
            else max(rules.from_before * around, rules.from_frame * frame[side])
        )
        taking_part[side] = max(named[side], heard)
    if said.place_matter and named["party_b"]:
        # What is brought home from a place needs nobody there to take part.
        taking_part = {side: max(weight, rules.place) for side, weight in taking_part.items()}
    bound = min(taking_part.values())
    others = said.weight("other")
    if not min(named.values()):
        others = max([others, *(neighbour.weight("other") for neighbour in before[-2:])])
    if not others:
        return bound, ()
    kept = rules.beside_other_together if together else rules.beside_other
    return bound * (1 - others * (1 - kept)), ("other",)


class _Printed:
    """Leads from folded text back to the words as they were printed; maps a part only when something in it is quoted."""

    def __init__(self, parts: Mapping[Part, Folded]) -> None:
        self._parts = parts
        self._places: dict[Part, tuple[list[int], list[int]]] = {}

    def at(self, part: Part, start: int, end: int) -> tuple[int, int]:
        if part not in self._places:
            self._places[part] = self._parts[part].places()
        starts, ends = self._places[part]
        return starts[start], ends[end - 1]

    def sentence(self, said: Said) -> str:
        start, end = self.at(said.part, said.start, said.end)
        return self._parts[said.part].printed[start:end].strip()

    def spans(self, told: Sequence[Said], *, for_it: bool) -> tuple[Span, ...]:
        found = set()
        for said in told:
            for hit, role in said.hits:
                if (role in _FOR) == for_it and role != "ignored":
                    start, end = self.at(said.part, hit.start, hit.end)
                    words = self._parts[said.part].printed[start:end]
                    found.add(Span(part=said.part, start=start, end=end, words=words, role=role))
        return tuple(sorted(found, key=lambda span: (_ORDER.index(span.part), span.start, span.role)))


def _near_misses(
    told: Sequence[Said], spoke: Sequence[Weighed], silent: Sequence[Weighed], printed: _Printed
) -> tuple[Span, ...]:
    """Collect what stood against it, and the words that would have counted had they met."""
    against = printed.spans([sentence.said for sentence in (*spoke, *silent)], for_it=False)
    unbound = [sentence.said for sentence in silent]
    if not spoke and not silent:
        unbound = [said for said in told if said.weight("party_b")][:_TOLD]
    return (*against, *printed.spans(unbound, for_it=True))


def _why(score: float, missing: Sequence[str], weighed: Sequence[Weighed], *, relevant: bool = False) -> str:
    limits = sorted({limit for sentence in weighed[:_TOLD] for limit in sentence.limits})
    held = f"; weakened by {' and '.join(limits)}" if limits else ""
    if missing:
        return f"not relevant, score {score:.2f}: no words in the role {' or '.join(missing)}{held}"
    count = sum(sentence.points >= _SPEAKS for sentence in weighed)
    best = weighed[0]
    return (
        f"{'relevant' if relevant else 'not relevant'}, score {score:.2f}: "
        f"{count} sentences speak for it, the strongest ({best.points:.2f}) stands in the {best.said.part}{held}"
    )


def _telling(spoke: Sequence[Weighed]) -> list[Said]:
    """Whence tags are taken: what stands at the head first, then the strongest of the others."""
    head = sorted((one.said for one in spoke if one.said.part != "text"), key=lambda said: _ORDER.index(said.part))
    return [*head, *(one.said for one in spoke if one.said.part == "text")][:_TOLD]
