"""Cast to texts of any length, as ADQL has them (ADQL 2.1, section 4.3.6).

DaCHS knows no result of the type VARCHAR, and PostgreSQL takes CHAR for a single character: of 202
the first would be left.
"""

from __future__ import annotations

import re
from typing import Any

from gavo.adql import nodes

OPTIONAL = True

_ANY_LENGTH = re.compile(r"(?:national\s+)?(?:var)?char(?:\s*\(\s*\*\s*\))?", re.IGNORECASE)


def install() -> None:
    """Apply the repair, once in a process."""
    arguments, flatten = nodes.CastSpecification._getInitKWs, nodes.CastSpecification.flatten

    def read(cls: Any, _parseResult: Any) -> dict[str, Any]:
        found = arguments(_parseResult)
        if _ANY_LENGTH.fullmatch(found["newType"]):
            found["newType"] = "text"
        return found

    def write(self: Any) -> str:
        *before, kind, bracket = self.children
        if isinstance(kind, str) and _ANY_LENGTH.fullmatch(kind):
            return " ".join([*map(nodes.flatten, before), "TEXT", bracket])
        return flatten(self)

    nodes.CastSpecification._getInitKWs = classmethod(read)
    nodes.CastSpecification.flatten = write
