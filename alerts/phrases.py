"""Every phrase that a reader sees, in both languages."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.subscription import Language

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# key: (Vietnamese, English). Sorted.
_TABLE = {
    "added": ("{grade}: thêm “{words}”", "{grade}: “{words}” added"),
    "alert": ("Tin cần báo ngay: {count}", "alert: {count}"),
    "all_papers": ("cả {count} báo", "all {count} papers"),
    "archived": ("bản lưu", "archived copy"),
    "authors": ("Tác giả: {names}", "By {names}"),
    "back": ("nay đọc lại được", "there again"),
    "brand": ("Tuần tra", "Tuần tra"),
    "copies": ("{count} báo đăng", "Carried {count} times"),
    "copy": ("1 báo đăng", "Carried once"),
    "corrected": ("Đã sửa sau khi báo", "Changed since you were told"),
    "corrected_more": ("… và {count} chỗ sửa nữa", "… and {count} more changes"),
    "corrections": ("{count} tin đã báo nay được sửa", "{count} earlier stories changed"),
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
    "dropped": ("{grade}: bỏ “{words}”", "{grade}: “{words}” taken out"),
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
    "last_success": ("lần đọc thành công gần nhất {time}", "last read {time}"),
    "latency": (
        "Từ lúc đăng đến lúc thấy: trung vị {seen}, lâu nhất {seen_worst}; đến lúc báo: trung vị {told}, lâu nhất {told_worst}",
        "Published to seen: median {seen}, at most {seen_worst}; seen to told: median {told}, at most {told_worst}",
    ),
    "made_up": ("Từng gián đoạn, nay đã đọc bù: {names}", "Interrupted, read since: {names}"),
    "missed": ("{minutes} không theo dõi được", "{minutes} not covered"),
    "newest_item": ("tin mới nhất {time}", "newest item {time}"),
    "none": ("không có tin mới", "nothing new"),
    "none_note": ("Không có tin nào khớp chủ đề trong kỳ này.", "No story matched in this period."),
    "notice_begun": ("{count} sự cố", "{count} problems"),
    "notice_begun_one": ("1 sự cố", "1 problem"),
    "notice_begun_title": ("Đang có sự cố", "What is wrong"),
    "notice_disk": (
        "Ổ đĩa sắp đầy: còn {free} MB, cần ít nhất {least} MB",
        "The disk is nearly full: {free} MB are left of at least {least} MB",
    ),
    "notice_do_challenge": (
        "Mở trang báo bằng trình duyệt; nếu báo chặn chương trình tự động, hãy viết thư cho tòa soạn.",
        "Open the paper in a browser; if it turns programs away, write to its editors.",
    ),
    "notice_do_disk": (
        "Giải phóng chỗ trên ổ đĩa này; khi đầy thì tin mới không lưu được nữa.",
        "Free some space on this disk; once it is full, nothing new can be stored.",
    ),
    "notice_do_failed": (
        "Chạy `tuantra sites check {name}` để xem các trang danh mục của báo trả lời ra sao.",
        "Run `tuantra sites check {name}` to see what the paper's listings answer.",
    ),
    "notice_do_mail": (
        "Kiểm tra địa chỉ trong cấu hình; `tuantra outbox` cho xem các thư này và gửi lại được.",
        "Check the address in the configuration; `tuantra outbox` shows these mails and can send them again.",
    ),
    "notice_do_page": (
        "Trang này không được đọc nữa; nếu cần, chạy `tuantra crawl --url` với địa chỉ trên.",
        "The page is left alone; if you need it, run `tuantra crawl --url` with this address.",
    ),
    "notice_do_queue": (
        "Xem queue_paused và mail_deferred trong nhật ký: mật khẩu, chứng chỉ, người gửi, máy chủ. Thư không mất.",
        "See queue_paused and mail_deferred in the log: password, certificate, sender, server. No mail is lost.",
    ),
    "notice_do_recipient": (
        "Sửa hoặc bỏ địa chỉ này trong cấu hình; nếu nó lại nhận được thư, `tuantra outbox retry` gửi lại.",
        "Correct or remove the address in the configuration; if it takes mail again, use `tuantra outbox retry`.",
    ),
    "notice_do_robots": (
        "robots.txt được tôn trọng; muốn đọc tiếp, hãy viết thư cho tòa soạn.",
        "robots.txt is obeyed; to go on reading, write to the paper's editors.",
    ),
    "notice_do_silent": (
        "Mở trang báo: nếu vẫn có tin mới, các trang danh mục đã đổi địa chỉ hoặc ngừng cập nhật.",
        "Open the paper: if it has fresh news, its listings have moved or gone stale.",
    ),
    "notice_ended": ("{count} sự cố đã khắc phục", "{count} recovered"),
    "notice_ended_one": ("đã khắc phục – {what}", "recovered – {what}"),
    "notice_ended_title": ("Đã khắc phục", "Recovered"),
    "notice_footer": (
        "Bạn nhận thư này vì địa chỉ của bạn có trong mục [operator] của cấu hình. Tình hình hiện tại: `tuantra sites`.",
        "You receive this mail because your address is under [operator] in the configuration. How things are now: `tuantra sites`.",
    ),
    "notice_mail": ("Thư gửi {recipient} ({channel}) đã bị bỏ, không gửi nữa", "Mail to {recipient} ({channel}) was given up"),
    "notice_more": ("… và {count} mục nữa", "… and {count} more"),
    "notice_page": (
        "Một trang làm hỏng lượt đọc hai lần và đã được gác lại",
        "A page has crashed its batch twice and was set aside",
    ),
    "notice_queue": (
        "Thư qua kênh {channel} không đi được: {count} thư đang chờ",
        "Mail does not get out by {channel}: {count} waiting",
    ),
    "notice_recipient": ("Không gửi thư cho {recipient} ({channel}) nữa", "Nothing is sent to {recipient} ({channel}) any more"),
    "notice_since": ("từ {time}", "since {time}"),
    "notice_site": ("{paper}: {state}", "{paper}: {state}"),
    "notice_until": ("từ {since} đến {until}", "from {since} to {until}"),
    "origin": ("Nguồn: {agency}", "Source: {agency}"),
    "outcome_challenge": ("trang thử thách", "a challenge page"),
    "outcome_consent_wall": ("trang đòi chấp thuận trước khi đọc", "a page that asks for consent first"),
    "outcome_empty": ("trả lời rỗng", "an empty answer"),
    "outcome_error": ("chương trình này bị lỗi", "a fault of this program"),
    "outcome_geo_block": ("báo chặn theo quốc gia", "closed to visitors from this country"),
    "outcome_html": ("trang web chứ không phải nguồn tin RSS", "a page instead of a feed"),
    "outcome_http_403": ("máy chủ từ chối (403)", "refused by the server (403)"),
    "outcome_http_404": ("không tìm thấy trang (404)", "page not found (404)"),
    "outcome_http_410": ("trang đã bị bỏ (410)", "page removed (410)"),
    "outcome_ignored": ("không tải được trang", "not fetched"),
    "outcome_network": ("không kết nối được", "no connection"),
    "outcome_no_links": ("trang không có liên kết nào", "a page without links"),
    "outcome_no_listing": ("không đọc được trang danh mục nào", "no listing was fetched"),
    "outcome_not_a_feed": ("không phải nguồn tin RSS", "not a feed"),
    "outcome_not_a_sitemap": ("không phải sơ đồ trang", "not a sitemap"),
    "outcome_not_html": ("không phải trang web", "not a page"),
    "outcome_not_xml": ("không phải XML", "not XML"),
    "outcome_redirected_away": ("bị dẫn sang trang khác", "led elsewhere"),
    "outcome_redirected_home": ("bị dẫn về trang chủ", "led to the front page"),
    "outcome_robots": ("robots.txt không cho phép", "forbidden by robots.txt"),
    "outcome_robots_silent": ("robots.txt không trả lời", "robots.txt does not answer"),
    "outcome_soft_404": ("trang báo không tìm thấy", "a page that says not found"),
    "outcome_timeout": ("hết giờ chờ", "timed out"),
    "outcome_too_large": ("trả lời quá lớn", "too large an answer"),
    "outcome_truncated": ("trả lời bị cắt ngang", "an answer that was cut off"),
    "papers_good": ("Theo dõi tốt: {names}", "Watched well: {names}"),
    "period": ("Từ {since} đến {until}", "From {since} to {until}"),
    "published": ("đăng {time}", "published {time}"),
    "published_unknown": ("không rõ giờ đăng", "no publication time given"),
    "replaced": ("{grade}: “{before}” → “{after}”", "{grade}: “{before}” → “{after}”"),
    "same_event": ("Cùng sự kiện với tin trên", "On the same event as the story above"),
    "seen": ("phát hiện {time}", "seen {time}"),
    "server_answer": ("máy chủ trả lời mã {status}", "the server answered {status}"),
    "server_trouble": ("máy chủ bị lỗi ({status})", "the server is in trouble ({status})"),
    "state_all_failed": ("mọi lượt đọc đều lỗi", "every poll failed"),
    "state_challenge": ("bị chặn bằng trang thử thách", "answered with a challenge page"),
    "state_failed": ("không đọc được", "could not be read"),
    "state_interrupted": ("từng gián đoạn, nay đã đọc bù", "was interrupted, read since"),
    "state_never polled": ("chưa đọc lần nào", "never polled"),
    "state_not_polled": ("không được đọc trong kỳ này", "not polled in this period"),
    "state_robots": ("robots.txt không cho phép đọc", "robots.txt forbids it or does not answer"),
    "state_silent": ("im lặng bất thường", "unusually silent"),
    "state_unread": ("không đọc được từ {time}", "not read since {time}"),
    "stories": ("{count} tin mới", "{count} new stories"),
    "story": ("1 tin mới", "1 new story"),
    "subject_challenge": ("{paper} chặn bằng trang thử thách", "{paper} answers with a challenge page"),
    "subject_failed": ("{paper} không đọc được", "{paper} could not be read"),
    "subject_robots": ("robots.txt của {paper} không cho phép đọc", "robots.txt of {paper} does not let us read"),
    "subject_silent": ("{paper} im lặng bất thường", "{paper} is unusually silent"),
    "terms": ("Thuật ngữ", "Terms"),
    "watched_since": (
        "Theo dõi từ {time}; trước đó chỉ đọc được những tin còn trên các trang danh mục",
        "Watched since {time}; of what came before, only what the listings still named was read",
    ),
    "why_you": (
        "Bạn nhận thư này vì địa chỉ của bạn có trong bản tin “{subscription}”.",
        "You receive this mail because your address is on the digest “{subscription}”.",
    ),
    "zone": ("Giờ Việt Nam (Asia/Ho_Chi_Minh)", "Times in Vietnam (Asia/Ho_Chi_Minh)"),
}

# What fills these gaps is a number of minutes.
_MINUTES = frozenset(("minutes", "seen", "seen_worst", "told", "told_worst"))
_IN_HOURS = 120

Say = Callable[..., str]


def phrases(language: Language) -> Say:
    """Speak one language: `say("stories", count=3)`; an unknown state is said as it stands, minutes as a length of time."""
    column = ("vi", "en").index(language)

    def say(key: str, **values: object) -> str:
        pair = _TABLE.get(key)
        if pair is None:
            return key.removeprefix("state_")
        return pair[column].format(**{name: _worded(name, value, language) for name, value in values.items()})

    return say


def _worded(name: str, value: object, language: Language) -> object:
    return length(value, language) if name in _MINUTES and isinstance(value, int) else value


def length(minutes: int, language: Language) -> str:
    """Say a length of time in minutes, from two hours on in hours and minutes."""
    hours, rest = divmod(minutes, 60) if minutes >= _IN_HOURS else (0, minutes)
    units = (f"{hours} giờ", f"{rest} phút") if language == "vi" else (f"{hours} h", f"{rest} min")
    return " ".join(unit for unit, shown in zip(units, (hours, rest or not hours), strict=True) if shown)


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
