"""Publish releases, withdraw them, and choose the default one.

Every release has the RD ``ztf/<release>``, whose tables are views on the
release's store schema; ``ztf/ztf`` is the RD of the default release.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ztfvo.settings import Settings, get_settings
from ztfvo.site import kdb_tables, rolling
from ztfvo.site.dachs import change
from ztfvo.site.errors import SiteError

DEFAULT_RD = "ztf"


def rd_path(settings: Settings, release: str) -> Path:
    """Return the file of a release's RD."""
    return settings.root / "resources" / "ztf" / f"{release}.rd"


def publish(*releases: str, settings: Settings | None = None) -> None:
    """Make the views of loaded releases, publish their services, and have servers show them.

    Parameters
    ----------
    *releases
        Names of releases; ``ztf`` is the default one.

    Raises
    ------
    SiteError
        When there is no RD of such a name or DaCHS refuses it.
    """
    settings = settings or get_settings()
    names = _descriptors(settings, releases)
    commands = [*(("imp", name) for name in names), ("pub", *names)]
    if DEFAULT_RD in releases:
        commands += kdb_tables.when_default_came(settings)
    _change(settings, *commands, what=f"publishing {', '.join(names)}")
    rolling.reload(settings)


def unpublish(release: str, settings: Settings | None = None) -> None:
    """Drop a release's views and its entries in TAP_SCHEMA and the registry.

    The store schema stays as it is.
    """
    settings = settings or get_settings()
    (name,) = _descriptors(settings, [release])
    if release == DEFAULT_RD:
        kdb_tables.default_goes(settings)
    _change(settings, ("drop", name), what=f"withdrawing {name}")
    rolling.reload(settings)


def refresh(release: str, settings: Settings | None = None) -> None:
    """Bring metadata and rights of a published release up to date with its RD."""
    settings = settings or get_settings()
    (name,) = _descriptors(settings, [release])
    commands = [("imp", "-m", name)]
    if release == DEFAULT_RD:
        commands += kdb_tables.when_default_came(settings)
    _change(settings, *commands, what=f"refreshing the metadata of {name}")
    rolling.reload(settings)


def _descriptors(settings: Settings, releases: Sequence[str]) -> list[str]:
    """Return DaCHS' names of the releases' RDs."""
    for path in (rd_path(settings, release) for release in releases):
        if not path.exists():
            known = ", ".join(sorted(p.stem for p in path.parent.glob("*.rd"))) or "none"
            raise SiteError(
                f"there is no resource descriptor {path}", f"write it; those there are: {known}"
            )
    return [f"ztf/{release}" for release in releases]


def _change(settings: Settings, *commands: Sequence[str], what: str) -> None:
    change(
        settings,
        *commands,
        what=what,
        remedy=f"see the lines above and {settings.var}/log/dachs-0/dcErrors; "
        "the database must run (scripts/serve start database)",
    )
