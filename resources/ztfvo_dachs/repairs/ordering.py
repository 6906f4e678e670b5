"""Order rows by whatever can be selected.

DaCHS hands ORDER BY on as it is written, with functions that PostgreSQL does not know.
"""

from __future__ import annotations

from contextlib import nullcontext, suppress
from typing import Any

from gavo.adql import common, fieldinfos, nodes

from ztfvo_dachs.repairs.setops import SETS

OPTIONAL = True


class Order(nodes.TransparentMixin, nodes.ADQLNode):
    """ORDER BY with its expressions."""

    type = "orderBy"


def install() -> None:
    """Apply the repair, once in a process."""
    arguments, make = nodes.SelectQuery._getInitKWs, fieldinfos.QueryFieldInfos.makeForNode

    def read(cls: Any, _parseResult: Any) -> dict[str, Any]:
        found = arguments(_parseResult)
        if found["orderBy"]:
            found["orderBy"] = Order(children=list(found["orderBy"]))
        return found

    def make_with_order(cls: Any, query: Any, context: Any) -> Any:
        result = make(query, context)
        if query.orderBy:
            # Behind the last operand of a set it is the set's, with names of the first operand.
            is_operand = any(isinstance(above, SETS) for above in context.ancestors[-2:])
            with (
                suppress(common.ColumnNotFound) if is_operand else nullcontext(),
                context.customResolver(result.getFieldInfo),
            ):
                fieldinfos._annotateNodeRecurse(query.orderBy, context)
        return result

    nodes.SelectQuery._getInitKWs = classmethod(read)
    fieldinfos.QueryFieldInfos.makeForNode = classmethod(make_with_order)
