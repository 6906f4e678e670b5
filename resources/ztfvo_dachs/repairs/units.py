"""Bound what a unit can be: DaCHS works out whatever power of ten a query writes into one."""

from __future__ import annotations

import re
from typing import Any

from gavo import base
from gavo.base import unitconv

LONGEST = 100
_GREAT_POWER = re.compile(r"\*\*\s*\(?[+-]?[0-9.]{4}|[0-9]{40}|[eE][+-]?[0-9]{4}")


def install() -> None:
    """Apply the repair, once in a process."""
    parse, factor = unitconv.parseUnit, unitconv.computeConversionFactor

    def parse_checked(text: str, *args: Any) -> Any:
        if len(text) > LONGEST or _GREAT_POWER.search(text):
            raise base.BadUnit(f"{text[:40]!r} has no use as a unit")
        return parse(text, *args)

    def factor_checked(first: str, second: str) -> float:
        try:
            return float(factor(first or "", second))
        except ArithmeticError as error:
            raise base.BadUnit(f"{first!r} and {second!r} are too far apart") from error

    unitconv.parseUnit = parse_checked
    unitconv.computeConversionFactor = base.computeConversionFactor = factor_checked
