"""What kind of answer a server gave: content, nothing new, an error, or a wall in front of the paper."""

import re

_COOKIE_WALL = re.compile(rb"document\.cookie\s*=|window\.location\.reload|window\.location\.href\s*=")
_WALL_PAGE = re.compile(rb"_cf_chl_opt|challenge-platform|cf-browser-verification|<title>Just a moment\.\.\.", re.IGNORECASE)
# VEdge, the network of VNPT, and others refuse visitors from abroad with a page that says no more.
_COUNTRY_PAGE = re.compile(rb"ACCESS DENIED|not available in your (?:country|region)|VEdge", re.IGNORECASE)
_SMALL = 600  # no article, feed or section page is shorter; cookie walls are about 177 bytes


def kind_of_answer(status: int, headers: dict[str, str], body: bytes) -> str:
    """One of "ok", "not_modified", "challenge", "geo_block", "empty", "http_<status>". Header names in lower case."""
    if status == 304:  # noqa: PLR2004
        return "not_modified"
    if is_challenge(status, headers, body):
        return "challenge"
    if status in {403, 451} and (_COUNTRY_PAGE.search(body[:20000]) or "vedge" in headers.get("server", "").lower()):
        return "geo_block"
    if not 200 <= status < 300:  # noqa: PLR2004
        return f"http_{status}"
    return "ok" if body.strip() else "empty"


def is_challenge(status: int, headers: dict[str, str], body: bytes) -> bool:
    """A page that wants a cookie or a script before it shows the paper. Never an article, never passed."""
    if "cf-mitigated" in headers or (status in {403, 503} and "cf-ray" in headers):
        return True
    if status in {403, 503}:
        return bool(_WALL_PAGE.search(body[:20000]))
    return status == 200 and len(body) < _SMALL and bool(_COOKIE_WALL.search(body))  # noqa: PLR2004
