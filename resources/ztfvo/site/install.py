"""What ``scripts/setup`` does once the Python environment exists."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from ztfvo.settings import Settings
from ztfvo.site import config, dachs, kdb, kdb_tables, postgres, service


def install(settings: Settings, say: Callable[[str], None]) -> None:
    """Bring the installation up to date; does nothing where nothing changed.

    Raises
    ------
    SiteError
        When something is wrong that the operator can put right.
    """
    config.make_folders(settings)
    service.check_ports(settings, service.parts(settings))
    if not settings.dsn and postgres.make_cluster(settings):
        say(f"Made the database cluster {postgres.cluster_folder(settings)}")
    changed = [
        not settings.dsn and config.write_cluster_config(settings),
        config.write_dachs_config(settings),
        config.write_service_config(settings),
    ]
    if any(changed) or dachs.is_outdated(settings) or kdb.is_outdated(settings):
        with service.database(settings):
            postgres.make_database(settings)
            with ThreadPoolExecutor(1) as beside:
                records = beside.submit(kdb.set_up, settings, say)
                if dachs.make_root(settings):
                    say(f"Made the DaCHS root {settings.var / 'dachs'}")
                postgres.open_stores(settings)
                records.result()
            kdb_tables.make(settings)
        service.reload(settings)
    say(f"Set up in {settings.var}; start with: scripts/serve start")
