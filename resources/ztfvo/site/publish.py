"""Publish releases, withdraw them, and choose the default one.

Every release has the RD ``ztf/<release>``, whose tables are views on the
release's store schema; ``ztf/ztf`` is the RD of the default release.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from ztfvo.db import connect_superuser
from ztfvo.settings import Settings, get_settings
from ztfvo.site import kdb_tables, outside, rolling
from ztfvo.site.dachs import change
from ztfvo.site.errors import SiteError
from ztfvo.site.postgres import DACHS_ADMIN
from ztfvo.site.render import write

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
    outside.list_sources(settings)
    commands = [*(("imp", name) for name in names), ("pub", *names)]
    if DEFAULT_RD in releases:
        commands += kdb_tables.when_default_came(settings)
    _change(settings, *commands, what=f"publishing {', '.join(names)}")
    for release in releases:
        path = _stamp(settings, release)
        path.parent.mkdir(exist_ok=True)
        write(settings, path, _sum(settings, release))
    rolling.reload_descriptors(settings)


def unpublish(release: str, settings: Settings | None = None) -> None:
    """Drop a release's views and its entries in TAP_SCHEMA and the registry.

    The store schema stays as it is.
    """
    settings = settings or get_settings()
    (name,) = _descriptors(settings, [release])
    if release == DEFAULT_RD:
        kdb_tables.default_goes(settings)
    _change(settings, ("drop", name), what=f"withdrawing {name}")
    _stamp(settings, release).unlink(missing_ok=True)
    rolling.reload_descriptors(settings)


def refresh(release: str, settings: Settings | None = None) -> None:
    """Bring metadata and rights of a published release up to date with its RD."""
    settings = settings or get_settings()
    (name,) = _descriptors(settings, [release])
    commands = [("imp", "-m", name)]
    if release == DEFAULT_RD:
        commands += kdb_tables.when_default_came(settings)
    _change(settings, *commands, what=f"refreshing the metadata of {name}")
    rolling.reload_descriptors(settings)


def published(settings: Settings) -> list[str]:
    """Return the releases that are published and have a descriptor, the default one as well."""
    stamps = sorted(_stamp(settings, DEFAULT_RD).parent.glob("*.sum"))
    return [path.stem for path in stamps if rd_path(settings, path.stem).exists()]


def outdated(settings: Settings) -> list[str]:
    """Return the releases whose descriptors were others when they were published."""
    stamps = sorted(_stamp(settings, DEFAULT_RD).parent.glob("*.sum"))
    return [path.stem for path in stamps if path.read_text("utf-8") != _sum(settings, path.stem)]


def note_unknown(settings: Settings) -> None:
    """Count releases as outdated that a version published which kept no note of it."""
    with connect_superuser(settings) as connection:
        schemas = connection.execute(
            "SELECT schemaname FROM pg_views"
            " WHERE viewname = 'objects' AND schemaname ~ '^ztf(_|$)' AND schemaname !~ '_store$'"
            " AND viewowner = %s",
            (DACHS_ADMIN,),
        ).fetchall()
    for (schema,) in schemas:
        path = _stamp(settings, schema.removeprefix("ztf_"))
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            write(settings, path, "unknown")


def _stamp(settings: Settings, release: str) -> Path:
    return settings.var / "dachs" / "published" / f"{release}.sum"


def _sum(settings: Settings, release: str) -> str:
    """Return a checksum of what a published release is made of."""
    digest = hashlib.sha256()
    descriptors = rd_path(settings, release).parent.glob("*.rd")
    for path in (*sorted(descriptors), settings.inputs / release / "release.toml"):
        digest.update(path.read_bytes() if path.exists() else b"")
    return digest.hexdigest()


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
