"""Says a tag in the reader's language, whatever language the article is in that it was found in."""

import re
from collections.abc import Iterable, Mapping

from alerts.subscription import Language

# What the tags of one topic say, by language; "{n}" stands for a number.
TagTexts = Iterable[Mapping[str, str]]


def tag_in(language: Language, tag: str, texts: TagTexts) -> str:
    """Say a tag in this language; places, persons and what no text says stay as they are."""
    numbers = ("", *re.findall(r"\d+", tag))
    said = [
        words.get(language, text).replace("{n}", number)
        for words in texts
        for text in words.values()
        for number in numbers
        if text.replace("{n}", number) == tag
    ]
    return tag if tag in said or not said else said[0]
