"""Use a connection of visitors' queries for more than one of them.

DaCHS opens one for each synchronous query.  A new connection has to read what the database knows of
the tables before it can plan anything, which takes twenty times as long as the query of a light
curve.  What a query leaves on its connection (settings, temporary tables, locks) is thrown away
before the next one gets it.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from typing import Any

from gavo import base
from psycopg2 import extensions

from ztfvo.settings import get_settings
from ztfvo_dachs.repairs import hangups, pool

PROFILE = "untrustedquery"

LONGEST = 1.0
"""Seconds of a query after which its connection is closed: it may have grown."""

MOST_USES = 200
"""Queries of one connection."""

_idle: list[Any] = []
_lock = threading.Lock()


@contextlib.contextmanager
def lent() -> Iterator[Any]:
    """Lend a connection for one query; after an exception it is closed.

    Raises
    ------
    Unavailable
        When the database does not answer.
    """
    connection = _take()
    began = time.monotonic()
    try:
        yield connection
    except BaseException:
        connection.close()
        raise
    if not _put_back(connection, time.monotonic() - began):
        connection.close()


def _take() -> Any:
    while True:
        with _lock:
            connection = _idle.pop() if _idle else None
        if connection is None:
            connection = base.getDBConnection(PROFILE)
            connection.ztfvo_uses = 0
            return connection
        if pool.lives(connection, every=0):
            return connection
        connection.close()


def _put_back(connection: Any, seconds: float) -> bool:
    """Whether the connection can be lent again."""
    connection.ztfvo_uses += 1
    used_up = seconds > LONGEST or connection.ztfvo_uses >= MOST_USES
    if not hangups.release(connection) or used_up or connection.closed:
        return False
    try:
        if connection.info.transaction_status != extensions.TRANSACTION_STATUS_IDLE:
            connection.rollback()
        connection.autocommit = True
        connection.execute("DISCARD ALL")
        connection.autocommit = False
    except base.DBError:
        return False
    with _lock:
        if len(_idle) < get_settings().tap_threads:
            _idle.append(connection)
            return True
    return False
