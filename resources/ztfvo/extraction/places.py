"""Give the light curves of a release their places in the space that they are compared in.

A quadrant is one transaction, so that an interrupted run goes on where it was.  Rows are then
ordered by nearness and the index is built, without which nothing looks for neighbours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from psycopg import Connection, sql

from ztfvo.db import alone, analyze_grown, connect
from ztfvo.errors import CannotBeDone
from ztfvo.extraction.plan import SOURCES
from ztfvo.features import space
from ztfvo.features.space import DIMENSIONS, MEASURES, Space
from ztfvo.settings import Settings
from ztfvo.store import copybinary as cb
from ztfvo.store import space as stored
from ztfvo.store.names import schema_of
from ztfvo.store.schemas import use_schema
from ztfvo.store.tables import PLACE_INDEX, PLACE_INDEXED

SAMPLE = 200_000
"""Light curves that a space is fitted to, about; all where there are fewer."""
REBUILT = 0.1
"""Share of the light curves from which on the index is built again rather than added to."""

_DUE = """
WITH held AS (
  SELECT quadrant, finished, nfeatures, hashtextextended(edition || files::text, 0) AS made_of
  FROM feature_quadrant)
SELECT coalesce(h.quadrant, p.quadrant), h.made_of, coalesce(h.nfeatures, 0)
FROM held h FULL JOIN feature_place_quadrant p ON p.quadrant = h.quadrant
WHERE h.quadrant IS NULL
  OR h.finished AND (h.made_of, h.nfeatures) IS DISTINCT FROM (p.made_of, p.nplaces)
ORDER BY 1
"""


@dataclass
class Outcome:
    """What a run did."""

    quadrants: int = 0
    curves: int = 0
    """Light curves that got a place."""
    fitted: bool = False
    """Whether the space was fitted to the release."""
    built: bool = False
    """Whether the index was built."""
    total: int = 0
    """Light curves with a place, after all."""


Due = tuple[int, int | None, int]
"""A quadrant, what its features stand for (None where they are gone), and their number."""


def run(
    settings: Settings,
    release: str,
    refit: bool = False,
    report: Callable[[Outcome, int], None] = lambda outcome, left: None,
    say: Callable[[str], None] = lambda what: None,
) -> Outcome:
    """Place all light curves whose features are new or have changed.

    Parameters
    ----------
    release
        Name of a release whose tables exist.
    refit
        Whether to fit the space again, and place all.
    report
        Called after each quadrant with what was done, and the number of those left.
    say
        Called with what is done, for a person.

    Raises
    ------
    CannotBeDone
        Without features, and while another run is at the same release.
    """
    outcome = Outcome()
    busy = f"Features of {release} are being computed already: wait for that run."
    with (
        connect(settings, autocommit=True) as connection,
        alone(connection, "ztfvo features", release, busy),
    ):
        with connection.transaction():
            use_schema(connection, release)
            here, outcome.fitted = _space(connection, release, refit)
            due: list[Due] = connection.execute(_DUE).fetchall()
            _drop_index_for(connection, sum(number for *_, number in due))
        for left, each in zip(range(len(due) - 1, -1, -1), due, strict=True):
            with connection.transaction():
                use_schema(connection, release)
                outcome.curves += _place(connection, here, each)
            outcome.quadrants += 1
            report(outcome, left)
        with connection.transaction():
            use_schema(connection, release)
            outcome.total = _checked(connection, release)
            outcome.built = _build_index(connection, say)
        table = sql.Identifier(schema_of(release), "feature_place").as_string(connection)
        analyze_grown(connection, table)
    return outcome


def _space(connection: Connection, release: str, refit: bool) -> tuple[Space, bool]:
    """Return the space of a release, and whether it had to be fitted: then nothing is placed."""
    here = stored.read(connection, schema_of(release))
    if here and here.is_current and not refit:
        return here, False
    values = _sampled(connection)
    if not len(values):
        raise CannotBeDone(
            f"Release {release} has no features to place light curves by. Enter: ztfvo features"
            f" {release}"
        )
    here = space.fit(values)
    stored.replace(connection, here)
    return here, True


def _sampled(connection: Connection) -> np.ndarray:
    """Features of pages of the table, the same ones each time, or of all of it."""
    (rows,) = connection.execute(
        "SELECT coalesce(sum(nfeatures), 0)::float8 FROM feature_quadrant"
    ).fetchone()
    percent = 100 * min(SAMPLE / max(rows, 1), 1)
    found = connection.execute(
        sql.SQL("SELECT {} FROM feature TABLESAMPLE SYSTEM ({}) REPEATABLE (0)").format(
            _columns(), sql.Literal(percent)
        ),
        binary=True,
    ).fetchall()
    return np.array(found, float).reshape(-1, len(MEASURES))


def _columns() -> sql.Composable:
    return sql.SQL(", ").join(map(sql.Identifier, MEASURES))


def _drop_index_for(connection: Connection, number: int) -> None:
    """Drop the index where so many places are to come that building it again is cheaper."""
    (placed,) = connection.execute(
        "SELECT coalesce(sum(nplaces), 0)::bigint FROM feature_place_quadrant"
    ).fetchone()
    if number > REBUILT * (placed + 1):
        connection.execute(sql.SQL("DROP INDEX IF EXISTS {}").format(sql.Identifier(PLACE_INDEX)))


def _place(connection: Connection, here: Space, due: Due) -> int:
    """Place the light curves of a quadrant; return how many there are."""
    quadrant, made_of, expected = due
    ends = (quadrant * SOURCES, (quadrant + 1) * SOURCES)
    connection.execute("DELETE FROM feature_place WHERE oid >= %s AND oid < %s", ends)
    connection.execute("DELETE FROM feature_place_quadrant WHERE quadrant = %s", (quadrant,))
    if made_of is None:
        return 0
    rows = connection.execute(
        sql.SQL("SELECT oid, {} FROM feature WHERE oid >= %s AND oid < %s").format(_columns()),
        ends,
        binary=True,
    ).fetchall()
    if len(rows) != expected:
        raise CannotBeDone(
            f"Quadrant {quadrant} has {len(rows)} light curves with features, {expected} were"
            " counted when they were computed. Enter: ztfvo features, for this release."
        )
    if rows:
        _write(connection, here, np.array([row[0] for row in rows]), [row[1:] for row in rows])
    connection.execute(
        "INSERT INTO feature_place_quadrant VALUES (%s, %s, %s)", (quadrant, made_of, len(rows))
    )
    return len(rows)


def _write(connection: Connection, here: Space, oid: np.ndarray, values: list[tuple]) -> None:
    coordinates = here.coordinates(np.array(values, float))
    filterid = oid // 10**11 % 10
    cells = space.cells(coordinates, filterid)
    order = np.argsort(cells, kind="stable")
    offsets = np.arange(len(oid) + 1, dtype=np.int64) * DIMENSIONS
    columns = [
        cb.scalars(oid[order], filterid[order].astype(np.int32), cells[order]),
        cb.arrays(coordinates[order].ravel(), offsets, cb.FLOAT4),
    ]
    statement = "COPY feature_place (oid, filterid, cell, place) FROM STDIN (FORMAT binary)"
    with connection.cursor().copy(statement) as copy:
        cb.send(copy, cb.rows(columns, 4))


def _checked(connection: Connection, release: str) -> int:
    """Return the number of places, which is that of the quadrants."""
    placed, counted = connection.execute(
        "SELECT (SELECT count(*) FROM feature_place),"
        " (SELECT coalesce(sum(nplaces), 0) FROM feature_place_quadrant)::bigint"
    ).fetchone()
    if placed != counted:
        raise CannotBeDone(
            f"Release {release} has {placed} light curves with a place, and {counted} were counted:"
            f" some features were removed meanwhile. Enter: ztfvo features {release}, then ztfvo"
            f" similar {release}"
        )
    return placed


def _build_index(connection: Connection, say: Callable[[str], None]) -> bool:
    """Build the index of places where it is missing; return whether it was.

    Rows are first ordered by cells: of an index that is built of rows behind their neighbours a
    search reads a third of the pages.
    """
    if connection.execute("SELECT to_regclass(%s)", (PLACE_INDEX,)).fetchone()[0]:
        return False
    say("ordering light curves by nearness, then building their index")
    connection.execute("CREATE INDEX feature_place_cell ON feature_place (cell)")
    connection.execute("CLUSTER feature_place USING feature_place_cell")
    connection.execute("DROP INDEX feature_place_cell")
    connection.execute(f"CREATE INDEX {PLACE_INDEX} ON feature_place {PLACE_INDEXED}")
    connection.execute("ANALYZE feature_place")
    return True
