"""The table of TAP that lists the services outside, written from their declarations."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from psycopg import sql

from ztfvo import outside
from ztfvo.addresses import MATCH, OUTSIDE, absolute, outside_curves
from ztfvo.db import connect
from ztfvo.outside.model import Source
from ztfvo.settings import Settings

COLUMNS = (
    *("name", "title", "gives", "radius", "largest_radius", "epoch"),
    *("address", "about", "citation", "licence"),
)


def list_sources(settings: Settings) -> None:
    """Bring the table up to date, where there is one: before anything was loaded there is none.

    What it was written from is noted in its comment.
    """
    table, sum_ = "ztf_store.outside_source", _sum()
    with connect(settings) as connection:
        there, noted = connection.execute(
            "SELECT to_regclass(%(table)s), obj_description(to_regclass(%(table)s))",
            {"table": table},
        ).fetchone()
        if there is None or noted == sum_:
            return
        # Sources take a second to import.
        from ztfvo.outside.sources import sources

        connection.execute(f"DELETE FROM {table}")
        places = ", ".join(["%s"] * len(COLUMNS))
        insert = f"INSERT INTO {table} ({', '.join(COLUMNS)}) VALUES ({places})"
        connection.cursor().executemany(insert, map(row, sources().values()))
        connection.execute(sql.SQL(f"COMMENT ON TABLE {table} IS {{}}").format(sum_))


def _sum() -> str:
    """Return a checksum of all that rows are made from: declarations, this module, addresses."""
    digest = hashlib.sha256(absolute("").encode())
    declared = sorted(Path(outside.__path__[0]).rglob("*.py"))
    for path in (Path(__file__), *declared):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


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
