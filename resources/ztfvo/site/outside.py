"""The table of TAP that lists the services outside, written from their declarations."""

from __future__ import annotations

from typing import Any

from ztfvo.addresses import MATCH, OUTSIDE, absolute, outside_curves
from ztfvo.db import connect
from ztfvo.outside.model import Source
from ztfvo.settings import Settings

COLUMNS = (
    *("name", "title", "gives", "radius", "largest_radius", "epoch"),
    *("address", "about", "citation", "licence"),
)


def list_sources(settings: Settings) -> None:
    """Bring the table up to date, where there is one: before anything was loaded there is none."""
    # Sources import much, which commands that steer the service can do without.
    from ztfvo.outside.sources import sources

    wanted = [row(source) for source in sources().values()]
    listed = ", ".join(COLUMNS)
    with connect(settings) as connection:
        query = "SELECT to_regclass('ztf_store.outside_source') IS NOT NULL"
        if not connection.execute(query).fetchone()[0]:
            return
        there = connection.execute(f"SELECT {listed} FROM ztf_store.outside_source").fetchall()
        if sorted(there) == sorted(wanted):
            return
        connection.execute("DELETE FROM ztf_store.outside_source")
        places = ", ".join(["%s"] * len(COLUMNS))
        insert = f"INSERT INTO ztf_store.outside_source ({listed}) VALUES ({places})"
        connection.cursor().executemany(insert, wanted)


def row(source: Source) -> tuple[Any, ...]:
    """Return the row of a source, as `COLUMNS` has it."""
    own: dict[str, Any] = {
        "gives": ", ".join(source.gives),
        "epoch": source.epoch if source.position else None,
        "address": absolute(_address(source)),
    }
    return tuple(own[name] if name in own else getattr(source, name) for name in COLUMNS)


def _address(source: Source) -> str:
    """Where the site gives what the source knows."""
    if source.fetch:
        return outside_curves(source.name)
    return f"{MATCH}/{source.name}" if source.find else OUTSIDE
