"""Lend living connections only.

After a restart of the database DaCHS throws its pools away while other threads take connections
from them, and hands out dead connections until all have failed once.
"""

from __future__ import annotations

import time
from typing import Any

from gavo import base
from gavo.base import sqlsupport

OPTIONAL = True

CHECK_EVERY = 1.0
"""Seconds after which a connection is tried before it is lent."""


def install() -> None:
    """Apply the repair, once in a process."""
    pool = sqlsupport.CustomConnectionPool
    lend = pool.getconn

    def lend_living(self: Any, key: Any = None) -> Any:
        while True:
            connection = lend(self, key)
            if lives(connection, CHECK_EVERY):
                return connection
            self.putconn(connection, close=True)

    pool.getconn = lend_living
    pool.serverRestarted = classmethod(lambda cls: None)


def lives(connection: Any, every: float) -> bool:
    """Return whether a connection can be used, which is tried `every` so many seconds."""
    if connection.closed:
        return False
    now = time.monotonic()
    if now - getattr(connection, "ztfvo_tried", -every) < every:
        return True
    try:
        connection.execute("SELECT 1")
        if not connection.autocommit:
            connection.rollback()
    except base.DBError:
        return False
    connection.ztfvo_tried = now
    return True
