"""End work when its request ends, and keep the work of one visitor from stopping that of others.

In DaCHS a query goes on when its client has hung up, in one of the few threads that all requests
share: some dozens of short requests stop the whole process for a minute.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from gavo import base
from gavo.base import sqlsupport
from psycopg2 import extensions
from twisted.internet import reactor, threads
from twisted.python import threadpool

from ztfvo.settings import get_settings
from ztfvo_dachs import messages

QUERIES = ("tapCore", "adqlCore")
"""Cores that run whatever a visitor writes; they have threads of their own."""

PROFILES = ("trustedquery", "untrustedquery")
"""Whose queries are those of visitors; others read what DaCHS wants to know for all of them."""

AGAIN = 0.5
"""Seconds after which the queries of a request that has ended are stopped again."""

_LOCKS = 0x7A7466
"""First key of the advisory locks that count an address' queries."""

_TRIES, _PAUSE = 4, 0.1
"""To have a turn: a query whose answer has just been read may be about to end."""

_here = threading.local()

_cancelling = threading.Lock()
"""Held while a query is stopped, so that its connection cannot go to another in the meantime."""


class Work:
    """What is done for one request, in a thread."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.ended = self._done = False
        self._connections: set[Any] = set()

    def run(self, function: Callable[..., Any], *args: Any) -> Any:
        """Call a function for the request, unless its client has gone by now.

        Raises
        ------
        Unavailable
            When it has; nobody is there to read it.
        """
        if self.ended:
            self._done = True
            raise messages.Unavailable("The client has hung up.")
        _here.work = self
        try:
            return function(*args)
        finally:
            _here.work = None
            self._done = True
            self._connections.clear()

    def takes(self, connection: Any) -> None:
        """Note that the request's work uses a connection from now on."""
        connection.ztfvo_work = self
        self._connections.add(connection)

    def end(self) -> None:
        """Stop the queries of the request; called in the reactor's thread."""
        self.ended = True
        if not self._done:
            reactor.callInThread(self._cancel)
            # What runs now may be followed by another statement before it is noticed.
            reactor.callLater(AGAIN, self.end)

    def _cancel(self) -> None:
        for connection in list(self._connections):
            with _cancelling:
                # It may have gone to another request in the meantime.
                busy = not connection.closed and (
                    connection.info.transaction_status == extensions.TRANSACTION_STATUS_ACTIVE
                )
                if busy and connection.ztfvo_work is self:
                    connection.cancel()


def current() -> Work | None:
    """The work that this thread does, if it does it for a request."""
    return getattr(_here, "work", None)


def release(connection: Any) -> bool:
    """End what a request has to do with a connection; whether another may have it."""
    with _cancelling:
        work = getattr(connection, "ztfvo_work", None)
        connection.ztfvo_work = None
        return work is None or not work.ended


def install() -> None:
    """Apply the repair, once in a process."""
    make_cursor = sqlsupport.GAVOConnection.cursor

    def cursor(self: Any, *args: Any, **named: Any) -> Any:
        work = current()
        if work and self._getDBConnectionArgs["profile"].name in PROFILES:
            work.takes(self)
        return make_cursor(self, *args, **named)

    sqlsupport.GAVOConnection.cursor = cursor


def install_in_server() -> None:
    """Apply the repair of the server, once in a process."""
    from gavo.web import grend

    page = grend.ServiceBasedPage
    begin = page.__init__
    pool = threadpool.ThreadPool(2, get_settings().tap_threads, "TAP")
    reactor.callWhenRunning(pool.start)
    reactor.addSystemEventTrigger("during", "shutdown", pool.stop)

    def begin_with_request(self: Any, request: Any, service: Any) -> None:
        self.ztfvo_request = request
        begin(self, request, service)

    def run(self: Any, data: Any) -> Any:
        work = Work(address_of(self.ztfvo_request))
        self.ztfvo_request.notifyFinish().addErrback(lambda reason: work.end())
        chosen = pool if self.service.core.name_ in QUERIES else reactor.getThreadPool()
        return threads.deferToThreadPool(reactor, chosen, work.run, self.runSync, data)

    page.__init__, page.runAsync = begin_with_request, run


def address_of(request: Any) -> str:
    """The visitor's address, as nginx passes it on."""
    return request.getHeader("x-real-ip") or request.getClientAddress().host or "unknown"


def take_turn(connection: Any) -> None:
    """Count a query as one of its visitor's, until its connection ends.

    The database keeps count, over all processes, and as long as the query runs in it.

    Raises
    ------
    Unavailable
        When as many are at work as one address may have.
    """
    work = current()
    if work is None:
        return
    most = get_settings().sync_per_address
    with connection.cursor() as cursor:
        for _ in range(_TRIES):
            cursor.execute(
                "SELECT turn FROM generate_series(1, %s) AS turn"
                " WHERE pg_try_advisory_lock(%s, hashtext(%s || ' ' || turn)) LIMIT 1",
                (most, _LOCKS, work.address),
            )
            if cursor.fetchone():
                return
            time.sleep(_PAUSE)
    base.ui.notifyInfo(f"Too many queries at a time from {work.address}")
    raise messages.Unavailable(
        f"{most} of your queries are at work, and more at a time are not possible from one "
        "address: wait for one of them to end, or send the query to /tap/async.",
        429,
    )
