"""Put releases on line, take them off line, and choose the default one.

Every release has the RD ``ztf/<release>``, whose tables are views on the
release's store schema; ``ztf/ztf`` is the RD of the default release.
"""

from __future__ import annotations

from pathlib import Path

from ztfvo.settings import Settings, get_settings
from ztfvo.site import kdb_tables, rolling
from ztfvo.site.dachs import change
from ztfvo.site.errors import SiteError

DEFAULT_RD = "ztf"


def rd_path(settings: Settings, release: str) -> Path:
    """Return the file of a release's RD."""
    return settings.root / "resources" / "ztf" / f"{release}.rd"


def publish(release: str, settings: Settings | None = None) -> None:
    """Make the views of a loaded release, publish its services, and tell running servers.

    Parameters
    ----------
    release
        Name of the release, or ``ztf`` for the default one.

    Raises
    ------
    SiteError
        When there is no RD of this name or DaCHS refuses it.
    """
    settings = settings or get_settings()
    _dachs_on(settings, release, "imp", "importing")
    _dachs_on(settings, release, "pub", "publishing")
    if release == DEFAULT_RD:
        kdb_tables.default_came(settings)
    rolling.reload(settings)


def unpublish(release: str, settings: Settings | None = None) -> None:
    """Drop a release's views and its entries in TAP_SCHEMA and the registry.

    The store schema stays as it is.
    """
    settings = settings or get_settings()
    if release == DEFAULT_RD:
        kdb_tables.default_goes(settings)
    _dachs_on(settings, release, "drop", "taking off line")
    rolling.reload(settings)


def refresh(release: str, settings: Settings | None = None) -> None:
    """Bring metadata and rights of a published release up to date with its RD."""
    settings = settings or get_settings()
    _dachs_on(settings, release, "imp -m", "refreshing the metadata of")
    if release == DEFAULT_RD:
        kdb_tables.default_came(settings)
    rolling.reload(settings)


def _dachs_on(settings: Settings, release: str, command: str, doing: str) -> None:
    path = rd_path(settings, release)
    if not path.exists():
        known = ", ".join(sorted(p.stem for p in path.parent.glob("*.rd"))) or "none"
        raise SiteError(
            f"there is no resource descriptor {path}", f"write it; those there are: {known}"
        )
    change(
        settings,
        *command.split(),
        f"ztf/{release}",
        what=f"{doing} ztf/{release}",
        remedy=f"see the lines above and {settings.var}/log/dachs-0/dcErrors; "
        "the database must run (scripts/serve start database)",
    )
