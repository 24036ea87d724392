"""Tells whether an article that was free to read has gone behind a wall to pay at."""

import re

from news.model import Article
from pipelines.duplicates import words

# Papers that want to be found by search engines say it in their JSON-LD; readers see one of these invitations. Sorted.
_SAYS_SO = re.compile(
    r'"isAccessibleForFree"\s*:\s*"?false'
    r"|dành (?:riêng )?cho (?:hội viên|thành viên|thuê bao)"
    # Without the article before it this heads a box of letters or gifts, which every page may have.
    r"|(?:bài|nội dung|phần)\b[^.<]{0,40} dành (?:riêng )?cho (?:bạn đọc|độc giả|người đọc)"
    r"|(?:đăng nhập|đăng ký|mua gói|trả phí)[^.<]{0,40} để (?:đọc|xem) (?:tiếp|toàn bộ|trọn vẹn|đầy đủ)"
    r"|subscribe(?:rs only| to (?:continue|read|unlock))",
    re.IGNORECASE,
)
_MOST_SHOWN = 0.7  # of the words known before


def says_to_pay(text: str) -> bool:
    """Whether a page's source asks for money or a login before it shows the rest."""
    return _SAYS_SO.search(text) is not None


def is_paywalled(text: str, now: Article, before: Article) -> bool:
    """Whether only the beginning of what was readable is left, and the page's source says that the rest is to be paid for."""
    shown, known = words(now), words(before)
    if not known or len(shown) > _MOST_SHOWN * len(known):
        return False
    return says_to_pay(text)
