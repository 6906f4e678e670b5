"""Compute functions of arrays in the types that their values need.

The functions that DaCHS puts into the database return the type of the array's elements: means of
integers lose their fraction, sums do not fit, a count is a magnitude; and the standard deviation is
that of all instead of a sample, since its correction is a division of integers.
"""

from __future__ import annotations

from typing import Any

from gavo.adql import fieldinfo, nodes

from ztfvo_dachs.repairs.resulttypes import EXPRESSION, FLOATS, INTEGERS

_OF_ELEMENTS = "(SELECT {} FROM unnest({}) AS element)"

SQL = {
    "ARR_MIN": _OF_ELEMENTS.format("min(element)", "{0}"),
    "ARR_MAX": _OF_ELEMENTS.format("max(element)", "{0}"),
    "ARR_AVG": _OF_ELEMENTS.format("avg(element)::double precision", "{0}"),
    "ARR_STDDEV": _OF_ELEMENTS.format("stddev_samp(element::double precision)", "{0}"),
    "ARR_SUM": _OF_ELEMENTS.format("sum(element::{1})", "{0}"),
    "ARR_COUNT": "cardinality({0})",
}


def install() -> None:
    """Apply the repair, once in a process."""
    kind = nodes.ScalarArrayFunction
    original_flatten, original_describe = kind.flatten, kind.addFieldInfo

    def flatten(self: Any) -> str:
        if self.funName not in SQL:
            return original_flatten(self)
        return SQL[self.funName].format(nodes.flatten(self.args[0]), _summed(self.args[0]))

    def describe(self: Any, context: Any) -> None:
        original_describe(self, context)
        if self.funName == "ARR_COUNT":
            self.fieldInfo = fieldinfo.FieldInfo("integer", "", "meta.number")
        self.fieldInfo.properties[EXPRESSION] = flatten(self)

    kind.flatten, kind.addFieldInfo = flatten, describe


def _summed(array: Any) -> str:
    """Type in which the elements of an array are summed up."""
    info = getattr(array, "fieldInfo", None)
    element = info.type.partition("[")[0] if info else ""
    return element if element in INTEGERS else FLOATS[-1]
