"""Leave a server alone for a while after it gave no usable answer."""

from __future__ import annotations

import threading
import time

from ztfvo.remote.errors import Failure, NoAnswer


class Pause:
    """Surround with it what asks a server; for several threads.

    A `Failure` inside begins a pause of so many seconds.  During it the inside is not entered:
    NoAnswer is raised, with the message of that failure.  After it one thread enters, and the pause
    goes on for the others until that one has left: not all of them wait for a server that is down.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._until = 0.0
        self._reason = ""

    @property
    def reason(self) -> str:
        """Why there is a pause; empty when there is none."""
        with self._lock:
            return self._reason if time.monotonic() < self._until else ""

    def end(self) -> None:
        """Let the server be asked again at once."""
        with self._lock:
            self._until, self._reason = 0.0, ""

    def __enter__(self) -> None:
        with self._lock:
            now = time.monotonic()
            if now < self._until:
                raise NoAnswer(self._reason)
            if self._reason:
                self._until = now + self._seconds

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if not isinstance(error, Failure):
            self.end()
            return
        with self._lock:
            self._until, self._reason = time.monotonic() + self._seconds, str(error)
