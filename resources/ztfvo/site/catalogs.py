"""Publish hosted catalogs, and withdraw them.

Each has the RD ``catalogs/NAME``; ``catalogs/variables`` is that of all variable stars.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from ztfvo.catalogs import declared
from ztfvo.catalogs.folder import FILE
from ztfvo.catalogs.store import VARIABLE_COLUMNS, VARIABLES
from ztfvo.db import connect
from ztfvo.settings import Settings
from ztfvo.site import rolling
from ztfvo.site.dachs import change
from ztfvo.site.errors import SiteError
from ztfvo.site.render import write

SCHEMA = "catalogs"
"""Of what is published, and folder of the descriptors."""


def publish(settings: Settings, names: Iterable[str]) -> None:
    """Publish loaded catalogs, or bring what is published of them up to date.

    Views are made again only where they are missing or their descriptor is another one.

    Raises
    ------
    SiteError
        When a descriptor is missing or DaCHS refuses it.
    """
    names = list(names)
    for name in names:
        _require_descriptor(settings, name)
    there = _views(settings)
    wanted = [*names, VARIABLES]
    commands = [_import(settings, name, there) for name in wanted]
    _change(settings, *commands, ("pub", *map(_rd, wanted)), what=f"publishing {', '.join(names)}")
    for name in wanted:
        path = _stamp(settings, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        write(settings, path, _sum(settings, name))
    rolling.reload_descriptors(settings)


def unpublish(settings: Settings, name: str) -> None:
    """Drop a catalog's view and its entries in TAP_SCHEMA and the registry; its rows stay."""
    if name in _views(settings):
        _change(settings, ("drop", _rd(name)), what=f"withdrawing {name}")
    _stamp(settings, name).unlink(missing_ok=True)
    rolling.reload_descriptors(settings)


def unpublished(settings: Settings, names: Iterable[str]) -> list[str]:
    """Return those of some loaded catalogs that are not published as they are described now."""
    there = _views(settings)
    return [name for name in names if name not in there or not _is_same(settings, name)]


def published(settings: Settings) -> list[str]:
    """Return the catalogs that are published and have a descriptor."""
    stems = sorted(path.stem for path in _stamp(settings, VARIABLES).parent.glob("*.sum"))
    return [one for one in stems if one != VARIABLES and (_folder(settings) / f"{one}.rd").exists()]


def outdated(settings: Settings) -> list[str]:
    """Return the catalogs whose descriptors were others when they were published."""
    stamps = sorted(_stamp(settings, VARIABLES).parent.glob("*.sum"))
    return [path.stem for path in stamps if path.read_text("utf-8") != _sum(settings, path.stem)]


def _import(settings: Settings, name: str, there: set[str]) -> tuple[str, ...]:
    same = name in there and _is_same(settings, name)
    return ("imp", "-m", _rd(name)) if same else ("imp", _rd(name))


def _is_same(settings: Settings, name: str) -> bool:
    """Whether a catalog was published with the descriptors that there are now."""
    stamp = _stamp(settings, name)
    return stamp.exists() and stamp.read_text("utf-8") == _sum(settings, name)


def _views(settings: Settings) -> set[str]:
    """Names of the views that DaCHS has made."""
    with connect(settings) as connection:
        rows = connection.execute("SELECT viewname FROM pg_views WHERE schemaname = %s", [SCHEMA])
        return {row[0] for row in rows}


def _require_descriptor(settings: Settings, name: str) -> None:
    path = _folder(settings) / f"{name}.rd"
    if not path.exists():
        raise SiteError(
            f"there is no resource descriptor {path}",
            f"write it, as that of another catalog; declared are {', '.join(_known(settings))}",
        )


def _known(settings: Settings) -> list[str]:
    return list(declared(settings.catalogs))


def _folder(settings: Settings) -> Path:
    return settings.root / "resources" / SCHEMA


def _rd(name: str) -> str:
    return f"{SCHEMA}/{name}"


def _stamp(settings: Settings, name: str) -> Path:
    return settings.var / "dachs" / "published" / SCHEMA / f"{name}.sum"


def _sum(settings: Settings, name: str) -> str:
    """Return a checksum of what a published catalog is made of."""
    digest = hashlib.sha256(repr(VARIABLE_COLUMNS).encode() if name == VARIABLES else b"")
    descriptors = [_folder(settings) / f"{one}.rd" for one in ("catalog", name)]
    for path in (*descriptors, settings.catalogs / name / FILE):
        digest.update(path.read_bytes() if path.exists() else b"")
    return digest.hexdigest()


def _change(settings: Settings, *commands: tuple[str, ...], what: str) -> None:
    change(
        settings,
        *commands,
        what=what,
        remedy=f"see the lines above and {settings.var}/log/dachs-0/dcErrors; "
        "the database must run (scripts/serve start database)",
    )
