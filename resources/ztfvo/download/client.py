"""A polite HTTP client of one archive.

It names the project, spaces its requests, honours Retry-After, gives up after a few attempts, and
never contacts another host, not even when the archive redirects there.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from .errors import ArchiveUnreachable, DownloadError, NotInArchive

USER_AGENT = "ztfvo/0.1 (Virtual Observatory service for ZTF light curves)"

RETRIED = frozenset({408, 429, 500, 502, 503, 504})
"""Statuses after which a request is sent again."""

MAX_REDIRECTS = 5


@dataclass(frozen=True)
class Manners:
    """How patient and how modest the client is."""

    attempts: int = 5
    """Times a request is sent before giving up."""
    pause: float = 0.1
    """Least time between the starts of two requests (s)."""
    backoff: float = 1.0
    """Wait after the first failure (s); it doubles with each further one."""
    max_wait: float = 300.0
    """Longest wait that a Retry-After may ask for (s)."""
    timeout: float = 60.0
    """Longest silence of the server (s); directory listings of large folders take long."""


@dataclass
class Archive:
    """One archive; several threads may use it at a time."""

    server: str
    """Scheme and host of every request."""
    manners: Manners = field(default_factory=Manners)
    connections: int = 4
    """Connections at a time."""
    sleep: Callable[[float], None] = time.sleep
    """How to wait; tests need not."""

    def __post_init__(self) -> None:
        limits = httpx.Limits(max_connections=self.connections)
        self._client = httpx.Client(
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity"},
            timeout=self.manners.timeout,
            limits=limits,
            follow_redirects=False,
        )
        self._host = _origin(httpx.URL(self.server))
        self._lock = threading.Lock()
        self._next = 0.0

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def text(self, url: str) -> str:
        """Fetch a document that fits into memory."""
        attempts = self.manners.attempts
        reason = ""
        for failures in range(1, attempts + 1):
            with self.open("GET", url) as response:
                try:
                    return response.read().decode("utf-8", "replace")
                except httpx.HTTPError as error:
                    reason = _reason(error)
            if failures < attempts:
                self.wait(failures)
        raise ArchiveUnreachable(url, attempts, reason)

    def size(self, url: str) -> int | None:
        """Ask for the size of a file; None where the archive does not say."""
        with self.open("HEAD", url) as response:
            length = response.headers.get("Content-Length")
            return int(length) if length and length.isdigit() else None

    @contextmanager
    def open(
        self,
        method: str,
        url: str,
        headers: dict[str, str] | None = None,
        retried: frozenset[int] = RETRIED,
    ) -> Iterator[httpx.Response]:
        """Send a request until it is answered, and give the answer with its body unread.

        Parameters
        ----------
        method, url, headers
            The request.
        retried
            Statuses after which it is sent again.

        Raises
        ------
        NotInArchive
            At status 404.
        ArchiveUnreachable
            When every attempt failed.
        DownloadError
            At any other status that is no success, 416 excepted, and at a redirect elsewhere.
        """
        response = self._persist(method, url, headers or {}, retried)
        try:
            if response.status_code == 404:
                raise NotInArchive(url)
            if not (response.is_success or response.status_code == 416):
                raise DownloadError(f"{url}: the archive answers {_status(response)}")
            yield response
        finally:
            response.close()

    def wait(self, failures: int, asked: float | None = None) -> None:
        """Wait after a failure: as long as was asked for, or longer from one to the next."""
        grown = self.manners.backoff * 2 ** (failures - 1) * random.uniform(0.75, 1.25)
        self.sleep(grown if asked is None else asked)

    def _persist(
        self, method: str, url: str, headers: dict[str, str], retried: frozenset[int]
    ) -> httpx.Response:
        attempts = self.manners.attempts
        reason = ""
        for failures in range(1, attempts + 1):
            asked = None
            try:
                response = self._follow(method, httpx.URL(url), headers)
            except httpx.TransportError as error:
                reason = _reason(error)
            else:
                if response.status_code not in retried:
                    return response
                reason = _status(response)
                asked = _retry_after(response)
                response.close()
                if asked is not None and asked > self.manners.max_wait:
                    raise DownloadError(
                        f"{url}: the archive asks to come back in {asked:.0f} s ({reason}). "
                        "Try again then; what has arrived is kept."
                    )
            if failures < attempts:
                self.wait(failures, asked)
        raise ArchiveUnreachable(url, attempts, reason)

    def _follow(self, method: str, url: httpx.URL, headers: dict[str, str]) -> httpx.Response:
        for _ in range(MAX_REDIRECTS):
            if _origin(url) != self._host:
                raise DownloadError(
                    f"{url}: refused, only {self.server} is contacted. "
                    "If the archive has moved, correct the server in the release's release.toml."
                )
            self._space()
            request = self._client.build_request(method, url, headers=headers)
            response = self._client.send(request, stream=True)
            if not response.has_redirect_location:
                return response
            target = response.headers["Location"]
            response.close()
            try:
                url = url.join(target)
            except httpx.InvalidURL as error:
                raise DownloadError(f"{url}: redirects to {target!r}, no address") from error
        raise DownloadError(f"{url}: more than {MAX_REDIRECTS} redirects")

    def _space(self) -> None:
        """Wait until the next request may start."""
        with self._lock:
            now = time.monotonic()
            start = max(now, self._next)
            self._next = start + self.manners.pause
        if start > now:
            self.sleep(start - now)


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _status(response: httpx.Response) -> str:
    return f"{response.status_code} {response.reason_phrase}".strip()


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds that the server asks to wait, from a number or a date."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
