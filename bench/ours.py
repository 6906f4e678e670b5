"""The project's own store, loaded by its own ingest, asked through its published views."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from bench.cputime import database_seconds
from bench.dataset import RELEASE, Dataset
from bench.stores import DTYPES, RADIUS, Curve, Size
from ztfvo.db import connect
from ztfvo.declarations import Declaration
from ztfvo.ingest.finish import finish
from ztfvo.ingest.plan import jobs
from ztfvo.ingest.run import run
from ztfvo.settings import Settings
from ztfvo.store.names import schema_of
from ztfvo.store.schemas import create_common, create_release

SCHEMA = schema_of(RELEASE)

_INSIDE = (
    "spoint(radians(o.ra), radians(o.dec))"
    f" <@ scircle(spoint(radians(%s), radians(%s)), radians({RADIUS!r}))"
)
CURVE = (
    f"SELECT oid, hmjd, mag, magerr, clrcoeff, catflags FROM {SCHEMA}.lightcurves WHERE oid = %s"
)
ROWS = f"SELECT hmjd, mag, magerr, clrcoeff, catflags FROM {SCHEMA}.detections WHERE oid = %s"
CONE = f"SELECT o.oid, o.ra, o.dec, o.filterid, o.nobs FROM {SCHEMA}.objects o WHERE {_INSIDE}"
CONE_CURVES = (
    "SELECT oid, hmjd, mag, magerr, clrcoeff, catflags"
    f" FROM {SCHEMA}.objects o JOIN {SCHEMA}.lightcurves l USING (oid) WHERE {_INSIDE}"
)
_SIZES = """
SELECT c.relname, pg_table_size(c.oid), pg_indexes_size(c.oid) FROM pg_class c
WHERE c.relnamespace = %s::regnamespace AND c.relkind = 'r'
"""


class Ours:
    """The store in a database made for the benchmark."""

    name = "ztfvo"

    def __init__(self, settings: Settings, workers: int) -> None:
        self.settings, self.workers = settings, workers
        self.connection = connect(settings, autocommit=True)
        self.database_cpu = 0.0

    def load(self, data: Dataset) -> dict[str, float]:
        """Load all files; returns the seconds that each stage took.

        Raises
        ------
        RuntimeError
            If a file was refused.
        """
        release = Declaration(
            name=RELEASE,
            file=Path(__file__),
            title="Benchmark",
            label="Benchmark",
            short_name="Benchmark",
            description="Simulated.",
            created=datetime.now(UTC),
            rank=95,
            layout="bulk-parquet",
            times="five-decimals",
            simulated=True,
        )
        with self.connection.transaction():
            create_common(self.connection)
            create_release(self.connection, RELEASE, release.times)
        before = database_seconds(self.connection)
        began = time.perf_counter()
        todo = jobs(data.folder, data.folder, [])
        outcomes = run(release, todo, self.settings, workers=self.workers)
        loaded = time.perf_counter()
        refused = [outcome.message for outcome in outcomes if outcome.action == "refused"]
        if refused:
            raise RuntimeError(f"{len(refused)} files refused, the first: {refused[0]}")
        finish(self.connection, release, lambda what: None)
        if before is not None:
            self.database_cpu = database_seconds(self.connection) - before
        return {"files": loaded - began, "finish": time.perf_counter() - loaded}

    def size(self) -> Size:
        """Measure the tables: exposure sets hold the times of the light curves."""
        rows = self.connection.execute(_SIZES, (SCHEMA,)).fetchall()
        parts = {name: size for name, size, _ in rows}
        parts |= {f"{name} indexes": size for name, _, size in rows}
        return Size(parts["lightcurve"] + parts["exposure_set"], sum(parts.values()), parts)

    def _ask(self, query: str, values: tuple) -> list[tuple]:
        with self.connection.cursor(binary=True) as cursor:
            return cursor.execute(query, values, prepare=True).fetchall()

    def curve(self, oid: int) -> list[tuple]:
        """Fetch a light curve as arrays."""
        return self._ask(CURVE, (oid,))

    def rows(self, oid: int) -> list[tuple]:
        """Fetch a light curve as one row a detection."""
        return self._ask(ROWS, (oid,))

    def cone(self, ra: float, dec: float) -> list[tuple]:
        """Find the objects near a position (deg)."""
        return self._ask(CONE, (ra, dec))

    def cone_curves(self, ra: float, dec: float) -> list[tuple]:
        """Find the objects near a position (deg) with their light curves."""
        return self._ask(CONE_CURVES, (ra, dec))

    def bright(self) -> int:
        """Count the detections brighter than 15 mag."""
        return self._ask(f"SELECT count(*) FROM {SCHEMA}.detections WHERE mag < 15", ())[0][0]

    def mean(self) -> float:
        """Mean magnitude of all detections."""
        return self._ask(f"SELECT avg(mag) FROM {SCHEMA}.detections", ())[0][0]

    def decode(self, answer: Any) -> dict[int, Curve]:
        """Make arrays of an answer of `curve` or `cone_curves`."""
        return {
            row[0]: tuple(np.array(v, t) for v, t in zip(row[1:], DTYPES, strict=True))
            for row in answer
        }

    def oids(self, answer: Any) -> list[int]:
        """OIDs of an answer of `cone`, sorted."""
        return sorted(row[0] for row in answer)

    def sample(self, count: int, rng: np.random.Generator) -> list[tuple[int, float, float]]:
        """OID and position (deg) of random objects."""
        oids = self.connection.execute(f"SELECT oid FROM {SCHEMA}.objects").fetchall()
        chosen = [oids[i][0] for i in rng.choice(len(oids), min(count, len(oids)), replace=False)]
        found = self.connection.execute(
            f"SELECT oid, ra, dec FROM {SCHEMA}.objects WHERE oid = ANY(%s)", (chosen,)
        ).fetchall()
        return [found[i] for i in rng.permutation(len(found))]
