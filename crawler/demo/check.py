"""Did the demonstration do what it claims? Reads the mail as its reader would, and compares with what was printed."""

import re
from collections.abc import Sequence
from email.message import EmailMessage

from crawler.cli.language import _
from crawler.crawling.rounds import SiteReport
from crawler.demo.postbox import Arrived, part
from crawler.demo.press import Press

_STORY = re.compile(r"^\d+\. ", re.MULTILINE)
_SECTION = "\n-- "
_LINK = re.compile(r"^\s+(https?://\S+)$", re.MULTILINE)


def told(mail: EmailMessage) -> list[tuple[str, ...]]:
    """The addresses of each new story's copies, in the order in which the mail tells them; what was changed in earlier ones stands below."""
    new = part(mail, "plain").partition(_SECTION)[0]
    return [tuple(_LINK.findall(story)) for story in _STORY.split(new)[1:]]


def shortcomings(press: Press, arrived: Sequence[Arrived]) -> list[str]:
    """What the first round failed to do, a line each: one mail, with every story once and nothing besides."""
    if len(arrived) != 1:
        return [_("{count} mails arrived instead of one").format(count=len(arrived))]
    found = [frozenset(copies) for copies in told(arrived[0].mail)]
    titles = {article.url: article.title for article in press.articles.values()}
    missing = [titles[min(story)] for story in press.stories.values() if found.count(story) != 1]
    strange = sorted(frozenset().union(*found) - frozenset().union(*press.stories.values()))
    return [
        *(_("not told as one story: {title}").format(title=title) for title in missing),
        *(_("told, but off the subject: {title}").format(title=titles.get(url, url)) for url in strange),
    ]


def repetitions(second: Sequence[SiteReport], arrived: Sequence[Arrived]) -> list[str]:
    """What the second round did again although nothing was new."""
    lines = [
        _("fetched again: {count} pages of {site}").format(count=report.fetched, site=report.site)
        for report in second
        if report.fetched
    ]
    return lines + ([_("told twice: a second mail arrived")] if len(arrived) > 1 else [])


def unfinished(reports: Sequence[SiteReport]) -> list[str]:
    """Papers that could not be crawled to the end."""
    return [
        _("{site} was not crawled to the end: {state} {detail}").format(
            site=report.site, state=report.state, detail=report.detail
        )
        for report in reports
        if not report.done or report.state != "ok"
    ]
