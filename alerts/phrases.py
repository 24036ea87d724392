"""Every phrase that a reader sees, in both languages."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.subscription import Language

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# key: (Vietnamese, English). Sorted.
_TABLE = {
    "authors": ("Tác giả: {names}", "By {names}"),
    "brand": ("Tuần tra", "Tuần tra"),
    "copies": ("{count} báo đăng", "Carried {count} times"),
    "copy": ("1 báo đăng", "Carried once"),
    "coverage": ("Tình hình theo dõi", "Coverage"),
    "coverage_complete": ("đầy đủ", "complete"),
    "coverage_degraded": ("chưa đầy đủ", "degraded"),
    "coverage_degraded_short": ("theo dõi chưa đầy đủ", "coverage degraded"),
    "coverage_figures": (
        "{good}/{papers} báo được theo dõi tốt, {polls} lượt đọc, {failed} lượt lỗi",
        "{good} of {papers} papers watched well, {polls} polls, {failed} failed",
    ),
    "coverage_unknown": ("Chưa có số liệu theo dõi cho kỳ này", "No figures for this period"),
    "coverage_warning": ("Theo dõi chưa đầy đủ: {names}", "Coverage degraded: {names}"),
    "edited": ("đã sửa: {grade}", "edited: {grade}"),
    "gone_deleted": ("đã bị gỡ", "taken down"),
    "gone_paywalled": ("nay phải trả tiền để đọc", "now to be paid for"),
    "gone_redirected_away": ("nay dẫn sang trang khác", "now leads elsewhere"),
    "gone_redirected_home": ("nay dẫn về trang chủ", "now leads to the front page"),
    "gone_soft_404": ("trang không còn bài này", "no longer on its page"),
    "grade_date": ("ngày giờ", "date"),
    "grade_name": ("tên", "name"),
    "grade_number": ("con số", "number"),
    "grade_quote": ("lời trích", "quote"),
    "grade_rank": ("cấp bậc, chức vụ", "rank"),
    "grade_wording": ("câu chữ", "wording"),
    "last_success": ("lần đọc được gần nhất {time}", "last read {time}"),
    "none": ("không có tin mới", "nothing new"),
    "none_note": ("Không có tin nào khớp chủ đề trong kỳ này.", "No story matched in this period."),
    "origin": ("Nguồn: {agency}", "Source: {agency}"),
    "papers_good": ("Theo dõi tốt: {names}", "Watched well: {names}"),
    "period": ("Từ {since} đến {until}", "From {since} to {until}"),
    "published": ("đăng {time}", "published {time}"),
    "published_unknown": ("không rõ giờ đăng", "no publication time given"),
    "same_event": ("Cùng sự kiện với tin trên", "On the same event as the story above"),
    "seen": ("phát hiện {time}", "seen {time}"),
    "state_all_failed": ("mọi lượt đọc đều lỗi", "every poll failed"),
    "state_challenge": ("bị chặn bằng trang thử thách", "answered with a challenge page"),
    "state_failed": ("không đọc được", "could not be read"),
    "state_never polled": ("chưa đọc lần nào", "never polled"),
    "state_not_polled": ("không được đọc trong kỳ này", "not polled in this period"),
    "state_robots": ("robots.txt không cho phép đọc", "robots.txt forbids it or does not answer"),
    "state_silent": ("im lặng bất thường", "unusually silent"),
    "stories": ("{count} tin mới", "{count} new stories"),
    "story": ("1 tin mới", "1 new story"),
    "why_you": (
        "Bạn nhận thư này vì địa chỉ của bạn có trong bản tin “{subscription}”.",
        "You receive this mail because your address is on the digest “{subscription}”.",
    ),
    "zone": ("Giờ Việt Nam (Asia/Ho_Chi_Minh)", "Times in Vietnam (Asia/Ho_Chi_Minh)"),
}

Say = Callable[..., str]


def phrases(language: Language) -> Say:
    """Speak one language: `say("stories", count=3)`; an unknown state is said as it stands."""
    column = ("vi", "en").index(language)

    def say(key: str, **values: object) -> str:
        pair = _TABLE.get(key)
        return pair[column].format(**values) if pair else key.removeprefix("state_")

    return say


def clock_time(moment: datetime, language: Language, now: datetime, *, after: datetime | None = None) -> str:
    """Say a time in Vietnam; the year only if it is not the current one, the day only if it is not that of `after`."""
    local, present = moment.astimezone(ZONE), now.astimezone(ZONE)
    hour = f"{local:%H:%M}"
    if after is not None and after.astimezone(ZONE).date() == local.date():
        return hour
    day = f"{local.day} {_MONTHS[local.month - 1]}" if language == "en" else f"{local:%d/%m}"
    if local.year != present.year:
        day += f" {local.year}" if language == "en" else f"/{local.year}"
    return f"{hour} {day}"
