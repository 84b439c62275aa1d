"""Which proxy a request goes through: what `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` say."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

_PLAIN = ("http", "ws")


def is_loopback(host: str) -> bool:
    """Return whether a host, by its name or address, is this machine itself."""
    if host == "localhost":
        return True
    address = _address(host)
    if address is None:
        return False
    return address == ipaddress.IPv6Address("::1") or (address.version == 4 and address.is_loopback)


@dataclass(frozen=True, slots=True, repr=False)
class Proxies:
    """The proxies' addresses, which may hold a password; `bypass` lists hosts that are reached without, by commas.

    `.example.com` and `example.com` name a domain and all below it, `*` everything.
    """

    http: str | None = None
    https: str | None = None
    bypass: str = ""

    def for_url(self, url: str) -> str | None:
        """Return the proxy for an address, None for a direct connection; this machine is never reached through one."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        proxy = self.http if parts.scheme in _PLAIN else self.https
        if proxy is None or is_loopback(host) or any(_names(entry, host) for entry in self.bypass.split(",")):
            return None
        return proxy


def _names(entry: str, host: str) -> bool:
    """Return whether an entry of `NO_PROXY` names a host; a port in it does not count."""
    entry = entry.strip().lower()
    if (address := _address(entry)) is not None:
        return address == _address(host)
    name = entry.partition(":")[0].removeprefix("*").removeprefix(".")
    return entry == "*" or (bool(name) and (host == name or host.endswith(f".{name}")))


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return the address that a text is, None if it is a name; one of IPv6 has brackets if a port follows it."""
    bracketed, _, _ = text.removeprefix("[").partition("]")
    try:
        return ipaddress.ip_address(bracketed)
    except ValueError:
        return None


DIRECT = Proxies()
"""No proxy at all."""
