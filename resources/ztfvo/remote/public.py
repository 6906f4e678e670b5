"""Fetch what a stranger names: from public addresses only, and only so much, for only so long."""

from __future__ import annotations

import ipaddress
import tempfile
from collections.abc import Callable
from typing import BinaryIO

from ztfvo.remote.client import Client

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Return whether an IP address is one of the public internet (IANA's special registries).

    An IPv6 address that stands for one of IPv4 counts as that one.
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo and ip.teredo[1])
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


def fetch(
    url: str,
    most_bytes: int,
    seconds: float,
    may_connect: Callable[[str], bool] = is_public,
) -> BinaryIO:
    """Fetch a document and return it as an open file that has no name, at its start.

    Parameters
    ----------
    url
        Of scheme http or https.  Redirects are followed, each under the same rules.
    most_bytes
        Bytes that the document may have.
    seconds
        Time for everything but the look-up of names, which has the limits of the system's resolver.
    may_connect
        Returns whether an IP address may be asked.  It is the one that is connected to: what a
        name stands for is looked up once.

    Raises
    ------
    Failure
        When there is no such document, it is larger, takes longer, or may not be asked for.  The
        text is for logs, as it shows what can be reached from here.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115 - handed on
    try:
        with Client("", seconds=seconds, most_bytes=most_bytes, may_connect=may_connect) as client:
            client.save(file, url)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file
