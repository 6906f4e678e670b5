"""Ask an outside server for a short document, within limits of time and size."""

from __future__ import annotations

import threading
import time
from functools import lru_cache

import httpx

LONGEST_ANSWER = 4_000_000
"""bytes; the listing of a night has 100 kB."""


class NoAnswer(Exception):
    """The server gave no usable answer; the message says why, for people."""


@lru_cache(maxsize=1)
def _client() -> httpx.Client:
    return httpx.Client(follow_redirects=False, trust_env=False)


def get(url: str, parameters: dict[str, str], seconds: float) -> tuple[int, str]:
    """Get a document.

    Parameters
    ----------
    url
        Of a server that the settings name.
    parameters
        Of the query.
    seconds
        Time limit of the whole answer.

    Returns
    -------
    status : int
        HTTP status.
    text : str
        Body, read as UTF-8.

    Raises
    ------
    NoAnswer
        When there is no answer, or it takes too long or is too large.
    """
    end = time.monotonic() + seconds
    body = bytearray()
    try:
        with _client().stream("GET", url, params=parameters, timeout=seconds) as answer:
            for block in answer.iter_bytes():
                body += block
                if len(body) > LONGEST_ANSWER:
                    raise NoAnswer(f"{_server(url)} sent more than {LONGEST_ANSWER:,} bytes")
                if time.monotonic() > end:
                    raise NoAnswer(f"{_server(url)} took more than {seconds:g} s")
            return answer.status_code, body.decode("utf-8", "replace")
    except httpx.TimeoutException as error:
        raise NoAnswer(f"{_server(url)} took more than {seconds:g} s") from error
    except httpx.HTTPError as error:
        raise NoAnswer(f"{_server(url)} does not answer ({error})") from error


def _server(url: str) -> str:
    return httpx.URL(url).host


class Pause:
    """Leaves a server alone for a while after it gave no answer; for several threads."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._until = 0.0
        self._reason = ""

    def begin(self, reason: str) -> None:
        """Start a pause."""
        with self._lock:
            self._until = time.monotonic() + self._seconds
            self._reason = reason

    def end(self) -> None:
        """Let the server be asked again at once."""
        with self._lock:
            self._until = 0.0

    @property
    def reason(self) -> str:
        """Why there is a pause; empty when there is none."""
        with self._lock:
            return self._reason if time.monotonic() < self._until else ""

    def check(self) -> None:
        """Go on unless there is a pause.

        Raises
        ------
        NoAnswer
            With the reason of the pause.
        """
        if reason := self.reason:
            raise NoAnswer(reason)
