"""What the operator is told of is really wrong, and keeps its name as long as it lasts."""

from datetime import UTC, datetime, timedelta

import pytest

from crawler.troubles import Facts, wrong_now
from news.store.addresses import Address
from news.store.outbox import Bounce
from news.store.troubles import GivenUp, Held
from news.store.watch import SiteState

NOW = datetime(2026, 11, 22, 5, tzinfo=UTC)
LONG = NOW - timedelta(hours=1)


def paper(state: str = "failed", failures: int = 3, since: datetime = LONG) -> Facts:
    return Facts(sites=[SiteState(key="vov", state=state, detail="timeout", failures=failures)], since={"vov": since})


def bounce(*, suspended: bool) -> Bounce:
    return Bounce(channel="email", recipient="a@b.vn", score=3, first_at=LONG, last_at=NOW, suspended=suspended, reply="550 gone")


def test_nothing_is_wrong_where_nothing_is_known() -> None:
    assert wrong_now(Facts(), NOW) == ()


@pytest.mark.parametrize("state", ["failed", "challenge", "robots"])
def test_a_paper_is_broken_after_an_hour_and_three_polls(state: str) -> None:
    [found] = wrong_now(paper(state), NOW)
    assert (found.key, found.detail, found.since) == ("site:vov", f"{state}: timeout", LONG)


@pytest.mark.parametrize(
    "facts",
    [
        paper("challenge", failures=1, since=NOW),
        paper(failures=2, since=NOW - timedelta(hours=12)),
        paper(failures=60, since=LONG + timedelta(seconds=1)),
        paper("partial", failures=0),
        paper("ok", failures=0),
    ],
)
def test_a_paper_that_only_stumbles_is_nothing(facts: Facts) -> None:
    assert wrong_now(facts, NOW) == ()


def test_a_silent_paper_is_silent_since_its_newest_item() -> None:
    newest = NOW - timedelta(hours=25)
    [found] = wrong_now(paper("silent", failures=0, since=newest), NOW)
    assert (found.key, found.since) == ("site:vov", newest)


def test_a_time_ahead_of_the_clock_is_not_believed() -> None:
    [found] = wrong_now(paper("silent", failures=0, since=NOW + timedelta(days=300)), NOW)
    assert found.since == NOW


def test_mails_that_wait_or_were_given_up_and_recipients_who_are_suspended() -> None:
    facts = Facts(
        held=[Held(channel="email", mails=7, oldest=LONG, reply="535 wrong password")],
        given_up=[GivenUp(channel="webhook", recipient="desk", mails=1, newest=LONG, reply="410 gone")],
        bounces=[bounce(suspended=True)],
    )
    assert [(one.key, one.detail) for one in wrong_now(facts, NOW)] == [
        ("queue:email", "7: 535 wrong password"),
        ("mail:webhook:desk", "1: 410 gone"),
        ("recipient:email:a@b.vn", "3: 550 gone"),
    ]
    assert wrong_now(Facts(bounces=[bounce(suspended=False)]), NOW) == ()


def test_a_page_that_crashed_its_batch_twice() -> None:
    page = Address(url="https://vov.vn/x.vov", site="vov", listed_at=LONG, state="quarantined", crashes=2, fetched_at=LONG)
    [found] = wrong_now(Facts(set_aside=[page]), NOW)
    assert (found.key, found.since) == ("page:https://vov.vn/x.vov", LONG)


@pytest.mark.parametrize(("free", "least", "keys"), [(499, 500, ["disk"]), (500, 500, []), (0, 0, []), (None, 500, [])])
def test_a_disk_is_low_below_its_limit(free: int | None, least: int, keys: list[str]) -> None:
    assert [one.key for one in wrong_now(Facts(free=free, least=least), NOW)] == keys
