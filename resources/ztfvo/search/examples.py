"""Stars to begin with: known ones that a release has, and others of its own."""

from __future__ import annotations

from dataclasses import dataclass

from psycopg import Connection, sql

from ztfvo.releases import Release, example_of
from ztfvo.store.names import schema_of

WANTED = 6
ENOUGH_EPOCHS = 30
"""Good epochs of a light curve that is chosen for how it varies."""


@dataclass(frozen=True)
class Example:
    """A light curve to look at."""

    oid: int
    name: str
    what: str
    period: float | None = None
    """d"""


KNOWN = (
    Example(680113300005170, "HZ Her", "X-ray binary", 1.700167),
    Example(633207400004730, "SNAD101", "supernova AT2018lwh"),
    Example(759116400002093, "LZ Boo", "RR Lyrae star", 0.6117423),
    Example(727111200003454, "OID 727111200003454", "eclipsing binary", 0.4715244),
    Example(839209300022157, "AT2017hue", "cataclysmic variable, recurrent outbursts"),
    Example(695211200075348, "M31N 2013-11b", "recurrent nova in M31"),
)
"""Of the documents: the same stars in all releases."""

_VARIABLE = """
SELECT oid, chi2_red FROM {} WHERE filterid = 2 AND ngoodobs >= 10 AND ngoodobs >= %s
  AND chi2_red < 'Infinity' ORDER BY chi2_red DESC LIMIT %s
"""
"""The index of variability has those with ten good epochs."""


def examples(connection: Connection, release: Release) -> list[Example]:
    """Return examples that a release has; none where nothing is loaded."""
    table = sql.Identifier(schema_of(release.name), "object")
    query = sql.SQL("SELECT oid FROM {} WHERE oid = ANY(%s)").format(table)
    rows = connection.execute(query, ([one.oid for one in KNOWN],)).fetchall()
    there = {oid for (oid,) in rows}
    found = [one for one in KNOWN if one.oid in there]
    if len(found) < WANTED:
        most = sql.SQL(_VARIABLE).format(table)
        rows = connection.execute(most, (ENOUGH_EPOCHS, WANTED)).fetchall()
        found += [
            Example(oid, f"OID {oid}", f"varies: reduced chi-square {chi2:,.0f}")
            for oid, chi2 in rows
            if oid not in there
        ]
    if not found and (oid := example_of(connection, release)):
        found = [Example(oid, f"OID {oid}", "a light curve of the release")]
    return found[:WANTED]
