"""Connections to addresses that may be asked, whose every byte has to come in time."""

from __future__ import annotations

import math
import socket
import ssl
import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import httpcore
import httpx

from ztfvo.remote.errors import Refused


class Deadline:
    """The end of an answer.

    Parameters
    ----------
    seconds
        From now.
    silence
        Seconds that the server may take for the next bytes.
    """

    def __init__(self, seconds: float, silence: float = math.inf) -> None:
        self.seconds, self.silence = seconds, silence
        self._end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds that are left, not below 0."""
        return max(0.0, self._end - time.monotonic())

    @property
    def timeouts(self) -> dict[str, Any]:
        """The deadline as an extension of requests, for `Network`."""
        named = dict.fromkeys(("connect", "read", "write"), self)
        return {"timeout": {**named, "pool": min(self.silence, self.left)}}

    def wait(self) -> float:
        """Seconds to wait for the next bytes.

        Raises
        ------
        httpcore.TimeoutException
            When none are left.
        """
        if not self.left:
            raise httpcore.ReadTimeout("out of time")
        return min(self.silence, self.left)


def transport(
    connections: int, may_connect: Callable[[str], bool] | None = None, uds: Path | None = None
) -> httpx.HTTPTransport:
    """Return a transport whose requests have the extension `Deadline.timeouts`.

    Parameters
    ----------
    connections
        At a time, at most.
    may_connect
        Returns whether an IP address may be asked; None for all of them.
    uds
        Socket of the server, on this machine.
    """
    made = httpx.HTTPTransport(
        verify=certificates(),
        trust_env=False,
        limits=httpx.Limits(max_connections=connections),
        uds=str(uds) if uds else None,
    )
    # There is no public way to give httpx a backend of httpcore.
    made._pool._network_backend = Network(may_connect)
    return made


@lru_cache(maxsize=1)
def certificates() -> ssl.SSLContext:
    return ssl.create_default_context()


class Network(httpcore.NetworkBackend):
    """Connections of httpcore, which passes a request's timeouts on to here as they are."""

    def __init__(self, may_connect: Callable[[str], bool] | None) -> None:
        self._plain, self._may_connect = httpcore.SyncBackend(), may_connect

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: Deadline,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of a host that answers; it is looked up once."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, OverflowError, UnicodeError) as error:
            raise httpcore.ConnectError(f"{host} cannot be looked up: {error}") from error
        addresses = list(dict.fromkeys(str(place[0]) for *_, place in found))
        for address in addresses:
            if self._may_connect and not self._may_connect(address):
                raise Refused(f"{host} is {address}, which is not public")
        for number, address in enumerate(addresses):
            # An address that swallows packets leaves time for those after it.
            share = timeout.wait() / (len(addresses) - number)
            try:
                return _Stream(self._plain.connect_tcp(address, port, share))
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
        raise last

    def connect_unix_socket(
        self, path: str, timeout: Deadline, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        """Connect to a socket of this machine."""
        return _Stream(self._plain.connect_unix_socket(path, timeout.wait()))


class _Stream(httpcore.NetworkStream):
    """A connection that each request uses until its own deadline."""

    def __init__(self, plain: httpcore.NetworkStream) -> None:
        self._plain = plain

    def read(self, max_bytes: int, timeout: Deadline) -> bytes:
        return self._plain.read(max_bytes, timeout.wait())

    def write(self, buffer: bytes, timeout: Deadline) -> None:
        self._plain.write(buffer, timeout.wait())

    def close(self) -> None:
        self._plain.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None, timeout: Deadline
    ) -> httpcore.NetworkStream:
        return _Stream(self._plain.start_tls(ssl_context, server_hostname, timeout.wait()))

    def get_extra_info(self, info: str) -> Any:
        return self._plain.get_extra_info(info)
