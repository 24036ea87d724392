"""What stands inside or beside an article and is not it: related stories, captions, prompts, buttons."""

import re

from pipelines.extract.lines import Line, lines_of
from pipelines.extract.tree import HEADINGS, Node, climb, drop, exceeds, linked_size, marks_of, size_of, text_of

# Headings over lists of other stories, and over whatever else follows an article. Sorted.
_RELATED = (
    "bài cùng chuyên mục|bài khác|bài liên quan|bài mới(?: nhất)?|bài viết liên quan|bạn có thể quan tâm|bình luận|bình luận của bạn|các tin khác|chia sẻ|"
    "chủ đề|có thể bạn quan tâm|cùng chủ đề|cùng chuyên mục|dành cho bạn|dòng sự kiện|đọc nhiều(?: nhất)?|đọc thêm|đọc tiếp|"
    "đừng bỏ lỡ|gợi ý|liên quan|mời bạn đọc(?: thêm)?|mới cập nhật|mới nhất|nổi bật|phản hồi|quan tâm|sự kiện|tags?|tham khảo thêm|"
    "tin bài liên quan|tin cùng chủ đề|tin cùng chuyên mục|tin đọc nhiều|tin khác|tin liên quan|tin mới(?: nhất)?|tin nổi bật|tin tài trợ|tin tức khác|"
    "tin xem nhiều|tin,? bài liên quan|từ khóa|từ khoá|video|video liên quan|video nổi bật|xem nhiều(?: nhất)?|xem thêm|xem tiếp|ý kiến(?: bạn đọc)?|"
    "comments?|latest news|more (?:news|on this)|most (?:read|popular)|read (?:more|also)|recommended|related(?: articles?| news| posts?| stories)?|see (?:also|more)"
)
_RELATED_HEADING = re.compile(rf"[\W_]*(?:{_RELATED})(?: (?:về|trong) [^.]{{2,40}})?(?: ?\(\d+\))?[\W_]*", re.IGNORECASE)
_RELATED_PREFIX = re.compile(
    r"[\W_]*(?:bài liên quan|đọc thêm|độc giả xem thêm|mời (?:quý )?(?:độc giả|bạn đọc|quý vị|bạn|khán giả) (?:đọc|xem|đón|theo dõi)|"
    r"tin liên quan|xem (?:thêm|ngay|tiếp)|related|read (?:more|also)|see also)\b[^.]{0,20}?[:>»]|\s*(?:>>+|»+|►|▶)",
    re.IGNORECASE,
)
_PROMPT = re.compile(
    r"[\W_]*(?:(?:kính )?mời (?:quý )?(?:độc giả|bạn đọc|quý vị|khán giả|thính giả|bạn)\b.{0,120}"
    r"|(?:quý )?(?:độc giả|bạn đọc) (?:có thể )?(?:gửi|theo dõi|xem thêm).{0,160}"
    r"|theo dõi .{0,60}\b(?:trên|tại|google|zalo|facebook|youtube|kênh|fanpage)\b.{0,60}"
    r"|(?:bạn )?(?:hãy )?(?:đăng ký|nhấn|bấm|click).{0,80}(?:kênh|tại đây|nhận tin|đăng ký).{0,60}"
    r"|(?:nhấn|bấm|click) (?:vào )?đây.{0,60}|(?:follow|subscribe)\b.{0,80})",
    re.IGNORECASE,
)
# Words of buttons and widgets, as whole lines.
_WIDGET = re.compile(
    r"[\W_]*(?:\d+[\W_]*|chia sẻ(?: (?:qua|lên|bài viết)\b.*)?|copy link.*|đã copy.*|sao chép.*|lưu (?:tin|bài).*|in (?:bài viết|báo)?|gửi(?: bình luận| email| tin)?|"
    r"nghe(?: đọc bài)?|trở về.*|trở lại.*|quay lại.*|xem tất cả.*|xem các bài viết.*|về trang.*|được tài trợ|quảng cáo|advertisement|"
    r"facebook|twitter|zalo|google news|email|print|share|a[a+-]|aa|bình luận ?\(?\d*\)?|thích|like|cỡ chữ.*|"
    r"(?:nam|nữ) miền (?:bắc|nam|trung)|\d:\d\d|gmt ?\+?\d*|phát|tải (?:ứng dụng|app).*|theo dõi .{0,40} trên)[\W_]*",
    re.IGNORECASE,
)
_RELATED_MARK = re.compile(
    r"relat(?!iv)|lien-?quan|read-?more|readmore|doc-?them|xem-?them|tin-?khac|inner-?article|insert-?(?:wiki|new)|kbwscwl|onenews|cung-?chuyen|news-?box\b|box-?news"
    r"|recommend|suggest",
    re.IGNORECASE,
)
_FURNITURE_MARK = re.compile(
    r"(?:^|[\s_-])(?:adv?s?|advert\w*|ads(?:bygoogle|mobile|web)\w*|rennab|sda\w*|banner\w*|bread-?crumbs?|comments?|binh-?luan|social\w*|share\w*|sharing|tags?|tag-?list|keywords?|keylink|tts|"
    r"audio|player|newsletter|subscribe|rating|vote|poll|popup|modal|toolbar|sticky|menu|nav|navbar|footer|copyright|sponsor\w*|promo\w*|hotline|follow\w*|"
    r"sidebar|login|search\w*|widget|timeline|most-?read|pagination|paging|emotion|react\w*|cookie\w*|qr\w*)(?=$|[\s_-])",
    re.IGNORECASE,
)
_CAPTION_MARK = re.compile(r"caption|chu-?thich|pcaption|photo-?desc|image-?desc|desc-?image", re.IGNORECASE)
_PHOTO_CREDIT_MARK = re.compile(r"photocms_author|photo-?(?:author|credit)|img-?author", re.IGNORECASE)
_CREDITED_PHOTO = re.compile(r"(?:^|[\s.(–-])\(?(?:Ảnh|ẢNH|Nguồn ảnh|Đồ họa|Clip|Photo)(?: minh họa)?\s*:\s*[^:]{2,40}$")
_BOXES = (
    "div",
    "ul",
    "ol",
    "li",
    "section",
    "aside",
    "article",
    "table",
    "header",
    "footer",
    "nav",
    "figure",
    "dl",
    "blockquote",
    "zone",
)
_CAPTIONS = frozenset(("p", "div", "td", "span", "em"))
_SHORTEST_HEADLINE = 15
_LONGEST_TEASER = 700
_MOST_TEASERS = 300
_MOST_HEADINGS = 100
_LONGEST_CAPTION = 400
_LONGEST_CREDIT = 45
_LONGEST_WIDGET = 60
_LONGEST_PROMPT = 200
_PROSE = 80
_WHOLLY = 0.9
_MOSTLY = 0.5


def is_related_heading(text: str) -> bool:
    """Tell whether a line heads other stories: "Tin liên quan", "Đọc thêm:", "Cùng chuyên mục"."""
    return len(text) < _PROSE and bool(_RELATED_HEADING.fullmatch(text))


def is_noise(line: Line) -> bool:
    """Tell whether the line can be no part of the text, whatever stands around it."""
    text = line.text
    if line.linked >= _WHOLLY or is_related_heading(text):
        return True
    if (len(text) <= _LONGEST_WIDGET and _WIDGET.fullmatch(text)) or (len(text) <= _LONGEST_PROMPT and _PROMPT.fullmatch(text)):
        return True
    # Without a link "Xem thêm: …" is the paper's own sentence.
    return line.linked >= _MOSTLY and bool(_RELATED_PREFIX.match(text))


def remove_related(body: Node) -> None:
    """Take other stories' teasers out of the body: by the template's words for them, and by their shape."""
    whole = size_of(body)
    for box in list(body.iter(*_BOXES)):
        if box is not body and _RELATED_MARK.search(marks_of(box)) and not exceeds(box, whole * _MOSTLY):
            drop(box)
    _remove_teasers(body, whole, {body})


def _remove_teasers(body: Node, whole: int, kept: set[Node]) -> None:
    """Drop boxes by their seed: a heading that is wholly a link, or a picture and a line that link to the same address."""
    seeds = [h for h in body.iter(*HEADINGS) if size_of(h) >= _SHORTEST_HEADLINE and linked_size(h) >= _WHOLLY * size_of(h)]
    seen: set[str] = set()
    for link in body.iter("a"):
        href = link.get("href") or ""
        if href in seen and size_of(link) >= _SHORTEST_HEADLINE and link.getparent().tag != "p":
            seeds.append(link)
        if link.find(".//img") is not None:
            seen.add(href)
    for place, seed in enumerate(seeds):
        box = seed
        for above in seed.iterancestors():
            # No article holds this many teasers; on a page that does, climbing from each would cost the square of the page.
            if place > _MOST_TEASERS or above in kept or not _is_teaser(above, whole):
                break
            box = above
        if box not in kept:
            drop(box)


def _is_teaser(box: Node, whole: int) -> bool:
    if exceeds(box, min(_LONGEST_TEASER, whole * _MOSTLY)):
        return False
    return sum(line.linked < _MOSTLY and len(line.text) >= _PROSE for line in lines_of(box)) <= 1


def remove_furniture(tree: Node, keep: Node | None) -> None:
    """For pages of unknown make: take away whatever its names or its heading call something else than the article.

    `keep` (the headline) and whatever holds it stay, and so does what holds most of the page's text.
    """
    kept = set(climb(keep)) if keep is not None else set()
    whole = size_of(tree)

    def may_go(node: Node) -> bool:
        return node not in kept and node.getparent() is not None and not exceeds(node, whole * _MOSTLY)

    for node in list(tree.iter("nav", "footer", "aside", "form")):
        # ASP.NET puts the whole page into one form.
        if may_go(node) and (node.tag != "form" or node.find(".//p") is None):
            drop(node)
    for node in list(tree.iter(*_BOXES)):
        marks = marks_of(node)
        if marks and may_go(node) and (_FURNITURE_MARK.search(marks) or _RELATED_MARK.search(marks)):
            drop(node)
    headings = [line.block for line in lines_of(tree) if is_related_heading(line.text)]
    for heading in headings[:_MOST_HEADINGS]:
        _remove_headed(heading, kept, whole)
    _remove_teasers(tree, size_of(tree), kept)


def _remove_headed(heading: Node, kept: set[Node], whole: int) -> None:
    """Drop a heading like "Tin liên quan" with what it heads: the box it opens, else its following brothers as long as they are links."""
    node = heading
    words = size_of(heading)
    while (above := node.getparent()) is not None and above not in kept and not exceeds(above, words):
        node = above
    box = node.getparent()
    if box is None or node in kept:
        return
    first = box[0] is node and not (box.text or "").strip()
    if first and box not in kept and not exceeds(box, whole * _MOSTLY) and linked_size(box) * 4 >= size_of(box):
        drop(box)
        return
    while (after := node.getnext()) is not None:
        if after in kept or exceeds(after, whole * _MOSTLY) or linked_size(after) < size_of(after) * _MOSTLY:
            break
        drop(after)
    drop(node)


def take_captions(body: Node, found: list[Node]) -> tuple[str, ...]:
    """Remove pictures with all that is printed under them; return the captions. `found` are those the layout knows."""
    nodes = [*found, *body.iter("figcaption")]
    marked = [(node, marks) for node in body.iter() if (marks := marks_of(node))]
    nodes += [node for node, marks in marked if node.tag in _CAPTIONS and _CAPTION_MARK.search(marks)]
    known = set(nodes)
    outer = [node for node in nodes if known.isdisjoint(node.iterancestors())]
    captions = [text for node in outer if (text := _caption_text(node))]
    for node, marks in marked:
        if _PHOTO_CREDIT_MARK.search(marks):
            drop(node)
    for node in nodes:
        if node is not body:
            drop(node)
    for figure in list(body.iter("figure")):
        drop(figure)
    return tuple(dict.fromkeys(captions))


def _caption_text(node: Node) -> str:
    for credit in list(node.iter()):
        if credit is not node and _PHOTO_CREDIT_MARK.search(marks_of(credit)):
            drop(credit)
    return text_of(node)


def is_caption(line: Line) -> bool:
    """Tell a caption without the markup of one: it ends in a photo credit and stands by a picture, in a table or in italics."""
    if len(line.text) > _LONGEST_CAPTION or ":" not in line.text[-_LONGEST_CREDIT:] or not _CREDITED_PHOTO.search(line.text):
        return False
    block = line.block
    before = block.getprevious()
    pictured = block.find(".//img") is not None or (
        before is not None and (before.tag == "img" or before.find(".//img") is not None)
    )
    return pictured or any(above.tag in {"table", "td"} for above in climb(block)) or _wholly_in(block, "em", "i")


def _wholly_in(block: Node, *tags: str) -> bool:
    return size_of(block) == sum(
        size_of(node) for node in block.iter(*tags) if not any(a.tag in tags for a in node.iterancestors())
    )
