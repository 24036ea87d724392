"""Explains Vietnamese ranks, offices, forces and mechanisms in English, word for word from a list; translates nothing."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, fields

from news.problem import BadValueError

# More than these beside one story are not read.
_MOST = 8
_NUMBER = r"(\d+|[ivxlc]+)"
_SLOT = "{n}"

# All of these keep the length of a text, so that a place in its one spelling is the place where it was printed.
# The tone mark of oa, oe, uy may stand on either vowel (hòa = hoà); alone after some consonants i and y are one vowel (sĩ = sỹ).
_OLD = ("òa", "óa", "ỏa", "õa", "ọa", "òe", "óe", "ỏe", "õe", "ọe", "ùy", "úy", "ủy", "ũy", "ụy")
_NEW = ("oà", "oá", "oả", "oã", "oạ", "oè", "oé", "oẻ", "oẽ", "oẹ", "uỳ", "uý", "uỷ", "uỹ", "uỵ")
_TONES = dict(zip(_OLD, _NEW, strict=True))
_TONE = re.compile("|".join(_TONES))
_Y = re.compile(r"(?<=[hklmst])[yỳýỷỹỵ](?!\w)|(?<=qu)[yỳýỷỹỵ](?!\w)")
_I = dict(zip("yỳýỷỹỵ", "iìíỉĩị", strict=True))
_BLANK = re.compile("[-\u2010-\u2015\u2212\xa0\u2000-\u200a\u202f\t]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wordlist:
    """What a glossary file says: Vietnamese terms and their English, by group, which serves only those who read the file.

    Spellings of one term stand side by side, "Bộ đội Biên phòng | BĐBP"; "{n}" is an arabic or roman number in both languages.  An
    empty text takes a term away.
    """

    ranks: dict[str, str] = field(default_factory=dict)
    offices: dict[str, str] = field(default_factory=dict)
    forces: dict[str, str] = field(default_factory=dict)
    mechanisms: dict[str, str] = field(default_factory=dict)
    border: dict[str, str] = field(default_factory=dict)
    documents: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        seen: dict[str, str] = {}
        for where, spelling, english in self.entries():
            if not any(letter.isalpha() for letter in spelling.replace(_SLOT, "")):
                raise BadValueError(
                    "{where}: {spelling!r} has no letter to look for; correct or delete it", where=where, spelling=spelling
                )
            if english and (spelling.count(_SLOT), _SLOT in english) not in ((0, False), (1, True)):
                raise BadValueError(
                    "{where}: {slot} stands once in every spelling and in the English, or nowhere; correct it",
                    where=where,
                    slot=_SLOT,
                )
            if (key := _key(spelling)) in seen:
                raise BadValueError(
                    "{where}: {spelling!r} stands also in {other}; delete it from one of the two",
                    where=where,
                    spelling=spelling,
                    other=seen[key],
                )
            seen[key] = where

    def entries(self) -> Iterator[tuple[str, str, str]]:
        """Where it stands in the file, spelling and English, one a spelling."""
        for group in fields(self):
            for term, english in getattr(self, group.name).items():
                for spelling in term.split("|"):
                    yield f'{group.name}."{term}"', spelling.strip(), english


@dataclass(frozen=True, slots=True, kw_only=True)
class Glossary:
    """Word lists compiled once; without any it explains nothing."""

    pattern: re.Pattern[str] | None = None
    english: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gloss:
    """A term as the text prints it, in several spellings if it does so, and its English."""

    term: str
    english: str


def compiled(*lists: Wordlist) -> Glossary:
    """Put word lists together; a later one wins, spelling by spelling."""
    found: dict[str, str] = {}
    for words in lists:
        found.update((_key(spelling), english) for _, spelling, english in words.entries())
    # The first alternative that fits is taken: of two the longer one, and a number that is written out before any number.
    kept = sorted((key for key in found if found[key]), key=lambda key: (-len(key.replace(_SLOT, "0")), _SLOT in key, key))
    if not kept:
        return Glossary()
    terms = "|".join(f"({re.escape(key).replace(re.escape(_SLOT), _NUMBER)})".replace(r"\ ", " +") for key in kept)
    # One text a group of the pattern: a number is a group of its own and has none.
    english = tuple(text for key in kept for text in (found[key], *([""] if _SLOT in key else [])))
    return Glossary(pattern=re.compile(rf"(?<!\w)(?:{terms})(?!\w)"), english=english)


def gloss(text: str, glossary: Glossary) -> tuple[Gloss, ...]:
    """Explain the terms of a text in order of appearance, each once; of terms that overlap the first and longest one.

    A term with which another one begins goes without saying.  Where too many are left the longest stay: they say most, and short
    ones such as ranks are soon known.
    """
    if glossary.pattern is None:
        return ()
    printed = unicodedata.normalize("NFC", text)
    found: dict[str, dict[str, str]] = {}
    for match in glossary.pattern.finditer(_folded(printed)):
        group = match.lastindex or 1
        english = glossary.english[group - 1]
        if _SLOT in english:
            english = english.replace(_SLOT, printed[slice(*match.span(group + 1))])
        found.setdefault(english, {}).setdefault(" ".join(match[0].split()), printed[slice(*match.span())])
    words = [one for spellings in found.values() for one in spellings]
    told = {
        english: tuple(term for one, term in spellings.items() if not any(other.startswith(f"{one} ") for other in words))
        for english, spellings in found.items()
    }
    kept = sorted(filter(told.get, told), key=lambda english: -max(map(len, told[english])))[:_MOST]
    return tuple(Gloss(term=", ".join(told[english]), english=english) for english in told if english in kept)


def _key(spelling: str) -> str:
    return " ".join(_folded(spelling).split())


def _folded(text: str) -> str:
    """Lower case, one place for tone marks, i for y, blanks for dashes, composed; else as long as the composed text."""
    text = unicodedata.normalize("NFC", text)
    low = "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)
    toned = _TONE.sub(lambda found: _TONES[found[0]], _BLANK.sub(" ", low))
    return _Y.sub(lambda found: _I[found[0]], toned)
