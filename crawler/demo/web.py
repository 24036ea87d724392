"""A small web of Vietnamese papers on loopback: an address U is answered at PREFIX + U."""

import hashlib
import html.entities
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from jinja2 import Environment, PackageLoader, StrictUndefined

from crawler.demo.press import Press, Printed, Style
from crawler.listings import Feed, Listing, Section, Sitemap

_WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")
_OTHERS = 5  # headlines below an article


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the web says to one address. `tagged`: it comes with an ETag and answers conditional requests."""

    kind: str
    body: bytes
    tagged: bool = False

    @property
    def tag(self) -> str:
        """The ETag."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:16]}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """A web that is being served; `asked` grows by (status, address) with every request."""

    prefix: str
    asked: list[tuple[int, str]] = field(default_factory=list)


def pages(press: Press, now: datetime) -> dict[str, Answer]:
    """Every address of the small web with its answer."""
    return {url: answer for key in press.sites for url, answer in _site(press, key, now)}


def _site(press: Press, key: str, now: datetime) -> Iterator[tuple[str, Answer]]:
    site, style, printer = press.sites[key], press.styles[key], _printer()
    listings = site.dated_listings(now)

    def shown(
        template: str, *, article: Printed | None = None, listed: Sequence[object] = (), others: Sequence[Printed] = ()
    ) -> bytes:
        page = printer.get_template(template)
        return page.render(site=site, style=style, article=article, listed=listed, others=others).encode()

    sitemaps = [listing.url for listing in listings if isinstance(listing, Sitemap)]
    yield f"https://{site.domains[0]}/robots.txt", Answer(kind="text/plain", body=shown("robots.txt", listed=sitemaps))
    for listing in listings:
        template, kind = _shape(listing, style)
        body = shown(template, listed=press.listed(key, listing))
        yield listing.url, Answer(kind=kind, body=body, tagged=isinstance(listing, Feed))
    for article in press.of(key):
        body = shown(style.page, article=article, others=_others(press, article))
        yield article.url, Answer(kind="text/html", body=body)


def _shape(listing: Listing, style: Style) -> tuple[str, str]:
    """Name the template and the media type of a listing."""
    match listing:
        case Feed():
            return "feed.xml", "application/rss+xml"
        case Section():
            return style.page, "text/html"
        case Sitemap():
            return "sitemap.xml", "application/xml"


@contextmanager
def served(answers: Mapping[str, Answer], since: datetime) -> Iterator[Web]:
    """Serve the answers on a free port of loopback for the length of the block; they were last changed `since`."""
    modified = format_datetime(since.astimezone(UTC).replace(microsecond=0), usegmt=True)
    asked: list[tuple[int, str]] = []

    class Paper(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = self.path.removeprefix("/")
            answer = answers.get(url)
            if answer is None:
                self._say(HTTPStatus.NOT_FOUND, Answer(kind="text/plain", body=b"404\n"))
            elif answer.tagged and self.headers.get("If-None-Match") == answer.tag:
                self._say(HTTPStatus.NOT_MODIFIED, Answer(kind=answer.kind, body=b""))
            else:
                self._say(HTTPStatus.OK, answer)

        def _say(self, status: HTTPStatus, answer: Answer) -> None:
            asked.append((status.value, self.path.removeprefix("/")))
            self.send_response(status)
            self.send_header("Content-Type", f"{answer.kind}; charset=utf-8")
            if answer.tagged:
                self.send_header("ETag", answer.tag)
                self.send_header("Last-Modified", modified)
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_words: object) -> None:
            """Stay quiet: the crawl tells what it asked for."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Paper) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield Web(prefix=f"http://127.0.0.1:{server.server_port}/", asked=asked)
        finally:
            server.shutdown()
            thread.join()


def _others(press: Press, article: Printed) -> tuple[Printed, ...]:
    """The paper's other headlines below an article; those of its section first."""
    others = [other for other in press.of(article.paper) if other is not article and other not in article.beside]
    return tuple(sorted(others, key=lambda other: other.section != article.section)[:_OTHERS])


def _printer() -> Environment:
    printer = Environment(
        loader=PackageLoader("crawler.demo", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    printer.filters["feed_time"] = _feed_time
    printer.filters["named"] = _named
    printer.filters["weekday"] = lambda moment: _WEEKDAYS[moment.weekday()]
    return printer


def _feed_time(moment: datetime, style: str) -> str:
    return (moment.astimezone(UTC) if style.endswith("GMT") else moment).strftime(style)


def _named(text: str) -> str:
    """Write letters as HTML entities where they have a name, as some feeds do."""
    names = html.entities.codepoint2name
    return "".join(f"&{names[ord(sign)]};" if ord(sign) in names else sign for sign in text)
