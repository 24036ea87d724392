"""The back-off is as long as promised."""

from datetime import UTC, datetime, timedelta

from alerts.outbox import next_attempt

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def test_the_first_attempts_come_soon_and_the_others_every_six_hours():
    waits = [next_attempt(attempts, NOW) - NOW for attempts in range(1, 9)]
    assert waits == [*(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180)), *[timedelta(hours=6)] * 3]


def test_a_mail_is_given_up_after_about_five_days():
    now, attempts = NOW, 0
    while (again := next_attempt(attempts := attempts + 1, now)) is not None:
        now = again
    assert timedelta(days=4, hours=18) < now - NOW <= timedelta(days=5)
