"""The database is stopped, or ends connections."""

from __future__ import annotations

import time

from bench.faults.base import Fault, Site


def _stop_and_start(site: Site) -> None:
    site.script("serve", "stop", "database")
    time.sleep(5)
    site.start()


def _end_backends(site: Site) -> None:
    for _ in range(3):
        site.rows(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        time.sleep(1)


FAULTS = [
    Fault("database-stopped", "the database is stopped for 5 s, and started", _stop_and_start),
    Fault("backends-ended", "all connections are ended, three times", _end_backends),
]
