"""Say in the pages on ADQL what is so here.

DaCHS has texts of its own site there: examples on tables that are not here, limits that do not
hold, and clients that are gone.
"""

from __future__ import annotations

from typing import Any

from gavo import base
from gavo.protocols import adqlglue

from ztfvo.settings import get_settings
from ztfvo_dachs.repairs import reloading

SERVICE = "//adql"

INTRODUCTION = """
Write a query in `ADQL <https://www.ivoa.net/documents/ADQL/>`_ on
`the tables of this site </__system__/dc_tables/list/form>`_, or run one of
`the examples </tap/examples>`_ and change it. For large results, uploads and programs there is
`TAP </tap>`_.
"""

BELOW = """
For more rows than can be chosen here there is `TAP </tap#limits>`_, with up to {rows:,}.
"""

GUIDE = """
ADQL is a dialect of SQL. Cones are comparisons of ``DISTANCE(ra, dec, 254.45755, 35.34236)`` with a
number of degrees. Without TOP a query here ends after the number of rows that is chosen below it.

Columns that are true or false are compared with text: ``WHERE simulated = 'False'``.

The functions there are, of the IVOA and of this site, are in the
`capabilities </tap/capabilities>`_ of TAP; clients show them.

Control and Return together send the query.
"""


CUT = "Query result probably incomplete"
"""How DaCHS begins to say that there may be more rows, with a number that does not hold."""


def install() -> None:
    """Say how many rows are shown, once in a process."""
    original = adqlglue.query

    def query(*args: Any, **named: Any) -> Any:
        table = original(*args, **named)
        warnings = list(table.iterMeta("_warning"))
        if any(str(one.content).startswith(CUT) for one in warnings):
            table.delMeta("_warning")
            table.addMeta(
                "_warning",
                f"These are the first {len(table.rows):,} rows, and there may be more: choose a"
                " higher limit below the query, or use TAP.",
            )
        return table

    adqlglue.query = query


def install_in_server() -> None:
    """Put the texts in the place of those of DaCHS, once in a process."""
    _write()
    reloading.after.append(_write)


def _write() -> None:
    descriptor = base.caches.getRD(SERVICE)
    texts = {
        "_intro": INTRODUCTION,
        "_bottominfo": BELOW.format(rows=get_settings().max_rows),
        "_longdoc": GUIDE,
    }
    for name, text in texts.items():
        descriptor.setMeta(name, text, format="rst")
