"""Every way in which a paper writes a time ends as the right instant or as None."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.dates import HOME, parse_time

MORNING = datetime(2026, 3, 7, 1, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "07/03/2026 08:07",
        "07/03/2026 08:07 GMT+7",
        "07/03/2026 08:07 (GMT+07:00)",
        "07-03-2026 - 08:07 AM",
        "07.3.2026 08:07",
        "- 07/03/2026 08:07",
        "7/3/2026, 08:07 (GMT+7)",
        "7/3/2026 8h07",
        "7/3/2026 8 giờ 07 phút",
        "7/3/2026 08:07:00 SA",
        "3/7/2026 8:07:00\u202fAM",
        "Thứ bảy, 7/3/2026, 08:07 (GMT+7)",
        "Thứ Bảy, 08:07, 07/03/2026",
        "Thứ Bảy, 07/03/2026 08:07:00 +07:00",
        "Thứ …, 07/03/2026 - 08:07 (GMT+7) |",
        "Thứ bảy, ngày 7 tháng 3 năm 2026 08:07",
        "Cập nhật lúc: 08:07 ngày 07/03/2026",
        "Saturday, March 07, 2026, 08:07 (GMT+7)",
        "2026-03-07 08:07",
        "2026-03-07T08:07:00",
        "2026-03-07T08:07:00+07",
        "2026-03-07T08:07:00+0700",
        "2026-03-07T08:07:00+07:00",
        "2026-03-07T08:07:00&#x2B;07:00",
        "2026-03-07T08:07:00.000 +07:00",
        "2026-03-07T01:07:00Z",
        "2026-03-07T01:07:00.000Z",
        "20260307T080700+0700",
        "2026/03/07 08:07",
        "Sat, 07 Mar 26 08:07:00 +0700",
        "Sat, 07 Mar 2026 08:07:00 +0700",
        "Sat, 07 Mar 2026 08:07:00 +07:00",
        "Sat, 07 Mar 2026 08:07:00 +07",
        "Sat, 07 Mar 2026 08:07:00 GMT+7",
        "Sat, 07 Mar 2026 01:07:00 GMT",
        "1772845620",
        "1772845620000",
    ],
)
def test_one_instant_has_many_spellings(text: str) -> None:
    assert parse_time(text) == MORNING


@pytest.mark.parametrize(
    "text",
    [
        "",
        "07/03/2026",
        "2026-03-07",
        "08:07",
        "hôm qua",
        "3 giờ trước",
        "31/02/2026 10:00",
        "07/03/2026 25:00",
        "07/03/2026 08:00 - 08/03/2026 09:00",
        "Sat, 07 Mar 2026 08:07:00 EST",
        "12345",
        "07/03/1026 08:00",
    ],
)
def test_what_is_not_said_is_not_guessed(text: str) -> None:
    assert parse_time(text) is None


def test_a_24_hour_clock_may_carry_am() -> None:
    assert parse_time("07-03-2026 - 00:01 AM") == datetime(2026, 3, 6, 17, 1, tzinfo=UTC)
    assert parse_time("07-03-2026 - 15:30 PM") == datetime(2026, 3, 7, 8, 30, tzinfo=UTC)


def test_slashes_with_am_or_pm_are_american() -> None:
    assert parse_time("9/16/2026 1:17:00\u202fPM") == datetime(2026, 9, 16, 6, 17, tzinfo=UTC)
    assert parse_time("12/30/2026 12:30 AM") == datetime(2026, 12, 29, 17, 30, tzinfo=UTC)


def test_a_site_may_be_american_without_am_or_pm() -> None:
    assert parse_time("9/8/2026 10:17", month_first=True) == datetime(2026, 9, 8, 3, 17, tzinfo=UTC)
    assert parse_time("16/9/2026 10:17", month_first=True) is None


@given(st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2069, 12, 31)))  # noqa: DTZ001 - local times are meant
def test_a_written_minute_is_read_back(local: datetime) -> None:
    local = local.replace(second=0, microsecond=0)
    written = f"Thứ Hai, {local.day}/{local.month}/{local.year}, {local:%H:%M} (GMT+7)"
    assert parse_time(written) == local.replace(tzinfo=HOME)


@given(st.text(max_size=60))
def test_any_text_ends_as_an_aware_time_or_none(text: str) -> None:
    time = parse_time(text)
    assert time is None or time.tzinfo is UTC
