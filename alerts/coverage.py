"""Whether we looked: the part of a digest that tells silence from blindness."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.phrases import clock_time, phrases
from alerts.safe import one_line
from alerts.subscription import Language
from news.model import SiteCoverage

# With "partial" some listings fail, but others announce the same articles.
_WATCHED_WELL = ("ok", "partial")
# For so long something may have come and gone, though the paper was read since.
_LONG = timedelta(minutes=45)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A paper that was not watched well, and why."""

    paper: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageView:
    """The verdict, its figures, the papers in trouble (`warning` names them) and the names of the others.

    `made_up` names papers that nobody could look at for a while and that were read since, with the minutes.
    """

    complete: bool
    verdict: str
    figures: str
    troubles: tuple[Trouble, ...]
    warning: str
    good: str
    made_up: str


def trouble(site: SiteCoverage) -> str | None:
    """Name what kept a paper from being watched well in the period; None if nothing did, as when a failed poll was soon made up for."""
    if site.state not in (*_WATCHED_WELL, "new"):
        return site.state
    if not site.polls:
        return "not_polled"
    if site.failed >= site.polls:
        return "all_failed"
    return "interrupted" if site.missed >= _LONG else None


def complete(coverage: Collection[SiteCoverage]) -> bool:
    """Whether every paper was watched well, so that silence means that nothing was published; False without figures."""
    return bool(coverage) and all(trouble(site) is None for site in coverage)


def coverage_view(
    coverage: tuple[SiteCoverage, ...], *, language: Language, paper_names: Mapping[str, str], now: datetime
) -> CoverageView:
    """Say how well the papers were watched."""
    say = phrases(language)
    named = [(one_line(paper_names.get(site.site, site.site)), site, trouble(site)) for site in coverage]
    good = [name for name, _, problem in named if problem is None]
    blind = [name for name, _, problem in named if problem is not None]

    def reason(site: SiteCoverage, problem: str) -> str:
        last = say("last_success", time=clock_time(site.last_success, language, now)) if site.last_success else ""
        missed = say("missed", minutes=_minutes(site.missed)) if site.missed else ""
        return " · ".join(filter(None, (one_line(say(f"state_{problem}"), 120), one_line(site.detail, 120), missed, last)))

    figures = say(
        "coverage_figures",
        good=len(good),
        papers=len(coverage),
        polls=sum(site.polls for site in coverage),
        failed=sum(site.failed for site in coverage),
    )
    gaps = [(name, site) for name, site, problem in named if problem is None and site.missed]
    return CoverageView(
        complete=complete(coverage),
        verdict=say("coverage_complete" if complete(coverage) else "coverage_degraded"),
        figures=figures if coverage else say("coverage_unknown"),
        troubles=tuple(Trouble(paper=name, reason=reason(site, problem)) for name, site, problem in named if problem),
        warning=say("coverage_warning", names=", ".join(blind)) if blind else "",
        good=say("papers_good", names=", ".join(good)) if good else "",
        made_up=say("made_up", names=", ".join(f"{name} {_minutes(site.missed)}" for name, site in gaps)) if gaps else "",
    )


def _minutes(length: timedelta) -> int:
    return round(length.total_seconds() / 60)
