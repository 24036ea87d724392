"""Words for readers of what was observed at a paper's listings; the log and the tables keep the program's own words."""

import re
from datetime import UTC, datetime

from alerts.phrases import clock_time, phrases
from alerts.subscription import Language

_NEWEST = re.compile(r"newest item (20[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}) UTC")
_LISTING = re.compile(r"([a-z_0-9]+): (https?://\S+)")
_STATUS = re.compile(r"http_([1-9][0-9]{2})")


def observed(detail: str, language: Language, now: datetime) -> str:
    """Say the detail of a paper's state, as `crawler.health` writes it; what is not known stays as it stands."""
    return "; ".join(_part(part, language, now) for part in detail.split("; "))


def _part(part: str, language: Language, now: datetime) -> str:
    if part == "no listing was fetched":
        return _outcome("no_listing", language)
    if found := _NEWEST.fullmatch(part):
        try:
            moment = datetime.strptime(found[1], "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
        except ValueError:
            return part
        return phrases(language)("newest_item", time=clock_time(moment, language, now))
    if found := _LISTING.fullmatch(part):
        return f"{_outcome(found[1], language)}: {found[2]}"
    return ", ".join(_outcome(outcome, language) for outcome in part.split(", "))


def _outcome(outcome: str, language: Language) -> str:
    say = phrases(language)
    said = say(f"outcome_{outcome}")
    if said != f"outcome_{outcome}":
        return said
    if found := _STATUS.fullmatch(outcome):
        return say("server_trouble" if found[1].startswith("5") else "server_answer", status=found[1])
    return outcome
