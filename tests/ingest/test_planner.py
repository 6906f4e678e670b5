"""What the planner of the database knows while rows come."""

from __future__ import annotations

from ztfvo.db import analyze_grown, connect


def test_statistics_are_renewed_where_a_table_has_more_than_doubled(database):
    with connect() as connection:
        connection.execute("CREATE TEMP TABLE grown (i integer)")

        def known_after(rows: int) -> float:
            connection.execute("INSERT INTO grown SELECT generate_series(1, %s)", (rows,))
            analyze_grown(connection, "grown")
            (known,) = connection.execute(
                "SELECT reltuples FROM pg_class WHERE oid = 'grown'::regclass"
            ).fetchone()
            return known

        assert [known_after(rows) for rows in (5000, 2000, 8000, 9000)] == [
            5000,
            5000,
            15000,
            15000,
        ]
        connection.execute("DELETE FROM grown")
        connection.execute("ANALYZE grown")
        assert known_after(10) == 10
