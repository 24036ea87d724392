"""When two addresses are the same article."""

import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

# Parameters that say where a reader came from, never which article it is. Sorted; extend freely.
_TRACKING = re.compile(
    r"^(?:_ga|at_\w+|cid|cmpid|dclid|fbclid|from|gclid|igshid|itm_\w+|mc_\w+|mibextid|ncid|ref|referrer|share|source|spm|"
    r"utm_\w+|vn_\w+|xtor|zarsrc|zalo\w*)$",
    re.IGNORECASE,
)
_SIDE_HOST = re.compile(r"^(?:m|amp|mobile|lite)\.")
_AMP_PATH = re.compile(r"(?:\.amp(?=$)|/amp/?$)", re.IGNORECASE)
_SAFE = "/:@!$&'()*+,;=~-._"


def canonical(url: str, *, hosts: dict[str, str] | None = None) -> str:
    """The one form of an address that stands for the article.

    https, lower-case host, no fragment, no tracking parameters, no `m.`/`amp.` host and no `.amp` suffix; the rest of the query
    is kept because some ministries' sites identify articles by it. `hosts` maps the host names of a paper to its main one
    ({"thanhnien.vn": "thanhnien.vn", "m.thanhnien.vn": "thanhnien.vn"}).
    """
    parts = urlsplit(url.strip())
    host = (parts.hostname or "").rstrip(".")
    if hosts:
        bare = _SIDE_HOST.sub("", host)
        host = hosts.get(host) or hosts.get(bare) or hosts.get(f"www.{bare}") or host
    else:
        host = _SIDE_HOST.sub("", host)
    if parts.port and parts.port not in (80, 443):
        host = f"{host}:{parts.port}"
    path = quote(unquote(_AMP_PATH.sub("", parts.path)), safe=_SAFE) or "/"
    kept = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.match(key)]
    return f"https://{host}{path}" + (f"?{urlencode(kept)}" if kept else "")


def host_of(url: str) -> str:
    """The host name of an address, lower-case, without port and trailing dot."""
    return (urlsplit(url).hostname or "").rstrip(".")
