"""The peer: ClickHouse, embedded (chdb), in the table layout of the SNAD light-curve database.

One row a light curve with arrays, partitioned by field and ordered by H3 index and OID, default
codecs; and a table of metadata ordered by OID, through which a light curve is found by its OID.
All epochs and their catflags are kept, so that both stores hold the same data.
"""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from chdb.session import Session

from bench.dataset import Dataset
from bench.stores import DTYPES, RADIUS, Curve, Size

OLC = """
CREATE TABLE ztf.olc (oid UInt64, filter UInt8, fieldid UInt16, rcid UInt8, ra Float64, dec Float64,
  nobs_w_bad UInt16, h3index10 UInt64, mjd Array(Float64), mag Array(Float32),
  magerr Array(Float32), clrcoeff Array(Float32), catflags Array(UInt16))
ENGINE = MergeTree PARTITION BY fieldid PRIMARY KEY h3index10 ORDER BY (h3index10, oid)
"""
META = """
CREATE TABLE ztf.meta (oid UInt64, nobs UInt16, ngoodobs UInt16, filter UInt8, fieldid UInt16,
  rcid UInt8, ra Float64, dec Float64, h3index10 UInt64, durgood Float64, mingoodmag Float32,
  maxgoodmag Float32, meangoodmag Float32)
ENGINE = MergeTree ORDER BY oid
"""
_COLUMNS = (
    "objectid UInt64, filterid UInt8, fieldid UInt16, rcid UInt8, objra Float64, objdec Float64,"
    " nepochs UInt16, hmjd Array(Float64), mag Array(Float32), magerr Array(Float32),"
    " clrcoeff Array(Float32), catflags Array(UInt16)"
)
_FILL_OLC = """
INSERT INTO ztf.olc SELECT objectid, filterid, fieldid, rcid, objra, objdec, nepochs,
  geoToH3(objdec, objra, 10), hmjd, mag, magerr, clrcoeff, catflags
FROM file('{path}/**/*.parquet', Parquet, '{columns}')
SETTINGS geotoh3_argument_order = 'lat_lon', max_partitions_per_insert_block = 0
"""
_FILL_META = """
INSERT INTO ztf.meta SELECT oid, nobs_w_bad, length(good), filter, fieldid, rcid, ra, dec,
  h3index10, if(empty(times), 0, times[-1] - times[1]), arrayMin(good), arrayMax(good),
  arrayAvg(good)
FROM (SELECT *, arrayFilter((m, f, e) -> f = 0 AND e > 0, mag, catflags, magerr) AS good,
  arrayFilter((t, f, e) -> f = 0 AND e > 0, mjd, catflags, magerr) AS times FROM ztf.olc)
"""
_ARRAYS = "oid, mjd, mag, magerr, clrcoeff, catflags"
_INSIDE = (
    "h3index10 IN (SELECT arrayJoin(h3kRing(geoToH3({dec!r}, {ra!r}, 10), 1)))"
    f" AND greatCircleAngle(ra, dec, {{ra!r}}, {{dec!r}}) <= {RADIUS!r}"
    " SETTINGS geotoh3_argument_order = 'lat_lon'"
)
FORMAT = "Native"
"""Form of timed answers: the one that costs ClickHouse least."""


class Peer:
    """A ClickHouse in a folder of its own, which is emptied first."""

    name = "ClickHouse"

    def __init__(self, folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.database_cpu = 0.0
        self.session = Session(str(folder))
        for statement in ("CREATE DATABASE ztf", OLC, META):
            self.session.query(statement)

    @property
    def version(self) -> str:
        """Version of ClickHouse."""
        return self._value("SELECT version()").strip('"')

    def close(self) -> None:
        """End the session and delete its folder."""
        self.session.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def load(self, data: Dataset) -> dict[str, float]:
        """Load all files; returns the seconds that each stage took, final merges among them."""
        seconds = {}
        for stage, statement in (
            ("files", _FILL_OLC.format(path=data.folder, columns=_COLUMNS)),
            ("meta", _FILL_META),
            ("merge olc", "OPTIMIZE TABLE ztf.olc FINAL"),
            ("merge meta", "OPTIMIZE TABLE ztf.meta FINAL"),
        ):
            began = time.perf_counter()
            self.session.query(statement)
            seconds[stage] = time.perf_counter() - began
        return seconds

    def size(self) -> Size:
        """Measure the active parts; "olc without catflags" is what DR24 of the original keeps."""
        parts = {
            table: self._bytes("sum(bytes_on_disk) FROM system.parts", f"table = '{table}'")
            for table in ("olc", "meta")
        }
        flags = self._bytes(
            "sum(column_bytes_on_disk) FROM system.parts_columns",
            "table = 'olc' AND column = 'catflags'",
        )
        everything = sum(parts.values())
        parts["olc without catflags"] = parts["olc"] - flags
        return Size(parts["olc"], everything, parts)

    def _bytes(self, what: str, where: str) -> int:
        return int(self._value(f"SELECT {what} WHERE active AND {where}"))

    def _value(self, query: str) -> str:
        return self.session.query(query, "CSV").data().strip()

    def curve(self, oid: int, form: str = FORMAT) -> Any:
        """Fetch a light curve: its cell from the metadata, then its row."""
        return self.session.query(
            f"SELECT {_ARRAYS} FROM ztf.olc WHERE oid = {oid}"
            f" AND h3index10 = (SELECT h3index10 FROM ztf.meta WHERE oid = {oid})",
            form,
        )

    def cone(self, ra: float, dec: float, form: str = FORMAT) -> Any:
        """Find the objects near a position (deg): the ring of cells, then the distance."""
        inside = _INSIDE.format(ra=ra, dec=dec)
        return self.session.query(
            f"SELECT oid, ra, dec, filter, nobs_w_bad FROM ztf.olc WHERE {inside}", form
        )

    def cone_curves(self, ra: float, dec: float, form: str = FORMAT) -> Any:
        """Find the objects near a position (deg) with their light curves."""
        inside = _INSIDE.format(ra=ra, dec=dec)
        return self.session.query(f"SELECT {_ARRAYS} FROM ztf.olc WHERE {inside}", form)

    def bright(self) -> int:
        """Count the detections brighter than 15 mag."""
        return int(self._value("SELECT sum(arrayCount(m -> m < 15, mag)) FROM ztf.olc"))

    def mean(self) -> float:
        """Mean magnitude of all detections."""
        return float(self._value("SELECT avgArray(mag) FROM ztf.olc"))

    def decode(self, answer: Any) -> dict[int, Curve]:
        """Make arrays of an answer of `curve` or `cone_curves` in the format Arrow."""
        table = _table(answer)
        columns = [table[name].to_pylist() for name in _ARRAYS.split(", ")]
        return {
            row[0]: tuple(np.array(v, t) for v, t in zip(row[1:], DTYPES, strict=True))
            for row in zip(*columns, strict=True)
        }

    def oids(self, answer: Any) -> list[int]:
        """OIDs of an answer of `cone` in the format Arrow, sorted."""
        return sorted(_table(answer)["oid"].to_pylist())


def _table(answer: Any) -> pa.Table:
    with pa.ipc.open_file(pa.BufferReader(answer.bytes())) as reader:
        return reader.read_all()
