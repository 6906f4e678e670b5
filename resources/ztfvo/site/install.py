"""What ``scripts/setup`` does once the Python environment exists."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from ztfvo.declarations import declared
from ztfvo.errors import BadFile, CannotBeDone
from ztfvo.settings import Settings
from ztfvo.site import (
    address,
    catalogs,
    config,
    dachs,
    identity,
    kdb,
    kdb_tables,
    older,
    postgres,
    publish,
    rolling,
    service,
    supervisor,
)
from ztfvo.site.errors import SiteError

#: What an operator should know where set-up is not root.
WITHOUT_WALLS = (
    "Note: all parts run as one user, since set-up did not run as root. Whoever breaks into one of "
    "them can read the others' data and secrets and change programs; as root, each has a user of "
    "its own."
)


def install(settings: Settings, say: Callable[[str], None]) -> None:
    """Bring the installation up to date; does nothing where nothing changed.

    Raises
    ------
    SiteError
        When something is wrong that the operator can put right.
    """
    _check_declarations(settings)
    older.take_over(settings, say)
    config.make_folders(settings)
    service.check_ports(settings, supervisor.parts(settings))
    if not settings.dsn and postgres.make_cluster(settings):
        say(f"Made the database cluster {postgres.cluster_folder(settings)}")
    changed = [
        not settings.dsn and config.write_cluster_config(settings),
        config.write_dachs_config(settings),
        config.write_service_config(settings),
    ]
    config.write_kdb_environment(settings)
    fresh = not dachs.is_made(settings)
    if any(changed) or any(part.is_outdated(settings) for part in (dachs, kdb, address)):
        with service.database(settings):
            postgres.make_database(settings)
            with ThreadPoolExecutor(1) as beside:
                records = beside.submit(kdb.set_up, settings, say)
                if dachs.make_root(settings):
                    say(f"Made the DaCHS root {settings.var / 'dachs'}")
                postgres.open_stores(settings)
                postgres.close_database(settings)
                records.result()
            kdb_tables.make(settings)
            postgres.renew_stores(settings)
            publish.note_unknown(settings)
            if fresh:
                address.note(settings)
            elif address.is_outdated(settings):
                say(f"Publishing all again, whose address is {settings.url} now")
                address.renew(settings)
        rolling.reload(settings)
    if not identity.has_walls(settings):
        say(WITHOUT_WALLS)
    for release in publish.outdated(settings):
        if release != publish.DEFAULT_RD:  # published with the release that is the default one
            say(
                f"Warning: descriptors of {release} have changed since it was published, so that"
                f" queries may fail: once the service runs, ztfvo release publish {release}"
            )
    if names := catalogs.outdated(settings):
        say(
            f"Warning: descriptors of the catalogs {', '.join(names)} have changed since they were"
            " published: once the service runs, ztfvo catalog publish"
        )
    say(f"Set up in {settings.var}; start with: scripts/serve start")


def _check_declarations(settings: Settings) -> None:
    """Refuse a declaration of a release that lacks what this version wants: DaCHS reads them all.

    Raises
    ------
    SiteError
        At the first, before anything is changed.
    """
    for path in sorted(settings.inputs.glob("*/release.toml")):
        try:
            declared(path.parent.name, settings.inputs)
        except (BadFile, CannotBeDone) as error:
            remedy = "correct it, then run this again; CHANGELOG.md says what is new"
            raise SiteError(str(error), remedy) from error
