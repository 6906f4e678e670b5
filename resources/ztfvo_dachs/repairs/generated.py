"""Keep names of columns out of the Python that DaCHS generates.

The writers of VOTables put a column's name into their source as it is: a quote in it ends the
string it stands in.
"""

from __future__ import annotations

from typing import Any

from gavo.votable import V


def install() -> None:
    """Apply the repair, once in a process."""
    designation = V.FIELD.getDesignation

    def literal(self: Any) -> str:
        """The name as it may stand between quotes in Python."""
        text = designation(self).encode("unicode_escape").decode("ascii")
        return text.replace("'", "\\'").replace('"', '\\"')

    V.FIELD.getDesignation = V.PARAM.getDesignation = literal
