"""A web on loopback: whole addresses as paths, answers set by the test, requests remembered."""

import gzip
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


@dataclass
class Answer:
    body: str | bytes = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    hang: float = 0.0


class Web:
    """`web["https://vov.vn/rss.xml"] = Answer(...)`; an unknown address answers 404, every robots.txt allows."""

    def __init__(self) -> None:
        self.pages: dict[str, Answer | Callable[[dict[str, str]], Answer]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.ended = threading.Event()
        web = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                web.answer(self)

            def log_message(self, *_arguments: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.prefix = f"http://127.0.0.1:{self.server.server_port}/"

    def __setitem__(self, url: str, answer: Any) -> None:
        self.pages[url] = answer if isinstance(answer, Answer) or callable(answer) else Answer(answer)

    def __enter__(self) -> Self:
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.ended.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def urls(self) -> list[str]:
        """What was asked for, robots.txt left out."""
        return [url for url, _ in self.asked if not url.endswith("/robots.txt")]

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        url = handler.path[1:]
        headers = {name.lower(): value for name, value in handler.headers.items()}
        self.asked.append((url, headers))
        found = self.pages.get(url, Answer(status=200 if url.endswith("/robots.txt") else 404))
        given = found(headers) if callable(found) else found
        if given.hang:
            self.ended.wait(given.hang)
        body = given.body.encode() if isinstance(given.body, str) else given.body
        handler.send_response(given.status)
        for name, value in {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Length": str(len(body)),
            **given.headers,
        }.items():
            handler.send_header(name, value)
        handler.end_headers()
        if given.status != 304:
            handler.wfile.write(body)


def rss(*items: tuple[str, str], date: str = "Sun, 22 Nov 2026 09:00:00 +0700") -> str:
    """A feed of (address, headline) pairs."""
    rows = "".join(f"<item><title>{title}</title><link>{url}</link><pubDate>{date}</pubDate></item>" for url, title in items)
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Tin</title>{rows}</channel></rss>'


def squeezed(text: str) -> bytes:
    return gzip.compress(text.encode())


RELEVANT = (
    "Bộ Quốc phòng Việt Nam và Bộ Quốc phòng Campuchia tổ chức Đối thoại chính sách quốc phòng Việt Nam - Campuchia lần thứ 9.",
    "Thượng tướng Trần Văn A, Thứ trưởng Bộ Quốc phòng Việt Nam và Đại tướng Sok B, Quốc vụ khanh Bộ Quốc phòng Campuchia đồng chủ trì.",
    "Hai bên nhất trí tăng cường hợp tác giữa quân đội hai nước, tuần tra chung trên biển và đào tạo sĩ quan.",
    "Kết thúc đối thoại, hai bên ký biên bản Đối thoại chính sách quốc phòng Việt Nam - Campuchia lần thứ 9.",
)
FOOTBALL = (
    "Đội tuyển Việt Nam gặp đội tuyển Campuchia trên sân Mỹ Đình.",
    "Thủ quân đội tuyển Campuchia cho biết các cầu thủ đã sẵn sàng cho trận đấu bóng đá tối nay.",
    "Huấn luyện viên hai đội đều thận trọng khi nói về kết quả của trận đấu này.",
)


def vov_page(url: str, title: str, lead: str, paragraphs: tuple[str, ...], published: str = "2026-11-22T09:00:00+07:00") -> str:
    """An article page in the markup of vov.vn, with a menu and a related box that name the topic."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return f"""<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{title} | VOV.VN</title>
<link rel="canonical" href="{url}"><meta property="og:type" content="article"><meta property="og:title" content="{title}">
<meta name="description" content="{lead}"><meta property="article:published_time" content="{published}"></head><body>
<nav><a href="/quan-su-quoc-phong">Quân sự - Quốc phòng</a><a href="/the-gioi/campuchia">Campuchia</a></nav>
<article class="detail" itemprop="articleBody"><div class="row"><h1 class="article-title mb-0">{title}</h1>
<div class="article-date"><div>Chủ Nhật, 09:00, 22/11/2026</div></div>
<div class="article-summary"><h2 class="mb-0"><div>VOV.VN - {lead}<br></div></h2></div>
<div class="row article-content"><div class="col"><div class="text-long">{text}</div></div></div>
<div class="article-author"><a href="/a">Lê Minh/VOV.VN</a></div>
<div class="field-related-article"><h3>Tin liên quan</h3><a href="/x-post1.vov">Quân đội Việt Nam và Campuchia tuần tra chung</a></div>
</div></article></body></html>"""
