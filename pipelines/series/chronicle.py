"""Puts occasions together into series, and finds the numbers of which nobody tells."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from news.model import Story
from pipelines.match.topic import Topic
from pipelines.series.occasion import Chronicle, Occasion, missing
from pipelines.series.occasions import ONE_NUMBER, Held, grouped, held, most, silent, told
from pipelines.series.reading import Reader
from pipelines.series.where import core

# No series goes on faster than once a month; a little more is left for those that are held in pairs.
_A_YEAR, _SPARE = 12, 3
_COUNT = re.compile(r"\s*(?:\b(?:lần thứ|lần|thứ|no\.?|number)\s*)?\{n\}")


def chronicle(stories: Iterable[Story], topic: Topic) -> tuple[Chronicle, ...]:
    """The series of a topic, in the order of its file, with all that the stories tell of each; a series that nobody names is left out.

    One name may stand for several series, as when two forces or two provinces number their own patrols: those are told apart by the
    forces in `apart`, and by numbers and days that do not fit together.
    """
    reader = Reader(topic)
    stories = tuple(stories)
    speaking = [one for story in stories if (one := told(story, reader, topic.key))]
    quiet = silent(stories, speaking)
    found: list[Chronicle] = []
    for series in topic.tags:
        occasions = [held(group, quiet) for group in grouped([one for one in speaking if one.series == series])]
        counted: Counter[str] = Counter()
        for line in _lines(occasions):
            force = most([one.force for one in line if one.force]) or ""
            counted[force] += 1
            found.append(_chronicle(series, topic, line, force, counted[force]))
    return tuple(found)


def names(topic: Topic) -> dict[str, dict[str, str]]:
    """The series that a topic counts: key and name by language, of tags such as "patrol_series"."""
    return {
        _key(series): {language: _COUNT.sub("", words).strip() for language, words in tag.text.items()}
        for series, tag in topic.tags.items()
        if tag.numbered
    }


def _key(series: str) -> str:
    return series.removesuffix("_series")


def _lines(occasions: Sequence[Held]) -> list[list[Held]]:
    """Occasions that one series can hold together, the largest first; those without a number go where their force does."""
    lines: list[list[Held]] = []
    numbered = [one for one in occasions if one.occasion.number is not None]
    for one in sorted(numbered, key=lambda one: (one.occasion.start, one.occasion.number or 0)):
        fitting = [line for line in lines if all(_together(one, other) for other in line)]
        if fitting:
            min(fitting, key=lambda line: _distance(one, line)).append(one)
        else:
            lines.append([one])
    lines.sort(key=lambda line: (-len(line), line[0].occasion.start))
    for one in occasions:
        if one.occasion.number is None:
            line = next((line for line in lines if not one.force or one.force in {other.force for other in line}), None)
            if line is None:
                lines.append(line := [])
            line.append(one)
    return lines


def _together(one: Held, other: Held) -> bool:
    """Whether two numbers may be counted in one series: by the same force, in the order of their days, and not too fast."""
    if one.force and other.force and one.force != other.force:
        return False
    steps = abs((one.occasion.number or 0) - (other.occasion.number or 0))
    apart = one.occasion.start - other.occasion.start
    if not steps or steps > _SPARE + _A_YEAR * abs(apart.days) / 365:
        return False
    later = (one.occasion.number or 0) > (other.occasion.number or 0)
    return abs(apart) <= ONE_NUMBER or later == (apart > timedelta())


def _distance(one: Held, line: Sequence[Held]) -> tuple[int, int]:
    return min(
        (abs((one.occasion.number or 0) - (other.occasion.number or 0)), abs((one.occasion.start - other.occasion.start).days))
        for other in line
    )


def _chronicle(series: str, topic: Topic, line: Sequence[Held], force: str, count: int) -> Chronicle:
    key = "-".join(part for part in (_key(series), force, str(count) if count > 1 else "") if part)
    name = names(topic)[_key(series)]
    if force:
        name = {language: f"{words} ({topic.tags[force].text.get(language, force)})" for language, words in name.items()}
    if count > 1:
        name = {language: f"{words} [{count}]" for language, words in name.items()}
    occasions = sorted(
        (one.occasion for one in line), key=lambda one: (one.start, one.number is None, one.number or 0, one.stories)
    )
    return Chronicle(
        key=key,
        name=name,
        occasions=tuple(replace(one, disputed=_disputed(one, occasions)) for one in occasions),
        missing=missing(one.number for one in occasions),
    )


def _disputed(one: Occasion, others: Iterable[Occasion]) -> tuple[int, ...]:
    """Other numbers that are told for the same days and place."""
    return tuple(
        other.number
        for other in others
        if other.number is not None
        and one.number is not None
        and other.number != one.number
        and not (one.reported or other.reported)
        and one.start <= other.end
        and other.start <= one.end
        and (not one.place or not other.place or core(one.place) == core(other.place))
    )
