"""Fetch what a stranger names: from public addresses only, and only so much, for only so long."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import tempfile
import time
from collections.abc import Callable, Iterable
from typing import Any, BinaryIO

import httpcore
import httpx

MOST_REDIRECTS = 5

_REDIRECTS = (301, 302, 303, 307, 308)
_HEADERS = {"User-Agent": "ztfvo", "Accept-Encoding": "identity"}
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class NotFetched(Exception):
    """Nothing came; the text is for logs, as it tells what can be reached from here."""


def is_public(address: str) -> bool:
    """Tell whether an IP address is one of the public internet (IANA's special registries).

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
    may_ask: Callable[[str], bool] = is_public,
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
    may_ask
        Tells of an IP address whether it may be asked.  It is the one that is connected to: what a
        name stands for is looked up once.

    Raises
    ------
    NotFetched
        When there is no such document, it is larger, takes longer, or may not be asked for.
    """
    network = _Network(time.monotonic() + seconds, may_ask)
    context = ssl.create_default_context()
    try:
        with httpcore.ConnectionPool(context, network_backend=network) as pool:
            place = httpx.URL(url)
            for _ in range(MOST_REDIRECTS + 1):
                with pool.stream("GET", _address(place), headers=_HEADERS) as answer:
                    if answer.status not in _REDIRECTS:
                        return _read(answer, most_bytes)
                    headers = {name.lower(): value for name, value in answer.headers}
                place = place.join(headers.get(b"location", b"").decode("ascii"))
    except (*_ERRORS, httpx.InvalidURL, OSError, ValueError) as error:
        raise NotFetched(f"{url}: {error!r}") from error
    raise NotFetched(f"{url}: more than {MOST_REDIRECTS} redirects")


_ERRORS = (
    httpcore.NetworkError,
    httpcore.TimeoutException,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
)


def _address(place: httpx.URL) -> httpcore.URL:
    if place.scheme not in ("http", "https") or not place.host:
        raise NotFetched(f"{place}: not an address of http or https")
    return httpcore.URL(
        scheme=place.raw_scheme, host=place.raw_host, port=place.port, target=place.raw_path
    )


def _read(answer: httpcore.Response, most_bytes: int) -> BinaryIO:
    if answer.status != 200:
        raise NotFetched(f"status {answer.status}")
    file = tempfile.TemporaryFile()  # noqa: SIM115 - handed on
    try:
        for block in answer.iter_stream():
            if file.tell() + len(block) > most_bytes:
                raise NotFetched(f"more than {most_bytes} bytes")
            file.write(block)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


class _Network(httpcore.NetworkBackend):
    """Connections to addresses that may be asked, each of which ends at a given time."""

    def __init__(self, end: float, may_ask: Callable[[str], bool]) -> None:
        self._plain, self._end, self._may_ask = httpcore.SyncBackend(), end, may_ask

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of a host that answers."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(place[0]) for *_, place in found))
        if refused := [one for one in addresses if not self._may_ask(one)]:
            raise NotFetched(f"{host} is {refused[0]}, which is not public")
        for number, address in enumerate(addresses):
            # An address that swallows packets leaves time for those after it.
            share = _left(self._end) / (len(addresses) - number)
            try:
                stream = self._plain.connect_tcp(address, port, share)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
            return _Stream(stream, self._end)
        raise httpcore.ConnectError(f"no address of {host} answers")


class _Stream(httpcore.NetworkStream):
    """A connection that ends at a given time."""

    def __init__(self, plain: httpcore.NetworkStream, end: float) -> None:
        self._plain, self._end = plain, end

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._plain.read(max_bytes, _left(self._end))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._plain.write(buffer, _left(self._end))

    def close(self) -> None:
        self._plain.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        stream = self._plain.start_tls(ssl_context, server_hostname, _left(self._end))
        return _Stream(stream, self._end)

    def get_extra_info(self, info: str) -> Any:
        return self._plain.get_extra_info(info)


def _left(end: float) -> float:
    """Seconds until then."""
    left = end - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("out of time")
    return left
