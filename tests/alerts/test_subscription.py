"""Subscriptions are checked where they are read, and every slot is due once."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.subscription import Immediate, Subscription, due_slot, next_slot

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def hanoi(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=HANOI).astimezone(UTC)


@pytest.mark.parametrize(
    ("key", "value", "remedy"),
    [
        ("name", "", "write 'analysts'"),
        ("name", "a\nb", "visible"),
        ("to", ("nobody",), "name@example.org"),
        ("to", ("a@b.vn\r\nBcc: c@d.vn",), "name@example.org"),
        ("to", ("a@b.vn", "A@b.vn"), "remove one"),
        ("schedule", "7 o'clock", "0 7,12,17"),
        ("schedule", "61 * * * *", "61"),
        ("timezone", "Hanoi", "Asia/Ho_Chi_Minh"),
        ("timezone", "../etc/passwd", "Asia/Ho_Chi_Minh"),
        ("language", "fr", "'vi' or 'en'"),
        ("minimum_score", 7.0, "0 to 1"),
        ("channels", ("fax",), "'email' or"),
        ("channels", ("email",), "to: nobody"),
        ("channels", ("email:x",), "one target only"),
        ("channels", ("webhook",), "write 'webhook:'"),
        ("quiet", "at night", "22:00-06:00"),
        ("heartbeat", timedelta(minutes=1), "7d"),
        ("schedule", "0 7 * * *; midday", "midday"),
    ],
)
def test_a_wrong_key_is_named_with_its_remedy(key, value, remedy):
    with pytest.raises(ValueError) as error:
        Subscription(**{"name": "analysts", key: value})
    assert remedy in str(error.value)
    assert str(error.value).startswith((key, "to: nobody"))


def test_a_slot_is_due_at_its_local_time():
    daily = Subscription(name="a", schedule="0 7 * * *")
    assert due_slot(daily, None, hanoi(20, 8), hanoi(21, 6, 59)) is None
    assert due_slot(daily, None, hanoi(20, 8), hanoi(21, 7)) == "2026-11-21T07:00+07:00"


def test_a_slot_that_was_done_is_not_due_again():
    daily = Subscription(name="a", schedule="0 7 * * *")
    assert due_slot(daily, "2026-11-21T07:00+07:00", hanoi(1, 0), hanoi(21, 23)) is None


def test_missed_slots_are_made_up_for_once_by_the_latest():
    thrice = Subscription(name="a")
    slot = due_slot(thrice, "2026-11-01T07:00+07:00", hanoi(1, 0), hanoi(21, 13))
    assert slot == "2026-11-21T12:00+07:00"
    assert due_slot(thrice, slot, hanoi(1, 0), hanoi(21, 13)) is None


def test_a_digest_sent_by_hand_does_not_use_up_the_next_slot():
    thrice = Subscription(name="a")
    assert due_slot(thrice, "2026-11-21T11:58+07:00", hanoi(1, 0), hanoi(21, 12)) == "2026-11-21T12:00+07:00"


def test_weekdays_count_as_cron_counts_them():
    mondays = Subscription(name="a", schedule="0 7 * * 1")
    assert due_slot(mondays, None, hanoi(20, 0), hanoi(29, 0)) == "2026-11-23T07:00+07:00"
    assert datetime(2026, 11, 23).strftime("%a") == "Mon"  # noqa: DTZ001
    working_days = Subscription(name="a", schedule="0 7 * * 1-5")
    assert due_slot(working_days, None, hanoi(20, 0), hanoi(22, 23)) == "2026-11-20T07:00+07:00"
    sundays = Subscription(name="a", schedule="0 7 * * 7")
    assert due_slot(sundays, None, hanoi(20, 0), hanoi(29, 6)) == "2026-11-22T07:00+07:00"


def test_years_of_silence_are_searched_in_no_time():
    every_minute = Subscription(name="a", schedule="* * * * *")
    assert due_slot(every_minute, "2020-01-01T00:00+07:00", hanoi(1, 0), hanoi(21, 13)) == "2026-11-21T13:00+07:00"
    leap_days = Subscription(name="a", schedule="0 7 29 2 *")
    assert due_slot(leap_days, None, datetime(2020, 1, 1, tzinfo=UTC), hanoi(21, 13)) == "2024-02-29T07:00+07:00"
    nights = Subscription(name="a", schedule="0 3 * * *", quiet="22:00-06:00")
    assert due_slot(nights, None, datetime(2020, 1, 1, tzinfo=UTC), hanoi(21, 13)) is None


@pytest.mark.parametrize(
    ("zone", "day", "slot"),
    [
        ("Africa/Cairo", "2026-04-24", "2026-04-24T01:00+03:00"),
        ("America/Santiago", "2026-09-06", "2026-09-06T01:00-03:00"),
        ("Asia/Tehran", "2022-03-22", "2022-03-22T01:00+04:30"),
    ],
)
def test_a_midnight_that_the_clock_change_skips_is_a_slot_all_the_same(zone, day, slot):
    midnights = Subscription(name="a", schedule="0 0 * * *", timezone=zone)
    noon = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=ZoneInfo(zone))
    assert due_slot(midnights, None, noon - timedelta(days=1), noon) == slot
    assert next_slot(midnights, noon - timedelta(days=1)) == slot


@pytest.mark.parametrize(
    ("weekdays", "days"),
    [
        ("*/2", "Sun Tue Thu Sat"),
        ("1-5/2", "Mon Wed Fri"),
        ("0-6", "Sun Mon Tue Wed Thu Fri Sat"),
        ("5-7", "Sun Fri Sat"),
        ("mon-fri", "Mon Tue Wed Thu Fri"),
    ],
)
def test_weekdays_are_those_of_cron(weekdays, days):
    subscription, moment, found = Subscription(name="a", schedule=f"0 7 * * {weekdays}"), hanoi(22, 0), []
    while (slot := next_slot(subscription, moment)) and datetime.fromisoformat(slot) < hanoi(29, 0):
        moment = datetime.fromisoformat(slot)
        found.append(f"{moment:%a}")
    assert found == days.split()


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"schedule": "0 7 31 2 *"}, "schedule: '0 7 31 2 \\*' is not a cron line"),
        ({"schedule": "0 7 * * *; 0 0 7 * * *"}, "schedule: '0 0 7 \\* \\* \\*' is not a cron line"),
        ({"quiet": "22:00Z-06:00Z"}, "quiet: "),
        ({"quiet": "22:00"}, "quiet: "),
        ({"channels": ("file", "file")}, "channels: 'file' is named twice"),
    ],
)
def test_what_no_clock_and_no_channel_can_keep_is_refused(changes, problem):
    with pytest.raises(ValueError, match=problem):
        Subscription(name="a", **changes)


def test_a_local_time_that_the_clock_change_repeats_is_one_slot():
    berlin = Subscription(name="a", schedule="30 2 * * *", timezone="Europe/Berlin")
    moment, last, slots = datetime(2026, 10, 24, 22, tzinfo=UTC), None, []
    while moment < datetime(2026, 10, 26, 12, tzinfo=UTC):
        slot = due_slot(berlin, last, datetime(2026, 10, 24, 12, tzinfo=UTC), moment)
        if slot:
            last = slot
            slots.append(slot)
        moment += timedelta(minutes=10)
    assert slots == ["2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00"]


@settings(max_examples=30, deadline=None)
@given(
    step=st.integers(1, 180),
    zone=st.sampled_from(["Asia/Ho_Chi_Minh", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]),
)
def test_however_the_clock_ticks_each_slot_is_due_once(step, zone):
    subscription = Subscription(name="a", schedule="15 */3 * * *", timezone=zone)
    started = moment = datetime(2026, 10, 24, tzinfo=UTC)
    last, slots = None, []
    while moment < datetime(2026, 10, 26, tzinfo=UTC):
        slot = due_slot(subscription, last, started, moment)
        if slot:
            assert datetime.fromisoformat(slot) <= moment
            last = slot
            slots.append(slot)
        moment += timedelta(minutes=step)
    local = [slot[:16] for slot in slots]
    assert len(set(local)) == len(local)
    assert len(slots) >= 14


def test_several_cron_lines_are_one_schedule():
    odd = Subscription(name="a", schedule="30 6 * * mon-fri; 15 17 * * *")
    assert due_slot(odd, None, hanoi(20, 0), hanoi(20, 7)) == "2026-11-20T06:30+07:00"
    assert due_slot(odd, "2026-11-20T06:30+07:00", hanoi(20, 0), hanoi(20, 18)) == "2026-11-20T17:15+07:00"
    assert due_slot(odd, "2026-11-20T17:15+07:00", hanoi(20, 0), hanoi(21, 8)) is None


def test_nothing_is_due_in_the_quiet_hours():
    hourly = Subscription(name="a", schedule="0 * * * *", quiet="22:00-06:00")
    assert due_slot(hourly, "2026-11-20T21:00+07:00", hanoi(1, 0), hanoi(21, 5, 59)) is None
    assert due_slot(hourly, "2026-11-20T21:00+07:00", hanoi(1, 0), hanoi(21, 6)) == "2026-11-21T06:00+07:00"
    assert [hourly.is_quiet(hanoi(21, hour)) for hour in (5, 6, 21, 22, 0)] == [True, False, False, True, True]
    noon = Subscription(name="a", quiet="12:00-13:30")
    assert [noon.is_quiet(hanoi(21, 12)), noon.is_quiet(hanoi(21, 13, 30))] == [True, False]


def test_messages_go_where_the_subscription_says():
    plain = Subscription(name="a", to=("x@y.vn", "z@y.vn"))
    assert plain.routes(mail=True) == (("email", "x@y.vn"), ("email", "z@y.vn"))
    assert plain.routes(mail=False) == Subscription(name="a").routes(mail=True) == (("file", "a"),)
    several = Subscription(name="a", to=("x@y.vn",), channels=("email", "webhook:desk", "feed"))
    assert several.routes(mail=True) == (("email", "x@y.vn"), ("webhook", "desk"), ("feed", "a"))


def test_a_subscription_takes_what_its_topics_tags_papers_and_score_say(build):
    story = build.story(build.copy(1, site="vov", score=0.6, tags=("tuần tra chung lần thứ 78", "hải quân")), build.copy(2))
    assert Subscription(name="a").takes(story)
    assert Subscription(name="a", tags=("Tuần tra chung",)).takes(story)
    assert Subscription(name="a", tags=("tuần",)).takes(story) is False
    assert Subscription(name="a", tags=("biên phòng", "hải quân")).takes(story)
    assert Subscription(name="a", papers=("vov",)).takes(story)
    assert not Subscription(name="a", papers=("plo",)).takes(story)
    assert not Subscription(name="a", tags=("hải quân",), minimum_score=0.7).takes(story)
    assert not Subscription(name="a", topics=("border",)).takes(story)


def test_what_does_not_wait_has_a_score_or_a_tag(build):
    story = build.story(build.copy(1, score=0.6, tags=("sự cố biên giới",)))
    urgent = [
        Immediate(minimum_score=0.5),
        Immediate(tags=("Sự cố biên giới",)),
        Immediate(minimum_score=0.9, tags=("sự cố biên giới",)),
    ]
    assert all(Subscription(name="a", immediate=one).takes_at_once(story) for one in urgent)
    assert not Subscription(name="a", immediate=Immediate(minimum_score=0.9)).takes_at_once(story)
    assert not Subscription(name="a", topics=("x",), immediate=urgent[0]).takes_at_once(story)
    assert not Subscription(name="a").takes_at_once(story)


@pytest.mark.parametrize("wrong", [{}, {"minimum_score": 2.0}, {"tags": ("x",), "per_hour": 0}])
def test_a_wrong_rule_for_alerts_is_refused(wrong):
    with pytest.raises(ValueError, match=r"minimum_score|per_hour"):
        Immediate(**wrong)
