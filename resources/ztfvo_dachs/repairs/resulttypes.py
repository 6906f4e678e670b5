"""Give columns of results the types that the database has for them.

DaCHS guesses types of expressions: a sum of small integers is a small integer, and the number that
does not fit is another one in FITS, and a failure in VOTable.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from gavo import base, rscdef
from gavo.adql import morphpg, nodes
from gavo.protocols import adqlglue

from ztfvo_dachs.repairs import streaming

TYPES = {
    21: "smallint", 23: "integer", 20: "bigint", 700: "real", 701: "double precision",
    1700: "double precision",
    1005: "smallint[]", 1007: "integer[]", 1016: "bigint[]", 1021: "real[]",
    1022: "double precision[]", 1231: "double precision[]",
}  # fmt: skip
"""Types by their numbers in PostgreSQL (pg_type), where a guess may be another one.  Sums of large
integers are numbers of any precision there, and doubles outside."""

FLOATS = ("real", "double precision")

EXPRESSION = "src-expression"
"""Property of what is computed, and not a column of a table."""

_LITERAL = re.compile(r"[\d\s()+*/-]+")

INTEGERS = ("smallint", "integer", "bigint")
"""Each holds those before it."""

WIDEST = INTEGERS[-1]
"""What computed integers are: the least number of a type stands for null in results, and of the
others it can come out."""


def install() -> None:
    """Apply the repair, once in a process."""
    run = adqlglue.runTAPQuery

    def run_and_settle(*args: Any, **named: Any) -> Any:
        table = run(*args, **named)
        settle(table.tableDef, streaming.start(table))
        return table

    describe = nodes.SetFunction.addFieldInfo

    def describe_as_computed(self: Any, context: Any) -> None:
        describe(self, context)
        self.fieldInfo.properties[EXPRESSION] = nodes.flatten(self)
        self.fieldInfo.ucd = self.fieldInfo.ucd or ""  # where there is none, HTML wants a text

    adqlglue.runTAPQuery = run_and_settle
    nodes.SetFunction.addFieldInfo = describe_as_computed
    for kind in (nodes.Term, nodes.NumericValueExpression):
        morphpg._allMorphers[kind.type] = widen


def settle(definition: Any, found: Sequence[Any]) -> None:
    """Change types of a result's columns to those that the database says it sends.

    Columns of tables keep the type they are declared with where it holds what is sent.

    Parameters
    ----------
    found : sequence of psycopg2.extensions.Column
        What the database says of them; a column of a table has the table's number, whatever it is
        called here and whether it came through subqueries.
    """
    for column, sent in zip(definition.columns, found, strict=True):
        kind = TYPES.get(sent.type_code)
        plain = bool(sent.table_oid)
        if kind in INTEGERS and not plain:
            kind = WIDEST
        if kind is None or _same(column.type, kind) or (plain and _holds(column.type, kind)):
            continue
        column.type, column.xtype = kind, None
        null = adqlglue._artificialNULLs.get(kind)
        column.values = null and base.makeStruct(rscdef.Values, nullLiteral=null)


def _same(declared: str, kind: str) -> bool:
    """Whether a declared type is what the database has; lengths of arrays are only declared."""
    if kind.endswith("[]"):
        return declared.partition("[")[0] == kind[:-2] and "[" in declared
    return declared == kind


def _holds(declared: str, kind: str) -> bool:
    if declared in FLOATS and kind in FLOATS:
        return True
    both = declared in INTEGERS and kind in INTEGERS
    return both and INTEGERS.index(kind) <= INTEGERS.index(declared)


def widen(node: Any, state: Any) -> Any:
    """Have small integers reckoned with as integers, so that what comes out fits."""
    first, *others = node.children
    if others and getattr(getattr(first, "fieldInfo", None), "type", None) == "smallint":
        written = nodes.flatten(first)
        if not _LITERAL.fullmatch(written):  # which is an integer
            node = node.change(children=(f"CAST({written} AS integer)", *others))
    return node
