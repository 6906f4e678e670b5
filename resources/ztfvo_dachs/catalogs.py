"""What the RD of a hosted catalog is filled with: what is declared of it, and what is loaded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from typing import Any

from ztfvo.catalogs import Column, declared, find
from ztfvo.catalogs.store import VARIABLE_COLUMNS, VARIABLES
from ztfvo.settings import get_settings
from ztfvo.store.names import CATALOGS
from ztfvo_dachs.facts import SIMULATED, ask

PART = "A PART of the catalog."
"""What is put before the descriptions of a catalog that is not loaded whole."""

NULLS = {"smallint": "-32768", "integer": "-2147483648", "bigint": "-9223372036854775808"}
"""What stands for no value in forms of tables that have no other way."""


def declaration(name: str) -> dict[str, str]:
    """Return what is declared of a catalog, with `prefix` and `state` of what is loaded.

    Raises
    ------
    CannotBeDone, BadFile
        When it is not declared, or its file is faulty.
    """
    catalog = find(name, get_settings().catalogs)
    ra, dec = catalog.test
    said = {
        key: str(getattr(catalog, key))
        for key in (
            *("name", "title", "label", "description", "rank", "authors", "waveband", "origin"),
            *("reference", "licence"),
        )
    }
    return {
        **said,
        "bibcode": catalog.source,
        "created": f"{catalog.created.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "prefix": prefix(name),
        "state": state(name),
        "ra": repr(ra),
        "dec": repr(dec),
    }


def subjects(name: str) -> Iterator[dict[str, str]]:
    """Yield the subjects of a catalog as `value`."""
    for subject in find(name, get_settings().catalogs).subjects:
        yield {"value": subject}


def columns(name: str) -> Iterator[dict[str, str]]:
    """Yield the columns of a catalog's table, or of that of all variables, as attributes."""
    known = VARIABLE_COLUMNS if name == VARIABLES else find(name, get_settings().catalogs).published
    for column in known:
        yield _attributes(column)


def _attributes(column: Column) -> dict[str, str]:
    null = NULLS.get(column.type)
    return {
        "name": column.name,
        "type": column.type,
        "unit": column.unit,
        "ucd": column.ucd,
        "head": column.head or column.name,
        "description": column.description,
        "required": str(column.required),
        "level": str(column.level),
        "hint": "" if column.digits is None else f"sf={column.digits}",
        "kind": "whole-number" if null and not column.required else "column",
        "null": null or "",
    }


def shown(name: str) -> Iterator[dict[str, str]]:
    """Yield the names of the columns that a form shows as `item`."""
    for one in columns(name):
        yield {"item": one["name"]}


def spatial(name: str) -> Iterator[dict[str, str]]:
    """Yield the coverage of a catalog as `value`, if it is loaded."""
    for (moc,) in _loaded(name, "footprint"):
        yield {"value": moc}


def spatial_of_variables() -> Iterator[dict[str, str]]:
    """Yield the coverage of all loaded catalogs of variable stars as `value`, if there is one."""
    from mocpy import MOC  # takes a second to import and only this needs it

    known = declared(get_settings().catalogs).values()
    mocs = [moc for one in known if one.variables for (moc,) in _loaded(one.name, "footprint")]
    if mocs:
        whole = MOC.union(*(MOC.from_string(moc, "ascii") for moc in mocs), MOC.new_empty(6))
        yield {"value": " ".join(whole.to_string("ascii").split())}


def rows(name: str) -> Iterator[dict[str, str]]:
    """Yield the number of rows of a catalog as `value`, if it is loaded."""
    for (number,) in _loaded(name, "nrows"):
        yield {"value": str(number)}


def prefix(name: str) -> str:
    """What begins the descriptions of a catalog that is simulated, or not whole."""
    for simulated, part in _loaded(name, "simulated, part"):
        return SIMULATED if simulated else PART if part else ""
    return ""


def state(name: str) -> str:
    """Of when the rows of a catalog are, in a sentence."""
    for as_of, loaded_at in _loaded(name, "as_of, loaded_at"):
        here = f"oaded here on {loaded_at.astimezone(UTC):%Y-%m-%d}."
        if as_of is None:
            return f"L{here}"
        return f"State of {as_of.astimezone(UTC):%Y-%m-%d %H:%M} (UTC), l{here}"
    return "Not loaded here."


def _loaded(name: str, columns: str) -> list[tuple[Any, ...]]:
    """Columns of the list of what is loaded, for a catalog; no row where it is not."""
    query = f"SELECT {columns} FROM {CATALOGS}.catalog WHERE name = %(name)s"
    return ask(query, {"name": name})
