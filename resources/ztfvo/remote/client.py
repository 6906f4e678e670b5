"""A small HTTP client of one server, which keeps limits of time and size."""

from __future__ import annotations

import io
import math
import re
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import KW_ONLY, dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import httpx
import stamina
from stamina.instrumentation import set_on_retry_hooks

from ztfvo.remote.errors import NoAnswer, NotFound, Refused, TooLarge
from ztfvo.remote.network import Deadline, transport
from ztfvo.settings import Settings, get_settings

MOST_REDIRECTS = 5

BUSY = frozenset({408, 429, 500, 502, 503, 504})
"""Statuses of a server that may answer later."""

ABSENT = frozenset({404, 410})

Texts = Mapping[str, str]
Result = TypeVar("Result")

set_on_retry_hooks(())  # by default each retry writes a line, into progress bars too


@dataclass
class Client:
    """Asks one server, and no other, not even where it redirects there.

    Several threads may use it at a time.  It asks for no compression and keeps no cookies.
    """

    base: str
    """Scheme, host and folder of all addresses; empty for whole addresses, of any host."""
    _: KW_ONLY
    seconds: float
    """For an answer with its body, redirects and attempts, but for the look-up of names."""
    most_bytes: float
    """Of a document."""
    name: str = ""
    """What messages call the server; they give the address where it is empty."""
    silence: float = 60.0
    """Longest wait for the next bytes (s)."""
    attempts: int = 1
    """Times a request is sent while there is no answer, before giving up."""
    wait: float = 1.0
    """After the first failure (s); it doubles with each further one."""
    longest_wait: float = 60.0
    """Between two attempts, also where the server asks for more (s)."""
    spacing: float = 0.0
    """Least time between the starts of two requests (s)."""
    connections: int = 10
    """At a time."""
    headers: Texts = field(default_factory=dict)
    """Of all requests."""
    uds: Path | None = None
    """Socket of a server on this machine."""
    may_connect: Callable[[str], bool] | None = None
    """Returns whether an IP address may be asked; None for all."""

    def __post_init__(self) -> None:
        self._http = httpx.Client(
            base_url=self.base,
            headers={
                "User-Agent": user_agent(get_settings()),
                "Accept-Encoding": "identity",
                **self.headers,
            },
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            trust_env=False,
            transport=transport(self.connections, self.may_connect, self.uds),
        )
        self._lock = threading.Lock()
        self._next = 0.0

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(self, path: str, query: Texts | None = None, seconds: float | None = None) -> bytes:
        """Get a document.

        Parameters
        ----------
        path
            Below the base address, or a whole address.
        query
            Parameters of the address.
        seconds
            In place of the client's.

        Raises
        ------
        NotFound
            Where there is none.
        NoAnswer
            When none came in time, nor with a further attempt.
        TooLarge
            When it has more bytes than it may have.
        Refused
            When the server, or a rule of this client, refuses.
        """
        return self._persist(self._read, seconds, "GET", path, params=query)

    def post(self, path: str, form: Texts, seconds: float | None = None) -> bytes:
        """Send a form, again where there is no answer, and return the answer; errors as `get`."""
        return self._persist(self._read, seconds, "POST", path, data=form)

    def size(self, path: str, seconds: float | None = None) -> int | None:
        """Ask for the bytes of a document; None where the server does not say; errors as `get`."""
        return self._persist(self._size, seconds, path)

    def save(self, file: BinaryIO, path: str) -> None:
        """Write a document into a file, in one attempt; errors as `get`."""
        self._save(file, self._deadline(), "GET", path)

    def open(
        self, path: str, headers: Texts, also: Collection[int] = ()
    ) -> AbstractContextManager[httpx.Response]:
        """Send a request once, and give the answer, with its body unread and of any size.

        Parameters
        ----------
        path, headers
            Of the request.
        also
            Statuses besides 200 that are no failure.

        Raises
        ------
        Failure
            As `get`, also while the body is read.
        """
        return self._open(self._deadline(), "GET", path, also, headers=headers)

    def retrying(self, attempts: int | None) -> stamina.RetryingCaller:
        """Return what tries so often, None for without end, with the waits of this client."""
        return stamina.RetryingCaller(
            attempts=attempts,
            timeout=None,
            wait_initial=self.wait,
            wait_max=self.longest_wait,
            wait_jitter=self.wait / 4,
        )

    def again(self, error: Exception, left: float = math.inf) -> bool | float:
        """Return whether to try again after an exception, or after how many seconds.

        Parameters
        ----------
        left
            Seconds that there are for it.
        """
        if not isinstance(error, NoAnswer) or left <= self.wait:
            return False
        if error.after is None:
            return True
        return error.after <= min(self.longest_wait, left) and error.after

    def _deadline(self, seconds: float | None = None) -> Deadline:
        return Deadline(self.seconds if seconds is None else seconds, self.silence)

    def _persist(
        self, do: Callable[..., Result], seconds: float | None, *args: Any, **named: Any
    ) -> Result:
        deadline = self._deadline(seconds)
        caller = self.retrying(self.attempts)
        return caller(lambda error: self.again(error, deadline.left), do, deadline, *args, **named)

    def _read(self, deadline: Deadline, *args: Any, **named: Any) -> bytes:
        file = io.BytesIO()
        self._save(file, deadline, *args, **named)
        return file.getvalue()

    def _size(self, deadline: Deadline, path: str) -> int | None:
        with self._open(deadline, "HEAD", path) as response:
            length = response.headers.get("Content-Length", "")
            return int(length) if length.isdigit() else None

    def _save(
        self, file: BinaryIO, deadline: Deadline, method: str, path: str, **named: Any
    ) -> None:
        size = 0
        with self._open(deadline, method, path, **named) as response:
            encoding = response.headers.get("Content-Encoding", "identity")
            if encoding.lower() != "identity":
                raise Refused(f"{self._said(response.url)} sends {encoding}, not asked for")
            for block in response.iter_raw():
                size += len(block)
                if size > self.most_bytes:
                    raise TooLarge(
                        f"{self._said(response.url)} sent more than {self.most_bytes:,} bytes"
                    )
                file.write(block)

    @contextmanager
    def _open(
        self,
        deadline: Deadline,
        method: str,
        path: str,
        also: Collection[int] = (),
        **named: Any,
    ) -> Iterator[httpx.Response]:
        server, response = self.name or path, None
        try:
            request = self._http.build_request(method, path, **named)
            server = self._said(request.url)
            response = self._follow(request, deadline)
            self._check(response, also)
            yield response
        except httpx.TimeoutException as error:
            late = f"took more than {deadline.seconds:g} s" if not deadline.left else ""
            raise NoAnswer(
                f"{server} {late or f'was silent for {deadline.silence:g} s'}"
            ) from error
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            what = "does not answer" if response is None else "broke off"
            raise NoAnswer(f"{server} {what} ({error or type(error).__name__})") from error
        finally:
            if response is not None:
                response.close()

    def _follow(self, request: httpx.Request, deadline: Deadline) -> httpx.Response:
        """Send a request, and those of its redirects; return the answer with its body unread."""
        for _ in range(MOST_REDIRECTS + 1):
            if self.base and _origin(request.url) != _origin(self._http.base_url):
                raise Refused(
                    f"{request.url}: refused, only {self.base} is contacted. If it has moved, "
                    "correct its address."
                )
            self._space()
            request.extensions = deadline.timeouts
            response = self._http.send(request, stream=True)
            if response.next_request is None:
                return response
            response.close()
            request = response.next_request
        raise Refused(f"{self._said(request.url)}: more than {MOST_REDIRECTS} redirects")

    def _space(self) -> None:
        """Wait until the next request may start."""
        with self._lock:
            now = time.monotonic()
            start = max(now, self._next)
            self._next = start + self.spacing
        if start > now:
            time.sleep(start - now)

    def _check(self, response: httpx.Response, also: Collection[int]) -> None:
        status = response.status_code
        if status == 200 or status in also:
            return
        answer = f"{self._said(response.url)} answers {status} {response.reason_phrase}".rstrip()
        if status in ABSENT:
            raise NotFound(answer, status)
        if status not in BUSY:
            raise Refused(answer, status)
        after = retry_after(response)
        if after is not None:
            answer += f", and asks to come back in {after:.0f} s"
        raise NoAnswer(answer, status, after)

    def _said(self, url: httpx.URL) -> str:
        """What messages call the server."""
        return self.name or str(url.copy_with(query=None, userinfo=b""))


def user_agent(settings: Settings) -> str:
    """Return how this site presents itself: the version, and whom to ask where that is set."""
    known = filter(None, (settings.public_url, settings.contact_email))
    plain = re.sub(r"[^\x20-\x7e]", "?", "; ".join(known))
    return f"ztfvo/{version('ztfvo')}" + (f" ({plain})" if plain else "")


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def retry_after(response: httpx.Response) -> float | None:
    """Seconds that the server asks to wait, from a number or a date."""
    headers = response.headers
    value = headers.get("Retry-After", headers.get("x-rate-limit-reset", "")).strip()
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
