"""Wait for locks of the database a moment at a time.

Who waits for a lock on a view keeps everybody behind it waiting, too.  A change therefore waits
for half a second at most, lets the others pass, and tries again.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import psycopg

from ztfvo.site.errors import SiteError

SECONDS = 0.5
"""For which a change waits for one lock, and visitors with it; it needs a handful."""

_TIMEOUT = f"{SECONDS * 1000:.0f}ms"

OPTIONS = f"-c lock_timeout={_TIMEOUT}"
"""The same for commands, as the variable PGOPTIONS."""

PAUSE = 3.0
"""Seconds between two tries."""

TRIES = 200
"""Longer than the longest query by TAP."""

_REFUSED = "lock timeout"


def say(sentence: str) -> None:
    """Inform whoever gave the command."""
    print(sentence, file=sys.stderr)


def alter(connection: psycopg.Connection, change: Callable[[], None]) -> None:
    """Make a change of the database in a transaction of its own, see `patiently`."""

    def once() -> None:
        with connection.transaction():
            connection.execute(f"SET LOCAL lock_timeout = '{_TIMEOUT}'")
            change()

    patiently(once)


def patiently(change: Callable[[], None]) -> None:
    """Make a change whose connection has a ``lock_timeout``, again and again until it succeeds.

    Parameters
    ----------
    change
        Raises `psycopg.errors.LockNotAvailable`, or a `SiteError` with PostgreSQL's sentence on
        it, where a query is in the way.

    Raises
    ------
    SiteError
        When a query has been in the way for longer than any may run.
    """
    for number in range(TRIES):
        try:
            change()
            return
        except (psycopg.errors.LockNotAvailable, SiteError) as error:
            if isinstance(error, SiteError) and _REFUSED not in str(error):
                raise
        if number == 0:
            say("A query reads what is to be changed: waiting for its end, while others go on")
        time.sleep(PAUSE)
    raise SiteError(
        f"a query has been in the way for {TRIES * (SECONDS + PAUSE) / 60:.0f} minutes",
        "see pg_stat_activity, end it with pg_terminate_backend, and do this again",
    )
