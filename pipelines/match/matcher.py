"""From an article's words to one verdict for each topic."""

from collections.abc import Mapping, Sequence

from news.model import Match, Part
from pipelines.match.reading import cut, find_furniture, sentences
from pipelines.match.scan import Hit, Scanner
from pipelines.match.spelling import Folded, fold, fold_page, shown_on
from pipelines.match.tags import Tagger
from pipelines.match.topic import Furniture, Topic
from pipelines.match.verdict import nothing, verdict

Cuts = Sequence[tuple[int, int]]


class Matcher:
    """Topics compiled once: build it at start and share it."""

    def __init__(self, topics: Sequence[Topic]) -> None:
        self._topics = tuple(topics)
        self._scanner = Scanner(self._topics)
        self._furniture = tuple(_folded(topic.furniture) for topic in self._topics)
        self._taggers = tuple(Tagger(topic) for topic in self._topics)
        self._nothing = tuple(nothing(topic) for topic in self._topics)

    def could_match(self, text: str) -> bool:
        """Tell whether a page is worth reading: False only where no topic can be satisfied. Takes raw source, tags and all."""
        shown = shown_on(text)
        # Most pages that pass do so in plain letters; only the others are put into the one spelling.
        return self._scanner.could_match(shown.lower()) or self._scanner.could_match(fold_page(shown))

    def match(self, *, title: str, lead: str, text: str, site_language: str = "vi") -> tuple[Match, ...]:
        """Judge an article by every topic, in topic order; spans are offsets into the parts as they were given."""
        parts: dict[Part, Folded] = {"title": fold(title), "lead": fold(lead), "text": fold(text)}
        if not any(self._scanner.could_match(folded.words) for folded in parts.values()):
            return self._nothing
        cuts = {part: cut(folded.words) for part, folded in parts.items()}
        found = {part: self._scanner.hits(folded.words) for part, folded in parts.items()}
        return tuple(
            self._judge(number, parts, cuts, {part: hits[number] for part, hits in found.items()}, language=site_language)
            for number in range(len(self._topics))
        )

    def _judge(
        self,
        number: int,
        parts: Mapping[Part, Folded],
        cuts: Mapping[Part, Cuts],
        hits: Mapping[Part, Sequence[Hit]],
        *,
        language: str,
    ) -> Match:
        topic = self._topics[number]
        if not any(topic.groups[name].plays("party_b") for found in hits.values() for hit in found for name in hit.groups):
            return self._nothing[number]
        opened, titled = bool(parts["lead"].words), bool(parts["title"].words)
        left_out = find_furniture(self._furniture[number], parts["text"].words, opened=opened, titled=titled)
        told = [
            said for part in parts for said in sentences(topic, part, cuts[part], hits[part], left_out if part == "text" else ())
        ]
        return verdict(topic, self._taggers[number], told, parts, language=language)


def _folded(furniture: Furniture) -> Furniture:
    line, rest = (tuple(fold(marker).words for marker in markers) for markers in (furniture.line, furniture.rest))
    return Furniture(line=line, rest=rest)
