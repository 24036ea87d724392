"""How one digest names and dates things."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from alerts.glossary import Gloss, Glossary, gloss
from alerts.phrases import clock_time, phrases
from alerts.safe import one_line
from alerts.subscription import Language
from alerts.tag_names import TagTexts, tag_in
from news.model import Match, StoredArticle


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """One language, with the names of topics, papers and tags in it."""

    language: Language
    topic_names: Mapping[str, str]
    paper_names: Mapping[str, str]
    tag_texts: Mapping[str, TagTexts]
    glossary: Glossary
    archive: str
    now: datetime

    def say(self, key: str, **values: object) -> str:
        """A phrase in this language."""
        return phrases(self.language)(key, **values)

    def time(self, moment: datetime, *, after: datetime | None = None) -> str:
        """A time in Vietnam, as short as can be after another one."""
        return clock_time(moment, self.language, self.now, after=after)

    def topic(self, key: str) -> str:
        """A topic's name."""
        return one_line(self.topic_names.get(key, key))

    def paper(self, key: str) -> str:
        """A paper's name."""
        return one_line(self.paper_names.get(key, key))

    def tags(self, match: Match) -> list[str]:
        """A verdict's tags in this language."""
        return [one_line(tag_in(self.language, tag, self.tag_texts.get(match.topic, ())), 60) for tag in match.tags]

    def terms(self, copy: StoredArticle, shown: str) -> tuple[Gloss, ...]:
        """Explain what an English reader is shown of a Vietnamese article."""
        return gloss(shown, self.glossary) if (self.language, copy.article.language) == ("en", "vi") else ()
