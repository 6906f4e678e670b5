"""The files of the demo release as arrays, to compute with what the service answers."""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace

import numpy as np
import pyarrow.parquet as pq

from ztfvo.settings import get_settings


@cache
def demo_files() -> SimpleNamespace:
    """Objects as ``o`` and detections as ``d``, each with arrays of equal length by column."""
    paths = sorted((get_settings().data / "demo").rglob("*.parquet"))
    tables = [pq.read_table(path) for path in paths]

    def whole(name: str) -> np.ndarray:
        return np.concatenate([table[name].to_numpy() for table in tables])

    def flat(name: str) -> np.ndarray:
        chunks = (chunk for table in tables for chunk in table[name].chunks)
        return np.concatenate([chunk.flatten().to_numpy() for chunk in chunks])

    nobs = whole("nepochs").astype(int)
    o = SimpleNamespace(
        oid=whole("objectid"),
        ra=whole("objra").astype(float),
        dec=whole("objdec").astype(float),
        fieldid=whole("fieldid").astype(int),
        rcid=whole("rcid").astype(int),
        filterid=whole("filterid").astype(int),
        nobs=nobs,
    )
    d = SimpleNamespace(
        oid=np.repeat(o.oid, nobs),
        fieldid=np.repeat(o.fieldid, nobs),
        **{name: flat(name) for name in ("hmjd", "mag", "magerr", "clrcoeff", "catflags")},
    )
    return SimpleNamespace(o=o, d=d)
