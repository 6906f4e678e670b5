"""A bulk file in the layout of DR8, whose times have the full precision of HJD, made for tests.

Each epoch's HJD is that of where the star stood in its image, some tenths of an arcsec from the
mean place that the file has, as ZTF's pipeline does it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ztfvo.store.lightcurves import LightCurves
from ztfvo.times import heliocentric_orbit, unit_vectors

from .files import BULK_DR19

NAME = "ztf_000633_zr_c07_q4_dr8.parquet"
CHANNEL = 6332074
"""Field, filter, CCD and quadrant of the file."""
MJD_ZERO = 2400000.5


def made(curves: int, exposures: int = 80, seed: int = 8) -> LightCurves:
    """Light curves of one quadrant with the times of its exposures, sorted by OID."""
    rng = np.random.default_rng(seed)
    starts = np.sort(58200 + rng.choice(1400 * 24, exposures, replace=False) / 24)
    middle = starts + (15 + rng.uniform(-0.005, 0.005, exposures)) / 86400
    clrcoeff = rng.normal(0.1, 0.01, exposures).astype(np.float32)
    ra = np.float32(rng.uniform(247.4, 248.2, curves)).astype(float)
    dec = np.float32(rng.uniform(24.4, 25.15, curves)).astype(float)
    seen = rng.random((curves, exposures)) < rng.uniform(0.3, 1, curves)[:, None]
    seen[:, 0] |= ~seen.any(axis=1)
    curve, exposure = np.nonzero(seen)
    scatter = 0.15 / 3600
    place = unit_vectors(
        ra[curve] + rng.normal(0, scatter, len(curve)) / np.cos(np.radians(dec[curve])),
        dec[curve] + rng.normal(0, scatter, len(curve)),
    )
    travel = np.sum(heliocentric_orbit(middle)[0][exposure] * place, axis=1)
    hjd = (middle[exposure] + travel) + MJD_ZERO
    mean = rng.uniform(14, 21, curves)
    error = 0.01 + 10 ** (0.4 * (mean - 22))
    return LightCurves(
        oid=CHANNEL * 10**8 + np.arange(curves),
        ra=ra,
        dec=dec,
        fieldid=np.full(curves, 633, np.int16),
        rcid=np.full(curves, 27, np.int16),
        filterid=np.full(curves, 2, np.int16),
        offsets=np.concatenate(([0], np.cumsum(seen.sum(axis=1)))),
        hmjd=hjd - MJD_ZERO,
        mag=rng.normal(mean[curve], error[curve]).astype(np.float32),
        magerr=(error[curve] * rng.uniform(0.8, 1.2, len(curve))).astype(np.float32),
        clrcoeff=clrcoeff[exposure],
        catflags=rng.choice([0, 0, 0, 0, 0, 0, 0, 0, 4, 32768], len(curve)).astype(np.int32),
    )


def write(path: Path, curves: LightCurves) -> Path:
    """Write light curves as a bulk Parquet file."""
    plain = {
        "objectid": curves.oid,
        "filterid": curves.filterid,
        "fieldid": curves.fieldid,
        "rcid": curves.rcid,
        "objra": curves.ra,
        "objdec": curves.dec,
        "nepochs": curves.nepochs,
    }
    columns = {name: pa.array(values).cast(BULK_DR19[name]) for name, values in plain.items()}
    for name in ("hmjd", "mag", "magerr", "clrcoeff", "catflags"):
        values = pa.array(getattr(curves, name))
        lists = pa.ListArray.from_arrays(pa.array(curves.offsets, pa.int32()), values)
        columns[name] = lists.cast(BULK_DR19[name])
    pq.write_table(pa.table(columns), path)
    return path
