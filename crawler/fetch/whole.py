"""Notices compressed answers that were cut off: Scrapy hands on what it could unpack without a word."""

from scrapy import Request
from scrapy.http import Response

_KEY = "unpacked_bytes"


class WholeMiddleware:
    """Sits below the decompression and notes how long a gzip answer says it is when unpacked (RFC 1952, ISIZE)."""

    def process_response(self, request: Request, response: Response) -> Response:
        """Note the length; the answer goes on unchanged."""
        request.meta.pop(_KEY, None)
        if b"gzip" in (response.headers.get("Content-Encoding") or b"") and len(response.body) > 4:  # noqa: PLR2004
            request.meta[_KEY] = int.from_bytes(response.body[-4:], "little")
        return response


def is_cut_off(response: Response) -> bool:
    """Whether less was unpacked than announced, and the end of the document is missing too."""
    announced = response.meta.get(_KEY)
    if announced is None or announced == len(response.body):
        return False
    return b"</html" not in response.body[-2000:].lower() and not response.body.rstrip().endswith(
        (b"</rss>", b"</urlset>", b"</feed>", b"}")
    )
