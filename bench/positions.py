"""Which index finds positions fastest: candidates on the same table of random positions.

Every candidate is measured in the form in which ADQL, cone search, joins and SQL can use it.
Statements are sent as DaCHS sends them, as text that is planned each time; planning and execution
are taken from EXPLAIN ANALYZE, the time of the whole request from the client.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import psycopg
from astropy_healpix.healpy import pix2ang

from bench.database import bench_database
from bench.report import database_facts, number, save, say, show
from bench.timing import quantiles
from ztfvo.db import connect
from ztfvo.download.sky import pixels_in_cone
from ztfvo.settings import Settings
from ztfvo.store import copybinary as cb

ARCSEC = 1 / 3600
_BLOCK = 1_000_000
_SPOINT = "spoint(radians(ra), radians(dec))"

TABLE = """
CREATE TABLE object (oid bigint NOT NULL, ra double precision NOT NULL, dec double precision
 NOT NULL, h3_10 bigint NOT NULL, healpix_29 bigint NOT NULL, first_tick integer NOT NULL,
 last_tick integer NOT NULL, nobs integer NOT NULL, ngoodobs integer NOT NULL, mag_mean real,
 mag_wmean real, mag_median real, mag_min real, mag_max real, mag_std real, mag_amplitude real,
 magerr_median real, chi2_red real, ticks_per_day integer NOT NULL, fieldid smallint NOT NULL,
 rcid smallint NOT NULL, filterid smallint NOT NULL)
"""
"""As wide as the table object of a release, which matters for the pages that a cone reads."""


_CIRCLES = (
    "spoint(radians(o.ra), radians(o.dec))"
    " <@ scircle(spoint(radians(u.ra), radians(u.dec)), radians({r}))"
)


@dataclass(frozen=True)
class Candidate:
    """An index and the conditions that use it; {ra}, {dec}, {r} (deg) are the cone's."""

    name: str
    index: str
    cone: str
    taken_by: str
    """Ways of asking that use the index without a rewrite of the query."""
    join: str | None = _CIRCLES
    """Condition of a match of uploaded rows u with objects o; None where it cannot be used."""


_CIRCLE = f"{_SPOINT} <@ scircle(spoint(radians({{ra}}), radians({{dec}})), radians({{r}}))"

CANDIDATES = (
    Candidate(
        "q3c btree",
        "btree (q3c_ang2ipix(ra, dec)) WITH (fillfactor = 100)",
        "q3c_radial_query(ra, dec, {ra}, {dec}, {r})",
        "ADQL by DaCHS' q3c mixin, SCS, SQL",
        "q3c_join(u.ra, u.dec, o.ra, o.dec, {r})",
    ),
    Candidate("pgsphere spoint", f"gist ({_SPOINT})", _CIRCLE, "all"),
    Candidate(
        "spoint, fillfactor 100",
        f"gist ({_SPOINT}) WITH (fillfactor = 100, buffering = off)",
        _CIRCLE,
        "all",
    ),
    Candidate("spoint, buffering on", f"gist ({_SPOINT}) WITH (buffering = on)", _CIRCLE, "all"),
    Candidate(
        "spoint3",
        f"gist ({_SPOINT} spoint3) WITH (fillfactor = 100)",
        _CIRCLE,
        "all",
    ),
    Candidate(
        "healpix_29 btree, ranges",
        "btree (healpix_29) WITH (fillfactor = 100)",
        f"({{ranges}}) AND {_CIRCLE}",
        "only clients that compute ranges",
        None,
    ),
)

UPLOAD = 1000


def positions(settings: Settings, objects: int, requests: int, only: str = "") -> dict[str, Any]:
    """Measure all candidates, print the table and write the JSON file."""
    with bench_database(settings, "positions") as own, connect(own, autocommit=True) as connection:
        facts = database_facts(connection)
        began = time.perf_counter()
        fill(connection, objects)
        say(f"{objects:,} objects in {time.perf_counter() - began:.0f} s")
        rng = np.random.default_rng(5)
        targets = sample(connection, requests + UPLOAD, rng)
        results = {}
        for candidate in CANDIDATES:
            if only in candidate.name:
                results[candidate.name] = measure(connection, candidate, targets, requests)
                say(f"  {candidate.name}: {results[candidate.name]}")
    _table(objects, results)
    save(settings.var / "bench" / "results", "positions", results, objects=objects, **facts)
    return results


def fill(connection: psycopg.Connection, objects: int) -> None:
    """Make the table of objects, evenly spread over the sphere, in HEALPix order."""
    connection.execute(TABLE)
    rng = np.random.default_rng(1)
    pixels = np.sort(rng.integers(0, 12 << 58, objects))
    for first in range(0, objects, _BLOCK):
        with connection.cursor().copy("COPY object FROM STDIN (FORMAT binary)") as copy:
            cb.send(copy, _rows(pixels[first : first + _BLOCK], first, rng))
    connection.execute("VACUUM ANALYZE object")


def _rows(pixels: np.ndarray, first: int, rng: np.random.Generator):
    """Tuples of the table; columns that no candidate looks at hold some numbers."""
    count = len(pixels)
    ra, dec = pix2ang(1 << 29, pixels, nest=True, lonlat=True)
    oid = np.arange(first, first + count, dtype=np.int64)
    reals = rng.random((9, count), np.float32)
    four, two = np.zeros(count, np.int32), np.zeros(count, np.int16)
    columns = (oid, ra, dec, oid, pixels, four, four, four, four, *reals, four, two, two, two)
    return cb.rows([cb.scalars(*columns)], len(columns))


def sample(connection: psycopg.Connection, count: int, rng: np.random.Generator) -> np.ndarray:
    """Positions within half an arcsec of random objects, degrees, shape (count, 2)."""
    total = connection.execute("SELECT max(oid) + 1 FROM object").fetchone()[0]
    chosen = rng.choice(total, count, replace=False).tolist()
    found = np.array(
        connection.execute("SELECT ra, dec FROM object WHERE oid = ANY(%s)", (chosen,)).fetchall()
    )
    rng.shuffle(found)
    found[:, 1] += rng.uniform(-0.5, 0.5, count) * ARCSEC
    return found


def measure(
    connection: psycopg.Connection, candidate: Candidate, targets: np.ndarray, requests: int
) -> dict[str, Any]:
    """Build a candidate's index, time it, and drop it."""
    began = time.perf_counter()
    connection.execute(f"CREATE INDEX candidate ON object USING {candidate.index}")
    build = time.perf_counter() - began
    connection.execute("ANALYZE object")
    size = connection.execute("SELECT pg_relation_size('candidate')").fetchone()[0]
    cones = [cone(candidate, *position) for position in targets[:requests]]
    found = [len(connection.execute(query, prepare=False).fetchall()) for query in cones]
    whole = []
    for query in cones:
        began = time.perf_counter()
        connection.execute(query, prepare=False).fetchall()
        whole.append(time.perf_counter() - began)
    split = [_explain(connection, query) for query in cones]
    result = {
        "build_s": build,
        "bytes": size,
        "found": sum(found),
        "request": quantiles(whole).as_dict(),
        "planning": quantiles([planning for planning, _, _ in split]).as_dict(),
        "execution": quantiles([execution for _, execution, _ in split]).as_dict(),
        "plan": split[0][2],
        "upload": upload(connection, candidate, targets[requests : requests + UPLOAD]),
        "taken_by": candidate.taken_by,
    }
    connection.execute("DROP INDEX candidate")
    return result


def cone(candidate: Candidate, ra: float, dec: float) -> str:
    """A 1 arcsec cone as SQL text."""
    values: dict[str, Any] = {"ra": repr(float(ra)), "dec": repr(float(dec)), "r": repr(ARCSEC)}
    if "{ranges}" in candidate.cone:
        values["ranges"] = _ranges(ra, dec)
    return f"SELECT oid, ra, dec FROM object WHERE {candidate.cone.format(**values)}"


def _ranges(ra: float, dec: float, order: int = 15) -> str:
    """Ranges of HEALPix numbers that cover a cone, as a condition."""
    pixels = np.array(sorted(pixels_in_cone(order, ra, dec, ARCSEC)))
    ends = np.flatnonzero(np.diff(pixels) > 1)
    low = pixels[np.concatenate(([0], ends + 1))] << 2 * (29 - order)
    high = (pixels[np.concatenate((ends, [-1]))] + 1) << 2 * (29 - order)
    return " OR ".join(
        f"healpix_29 >= {a} AND healpix_29 < {b}" for a, b in zip(low, high, strict=True)
    )


def _explain(connection: psycopg.Connection, query: str) -> tuple[float, float, str]:
    """Planning and execution time in s, and the kind of scan."""
    text = connection.execute(
        f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {query}", prepare=False
    ).fetchone()[0]
    (plan,) = text if isinstance(text, list) else json.loads(text)
    return plan["Planning Time"] / 1e3, plan["Execution Time"] / 1e3, plan["Plan"]["Node Type"]


def upload(
    connection: psycopg.Connection, candidate: Candidate, targets: np.ndarray
) -> dict[str, Any] | None:
    """Match an uploaded table with the objects; None where a join cannot use the index."""
    if candidate.join is None:
        return None
    connection.execute(
        "CREATE TEMP TABLE upload (id bigint, ra double precision, dec double precision)"
    )
    with connection.cursor().copy("COPY upload FROM STDIN (FORMAT binary)") as copy:
        numbers = np.arange(len(targets), dtype=np.int64)
        cb.send(copy, cb.rows([cb.scalars(numbers, *targets.T.copy())], 3))
    connection.execute("ANALYZE upload")
    condition = candidate.join.format(r=repr(ARCSEC))
    query = f"SELECT u.id, o.oid FROM upload u JOIN object o ON {condition}"
    connection.execute("SET statement_timeout = '120s'")
    seconds = []
    try:
        for _ in range(5):
            began = time.perf_counter()
            found = len(connection.execute(query, prepare=False).fetchall())
            seconds.append(time.perf_counter() - began)
    except psycopg.errors.QueryCanceled:
        return None
    finally:
        connection.execute("DROP TABLE upload")
        connection.execute("SET statement_timeout = 0")
    return {"found": found, **quantiles(seconds).as_dict()}


def _table(objects: int, results: dict[str, Any]) -> None:
    """Print the results."""
    rows = [
        (
            name,
            number(r["build_s"]),
            number(r["bytes"] / 2**20),
            *(
                f"{r[k]['p50']:.3f} / {r[k]['p95']:.3f}"
                for k in ("planning", "execution", "request")
            ),
            number(r["upload"]["p50"]) if r["upload"] else "-",
            r["plan"].removesuffix(" Scan"),
        )
        for name, r in results.items()
    ]
    columns = (
        "index", "build s", "MiB", "planning ms", "execution ms", "request ms", "upload ms", "plan",
    )  # fmt: skip
    show(f"1 arcsec cone on {objects:,} objects, p50 / p95; upload of {UPLOAD} rows", columns, rows)
