"""What the daemon does for each subscription: a fault in one holds up no other."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from alerts.subscription import Immediate, Subscription
from crawler import jobs
from crawler.config import Config, StoreConfig, Watch
from news.store import AlertStore, DatabaseError
from tests.builders import NOON, article, stored

EARLIER = NOON - timedelta(hours=1)


@pytest.fixture
def program(tmp_path: Path) -> Iterator[jobs.Program]:
    """Three subscriptions with a slot at noon, and one story for each of them."""
    config = Config(
        watch=Watch(sites=("vov",)),
        store=StoreConfig(database="sqlite:///watch.db"),
        subscriptions=tuple(
            Subscription(name=name, schedule="0 12 * * *", channels=("file",), immediate=Immediate(minimum_score=0.1))
            for name in ("a", "b", "c")
        ),
        folder=tmp_path,
    )
    with jobs.opened(config) as program:
        made = jobs.Program(config=config, store=program.store, clock=lambda: NOON)
        stored(made.store, article())
        yield made


def failing_for(name: str, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Telling this subscription fails."""

    def faulty(sound: Callable[..., Any]) -> Callable[..., Any]:
        def told(store: AlertStore, one: Subscription, *more: Any, **options: Any) -> Any:
            if one.name == name:
                raise error
            return sound(store, one, *more, **options)

        return told

    for job in ("tell", "alert"):
        monkeypatch.setattr(jobs, job, faulty(getattr(jobs, job)))


def tell(program: jobs.Program, how: str) -> tuple[jobs.Decision, ...]:
    return jobs.tell_due(program, EARLIER) if how == "slot" else jobs.alert_now(program)


@pytest.mark.parametrize("how", ["slot", "immediate"])
def test_a_fault_in_one_subscription_keeps_no_other_from_being_told(
    program: jobs.Program, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    with monkeypatch.context() as patch, capture_logs() as log:
        failing_for("b", patch, ValueError("a bug"))
        decided = tell(program, how)
    assert [decision.digest.subscription for decision in decided if decision.digest] == ["a", "c"]
    assert sorted(row.subscription for row in program.store.outbox.rows()) == ["a", "c"]
    (said,) = [line for line in log if line["event"] != "digest_decided"]
    assert (said["event"], said["log_level"], said["subscription"], said["error"]) == (
        "telling_failed",
        "error",
        "b",
        "ValueError('a bug')",
    )
    assert [decision.digest.subscription for decision in tell(program, how) if decision.digest] == ["b"]


@pytest.mark.parametrize("how", ["slot", "immediate"])
def test_a_database_that_fails_is_a_fault_in_all(program: jobs.Program, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    failing_for("b", monkeypatch, DatabaseError("the disk is full"))
    with pytest.raises(DatabaseError, match="the disk is full"):
        tell(program, how)
