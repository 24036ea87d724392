"""Keeps the crawler on the public internet: resolves no name to an inner address, whatever a page links to."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any, ClassVar

from scrapy.resolver import CachingHostnameResolver
from twisted.internet.interfaces import IAddress, IHostnameResolver, IHostResolution, IResolutionReceiver
from zope.interface import implementer

_NAT64 = IPv6Network("64:ff9b::/96")


def is_public(text: str) -> bool:
    """Is this an address on the public internet? Addresses wrapped in IPv6 (mapped, 6to4, Teredo, NAT64) count by what is inside."""
    address = ip_address(text.partition("%")[0])
    inner = _unwrapped(address)
    return inner.is_global and not inner.is_multicast and inner.packed[:3] != b"\xc0\x00\x00"


def _unwrapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(address.packed[-4:])
    teredo = address.teredo[1] if address.teredo else None
    return address.ipv4_mapped or address.sixtofour or teredo or address


@implementer(IHostnameResolver)
class PublicResolver(CachingHostnameResolver):
    """Twisted's resolver, less every inner address; the checked address is the one connected to, so rebinding is closed too.

    One host may be exempt: that of [fetch] via, the operator's own choice; the handler that fetches through it says so.
    """

    exempt: ClassVar[str] = ""

    def resolveHostName(  # noqa: N802 - the names are Twisted's
        self,
        resolutionReceiver: IResolutionReceiver,  # noqa: N803
        hostName: str,  # noqa: N803
        *args: Any,
        **kwargs: Any,
    ) -> IHostResolution:
        """Resolve, handing on public addresses only."""
        receiver: Any = resolutionReceiver if hostName == self.exempt else _PublicOnly(resolutionReceiver)
        return super().resolveHostName(receiver, hostName, *args, **kwargs)


@implementer(IResolutionReceiver)
class _PublicOnly:
    """Passes on what Twisted's resolver finds, except inner addresses."""

    def __init__(self, receiver: Any) -> None:
        self._receiver = receiver

    def resolutionBegan(self, resolutionInProgress: IHostResolution) -> None:  # noqa: N802, N803
        self._receiver.resolutionBegan(resolutionInProgress)

    def addressResolved(self, address: IAddress) -> None:  # noqa: N802
        if is_public(address.host):
            self._receiver.addressResolved(address)

    def resolutionComplete(self) -> None:  # noqa: N802
        self._receiver.resolutionComplete()
