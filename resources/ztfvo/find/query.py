"""From the parameters of a request to a query in ADQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ztfvo.dal import BadParameter, Parameters, plain, shorten
from ztfvo.errors import HTTPError
from ztfvo.find.criteria import (
    CATALOG,
    CRITERIA,
    FEATURES,
    KNOWLEDGE,
    OBJECTS,
    SOURCES,
    Criterion,
)
from ztfvo.products.parameters import FORMAT, SHORT_FORMAT

NAMED, RADIUS, MAXREC = "CATALOG", "RADIUS", "MAXREC"
PARAMETERS = (*(one.name for one in CRITERIA), NAMED, RADIUS, MAXREC)
VARIABLES = "variables"
"""The table of all variable stars that the hosted catalogues have, which is searched by default."""

LARGEST_RADIUS = 60.0
DEFAULT_RADIUS = 2.0
"""arcsec, of a light curve from an object of a catalogue."""
MOST_ROWS, DEFAULT_ROWS = 20_000, 1_000

SHOWN = (
    *("oid", "ra", "dec", "filter", "ngoodobs", "mag_median", "mag_amplitude", "chi2_red"),
    "source_id",
)
"""Columns of objects that every answer has."""


@dataclass(frozen=True)
class Found:
    """What a request asks the TAP service."""

    adql: str
    maxrec: int


def names(types: Sequence[str]) -> tuple[str, ...]:
    """Return what CATALOG may be.

    Parameters
    ----------
    types
        Names of the hosted catalogues that have classes.
    """
    return (VARIABLES, *sorted(types))


def read(given: Parameters, schema: str, catalogs: Sequence[str]) -> Found:
    """Return the query that a request asks for.

    Parameters
    ----------
    given
        Each parameter is a criterion, and all have to be met; words of one parameter are
        alternatives.
    schema
        TAP schema of the release.
    catalogs
        Names that CATALOG may be, from `names`.

    Raises
    ------
    HTTPError
        400, where a parameter is unknown or cannot be used, or none says what to find.
    """
    given.require_known((*PARAMETERS, FORMAT, SHORT_FORMAT))
    asked: list[tuple[Criterion, str]] = []
    for one in CRITERIA:
        if (condition := one.condition(given)) is not None:
            asked.append((one, condition))
    catalog = given.choice(NAMED, tuple(catalogs))
    radius = given.number(RADIUS, 0.01, LARGEST_RADIUS)
    maxrec = given.whole(MAXREC, 1, MOST_ROWS) or DEFAULT_ROWS
    if not asked and catalog is None:
        raise HTTPError(
            400,
            "Say what to find: at least one of CLASS, TAG, PERIOD, AMPLITUDE, CHI2, POS and other"
            " criteria, as in CLASS=RRAB&AMPLITUDE=0.5 Inf.",
        )
    tables = {one.table for one, _ in asked} | ({CATALOG} if catalog else set())
    if radius is not None and CATALOG not in tables:
        raise BadParameter(
            RADIUS, f"{RADIUS}={shorten(given.text(RADIUS) or '')} goes with CLASS or {NAMED} only."
        )
    catalog = catalog or VARIABLES
    return Found(
        _written(schema, catalog, radius or DEFAULT_RADIUS, tables, asked),
        maxrec,
    )


def _written(
    schema: str,
    catalog: str,
    radius: float,
    tables: set[str],
    asked: Sequence[tuple[Criterion, str]],
) -> str:
    near = f"DISTANCE(c.ra, c.dec, o.ra, o.dec) < {plain(radius)}/3600."
    joins = {
        SOURCES: f"JOIN {schema}.sources AS s ON s.source_id = o.source_id",
        FEATURES: f"JOIN {schema}.features AS f ON f.oid = o.oid",
        CATALOG: f"JOIN catalogs.{catalog} AS c ON {near}",
        KNOWLEDGE: "JOIN kdb.objects AS k ON k.oid = o.oid",
    }
    columns = [f"{OBJECTS}.{name}" for name in SHOWN]
    if CATALOG in tables:
        columns += ["c.type AS class"]
        if catalog == VARIABLES:
            columns += ["c.name AS catalog_object", "c.catalog_name", "c.period AS catalog_period"]
        columns += ["DISTANCE(c.ra, c.dec, o.ra, o.dec) * 3600 AS separation"]
    columns += [one.full for one, _ in asked if one.table not in (OBJECTS, CATALOG)]
    lines = [
        f"SELECT {', '.join(columns)}",
        f"FROM {schema}.objects AS {OBJECTS}",
        *(join for table, join in joins.items() if table in tables),
    ]
    if asked:
        lines.append(f"WHERE {' AND '.join(condition for _, condition in asked)}")
    return "\n".join(lines)
