"""Which story does an article belong to?  The same text joins, last year's twin and another text on the same event do not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from news.model import Article, StoredArticle
from pipelines.differences import Difference, changed, differences, unlike_marks, values
from pipelines.duplicates import Likeness, beginning_likeness, likeness, opening_likeness

# Copies that were re-headlined, cut to half and given another lead and a further paragraph hold 70 % of the shorter text and more;
# two papers' own reports on one event at most 30 %.  In between lie later reports that repeat the background of an earlier one, up
# to 90 %: their beginnings tell.
ENOUGH = 0.55
ENOUGH_WHEN_SHORT = 0.8
SHORT = 20  # shingles
# Resemblance from which the beginnings need not be compared, and the same for a text that lies nearly whole in the other.
NEARLY_ALIKE = 0.6
HALF = 0.4
WHOLE = 0.8
SAME_BEGINNING = 0.2
# A roundup of five items holds each of them, and is none of them; a brief of a long text holds its beginning.
LEAST_RESEMBLANCE = 0.2
BRIEF_OPENING = 0.8
LEAST_SHARED = 8
LEAST_BRIDGED = 0.2  # containment of two stored cuts in each other, before a third makes them one story
# Corrections come within days; the next patrol, dialogue or search for remains does not.
SAME_DAYS = timedelta(days=3)
CORRECTED = 0.8  # containment from which a change of facts may be a correction, within those days
# Who prints a text again after as long corrects nothing any more: whatever fact is another makes it the next one of its kind.
LONG_AFTER = timedelta(days=60)
SAME_ITEM = 0.8  # resemblance
# How much may be corrected at once: an ordinal, date or place and nothing else, a name or count and a number at most, two numbers.
# Two handovers of remains differ in place and count, two visits in the heads of both delegations.
WEIGHTS = {"count": 3, "date": 4, "locality": 3, "name": 3, "number": 2, "ordinal": 4, "place": 4, "year": 2}
MOST_CORRECTED = 5
MOST_CORRECTED_IN_A_CUT = 3
ONE_NUMBER = 2
# What makes a second address of the same minute another item: the text that it would replace may be another event's.
TOLD_APART_BY = frozenset({"count", "locality", "name", "place"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where an article belongs: `story_id` None means a new story, `merges` names further stories that it proves to be the same.

    `same_item` is the stored article of which this is no copy but another address: its paper has moved it.
    """

    story_id: int | None
    why: str
    copy_of: int | None
    merges: tuple[int, ...] = ()
    same_item: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one stored article says about a new one: a copy, held apart by `differences`, or too little alike (neither)."""

    candidate: StoredArticle
    alike: Likeness
    copy: bool
    differences: tuple[Difference, ...] = ()

    @property
    def rank(self) -> tuple[float, float, int]:
        """Most alike first, when sorted in reverse; the older article breaks a tie."""
        return self.alike.resemblance, self.alike.containment, -self.candidate.id


def place(article: Article, candidates: Sequence[StoredArticle]) -> Placement:
    """Find the story of `article` among stored articles that share a band with it; their order does not matter."""
    verdicts = sorted((judge(article, candidate) for candidate in candidates), key=lambda v: v.rank, reverse=True)
    # In each story the most alike member decides: where both twins are stored, a brief's or a correction's nearest text is its own.
    deciding: dict[int, Verdict] = {}
    for verdict in verdicts:
        if verdict.copy or verdict.differences:
            deciding.setdefault(verdict.candidate.story_id, verdict)
    copies = [verdict for verdict in deciding.values() if verdict.copy]
    if not copies:
        return Placement(story_id=None, why=_why_new(verdicts), copy_of=None)
    best, others = copies[0], copies[1:]
    same = [best, *(other for other in others if not _apart(best, other))]
    story_id, *merges = sorted(verdict.candidate.story_id for verdict in same)
    moved = next((verdict.candidate.id for verdict in verdicts if verdict.copy and _moved(article, verdict)), None)
    return Placement(
        story_id=story_id, why=_why_copy(best, merges), copy_of=best.candidate.id, merges=tuple(merges), same_item=moved
    )


def _moved(article: Article, verdict: Verdict) -> bool:
    """A paper whose addresses are made of headlines gives an article another one when it corrects its headline."""
    other = verdict.candidate.article
    if article.site != other.site or article.published is None or other.published is None:
        return False
    at_once = abs(article.published - other.published) < timedelta(minutes=1)
    if not at_once or article.language != other.language or verdict.alike.resemblance < SAME_ITEM:
        return False
    return not any(difference.kind in TOLD_APART_BY for difference in differences(article, other))


def judge(article: Article, candidate: StoredArticle) -> Verdict:
    """Compare an article with one candidate."""
    other = candidate.article
    alike = likeness(article, other)
    if not _one_text(article, other, alike):
        return Verdict(candidate=candidate, alike=alike, copy=False)
    apart = vetoes(article, other, alike)
    return Verdict(candidate=candidate, alike=alike, copy=not apart, differences=apart)


def _one_text(a: Article, b: Article, alike: Likeness) -> bool:
    """Tell whether one of them, cut or extended, is the text of the other."""
    short = alike.shared < SHORT * alike.containment  # that is, the shorter text has fewer than SHORT shingles
    if alike.shared < LEAST_SHARED or alike.containment < (ENOUGH_WHEN_SHORT if short else ENOUGH):
        return False
    if short or alike.resemblance >= (HALF if alike.containment >= WHOLE else NEARLY_ALIKE):
        return True
    if alike.resemblance >= LEAST_RESEMBLANCE and beginning_likeness(a, b) >= SAME_BEGINNING:
        return True
    return opening_likeness(a, b) >= BRIEF_OPENING


def _apart(one: Verdict, other: Verdict) -> bool:
    """Tell whether two stored articles stay apart although a new one is like both: twins, or two items of one roundup."""
    a, b = one.candidate.article, other.candidate.article
    alike = likeness(a, b)
    return alike.containment < LEAST_BRIDGED or bool(vetoes(a, b, alike))


def vetoes(a: Article, b: Article, alike: Likeness) -> tuple[Difference, ...]:
    """Find the facts that keep two alike texts apart, none where they are a copy or a correction."""
    found = differences(a, b) or _throughout(a, b, alike)
    days = abs(a.published - b.published) if a.published and b.published else None
    if days is not None and days <= SAME_DAYS:
        most = MOST_CORRECTED if alike.containment >= CORRECTED else MOST_CORRECTED_IN_A_CUT
        return found if _weight(found) > most or _elsewhere(found, a, b) else ()
    found = found or unlike_marks(a, b, ("date", "ordinal"))
    if days is not None and days > LONG_AFTER:
        return found
    if days is None and alike.containment >= CORRECTED and _may_be_corrected(found, a, b):
        return ()
    return found if _weight(found) > ONE_NUMBER or any(difference.kind != "number" for difference in found) else ()


def _throughout(a: Article, b: Article, alike: Likeness) -> tuple[Difference, ...]:
    """Find what differs although no sentence is the same but for its facts: a short one may hold little else."""
    if alike.containment < CORRECTED:
        return ()
    unlike = unlike_marks(a, b, ("count", "date", "name", "ordinal", "place"))
    return unlike if len(unlike) > 1 else ()


def _weight(found: Sequence[Difference]) -> int:
    """How much differs: facts that changed together in one sentence are several."""
    return sum(min(map(len, changed(kind, found))) * weight for kind, weight in WEIGHTS.items())


def _elsewhere(found: Sequence[Difference], a: Article, b: Article) -> bool:
    """Tell another province's event: a slip leaves the right place standing in another sentence, or is found in one only."""
    ours, theirs = changed("place", found)
    return bool(ours) and not ours & values("place", b) and not theirs & values("place", a)


def _may_be_corrected(found: Sequence[Difference], a: Article, b: Article) -> bool:
    """Where no date of publication tells: the number in a series changes from twin to twin, and so do all dates together."""
    if len(found) != 1 or _weight(found) > MOST_CORRECTED or _elsewhere(found, a, b):
        return False
    if found[0].kind == "date":
        return bool(values("date", a) & values("date", b))
    return found[0].kind != "ordinal"


def _figures(alike: Likeness) -> str:
    return f"{alike.containment:.0%} of the shorter text, {alike.resemblance:.0%} of both together, {alike.shared} shingles"


def _why_copy(verdict: Verdict, merges: Sequence[int]) -> str:
    more = f"; it shows that story {', '.join(map(str, merges))} is the same" if merges else ""
    return f"same text as article {verdict.candidate.id} of {verdict.candidate.article.site} ({_figures(verdict.alike)}){more}"


def _why_new(verdicts: Sequence[Verdict]) -> str:
    if not verdicts:
        return "no stored text is like it"
    apart = next((verdict for verdict in verdicts if verdict.differences), None)
    nearest = apart or verdicts[0]
    start = f"article {nearest.candidate.id} of {nearest.candidate.article.site} is alike ({_figures(nearest.alike)})"
    if apart is None:
        return f"{start}, too little for the same text"
    facts = "; ".join(f"{d.kind} {d.one} ≠ {d.other}" for d in apart.differences)
    return f"{start}, but the facts differ: {facts}"
