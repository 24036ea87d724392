"""Who wrote a story first?  The agency that its copies credit, else the paper that was plainly first, else nobody knows."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from news.model import Evidence, Origin, StoredArticle
from pipelines.duplicates import likeness, words
from pipelines.extract.credits import fold, outlet

# Clocks of two papers agree to a few minutes; where only our own visit is known, to about two rounds of the watch.
SAME_MOMENT = timedelta(minutes=3)
SAME_VISIT = timedelta(minutes=30)
STANDS_IN = 0.9  # containment of a copy in the text that it was cut from
CUT = 0.9  # length of the cut copy, at most, in lengths of its source

# Where an outlet that others credit publishes itself.  Sorted.
_OWN_SITES = {
    "Báo QĐND": ("en_qdnd", "qdnd"),
    "TTXVN": ("baotintuc", "en_vietnamplus", "vietnamnews", "vietnamplus"),
    "VOV": ("vov", "vovworld"),
}
# Papers as others print them, folded and without "Báo" and "Online" → their key.  Sorted.
_PAPERS = {
    "anninhthudo": "anninhthudo",
    "bienphong": "bienphong",
    "canhsatbien": "canhsatbien",
    "cand": "cand",
    "chinhphu": "baochinhphu",
    "congannhandan": "cand",
    "dantri": "dantri",
    "gialai": "baogialai",
    "haiquan": "baohaiquan",
    "haiquanvietnam": "baohaiquan",
    "laodong": "laodong",
    "nguoilaodong": "nld",
    "nhandan": "nhandan",
    "nld": "nld",
    "phapluattphcm": "plo",
    "phapluatvietnam": "baophapluat",
    "plo": "plo",
    "saigongiaiphong": "sggp",
    "sggp": "sggp",
    "tayninh": "baotayninh",
    "thanhnien": "thanhnien",
    "tienphong": "tienphong",
    "tuoitre": "tuoitre",
    "vietnamnet": "vietnamnet",
    "vnexpress": "vnexpress",
    "vtcnews": "vtcnews",
    "vtv": "vtv",
    "znews": "znews",
}
# What a house puts before its own first words, where another paper's copy has kept it.  Sorted.
_MARKS = {
    "GLO": "baogialai",
    "LĐO": "laodong",
    "NDO": "nhandan",
    "NLĐO": "nld",
    "PLO": "plo",
    "SGGPO": "sggp",
    "TNO": "thanhnien",
    "TPO": "tienphong",
    "TTO": "tuoitre",
}
# They only carry what others have written.  Sorted.
_COPYISTS = frozenset({"vietnamvn"})
_HOUSE = re.compile(r"^bao(?:dientu)?|(?:online|dientu|net|(?:com|org)?vn)$")
_DATELINE = re.compile(r"^\W{0,2}([^\W\d_][\w .,/-]{1,40}\(([^()]{2,30})\)\s?[-–—:]+)")
_REPORTER = re.compile(r"^(Theo (?:phóng viên|PV)(?: của)? ([\w+/ ]{2,30})),", re.IGNORECASE)
_MARK = re.compile(rf"^\(?({'|'.join(_MARKS)})\)?\s?[-–—]+\s")
_OPENING = 2  # lines of text, besides the lead

Writer = tuple[str, str]  # kind and name
Claims = Mapping[int, Sequence[tuple[Writer, Evidence]]]  # whom the copies name, by their id


def origin(copies: Sequence[StoredArticle]) -> Origin:
    """Name the writer of the story of which these are the copies, with every reason; their order does not matter.

    A credit outweighs any number of copies without one, for papers drop credits far oftener than they invent them.
    """
    ordered = sorted(copies, key=lambda copy: (copy.when, copy.article.site, copy.article.canonical_url))
    named = dict(_named(ordered))
    if named:
        writer = _credited(named, ordered)
        return _told(writer, _support(writer, named, ordered))
    return _first(ordered)


def _named(ordered: Iterable[StoredArticle]) -> Iterator[tuple[int, list[tuple[Writer, Evidence]]]]:
    """Whom each copy names as its source, by id: in a credit, and in a dateline that it has kept."""
    for copy in ordered:
        found = [claim for claim in (*_credit(copy), *_datelines(copy)) if not _is_own(claim[0], copy.article.site)]
        if found:
            yield copy.id, found


def _credit(copy: StoredArticle) -> Iterator[tuple[Writer, Evidence]]:
    article = copy.article
    if article.agency:
        # The line that is kept may be the byline alone, where the agency stands elsewhere in the text.
        printed = article.credit_line if fold(article.credit_line or "") != fold("".join(article.authors)) else None
        yield _writer(article.agency), Evidence(kind="credit", site=article.site, words=printed or article.agency)


def _datelines(copy: StoredArticle) -> Iterator[tuple[Writer, Evidence]]:
    article = copy.article
    for line in (article.lead, *article.text.split("\n", _OPENING)[:_OPENING]):
        found = _DATELINE.match(line) or _REPORTER.match(line)
        if found and (name := outlet(found[2])):
            yield _writer(name), Evidence(kind="dateline", site=article.site, words=found[1])
        elif mark := _MARK.match(line):
            yield ("paper", _MARKS[mark[1]]), Evidence(kind="dateline", site=article.site, words=mark[0].strip())


def _writer(name: str) -> Writer:
    """Tell a credited paper, told by its key, from an agency, told by its usual name."""
    if known := outlet(name):
        return "agency", known
    folded = fold(name)
    key = _PAPERS.get(folded) or _PAPERS.get(_HOUSE.sub("", folded))
    return ("paper", key) if key else ("agency", name)


def _is_own(writer: Writer, site: str) -> bool:
    """A paper that names itself names no source; an agency's own paper does credit the agency."""
    return writer == ("paper", site) or (writer[1] != "TTXVN" and site in _OWN_SITES.get(writer[1], ()))


def _credited(named: Claims, ordered: Sequence[StoredArticle]) -> Writer:
    """Choose the source that most papers name, each credit followed to its end; its own page, then the first credit break a tie."""
    sites: dict[Writer, set[str]] = defaultdict(set)
    since: dict[Writer, datetime] = {}
    for copy in ordered:
        for claim, _ in named.get(copy.id, ()):
            writer = _followed(claim, named, ordered)
            sites[writer].add(copy.article.site)
            since.setdefault(writer, copy.when)
    most = max(map(len, sites.values()))
    # A dictionary keeps the order of insertion, which is that of publication.
    tied = [writer for writer in sites if len(sites[writer]) == most]
    rivals = {writer: min((since[other] for other in tied if other != writer), default=None) for writer in tied}
    return max(tied, key=lambda writer: _has_own_page(writer, ordered, rivals[writer]))


def _followed(writer: Writer, named: Claims, ordered: Sequence[StoredArticle]) -> Writer:
    """Follow "Theo VOV" to VOV's own copy, and on to whom that one credits, for as long as it leads to somebody new."""
    seen = {writer}
    while True:
        own = [copy for copy in ordered if copy.article.site in _sites_of(writer)]
        claims = [claim for copy in own for claim, _ in named.get(copy.id, ())]
        further = [claim for claim in claims if claim not in seen]
        if not further or writer in claims:
            return writer
        writer = further[0]
        seen.add(writer)


def _sites_of(writer: Writer) -> tuple[str, ...]:
    kind, name = writer
    return (name,) if kind == "paper" else _OWN_SITES.get(name, ())


def _has_own_page(writer: Writer, ordered: Iterable[StoredArticle], before: datetime | None) -> bool:
    """A paper's own page counts if it is not later than another's claim: a wire serves the papers before its own, a paper does not."""
    own = [copy.when for copy in ordered if copy.article.site in _sites_of(writer)]
    return bool(own) and (before is None or writer[1] == "TTXVN" or own[0] <= before)


def _support(writer: Writer, named: Claims, ordered: Sequence[StoredArticle]) -> Iterator[Evidence]:
    for copy in ordered:
        for claim, evidence in named.get(copy.id, ()):
            if _followed(claim, named, ordered) == writer:
                yield evidence
    own = [copy for copy in ordered if copy.article.site in _sites_of(writer)]
    for copy in own:
        yield Evidence(kind="own_page", site=copy.article.site, words=copy.article.canonical_url)
    if own and own[0] is ordered[0]:
        yield from _observed(own[0], ordered)


def _first(ordered: Sequence[StoredArticle]) -> Origin:
    """Without any credit: the paper that was plainly first, or the one of several within minutes that signs or holds the others."""
    writers = [copy for copy in ordered if copy.article.site not in _COPYISTS]
    if not writers:
        return Origin()
    first = writers[0]
    rivals = [copy for copy in writers if copy.article.site == first.article.site or _same_moment(first, copy)]
    if len({copy.article.site for copy in rivals}) > 1:
        signed = [copy for copy in rivals if copy.article.authors]
        whole = [copy for copy in rivals if len(_holds(copy, ordered)) == len({c.article.site for c in ordered}) - 1]
        chosen = next((few[0] for few in (signed, whole) if len({copy.article.site for copy in few}) == 1), None)
        if chosen is None:
            return Origin(evidence=tuple(evidence for copy in rivals for evidence in (_seen_at(copy), *_byline(copy))))
        first = chosen
    return _told(("paper", first.article.site), (*_byline(first), *_observed(first, ordered)))


def _same_moment(one: StoredArticle, other: StoredArticle) -> bool:
    exact = one.article.published and other.article.published
    return abs(one.when - other.when) <= (SAME_MOMENT if exact else SAME_VISIT)


def _byline(copy: StoredArticle) -> Iterator[Evidence]:
    if copy.article.authors:
        yield Evidence(kind="byline", site=copy.article.site, words=", ".join(copy.article.authors))


def _observed(copy: StoredArticle, ordered: Sequence[StoredArticle]) -> Iterator[Evidence]:
    yield _seen_at(copy)
    if held := _holds(copy, ordered):
        yield Evidence(kind="contains", site=copy.article.site, words=", ".join(held))


def _seen_at(copy: StoredArticle) -> Evidence:
    return Evidence(kind="first", site=copy.article.site, words=copy.when.isoformat(timespec="minutes"))


def _holds(copy: StoredArticle, ordered: Iterable[StoredArticle]) -> list[str]:
    """Name the other papers whose copies stand in this text and are shorter: it may be their source, they cannot be its."""
    length = len(words(copy.article))
    shorter = (other for other in ordered if len(words(other.article)) <= CUT * length)
    return sorted(
        {other.article.site for other in shorter if likeness(copy.article, other.article).containment >= STANDS_IN}
        - {copy.article.site}
    )


def _told(writer: Writer, evidence: Iterable[Evidence]) -> Origin:
    kind, name = writer
    return Origin(writer=name, kind="paper" if kind == "paper" else "agency", evidence=tuple(dict.fromkeys(evidence)))
