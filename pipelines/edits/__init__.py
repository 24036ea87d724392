"""What did a paper change between two readings of one page?  Changes by word, graded, and which copies still carry the old version."""

from collections.abc import Iterable, Iterator
from typing import get_args

from news.model import Article, Change, ChangedPart, Grade
from pipelines.edits.copies import Carriers, carriers
from pipelines.edits.grading import changes_within, part_of
from pipelines.edits.names import usage
from pipelines.edits.pairing import ALIKE, pairs_of
from pipelines.edits.placing import LONGEST, Pair, likeness, words_of
from pipelines.edits.reading import Passage, captions_of, key_of, title_of
from pipelines.text import nfc

_MOST_CAPTIONS = 60

__all__ = ["Carriers", "carriers", "changes", "gravest"]


def changes(before: Article, after: Article) -> tuple[Change, ...]:
    """What the paper changed between two readings of one page, in reading order, graded.

    Empty where only furniture, spacing, Unicode form, quotation marks, dashes or the place of tone marks differ, where a lead or
    caption moved into the text, and where lines only changed their order.  A sentence or paragraph that was added, dropped or
    written anew is one change, and wording (or a quote): a name, number or date has changed where its sentence stayed.
    Where the two readings found a part by different rules (`Article.how`), only what changed within lines that both of them have
    counts, and of a headline or lead only the facts.
    """
    # The alignment is not symmetric.  Compared in one order, two readings that change places turn every change round.
    if _order(before) > _order(after):
        return tuple(_turned(change) for change in _compared(after, before))
    return tuple(_compared(before, after))


def gravest(changes: Iterable[Change]) -> Grade | None:
    """The gravest grade among changes; None where there are none."""
    grades = {change.grade for change in changes}
    return next((grade for grade in get_args(Grade) if grade in grades), None)


def _order(article: Article) -> tuple[str, str, str, tuple[str, ...], list[tuple[str, str]]]:
    return nfc(article.title), nfc(article.lead), nfc(article.text), article.captions, sorted(article.how.items())


def _turned(change: Change) -> Change:
    return Change(part=change.part, grade=change.grade, before=change.after, after=change.before, old=change.new, new=change.old)


def _compared(before: Article, after: Article) -> Iterator[Change]:
    found = [*_titles(before, after), *pairs_of(before, after), *_captions(before, after)]
    known = usage(before, after) if found else None
    told: set[tuple[str, str]] = set()
    for pair in found:
        if not (pair.alike and pair.old and pair.new and known) or max(len(pair.old.text), len(pair.new.text)) > LONGEST:
            yield _whole(pair.old, pair.new)
            continue
        for change in changes_within(pair.old, pair.new, known):
            # Some papers print a caption a second time, in the text.
            if change.part != "caption" or (change.before, change.after) not in told:
                told.add((change.before, change.after))
                yield change


def _titles(before: Article, after: Article) -> Iterator[Pair]:
    old, new = title_of(before, after), title_of(after, before)
    if key_of(old.text) == key_of(new.text):
        return
    alike = likeness(words_of(old.text), words_of(new.text)) >= ALIKE
    if alike or old.alike:
        yield Pair(old=old, new=new, alike=alike)


def _captions(before: Article, after: Article) -> Iterator[Pair]:
    """Pair captions whose own words changed; one that only one reading has says nothing."""
    old, new = captions_of(before, after), captions_of(after, before)
    ours, theirs = ({key_of(caption.text) for caption in each} for each in (old, new))
    changed = [caption for caption in old if key_of(caption.text) not in theirs]
    added = [n for n, caption in enumerate(new) if key_of(caption.text) not in ours]
    rest = {n: words_of(new[n].text) for n in added[:_MOST_CAPTIONS]}
    for caption in changed[:_MOST_CAPTIONS]:
        if not rest:
            return
        said = words_of(caption.text)
        nearest = max(rest, key=lambda n: likeness(said, rest[n]))
        if likeness(said, rest[nearest]) >= ALIKE:
            del rest[nearest]
            yield Pair(old=caption, new=new[nearest], alike=True)


def _whole(old: Passage | None, new: Passage | None) -> Change:
    """What was added, dropped or written anew, as one change."""
    both = [passage for passage in (old, new) if passage]
    part: ChangedPart = part_of(both[0], both[-1])
    grade: Grade = "quote" if all(_is_quote(passage) for passage in both) else "wording"
    said, says = old.text if old else "", new.text if new else ""
    return Change(part=part, grade=grade, before=said, after=says, old=said, new=says)


def _is_quote(passage: Passage) -> bool:
    return any(start <= 1 and end >= len(passage.text) - 2 for start, end in passage.quoted)
