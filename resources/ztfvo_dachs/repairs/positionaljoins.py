"""Join positions with ObsCore by indexes.

``ivoa.obscore`` is a union, and some of its parts are joins.  PostgreSQL looks no rows of such a
union up by what another table of the query has: for a list of two positions it reads all light
curves and images.  A lateral join looks into the union once for each row of the other side.
"""

from __future__ import annotations

from typing import Any

from gavo.adql import nodes

OPTIONAL = True

UNIONS = ("ivoa.obscore",)
NEAR = "spoint_dwithin("
"""What a condition on positions is in SQL, see `ztfvo_dachs.geometry`."""
INNER, LEFT = ("JOIN", "INNER JOIN"), ("LEFT JOIN", "LEFT OUTER JOIN")


def install() -> None:
    """Apply the repair, once in a process."""
    original = nodes.JoinedTable.flatten

    def flatten(self: Any) -> str:
        return _lateral(self) or original(self)

    nodes.JoinedTable.flatten = flatten


def _lateral(join: Any) -> str | None:
    """Return SQL of a join with a union by position; nothing for others."""
    keyword, _, condition = nodes.flatten(join.joinSpecification or "").partition(" ")
    kind = nodes.flatten(join.operator).upper()
    if keyword.upper() != "ON" or NEAR not in condition or kind not in (*INNER, *LEFT):
        return None
    one, union = join.leftOperand, join.rightOperand
    if kind in INNER and not _is_union(union):
        one, union = union, one
    if not _is_union(union):
        return None
    # The offset keeps the planner from making a plain join of it again.
    looked_up = f"SELECT * FROM {union.flatten()} WHERE {condition} OFFSET 0"
    name = nodes.flatten(union.tableName)
    return f"{one.flatten()} {kind} LATERAL ({looked_up}) AS {name} ON true"


def _is_union(table: Any) -> bool:
    """Whether it is a union with a name of its own in the query, by which its columns go."""
    return (
        isinstance(table, nodes.PlainTableRef)
        and table.wasAliased
        and not table.sampling
        and table.originalTable.qName.lower() in UNIONS
    )
