"""How a site is asked: the requests for a listing and for a page."""

from collections.abc import Callable
from typing import Any

from scrapy.http import Request

from crawler.crawling.rounds import Round
from crawler.listings import Listing
from crawler.site import Site
from news.store.addresses import Address
from news.store.rechecks import Recheck
from news.store.watch import ListingState

_MOST_HOPS = 3


def listing_request(
    one: Round,
    listing: Listing,
    state: ListingState,
    *,
    only_if_changed: bool,
    callback: Callable[..., Any],
    errback: Callable[..., Any],
) -> Request:
    """Ask for a listing; `only_if_changed` with the tags of the last answer."""
    tags = {"If-None-Match": state.etag, "If-Modified-Since": state.last_modified} if only_if_changed else {}
    return Request(
        listing.url,
        callback=callback,
        errback=errback,
        headers={name: value for name, value in tags.items() if value} | _name(one.site),
        # Without it a site that redirects to itself would vanish without a word.
        dont_filter=True,
        priority=1,
        cb_kwargs={"one": one, "listing": listing, "state": state},
        meta={"one": one, "item": listing, **_jar(one.site)},
    )


def page_request(one: Round, waiting: Address, *, callback: Callable[..., Any], errback: Callable[..., Any]) -> Request:
    """Ask for an article page."""
    return Request(
        waiting.url,
        callback=callback,
        errback=errback,
        headers=_name(one.site),
        dont_filter=True,
        cb_kwargs={"one": one, "waiting": waiting},
        meta={"one": one, "item": waiting, **_jar(one.site)},
    )


def look_request(one: Round, look: Recheck, *, callback: Callable[..., Any], errback: Callable[..., Any]) -> Request:
    """Ask for a stored article's page only if it has changed."""
    tags = {"If-None-Match": look.etag, "If-Modified-Since": look.last_modified}
    return Request(
        look.url,
        callback=callback,
        errback=errback,
        headers={name: value for name, value in tags.items() if value} | _name(one.site),
        dont_filter=True,
        cb_kwargs={"one": one, "look": look},
        meta={"one": one, "item": look, **_jar(one.site)},
    )


def _jar(site: Site) -> dict[str, Any]:
    """A cookie jar for a site that needs one, and at most three redirects to itself; no cookies for any other."""
    return {"cookiejar": site.key, "redirect_ttl": _MOST_HOPS} if site.cookies else {"dont_merge_cookies": True}


def _name(site: Site) -> dict[str, str]:
    return {"User-Agent": site.user_agent} if site.user_agent else {}
