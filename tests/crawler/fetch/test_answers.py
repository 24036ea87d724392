"""Walls in front of a paper are told from the paper."""

import pytest

from crawler.fetch.answers import kind_of_answer

D1N = (
    b'<html><body><script>document.cookie="D1N='
    + b"ab" * 16
    + b'"+"; path=/";window.location.reload(true);</script></body></html>'
)
CLOUDFLARE = b"<html><title>Just a moment...</title><script>window._cf_chl_opt={}</script></html>"
PAGE = b"<html><body><p>" + "Tin tức ".encode() * 100 + b"</p><script>document.cookie='a=1'</script></body></html>"


@pytest.mark.parametrize(
    ("status", "headers", "body", "kind"),
    [
        (200, {}, PAGE, "ok"),
        (200, {}, D1N, "challenge"),
        (403, {"cf-ray": "x"}, b"", "challenge"),
        (403, {}, CLOUDFLARE, "challenge"),
        (503, {}, CLOUDFLARE, "challenge"),
        (200, {"cf-mitigated": "challenge"}, PAGE, "challenge"),
        (403, {}, b"<html>Forbidden</html>", "http_403"),
        (403, {}, b"<html>ACCESS DENIED</html>", "geo_block"),
        (403, {"server": "VEdge"}, b"", "geo_block"),
        (304, {}, b"", "not_modified"),
        (200, {}, b"  \n", "empty"),
        (404, {}, b"", "http_404"),
        (500, {}, b"oops", "http_500"),
    ],
)
def test_the_kind_of_an_answer(status: int, headers: dict[str, str], body: bytes, kind: str) -> None:
    assert kind_of_answer(status, headers, body) == kind
