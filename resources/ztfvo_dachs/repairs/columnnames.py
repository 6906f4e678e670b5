"""Name columns that a query gives no name by what they are and where they stand.

DaCHS takes the name from an address in memory: ``COUNT(*)`` had another one in each answer.
"""

from __future__ import annotations

import re
from typing import Any

from gavo.adql import common, nodes

OPTIONAL = True

_FUNCTION = re.compile(r"\s*([A-Za-z_]\w*)\s*\(")


def install() -> None:
    """Apply the repair, once in a process."""
    original, change = nodes.DerivedColumn.name.fget, nodes.DerivedColumn.change

    def name(self: Any) -> str:
        named = self.alias is not None or hasattr(self.expr, "name")
        return original(self) if named else getattr(self, "ztfvo_name", None) or original(self)

    def change_and_keep_name(self: Any, **changes: Any) -> Any:
        changed = change(self, **changes)
        if hasattr(self, "ztfvo_name"):
            changed.ztfvo_name = self.ztfvo_name
        return changed

    def polish(self: Any) -> None:
        for place, column in enumerate(self.selectFields or (), 1):
            if isinstance(column, nodes.DerivedColumn) and not hasattr(column, "ztfvo_name"):
                column.ztfvo_name = f"{_word(column.expr)}_{place}"

    nodes.DerivedColumn.name = property(name)
    nodes.DerivedColumn.change = change_and_keep_name
    nodes.SelectList._polish = polish


def _word(expression: Any) -> str:
    """Name of the function that an expression begins with, if it does."""
    try:
        function = _FUNCTION.match(nodes.flatten(expression))
    except common.Error:  # units and regions cannot be written before they are understood
        return "column"
    return function[1].lower() if function else "column"
