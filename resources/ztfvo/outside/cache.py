"""What services outside answered, kept in one SQLite file that all processes of a machine share.

It keeps answers (found and empty ones for days), which sources do not answer and until when they
are left alone, when the next request of a source may start, and how each question of the last day
ended.  It survives a restart and is bounded in size.  An HTTP cache would know nothing of the four
states, keeps what is malformed as if it were well, and has no place for turns and figures.

Where the file cannot be used, the sources are asked each time: nothing here raises.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from statistics import median
from typing import TypeVar

_log = logging.getLogger(__name__)

DAY = 86_400.0
HOLD = 30.0
"""Seconds after which another process asks too, where one that does has not answered."""
FIRST_PAUSE, LONGEST_PAUSE = 60.0, 600.0
"""Seconds that a source is left alone after the first and after many failures in a row."""

_TABLES = """
CREATE TABLE IF NOT EXISTS answer (
  key TEXT PRIMARY KEY, body BLOB NOT NULL, expires REAL NOT NULL, used REAL NOT NULL);
CREATE INDEX IF NOT EXISTS answer_used ON answer (used);
CREATE TABLE IF NOT EXISTS flight (key TEXT PRIMARY KEY, until REAL NOT NULL);
CREATE TABLE IF NOT EXISTS source (
  name TEXT PRIMARY KEY, since REAL, again REAL NOT NULL DEFAULT 0, failures INT NOT NULL DEFAULT 0,
  reason TEXT NOT NULL DEFAULT '', next REAL NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS asked (
  source TEXT NOT NULL, at REAL NOT NULL, state TEXT NOT NULL, seconds REAL NOT NULL);
CREATE INDEX IF NOT EXISTS asked_at ON asked (at);
"""

T = TypeVar("T")


@dataclass(frozen=True)
class Silence:
    """A source that does not answer."""

    reason: str
    since: float
    """Unix time of the first failure in a row."""
    again: float
    """Unix time until which it is left alone."""


@dataclass(frozen=True)
class Figures:
    """How the questions of the last day to a source ended."""

    asked: int = 0
    found: int = 0
    empty: int = 0
    failed: int = 0
    median_seconds: float | None = None
    last: float | None = field(default=None, compare=False)
    """Unix time of the last one."""


class Cache:
    """The file, for any number of threads and processes.

    Parameters
    ----------
    path
        Of the file, which is made where it is missing, and made again where it is damaged.
    most_bytes
        Of answers; those that were not used for longest go first.
    reads
        Whether it is only read, by whom the file does not belong to: no file is made.
    """

    def __init__(self, path: Path, most_bytes: int, reads: bool = False) -> None:
        self._path, self._most_bytes, self._reads = path, most_bytes, reads
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._puts = 0

    def get(self, key: str) -> bytes | None:
        """Return an answer that is still good."""

        def read(file: sqlite3.Connection) -> bytes | None:
            now = time.time()
            query = "UPDATE answer SET used = ? WHERE key = ? AND expires > ? RETURNING body"
            row = file.execute(query, (now, key, now)).fetchone()
            return row[0] if row else None

        return self._do(read, None)

    def put(self, key: str, body: bytes, seconds: float) -> None:
        """Keep an answer for some time."""

        def write(file: sqlite3.Connection) -> None:
            now = time.time()
            file.execute(
                "INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?)", (key, body, now + seconds, now)
            )
            self._puts += 1
            if self._puts % 100 == 1:
                _bound(file, self._most_bytes, now)

        self._do(write, None)

    def take_off(self, key: str) -> bool:
        """Return whether nobody asks the same already; if so, this process does."""

        def write(file: sqlite3.Connection) -> bool:
            now = time.time()
            file.execute("DELETE FROM flight WHERE key = ? AND until < ?", (key, now))
            done = file.execute("INSERT OR IGNORE INTO flight VALUES (?, ?)", (key, now + HOLD))
            return done.rowcount == 1

        return self._do(write, True)

    def in_flight(self, key: str) -> bool:
        """Return whether somebody asks this."""

        def read(file: sqlite3.Connection) -> bool:
            query = "SELECT 1 FROM flight WHERE key = ? AND until >= ?"
            return file.execute(query, (key, time.time())).fetchone() is not None

        return self._do(read, False)

    def land(self, key: str) -> None:
        """Note that the answer has come, or will not."""
        self._do(lambda file: file.execute("DELETE FROM flight WHERE key = ?", (key,)), None)

    def silence(self, source: str) -> Silence | None:
        """Return why a source is left alone now, or None."""
        known = self._do(lambda file: _silence(file, source), None)
        return known if known and known.again > time.time() else None

    def fail(self, source: str, reason: str, after: float | None = None) -> Silence:
        """Note that a source did not answer, and leave it alone for a while.

        Parameters
        ----------
        after
            Seconds that the source asks for; by default more with each failure in a row.
        """
        now = time.time()

        def write(file: sqlite3.Connection) -> Silence:
            file.execute("INSERT OR IGNORE INTO source (name) VALUES (?)", (source,))
            failures, since, again = file.execute(
                "SELECT failures, since, again FROM source WHERE name = ?", (source,)
            ).fetchone()
            if again <= now:  # others that were asked at the same time do not count again
                failures += 1
            pause = min(FIRST_PAUSE * 2 ** (failures - 1), LONGEST_PAUSE)
            until = max(again, now + (pause if after is None else after))
            file.execute(
                "UPDATE source SET failures = ?, since = ?, again = ?, reason = ? WHERE name = ?",
                (failures, since or now, until, reason, source),
            )
            return Silence(reason, since or now, until)

        return self._do(write, Silence(reason, now, now + FIRST_PAUSE))

    def succeed(self, source: str) -> None:
        """Note that a source answers."""
        self._do(
            lambda file: file.execute(
                "UPDATE source SET failures = 0, since = NULL, again = 0, reason = ''"
                " WHERE name = ? AND since IS NOT NULL",
                (source,),
            ),
            None,
        )

    def turn(self, source: str, per_second: float, burst: int = 1, most: float = inf) -> float:
        """Reserve a request of a source, and return the seconds until it may start.

        Parameters
        ----------
        burst
            Requests that may start at once after a pause (the generic cell rate algorithm).
        most
            Seconds: where it would be longer, nothing is reserved.
        """

        def write(file: sqlite3.Connection) -> float:
            now = time.time()
            file.execute("INSERT OR IGNORE INTO source (name) VALUES (?)", (source,))
            (next_turn,) = file.execute(
                "SELECT max(next, ?) FROM source WHERE name = ?", (now, source)
            ).fetchone()
            wait = max(0.0, next_turn - now - (burst - 1) / per_second)
            if wait <= most:
                file.execute(
                    "UPDATE source SET next = ? WHERE name = ?",
                    (next_turn + 1 / per_second, source),
                )
            return wait

        return self._do(write, 1 / per_second)

    def note(self, source: str, state: str, seconds: float) -> None:
        """Count a question that was sent to a source."""

        def write(file: sqlite3.Connection) -> None:
            now = time.time()
            file.execute("INSERT INTO asked VALUES (?, ?, ?, ?)", (source, now, state, seconds))
            file.execute("DELETE FROM asked WHERE at < ?", (now - DAY,))

        self._do(write, None)

    def figures(self) -> dict[str, Figures]:
        """Return how the questions of the last day ended, by source."""

        def read(file: sqlite3.Connection) -> list[tuple[str, str, float, float]]:
            query = "SELECT source, state, seconds, at FROM asked WHERE at >= ?"
            return file.execute(query, (time.time() - DAY,)).fetchall()

        by_source: dict[str, list[tuple[str, float, float]]] = {}
        for source, *ended in self._do(read, []):
            by_source.setdefault(source, []).append(tuple(ended))
        return {source: _figures(ended) for source, ended in by_source.items()}

    def silences(self) -> dict[str, Silence]:
        """Return the sources that did not answer when they were asked last."""

        def read(file: sqlite3.Connection) -> dict[str, Silence]:
            query = "SELECT name, reason, since, again FROM source WHERE since IS NOT NULL"
            return {name: Silence(*rest) for name, *rest in file.execute(query)}

        return self._do(read, {})

    def clear(self) -> None:
        """Forget all answers and failures."""

        def write(file: sqlite3.Connection) -> None:
            for table in ("answer", "source", "flight"):
                file.execute(f"DELETE FROM {table}")

        self._do(write, None)

    def _do(self, work: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        with self._lock:
            try:
                if self._reads:
                    return work(self._open())
                with _transaction(self._open()) as file:
                    return work(file)
            except sqlite3.Error as error:
                _log.warning("answers of services outside cannot be kept: %s", error)
                self._close(error)
                return otherwise

    def _open(self) -> sqlite3.Connection:
        if self._connection is None and self._reads:
            # Beside a file that nobody has open there is no log, and none must be made.
            how = "mode=ro" if self._beside("-wal").exists() else "mode=ro&immutable=1"
            self._connection = sqlite3.connect(
                f"{self._path.as_uri()}?{how}", uri=True, timeout=5, check_same_thread=False
            )
        if self._connection is None:
            made = sqlite3.connect(
                self._path, timeout=5, isolation_level=None, check_same_thread=False
            )
            try:
                made.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; {_TABLES}")
            except sqlite3.Error:
                made.close()
                raise
            self._connection = made
        return self._connection

    def _close(self, error: sqlite3.Error) -> None:
        """Leave a connection that failed, and a file that is damaged."""
        if self._connection:
            self._connection.close()
            self._connection = None
        if not (self._reads or isinstance(error, sqlite3.OperationalError)):
            for ending in ("", "-wal", "-shm"):
                with contextlib.suppress(OSError):
                    self._beside(ending).unlink()

    def _beside(self, ending: str) -> Path:
        return self._path.with_name(self._path.name + ending)


@contextlib.contextmanager
def _transaction(file: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    file.execute("BEGIN IMMEDIATE")
    try:
        yield file
    except BaseException:
        file.execute("ROLLBACK")
        raise
    file.execute("COMMIT")


def _silence(file: sqlite3.Connection, source: str) -> Silence | None:
    query = "SELECT reason, since, again FROM source WHERE name = ? AND since IS NOT NULL"
    row = file.execute(query, (source,)).fetchone()
    return Silence(*row) if row else None


def _bound(file: sqlite3.Connection, most_bytes: int, now: float) -> None:
    """Delete what is out of date, then what was not used for longest, until the rest fits."""
    file.execute("DELETE FROM answer WHERE expires <= ?", (now,))
    file.execute(
        "DELETE FROM answer WHERE key IN (SELECT key FROM (SELECT key,"
        " sum(length(body)) OVER (ORDER BY used DESC, key) AS total FROM answer) WHERE total > ?)",
        (most_bytes,),
    )


def _figures(ended: list[tuple[str, float, float]]) -> Figures:
    states = [state for state, _, _ in ended]
    return Figures(
        asked=len(ended),
        found=states.count("found"),
        empty=states.count("empty"),
        failed=len(ended) - states.count("found") - states.count("empty"),
        median_seconds=round(median(seconds for _, seconds, _ in ended), 3),
        last=max(at for _, _, at in ended),
    )
