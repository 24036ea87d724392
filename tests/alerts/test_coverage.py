"""Silence counts as a finding only where every paper was watched."""

from datetime import timedelta

import pytest

from alerts.coverage import complete, coverage_view, trouble
from alerts.render import render


def said_of(build, *coverage, language="vi", names=None):
    return coverage_view(coverage, language=language, paper_names=names or {}, now=build.NOW)


def test_a_poll_that_failed_and_was_made_up_for_is_no_trouble(build):
    assert trouble(build.watched("vov", failed=3)) is None


def test_what_kept_a_paper_from_being_watched_is_named(build):
    assert trouble(build.watched("vov", polls=0)) == "not_polled"
    assert trouble(build.watched("vov", polls=4, failed=4)) == "all_failed"
    assert trouble(build.watched("vov", state="challenge")) == "challenge"


def test_no_figures_are_no_proof():
    assert not complete(())


def test_the_reader_is_told_which_paper_and_why(build):
    coverage = (build.watched("vov"), build.watched("plo", state="challenge", detail="403"), build.watched("x", state="odd"))
    said = coverage_view(coverage, language="vi", paper_names={"plo": "Pháp Luật TP.HCM"}, now=build.NOW)
    assert not said.complete
    assert said.verdict == "chưa đầy đủ"
    assert [trouble.paper for trouble in said.troubles] == ["Pháp Luật TP.HCM", "x"]
    assert said.troubles[0].reason == "bị chặn bằng trang thử thách · 403 · lần đọc thành công gần nhất 07:00 22/11"
    assert said.troubles[1].reason.startswith("odd · ")
    assert said.figures == "1/3 báo được theo dõi tốt, 84 lượt đọc, 0 lượt lỗi"
    assert said.good == "Theo dõi tốt: vov"


def test_a_long_interruption_degrades_the_verdict_though_the_paper_was_read_since(build):
    assert trouble(build.watched("vov", missed=timedelta(minutes=44))) is None
    assert trouble(build.watched("vov", missed=timedelta(minutes=60))) == "interrupted"
    said = coverage_view((build.watched("vov", missed=timedelta(minutes=60)),), language="vi", paper_names={}, now=build.NOW)
    assert not said.complete
    assert "60 phút không theo dõi được" in said.troubles[0].reason
    short = coverage_view((build.watched("vov", missed=timedelta(minutes=20)),), language="en", paper_names={}, now=build.NOW)
    assert (short.complete, short.made_up) == (True, "Interrupted, read since: vov 20 min")


@pytest.mark.parametrize(
    ("language", "reason"),
    [
        ("vi", "không đọc được từ 02:00 22/11 · 4 giờ 45 phút không theo dõi được"),
        ("en", "not read since 02:00 22 Nov · 4 h 45 min not covered"),
    ],
)
def test_a_gap_that_is_still_open_is_not_said_to_be_made_up_for(build, language, reason):
    opened = build.NOW - timedelta(hours=5, seconds=5)
    still = build.watched("vov", missed=timedelta(minutes=285), last_success=opened, unread_since=opened)
    assert trouble(still) == "unread"
    assert said_of(build, still, language=language).troubles[0].reason == reason


def test_a_paper_that_nobody_reads_any_more_is_not_called_silent(build):
    gap = {"missed": timedelta(hours=5), "unread_since": build.NOW - timedelta(hours=5)}
    assert trouble(build.watched("vov", state="silent", **gap)) == "unread"
    assert trouble(build.watched("vov", state="silent")) == "silent"
    assert trouble(build.watched("vov", state="challenge", **gap)) == "challenge", "that says more"


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("vi", "Từng gián đoạn, nay đã đọc bù: vov, plo 20 phút; nld 31 phút. dantri không đọc được từ 06:25 22/11"),
        ("en", "Interrupted, read since: vov, plo 20 min; nld 31 min. dantri not read since 06:25 22 Nov"),
    ],
)
def test_short_gaps_that_are_over_and_those_still_open_are_told_apart(build, language, line):
    minutes = build.minutes
    coverage = (
        build.watched("vov", missed=minutes(20)),
        build.watched("plo", missed=minutes(20)),
        build.watched("nld", missed=minutes(31)),
        build.watched("dantri", missed=minutes(20), unread_since=build.NOW - minutes(35)),
    )
    said = said_of(build, *coverage, language=language)
    assert (said.complete, said.made_up) == (True, line)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("vi", "Theo dõi từ 06:00 22/11; trước đó chỉ đọc được những tin còn trên các trang danh mục."),
        ("en", "Watched since 06:00 22 Nov; of what came before, only what the listings still named was read."),
    ],
)
def test_a_watch_that_began_within_the_period_is_said_once(build, language, sentence):
    began = build.NOW - timedelta(hours=1, seconds=5)
    said = said_of(build, *(build.watched(key, watched_since=began) for key in ("vov", "plo")), language=language)
    assert said.complete
    assert said.figures.count(sentence) == 1
    assert sentence not in said_of(build, build.watched("vov"), language=language).figures
    digest = build.digest(coverage=(build.watched("vov", watched_since=began),))
    shown = render(digest, language=language, topic_names={}, paper_names={})
    assert sentence in " ".join(shown.text.split())
    assert sentence in shown.html


@pytest.mark.parametrize(("language", "all_of_them"), [("vi", "cả 16 báo"), ("en", "all 16 papers")])
def test_what_is_the_same_for_many_papers_is_said_once_with_their_names(build, language, all_of_them):
    gap = {"missed": timedelta(minutes=285), "unread_since": build.NOW - timedelta(hours=5)}
    papers = [build.watched(f"p{number}", last_success=build.NOW, **gap) for number in range(15)]
    other = build.watched("vov", **(gap | {"missed": timedelta(minutes=200)}))
    said = said_of(build, *papers, other, language=language)
    assert [one.paper.count(", ") for one in said.troubles] == [14, 0]
    assert said.warning.endswith(all_of_them)
    assert said_of(build, *papers, build.watched("vov"), language=language).warning.endswith("p13, p14")
    seconds = [build.watched(key, missed=gap["missed"] + timedelta(seconds=9)) for key in ("vov", "plo")]
    assert len(said_of(build, *seconds, build.watched("nld", missed=gap["missed"])).troubles) == 1, "to the minute"


@pytest.mark.parametrize(
    ("language", "reason"),
    [
        (
            "vi",
            "im lặng bất thường · tin mới nhất 23:42 20/11; không tìm thấy trang (404): https://x.vn/a · lần đọc thành công gần nhất 07:00 22/11",
        ),
        ("en", "unusually silent · newest item 23:42 20 Nov; page not found (404): https://x.vn/a · last read 07:00 22 Nov"),
    ],
)
def test_a_detail_is_worded_for_readers_with_local_time(build, language, reason):
    site = build.watched("vov", state="silent", detail="newest item 2026-11-20 16:42 UTC; http_404: https://x.vn/a")
    assert said_of(build, site, language=language).troubles[0].reason == reason


def test_a_detail_is_left_out_where_it_repeats_the_state_or_explains_another_one(build):
    walled = build.watched("vov", state="challenge", detail="challenge", last_success=None)
    assert said_of(build, walled).troubles[0].reason == "bị chặn bằng trang thử thách"
    read = build.watched("vov", state="partial", detail="http_404: https://x.vn/a", missed=timedelta(hours=1), last_success=None)
    assert said_of(build, read).troubles[0].reason == "từng gián đoạn, nay đã đọc bù · 60 phút không theo dõi được"
