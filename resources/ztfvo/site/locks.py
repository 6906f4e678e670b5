"""Wait for locks of the database a moment at a time.

Who waits for a lock on a view keeps everybody behind it waiting, too.  A change therefore waits
for two seconds at most, lets the others pass, and tries again.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import psycopg

from ztfvo.site.errors import SiteError

SECONDS = 2
"""For which a change waits, and visitors with it."""

OPTIONS = f"-c lock_timeout={SECONDS}s"
"""The same for commands, as the variable PGOPTIONS."""

PAUSE = 3.0
"""Seconds between two tries."""

TRIES = 200
"""Longer than the longest query by TAP."""

_REFUSED = "lock timeout"


def patiently(change: Callable[[], None], say: Callable[[str], None]) -> None:
    """Make a change whose connection has a ``lock_timeout``, again and again until it succeeds.

    Parameters
    ----------
    change
        Raises `psycopg.errors.LockNotAvailable`, or a `SiteError` with PostgreSQL's sentence on
        it, where a query is in the way.
    say
        Called with a sentence before the first pause.

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
