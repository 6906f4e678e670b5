"""Restart the service, or have it take over new descriptors, while it goes on answering.

The DaCHS processes come one after the other: nginx sends a process nothing new until it has
answered what visitors ask.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from ztfvo.settings import Settings
from ztfvo.site import health, keep, knowledge, service, supervisor
from ztfvo.site.config import write_kdb_environment, write_upstreams
from ztfvo.site.errors import SiteError
from ztfvo.site.identity import run
from ztfvo.site.supervisor import APP, DACHS, DATABASE, KDB, NGINX, WATCH

SETTLE = 10.0
"""Seconds after which nginx is not waited for any more, which takes configuration over at once."""

SHORT = 1.0
"""Seconds of a short request."""

_ESTABLISHED = "01"
"""State of a TCP connection in /proc/net/tcp."""

_CONNECTED = "03"
"""State of a socket in /proc/net/unix."""

FAULTS = {DACHS: health.dachs_fault, APP: health.app_fault}
"""What shows whether a process of a part works."""


def restart(settings: Settings, say: Callable[[str], None]) -> None:
    """Take over configuration and code in all parts but the database, without a pause.

    What does not run is started.  A site with one DaCHS process has a pause of some seconds, and so
    has one whose limits of nginx or of the knowledge database's processes have changed.

    Raises
    ------
    SiteError
        When a part does not work after its restart, or the knowledge database refuses its settings;
        parts that follow are left as they are.
    """
    former = service.start(settings)
    if settings.kdb_workers:
        _check_kdb(settings)
    with _sparing(settings) as spare:
        for part, fault in FAULTS.items():
            names = supervisor.processes(settings, part)
            for number, name in enumerate(names):
                if len(names) > 1:
                    spare(name)
                    _let_end(settings, part, number, say)
                supervisor.restart_program(settings, name)
                _wait_for(settings, name, partial(fault, settings, number))
                say(f"Restarted: {name}")
    write_kdb_environment(settings)
    for part in (KDB, NGINX):
        if part in former:
            supervisor.restart_program(settings, part)
        else:
            supervisor.send_signal(settings, part, "HUP")
        if part in supervisor.parts(settings):
            health.wait_for(settings, part, service.CHECKS[part], service.PATIENCE[part])
    supervisor.restart_program(settings, WATCH)
    if not settings.dsn:
        supervisor.send_signal(settings, DATABASE, "HUP")
        if DATABASE in former or health.database_wants_restart(settings):
            say(
                "The database goes on with some of its former settings; this interrupts everybody: "
                "scripts/serve restart database"
            )


def reload(settings: Settings) -> None:
    """Make running servers take over changed RDs, metadata, configuration and code.

    Requests go on; a short one that is at work ends first, and need not wait for descriptors.

    Raises
    ------
    SiteError
        When a DaCHS process does not work afterwards.
    """
    supervisor.send_signal(settings, DATABASE, "HUP")
    reload_descriptors(settings)
    supervisor.send_signal(settings, KDB, "HUP")


def reload_descriptors(settings: Settings) -> None:
    """Do so in DaCHS' processes alone, which is all that a published table needs.

    Raises
    ------
    SiteError
        When a DaCHS process does not work afterwards.
    """
    running = {one.name for one in supervisor.programs(settings) if one.state == "RUNNING"}
    with _sparing(settings) as spare:
        names = supervisor.processes(settings, DACHS)
        for number, name in enumerate(names):
            if name in running:
                if len(names) > 1:
                    spare(name)
                    _await_end(settings, DACHS, number, SHORT)
                supervisor.send_signal(settings, name, "HUP")
                # It reads descriptors at the first request that needs them, which are these.
                _wait_for(settings, name, partial(health.dachs_fault, settings, number))


def _check_kdb(settings: Settings) -> None:
    """Have the knowledge database look at its settings before its processes end for them."""
    run(
        settings,
        [sys.executable, "-I", "-c", "import kdb.config.wsgi"],
        "starting the knowledge database with its settings",
        "see the line above; it goes on with its former settings",
        knowledge.environment(settings),
        KDB,
    )


@contextmanager
def _sparing(settings: Settings) -> Iterator[Callable[[str], None]]:
    """Yield a function that has nginx send a process nothing, and those before it again."""

    def spare(name: str) -> None:
        write_upstreams(settings, spared=name)
        former = _workers(settings)
        supervisor.send_signal(settings, NGINX, "HUP")
        until = time.monotonic() + SETTLE
        while former & _workers(settings) and time.monotonic() < until:
            time.sleep(0.02)

    try:
        yield spare
    finally:
        write_upstreams(settings)
        supervisor.send_signal(settings, NGINX, "HUP")


def _workers(settings: Settings) -> set[int]:
    """Return the numbers of nginx' processes that take requests."""
    master = keep.running(supervisor.pids(settings), NGINX)
    found = set()
    if master:
        for child in Path(f"/proc/{master}/task/{master}/children").read_text("ascii").split():
            with suppress(OSError):  # it has just ended
                command = Path(f"/proc/{child}/cmdline").read_bytes().strip(b"\0 ")
                if command == b"nginx: worker process":  # else it is shutting down, or no worker
                    found.add(int(child))
    return found


def _let_end(settings: Settings, part: str, number: int, say: Callable[[str], None]) -> None:
    """Wait until the requests that a process has at work have ended."""
    patience = settings.sync_seconds + 10
    if left := _await_end(settings, part, number, patience):
        say(f"{part}-{number}: {left} requests are cut off after {patience} s")


def _await_end(settings: Settings, part: str, number: int, patience: float) -> int:
    """Return how many requests a process has at work after it has had time to end them."""
    until = time.monotonic() + patience
    while (left := _connections(settings, part, number)) and time.monotonic() < until:
        time.sleep(0.05)
    return left


def _connections(settings: Settings, part: str, number: int) -> int:
    """Number of connections to a process that are open."""
    if part == APP:
        lines = Path("/proc/net/unix").read_text().splitlines()[1:]
        open_ones = [line for line in lines if line.split()[5] == _CONNECTED]
        return sum(line.endswith(f" {settings.app_socket(number)}") for line in open_ones)
    port = settings.dachs_port + number
    rows = [line.split() for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]]
    return sum(row[1].endswith(f":{port:04X}") and row[3] == _ESTABLISHED for row in rows)


def _wait_for(settings: Settings, name: str, fault: Callable[[], str | None]) -> None:
    until = time.monotonic() + service.PATIENCE[supervisor.part_of(name)]
    while found := fault():
        if time.monotonic() > until:
            raise SiteError(
                f"{name} does not work after its restart: {found}",
                f"see: scripts/serve logs {name}",
            )
        time.sleep(0.2)
