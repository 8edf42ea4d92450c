"""From where a request comes: the connection's address, or what trusted proxies say they were reached from. Pure."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
Networks: TypeAlias = Sequence[IPv4Network | IPv6Network]

UNKNOWN = "unknown"


def networks_of(text: str) -> list[IPv4Network | IPv6Network]:
    """Return the networks that a comma-separated list names; a single address is a network of one.

    Raises:
        ValueError: an entry is neither address nor network.
    """
    return [ip_network(part.strip()) for part in text.split(",") if part.strip()]


def source_of(peer: str | None, forwarded_for: Sequence[str], trusted: Networks) -> str:
    """Return the address a request comes from, as text.

    Args:
        peer: the address at the other end of the connection; None where there is none.
        forwarded_for: the values of the X-Forwarded-For headers; each proxy adds the address it was reached from at
            the end, so they are read backwards, and only as long as the address before is a trusted proxy's.
        trusted: the proxies whose word counts.
    """
    source = _address(peer or "")
    hops = [hop for value in forwarded_for for hop in value.split(",")]
    while hops and source is not None and _is_within(source, trusted):
        nearer = _address(hops.pop())
        if nearer is None:
            break  # not an address: the last one that is known stands
        source = nearer
    return str(source) if source is not None else UNKNOWN


def _address(text: str) -> Address | None:
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _is_within(address: Address, networks: Networks) -> bool:
    return any(address in network for network in networks)
