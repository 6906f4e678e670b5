"""The asynchronous HTTP client of all sources: one bounded pool, and only hosts that they name."""

from __future__ import annotations

import socket
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import anyio
import httpcore
import httpx
import orjson
import stamina

from ztfvo.outside.cache import Cache
from ztfvo.outside.model import Malformed, Source
from ztfvo.remote import Failure, NoAnswer, NotFound, Refused, TooLarge
from ztfvo.remote.client import ABSENT, BUSY, MOST_REDIRECTS, retry_after, user_agent
from ztfvo.remote.network import certificates
from ztfvo.remote.public import is_public
from ztfvo.settings import Settings

CONNECTIONS = 100
"""At a time, to all sources, of one process."""
RETRY_WAIT = 0.2
"""Seconds before a request is sent again that found no connection."""
UNKNOWN_HOST = "cannot be looked up"


class Crowded(Failure):
    """More questions wait for a service than it allows; the service itself is not at fault."""


class NotConnected(Exception):
    """A request that certainly was not answered: it may be sent again."""


@dataclass(frozen=True)
class Reply:
    """An answer of a server."""

    status: int
    body: bytes
    headers: Mapping[str, str]

    @property
    def text(self) -> str:
        """The body as UTF-8; what is not is replaced."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """Return what the body is in JSON.

        Raises
        ------
        Malformed
            When it is not JSON.
        """
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            kind = self.headers.get("content-type", "no content type")
            raise Malformed(f"the answer ({kind}) is not JSON: {error}", self.body) from error


class Pool:
    """Connections of one process.

    Parameters
    ----------
    settings
        Of the site: how it presents itself, and through which server it asks, if any.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._gateway = httpx.URL(settings.outside_gateway) if settings.outside_gateway else None
        transport = httpx.AsyncHTTPTransport(
            verify=certificates(),
            trust_env=False,
            limits=httpx.Limits(max_connections=CONNECTIONS, keepalive_expiry=30),
        )
        # There is no public way to give httpx a backend of httpcore.
        transport._pool._network_backend = _Network(checks=self._gateway is None)
        self._http = httpx.AsyncClient(
            headers={"User-Agent": user_agent(settings), "Accept-Encoding": "identity"},
            trust_env=False,
            transport=transport,
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    def build(self, method: str, url: str, seconds: float, **named: Any) -> httpx.Request:
        """Return a request; times are limited for connecting, and for each wait."""
        limits = httpx.Timeout(None, connect=seconds, pool=seconds)
        return self._http.build_request(method, url, timeout=limits, **named)

    async def send(self, request: httpx.Request) -> httpx.Response:
        """Send a request, and return the answer with its body unread, redirects as they are."""
        self._http.cookies.clear()
        if self._gateway:
            request = self._through_gateway(request)
        return await self._http.send(request, stream=True, follow_redirects=False)

    def _through_gateway(self, request: httpx.Request) -> httpx.Request:
        url = request.url
        path = f"{self._gateway.path.rstrip('/')}/{url.scheme}/{url.netloc.decode()}".encode()
        changed = self._gateway.copy_with(raw_path=path + url.raw_path)
        headers = httpx.Headers(request.headers)
        headers["host"] = self._gateway.netloc.decode()
        return httpx.Request(
            request.method,
            changed,
            headers=headers,
            stream=request.stream,
            extensions=request.extensions,
        )


@dataclass(frozen=True)
class Asker:
    """Sends the requests of one source."""

    source: Source
    pool: Pool
    cache: Cache
    limit: anyio.CancelScope | None = None
    """When all is given up: later by each wait for a turn."""
    bodies: list[bytes] = field(default_factory=list)
    """What came last, for the log."""
    sent: list[str] = field(default_factory=list)
    """Addresses that were asked."""

    async def get(
        self,
        url: str,
        params: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        also: Collection[int] = (),
    ) -> Reply:
        """Get a document.

        Parameters
        ----------
        also
            Statuses besides 200 that are answers.

        Raises
        ------
        Failure
            When none came: `NoAnswer` where it may come later, `NotFound`, `TooLarge`, `Refused`.
        """
        query = list(params.items()) if isinstance(params, Mapping) else params
        return await self._ask("GET", url, also, params=query, headers=headers)

    async def post(
        self,
        url: str,
        form: Mapping[str, Any] | None = None,
        *,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        also: Collection[int] = (),
    ) -> Reply:
        """Send a form, or JSON, and return the answer; parameters and errors as of `get`."""
        return await self._ask("POST", url, also, data=form, json=json, headers=headers)

    async def _ask(self, method: str, url: str, also: Collection[int], **named: Any) -> Reply:
        request = self.pool.build(method, url, self.source.connect_seconds, **named)
        retrying = stamina.AsyncRetryingCaller(
            attempts=2, timeout=None, wait_initial=RETRY_WAIT, wait_jitter=0, wait_max=RETRY_WAIT
        )
        try:
            return await retrying.on(NotConnected)(self._follow, request, also)
        except NotConnected as error:
            raise NoAnswer(str(error)) from error

    async def _follow(self, request: httpx.Request, also: Collection[int]) -> Reply:
        for _ in range(MOST_REDIRECTS + 1):
            self._require_host(request.url)
            await self._wait_for_turn()
            self.sent.append(str(request.url))
            response = await self._send(request)
            try:
                if response.has_redirect_location:
                    request = self._next(request, response)
                    continue
                self._require_status(response, also)
                self.bodies[:] = [await self._body(response)]
                return Reply(response.status_code, self.bodies[0], response.headers)
            finally:
                await response.aclose()
        raise Refused(f"{self.source.title}: more than {MOST_REDIRECTS} redirects")

    async def _send(self, request: httpx.Request) -> httpx.Response:
        try:
            return await self.pool.send(request)
        except httpx.ConnectTimeout as error:
            seconds = self.source.connect_seconds
            raise NotConnected(f"{self._said} cannot be reached within {seconds:g} s") from error
        except (httpx.ConnectError, httpx.RemoteProtocolError) as error:
            raise NotConnected(f"{self._said} does not answer ({error})") from error
        except httpx.PoolTimeout as error:
            raise NoAnswer("too many services are being asked just now") from error
        except httpx.HTTPError as error:
            raise NoAnswer(f"{self._said} broke off ({error or type(error).__name__})") from error

    def _next(self, request: httpx.Request, response: httpx.Response) -> httpx.Request:
        """The request that a redirect asks for; a form is not sent on (RFC 9110, section 15.4)."""
        try:
            url = request.url.join(response.headers["location"])
        except httpx.InvalidURL as error:
            raise Refused(f"{self._said} leads to an address that is none") from error
        keeps = response.status_code in (307, 308)
        return self.pool.build(
            request.method if keeps else "GET",
            str(url),
            self.source.connect_seconds,
            content=request.content if keeps else None,
            headers={"content-type": request.headers["content-type"]}
            if keeps and "content-type" in request.headers
            else None,
        )

    async def _body(self, response: httpx.Response) -> bytes:
        body = bytearray()
        try:
            async for block in response.aiter_raw():
                body += block
                if len(body) > self.source.most_bytes:
                    raise TooLarge(f"{self._said} sent more than {self.source.most_bytes:,} bytes")
        except httpx.HTTPError as error:
            raise NoAnswer(f"{self._said} broke off after {len(body):,} bytes") from error
        return bytes(body)

    def _require_host(self, url: httpx.URL) -> None:
        origin = f"{url.scheme}://{url.netloc.decode()}"
        if origin not in self.source.hosts:
            raise Refused(f"{self._said} leads to {origin}, which it does not name as its host")

    def _require_status(self, response: httpx.Response, also: Collection[int]) -> None:
        status = response.status_code
        if status == 200 or status in also:
            return
        answer = f"{self._said} answers {status} {response.reason_phrase}".rstrip()
        if status in ABSENT:
            raise NotFound(answer, status)
        if status not in BUSY:
            raise Refused(answer, status)
        raise NoAnswer(answer, status, _seconds_to_wait(response))

    async def _wait_for_turn(self) -> None:
        source = self.source
        if not source.per_second:
            return
        # Sources of one service have its turns together.
        wait = await anyio.to_thread.run_sync(
            self.cache.turn, source.hosts[0], source.per_second, source.burst, source.seconds
        )
        if wait > source.seconds:
            raise Crowded(f"{wait:.0f} s until a turn of {self._said}")
        if wait > 0:
            if self.limit:
                self.limit.deadline += wait
            await anyio.sleep(wait)

    @property
    def _said(self) -> str:
        return self.source.title


def _seconds_to_wait(response: httpx.Response) -> float | None:
    """Seconds after which a busy server wants to be asked again."""
    said = retry_after(response)
    reset = response.headers.get("x-rate-limit-reset", "")
    return float(reset) if said is None and reset.isascii() and reset.isdigit() else said


class _Network(httpcore.AsyncNetworkBackend):
    """Connections to public addresses, each name looked up once."""

    def __init__(self, checks: bool) -> None:
        self._plain, self._checks = httpcore.AnyIOBackend(), checks

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address of a host that answers."""
        try:
            found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"{host} {UNKNOWN_HOST}") from error
        addresses = list(dict.fromkeys(str(place[0]) for *_, place in found))
        for address in addresses if self._checks else ():
            if not is_public(address):
                raise Refused(f"{host} is {address}, which is not public")
        for number, address in enumerate(addresses):
            share = None if timeout is None else timeout / (len(addresses) - number)
            try:
                return await self._plain.connect_tcp(address, port, share)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last: Exception = error
        raise last

    async def sleep(self, seconds: float) -> None:
        """Wait between two attempts of httpcore."""
        await anyio.sleep(seconds)


__all__ = (
    "Asker",
    "Crowded",
    "Failure",
    "NoAnswer",
    "NotFound",
    "Pool",
    "Refused",
    "Reply",
    "TooLarge",
)
