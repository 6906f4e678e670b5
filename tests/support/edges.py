"""Light curves at the poles and around right ascension 0, in the demo release for a while."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from . import service

FIRST_OID = 9999101100000000
PLACES = [
    (0.0, 90.0),
    (123.0, 89.99999),
    (303.0, 89.99999),
    (359.99999, 0.0),
    (0.00001, 0.0),
    (0.0, -90.0),
    (77.0, -89.9999),
]
"""Their positions."""


@contextmanager
def edge_curves(oid: int) -> Iterator[None]:
    """Copies of a light curve of the demo release at these places, with OIDs from FIRST_OID."""
    for number, (ra, dec) in enumerate(PLACES):
        for table in ("object", "lightcurve"):
            service.execute(
                f"INSERT INTO demo_store.{table} SELECT (jsonb_populate_record(t, %s::jsonb)).*"
                f" FROM demo_store.{table} t WHERE oid = %s",
                json.dumps(
                    {"oid": FIRST_OID + number, "ra": ra, "dec": dec}
                    if table == "object"
                    else {"oid": FIRST_OID + number}
                ),
                oid,
            )
    try:
        yield
    finally:
        for table in ("object", "lightcurve"):
            service.execute(f"DELETE FROM demo_store.{table} WHERE oid >= %s", FIRST_OID)
