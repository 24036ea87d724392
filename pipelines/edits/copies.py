"""Tells which copies of a text still say what its paper has changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile

from news.model import Change, StoredArticle
from pipelines.duplicates import spell, words

# Words on each side of a change that a copy must share, and how many where it has changed those on the other side.
_CONTEXT = 4
_ONE_SIDE = 3
# A change of one word in a sentence of two tells nothing.
_SHORTEST = 3
# A paragraph is in a copy where so much of it is, by runs of four words.
_RUN = 4
_PARAGRAPH = 12
_MOST_OF_IT = 0.7
_MOST_RUNS = 100
_MOST_PLACES = 50

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Carriers:
    """Ids of the copies that still say the old words, and of those that say the new ones; one that says both is in both."""

    old: tuple[int, ...] = ()
    new: tuple[int, ...] = ()


def carriers(change: Change, copies: Sequence[StoredArticle]) -> Carriers:
    """Tell the copies apart by the changed words together with those around them, as `spell` folds them.

    A copy that was cut before that place is in neither list.  Nobody carries a changed headline, since every house writes its own;
    of a sentence or paragraph that was only added or only dropped it can be said who has it, not who has it not.
    """
    if change.part == "title":
        return Carriers()
    old_words, new_words = spell(change.before), spell(change.after)
    left, right = _frame(old_words, spell(change.old), new_words, spell(change.new))
    said, says = list(_phrases(left, old_words, right)), list(_phrases(left, new_words, right))
    texts = [(copy.id, _text(change, copy)) for copy in copies]
    return Carriers(
        old=tuple(number for number, text in texts if _says(text, said, says)),
        new=tuple(number for number, text in texts if _says(text, says, said)),
    )


def _text(change: Change, copy: StoredArticle) -> str:
    """The words of a copy; for a caption those of its captions, and of all lines, since it may be among them."""
    article = copy.article
    if change.part != "caption":
        return f" {' '.join(words(article))} "
    return f" {' '.join(word for line in (*article.captions, *article.text.splitlines()) for word in spell(line))} "


def _frame(before: Words, old: Words, after: Words, new: Words) -> tuple[Words, Words]:
    """The words on both sides that both versions of the sentence share, nearest to the change; where it may stand in several places, most."""
    frames = (
        (_common(old[:i][::-1], new[:k][::-1])[::-1], _common(old[i + len(before) :], new[k + len(after) :]))
        for i in _places(before, old)
        for k in _places(after, new)
    )
    return max(frames, key=lambda frame: len(frame[0]) + len(frame[1]), default=((), ()))


def _places(part: Words, whole: Words) -> list[int]:
    """Where the words may stand; nowhere in particular means between any two."""
    if not part:
        return list(range(len(whole) + 1))[:1000]
    return list(islice((n for n in range(len(whole) - len(part) + 1) if whole[n : n + len(part)] == part), _MOST_PLACES))


def _common(one: Words, other: Words) -> Words:
    near = zip(one[:_CONTEXT], other[:_CONTEXT], strict=False)
    return tuple(word for word, _ in takewhile(lambda pair: pair[0] == pair[1], near))


def _phrases(left: Words, said: Words, right: Words) -> Iterator[str]:
    """What a copy with these words says, the surest phrase first."""
    framed = [(*left, *said, *right)]
    if said and len(right) >= _ONE_SIDE:
        framed.append((*said, *right))
    if said and len(left) >= _ONE_SIDE:
        framed.append((*left, *said))
    # Folded once more, since "thành phố" and "Hồ Chí Minh" are one word when they meet.
    yield from (f" {' '.join(spell(' '.join(phrase)))} " for phrase in framed if len(phrase) >= _SHORTEST)


def _says(text: str, phrases: list[str], others: list[str]) -> bool:
    """Tell whether a copy says one of the phrases, and not merely as a part of what the other version says."""
    if phrases and len(phrases[0].split()) > _PARAGRAPH + 2 * _CONTEXT:
        parts = phrases[0].split()[: _MOST_RUNS + _RUN]
        runs = [f" {' '.join(parts[n : n + _RUN])} " for n in range(len(parts) - _RUN + 1)]
        return sum(run in text for run in runs) >= _MOST_OF_IT * len(runs)
    other_is_there = bool(others) and others[0] in text
    for place, phrase in enumerate(phrases):
        if place and other_is_there:
            return False
        if phrase in text and not (other_is_there and phrase in others[0]):
            return place == 0 or not others or phrase not in others[0]
    return False
