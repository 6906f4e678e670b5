"""Files of every layout, made for a test, and the place of the real ones."""

from __future__ import annotations

import csv
import os
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy_healpix.healpy import ang2pix

from ztfvo.ingest.folder import survey
from ztfvo.ingest.manifest import Entry, describe
from ztfvo.store.discovery import outlines

ROOT = Path(__file__).resolve().parents[2]

SHARED = Path(os.environ.get("ZTF_SHARED_DATA") or ROOT.parent / "shared" / "data")
"""Real data, which is not part of the repository."""

needs_shared = pytest.mark.skipif(
    not (SHARED / "ztf-dr-bulk").is_dir(),
    reason=f"real data not found at {SHARED} (set ZTF_SHARED_DATA)",
)

BULK_DR19 = {
    "objectid": pa.int64(),
    "filterid": pa.int8(),
    "fieldid": pa.int16(),
    "rcid": pa.int8(),
    "objra": pa.float32(),
    "objdec": pa.float32(),
    "nepochs": pa.int64(),
    "hmjd": pa.list_(pa.float64()),
    "mag": pa.list_(pa.float32()),
    "magerr": pa.list_(pa.float32()),
    "clrcoeff": pa.list_(pa.float32()),
    "catflags": pa.list_(pa.int32()),
}
BULK_DR5 = BULK_DR19 | {
    "filterid": pa.uint8(),
    "rcid": pa.uint8(),
    "hmjd": pa.list_(pa.float32()),
    "catflags": pa.list_(pa.uint16()),
}

API_HEADER = (
    "oid,expid,hjd,mjd,mag,magerr,catflags,filtercode,ra,dec,chi,sharp,filefracday,field,ccdid,"
    "qid,limitmag,magzp,magzprms,clrcoeff,clrcounc,exptime,airmass,programid"
)

TEXT = """#   539205200000000  2 2  539 17 261.73398   9.74578
    58308.34047 18.421 0.038  0.085 32768
    58288.33790 18.548 0.040  -0.078     0
#  1722107400005561  1 1  1722 27 254.40000  -0.30000
    58300.25000 20.500 0.200  0.090     0
"""
"""Two light curves as text files have them, not in order."""


def bulk_rows() -> dict[str, list[Any]]:
    """Two light curves of field 1722, zg, CCD 7, quadrant 4: three epochs and one."""
    return {
        "objectid": [1722107400005560, 1722107400005561],
        "filterid": [1, 1],
        "fieldid": [1722, 1722],
        "rcid": [27, 27],
        "objra": [254.45755, 254.4],
        "objdec": [35.34236, 35.3],
        "nepochs": [3, 1],
        "hmjd": [[58204.12345, 58204.16346, 59000.5], [58300.25]],
        "mag": [[13.5, 13.75, 14.125], [20.5]],
        "magerr": [[0.01, 0.011, 0.012], [0.2]],
        "clrcoeff": [[-0.05, -0.06, -0.07], [-0.08]],
        "catflags": [[0, 32768, 65535], [0]],
    }


def write_bulk(
    path: Path,
    rows: dict[str, list[Any]] | None = None,
    types: dict[str, pa.DataType] = BULK_DR19,
    **options: Any,
) -> Path:
    """Write a bulk Parquet file of these rows."""
    rows = bulk_rows() if rows is None else rows
    table = pa.table({name: pa.array(rows[name], types[name]) for name in rows})
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path, **options)
    return path


@cache
def place_in(field: int, rcid: int) -> tuple[float, float]:
    """Right ascension and declination (deg) of the middle of a readout channel of a field."""
    folder = ROOT / "inputs" / "ztf"
    with (folder / "fields.csv").open() as fields, (folder / "quadrants.csv").open() as quadrants:
        return next(
            (ra, dec)
            for _, number, ra, dec, _ in outlines(
                [row for row in csv.DictReader(fields) if int(row["field"]) == field],
                list(csv.DictReader(quadrants)),
            )
            if number == rcid
        )


def channel_file(folder: Path, field: int, **changes: list[Any]) -> Path:
    """Write a bulk file of two light curves, as `bulk_rows`, in another field."""
    rows = bulk_rows() | changes
    rows["objectid"] = [oid % 10**12 + field * 10**12 for oid in rows["objectid"]]
    rows["fieldid"] = [field, field]
    ra, dec = place_in(field, 27)
    rows |= {"objra": [ra, (ra + 0.05) % 360], "objdec": [dec, dec - 0.05]} | changes
    name = f"ztf_{field:06d}_zg_c07_q4_test.parquet"
    return write_bulk(folder / f"{field // 1000}/field{field:06d}/{name}", rows)


def manifest_of(folder: Path) -> list[Entry]:
    """Entries of all files of light curves below a folder."""
    return [describe(path, folder) for path in survey(folder).files]


def nested(rows: dict[str, list[Any]], as_structs: bool = False) -> pa.Table:
    """Rows with the lists in one column ``lightcurve``: a struct of lists, or a list of structs."""
    names = ["hmjd", "mag", "magerr", "clrcoeff", "catflags"]
    if as_structs:
        kind = pa.list_(pa.struct({name: BULK_DR19[name].value_type for name in names}))
        epochs = [
            [dict(zip(names, epoch, strict=True)) for epoch in zip(*curve, strict=True)]
            for curve in zip(*(rows[name] for name in names), strict=True)
        ]
        column = pa.array(epochs, kind)
    else:
        column = pa.StructArray.from_arrays(
            [pa.array(rows[name], BULK_DR19[name]) for name in names], names
        )
    plain = {
        name: pa.array(rows[name], BULK_DR19[name])
        for name in ("objectid", "filterid", "objra", "objdec")
    }
    return pa.table(plain | {"lightcurve": column})


def write_hats(bulk_files: list[Path], folder: Path, order: int = 5) -> list[Path]:
    """Write the rows of bulk files as HATS partitions below ``folder/dataset``."""
    table = pa.concat_tables(pq.ParquetFile(path).read(list(BULK_DR19)) for path in bulk_files)
    table = table.combine_chunks()
    ra, dec = (table[name].to_numpy().astype(float) for name in ("objra", "objdec"))
    pixels = ang2pix(2**order, ra, dec, nest=True, lonlat=True)
    fine = ang2pix(2**29, ra, dec, nest=True, lonlat=True)
    written = []
    for pixel in np.unique(pixels):
        chosen = np.flatnonzero(pixels == pixel)
        chosen = chosen[np.argsort(fine[chosen], kind="stable")]
        rows = nested(table.take(chosen).to_pydict())
        rows = rows.add_column(0, "_healpix_29", pa.array(fine[chosen], pa.int64()))
        place = f"Norder={order}/Dir={pixel // 10000 * 10000}/Npix={pixel}/part0.snappy.parquet"
        path = folder / "dataset" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(rows, path)
        written.append(path)
    return written


def api_row(**changes: Any) -> str:
    """One line of the light-curve service's CSV."""
    values = {
        "oid": 604103100006917,
        "expid": 54248304,
        "hjd": "2458296.9802463101",
        "mjd": "58296.483044000001",
        "mag": "16.917614",
        "magerr": "0.0177031122",
        "catflags": 0,
        "filtercode": "zg",
        "ra": "30.3633011",
        "dec": "23.8314036",
        "filefracday": 20180627483032,
        "field": 604,
        "ccdid": "0x3",
        "qid": "0x1",
        "clrcoeff": "-0.0575410537",
        "exptime": 30,
    } | changes
    return ",".join(str(values.get(name, 1)) for name in API_HEADER.split(","))


def write_api(path: Path, *rows: str) -> Path:
    """Write an answer of the light-curve service."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([API_HEADER, *rows]) + "\n", encoding="ascii")
    return path
