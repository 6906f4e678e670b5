"""Write tables with tabs as tables with commas are: with names of columns, and numbers as they are.

DaCHS leaves the names out, rounds numbers for people, and writes N/A where there is no value.
"""

from __future__ import annotations

import csv
from typing import Any, BinaryIO

from gavo.formats import common, csvtable

OPTIONAL = True


class Dialect(csv.excel_tab):
    """Lines of values with tabs between."""

    lineterminator = "\n"


def install() -> None:
    """Apply the repair, once in a process."""
    common.FORMATS_REGISTRY.writerRegistry["tsv"] = write


def write(table: Any, target: BinaryIO, acquireSamples: bool = False) -> None:
    """Write the table, with a line of names first."""
    csvtable.writeDataAsCSV(table, target, acquireSamples, dialect=Dialect, headered=True)
