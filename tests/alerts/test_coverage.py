"""Silence counts as a finding only where every paper was watched."""

from datetime import timedelta

from alerts.coverage import complete, coverage_view, trouble


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
    assert said.troubles[0].reason == "bị chặn bằng trang thử thách · 403 · lần đọc được gần nhất 07:00 22/11"
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
    assert (short.complete, short.made_up) == (True, "Interrupted, read since (minutes): vov 20")
