"""Restart the service while it goes on answering.

The DaCHS processes are restarted one after the other: nginx sends a process nothing new, those of
its requests that are at work end, and it is back when it has answered a query.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ztfvo.settings import Settings
from ztfvo.site import health, service, supervisor
from ztfvo.site.config import write_service_config
from ztfvo.site.errors import SiteError
from ztfvo.site.supervisor import DACHS, KDB, NGINX, WATCH

SETTLE = 1.0
"""Seconds after which nginx has taken its configuration over."""

_ESTABLISHED = "01"


def restart(settings: Settings, say: Callable[[str], None]) -> None:
    """Take over configuration and code in all parts but the database, without a pause.

    What does not run is started.  A site with one DaCHS process has a pause of some seconds.

    Raises
    ------
    SiteError
        When a part does not work after its restart; those that follow are left as they are.
    """
    service.start(settings)
    for number in range(settings.dachs_processes):
        with _spared(settings, number):
            supervisor.restart_program(settings, DACHS, f"{DACHS}-{number}")
            _wait_for(settings, number)
        say(f"Restarted: {DACHS}-{number}")
    for part in (KDB, NGINX):
        supervisor.send_signal(settings, part, "HUP")
    supervisor.restart_program(settings, WATCH, WATCH)


@contextmanager
def _spared(settings: Settings, number: int) -> Iterator[None]:
    """Have nginx send a process nothing, and its requests ended."""
    if settings.dachs_processes == 1:
        yield
        return
    write_service_config(settings, spared=number)
    supervisor.send_signal(settings, NGINX, "HUP")
    time.sleep(SETTLE)
    port = settings.dachs_port + number
    until = time.monotonic() + settings.sync_seconds + 10
    while _connections(port) and time.monotonic() < until:
        time.sleep(0.1)
    try:
        yield
    finally:
        write_service_config(settings)
        supervisor.send_signal(settings, NGINX, "HUP")
        time.sleep(SETTLE)


def _connections(port: int) -> int:
    """Number of connections to a local port that are open."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]]
    return sum(row[1].endswith(f":{port:04X}") and row[3] == _ESTABLISHED for row in rows)


def _wait_for(settings: Settings, number: int) -> None:
    until = time.monotonic() + service.PATIENCE[DACHS]
    while not health.process_answers(settings, number):
        if time.monotonic() > until:
            raise SiteError(
                f"{DACHS}-{number} does not answer after its restart",
                f"see: scripts/serve logs {DACHS}-{number}",
            )
        time.sleep(0.2)
