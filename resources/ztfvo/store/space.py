"""The space that the light curves of a release are compared in, as the database keeps it."""

from __future__ import annotations

import numpy as np
from psycopg import Connection, sql

from ztfvo.features.space import Space


def read(connection: Connection, schema: str) -> Space | None:
    """Return the space that was fitted to a release; None where none was.

    Parameters
    ----------
    schema
        Store schema of the release.
    """
    query = sql.SQL("SELECT feature, scale, median, spread, weights FROM {} ORDER BY number")
    rows = connection.execute(query.format(sql.Identifier(schema, "feature_scale"))).fetchall()
    if not rows:
        return None
    features, scales, *numbers = zip(*rows, strict=True)
    return Space(features, scales, *(np.array(each, float) for each in numbers))


def replace(connection: Connection, space: Space) -> None:
    """Keep a space in place of the one that is there, in which nothing is placed any more.

    Parameters
    ----------
    connection
        In a transaction, with the release's schema first in its search path.
    """
    connection.execute("TRUNCATE feature_scale, feature_place, feature_place_quadrant")
    numbers = zip(
        space.medians.tolist(), space.spreads.tolist(), space.weights.tolist(), strict=True
    )
    names = zip(space.features, space.scales, strict=True)
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO feature_scale (number, feature, scale, median, spread, weights)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            [
                (number, *name, *each)
                for number, (name, each) in enumerate(zip(names, numbers, strict=True), start=1)
            ],
        )
