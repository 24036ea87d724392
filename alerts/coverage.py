"""Whether we looked: the part of a digest that tells silence from blindness."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.observed import observed
from alerts.phrases import clock_time, length, phrases
from alerts.safe import one_line
from alerts.subscription import Language
from news.model import SiteCoverage

# With "partial" some listings fail, but others announce the same articles; a silent paper was read, too.
_READ = ("ok", "partial", "silent", "new")
# For so long something may have come and gone, though the paper was read since.
_LONG = timedelta(minutes=45)
_FEW = 3  # names in a line; more are "all 16 papers" where it is all of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A paper that was not watched well, or several with the same to be said of them, and why."""

    paper: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageView:
    """The verdict, its figures, the papers in trouble (`warning` names them) and the names of the others.

    `made_up` names papers that nobody could look at for a short while, with its length if they were read since, else since when.
    """

    complete: bool
    verdict: str
    figures: str
    troubles: tuple[Trouble, ...]
    warning: str
    good: str
    made_up: str


def trouble(site: SiteCoverage) -> str | None:
    """Name what kept a paper from being watched well in the period; None if nothing did, as when a failed poll was soon made up for.

    "unread" is a gap that is still open at the end of the period; one that is over is "interrupted".
    """
    if site.state not in _READ:
        return site.state
    if not site.polls:
        return "not_polled"
    if site.failed >= site.polls:
        return "all_failed"
    if site.missed >= _LONG and site.unread_since:
        return "unread"
    if site.state == "silent":
        return "silent"
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
    everybody = len(blind) == len(named) > _FEW
    reasons = _together((name, _reason(site, problem, language, now)) for name, site, problem in named if problem)
    return CoverageView(
        complete=complete(coverage),
        verdict=say("coverage_complete" if complete(coverage) else "coverage_degraded"),
        figures=_figures(coverage, len(good), language, now),
        troubles=tuple(Trouble(paper=names, reason=reason) for names, reason in reasons),
        warning=say("coverage_warning", names=say("all_papers", count=len(blind)) if everybody else ", ".join(blind))
        if blind
        else "",
        good=say("papers_good", names=", ".join(good)) if good else "",
        made_up=_gaps([(name, site) for name, site, problem in named if problem is None and site.missed], language, now),
    )


def _reason(site: SiteCoverage, problem: str, language: Language, now: datetime) -> str:
    say = phrases(language)
    last = say("last_success", time=clock_time(site.last_success, language, now)) if site.last_success else ""
    what = say(f"state_{problem}", time=clock_time(site.unread_since, language, now) if site.unread_since else "")
    # A detail explains the state of the last poll, and nothing else; one that only repeats it explains nothing.
    detail = observed(one_line(site.detail), language, now) if problem == site.state != site.detail else ""
    missed = say("missed", minutes=_minutes(site.missed)) if site.missed else ""
    parts = (one_line(what, 120), one_line(detail, 120), missed, "" if problem == "unread" else last)
    return " · ".join(filter(None, parts))


def _figures(coverage: tuple[SiteCoverage, ...], good: int, language: Language, now: datetime) -> str:
    say = phrases(language)
    if not coverage:
        return say("coverage_unknown")
    figures = say(
        "coverage_figures",
        good=good,
        papers=len(coverage),
        polls=sum(site.polls for site in coverage),
        failed=sum(site.failed for site in coverage),
    )
    began = min((site.watched_since for site in coverage if site.watched_since), default=None)
    return f"{figures}. {say('watched_since', time=clock_time(began, language, now))}." if began else figures


def _gaps(gaps: Iterable[tuple[str, SiteCoverage]], language: Language, now: datetime) -> str:
    """Name the papers with a gap that is too short to be a trouble: those read since, and those that still wait for it."""
    say, every = phrases(language), tuple(gaps)
    over = _together((name, length(_minutes(site.missed), language)) for name, site in every if not site.unread_since)
    open_ = _together(
        (name, say("state_unread", time=clock_time(site.unread_since, language, now)))
        for name, site in every
        if site.unread_since
    )
    made_up = say("made_up", names="; ".join(f"{names} {lost}" for names, lost in over)) if over else ""
    return ". ".join(filter(None, (made_up, "; ".join(f"{names} {since}" for names, since in open_))))


def _together(said: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Say once what is the same for several papers, with all their names."""
    names: dict[str, list[str]] = {}
    for name, what in said:
        names.setdefault(what, []).append(name)
    return [(", ".join(together), what) for what, together in names.items()]


def _minutes(gap: timedelta) -> int:
    return round(gap.total_seconds() / 60)
