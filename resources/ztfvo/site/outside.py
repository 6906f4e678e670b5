"""The table of TAP that lists the services outside, written from their declarations."""

from __future__ import annotations

from typing import Any

from ztfvo.addresses import MATCH, OUTSIDE, absolute
from ztfvo.db import connect
from ztfvo.match.catalogs import MATCHED
from ztfvo.outside.model import Source
from ztfvo.outside.sources import sources
from ztfvo.settings import Settings

COLUMNS = (
    *("name", "title", "gives", "radius", "largest_radius", "epoch"),
    *("address", "about", "citation", "licence"),
)


def list_sources(settings: Settings) -> None:
    """Bring the table up to date, where there is one: before anything was loaded there is none."""
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
    matched = MATCHED & set(source.gives)
    own: dict[str, Any] = {
        "gives": ", ".join(source.gives),
        "epoch": source.epoch if source.position else None,
        "address": absolute(f"{MATCH}/{source.name}" if matched else OUTSIDE),
    }
    return tuple(own[name] if name in own else getattr(source, name) for name in COLUMNS)
