"""Processes are killed."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from functools import partial

from bench.faults.base import Fault, Site


def _kill(part: str, all_of_it: bool, site: Site) -> None:
    victims = site.of(part) if all_of_it else site.of(part)[:1]
    if not victims:
        site.wrong.append(f"no process of {part} is there")
    for one in victims:
        with suppress(ProcessLookupError):
            os.kill(one.pid, signal.SIGKILL)


def _kill_backend(site: Site) -> None:
    ((pid,),) = site.rows(
        "SELECT pid FROM pg_stat_activity WHERE usename = 'gavo' ORDER BY backend_start LIMIT 1"
    )
    os.kill(pid, signal.SIGKILL)


def _kill_supervisor(site: Site) -> None:
    _kill("supervisor", False, site)
    time.sleep(5)
    if not site.works():
        site.wrong.append("does not work without its supervisor")
    site.start()


FAULTS = [
    Fault("kill-dachs", "a DaCHS process is killed", partial(_kill, "dachs", False)),
    Fault("kill-app", "a process of the web application is killed", partial(_kill, "app", False)),
    Fault("kill-all-dachs", "all DaCHS processes are killed", partial(_kill, "dachs", True)),
    Fault("kill-nginx", "nginx' master is killed", partial(_kill, "nginx", False)),
    Fault("kill-kdb", "the knowledge database's master is killed", partial(_kill, "kdb", False)),
    Fault("kill-watch", "the watch program is killed", partial(_kill, "watch", False)),
    Fault("kill-backend", "a connection's process of PostgreSQL is killed", _kill_backend),
    Fault("kill-database", "PostgreSQL's server is killed", partial(_kill, "database", False)),
    Fault("kill-supervisor", "the supervisor is killed, and started after 5 s", _kill_supervisor),
]
