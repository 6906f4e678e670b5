"""numpy and SQL decode the same bytes to the same numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.curves import light_curves, random_curves

from ztfvo.ingest.exposures import orbit_of, recover
from ztfvo.ingest.load import Source, insert_file, load
from ztfvo.store.codec import decode, encode, ticks_of
from ztfvo.store.schemas import use_schema


def coarse():
    """Light curves with times of DR5, two exposures of which share one."""
    day = np.float32(58348.48).astype(float)
    pair = [(day, 20, 0.1, 0.1, 0), (day, 20.1, 0.1, 0.2, 3)]
    return light_curves([pair, pair[:1], pair[1:]], ticks_per_day=256)


def odd_ones():
    """Random light curves among which some have values, times or an order like no other."""
    curves = random_curves(seed=7)
    mag = curves.mag.copy()
    mag[curves.offsets[3]] = 1e-30
    mag[curves.offsets[5]] = -0.5
    clrcoeff = curves.clrcoeff.copy()
    clrcoeff[curves.offsets[9] : curves.offsets[10]] = clrcoeff[curves.offsets[9]]
    return replace(curves, mag=mag, clrcoeff=clrcoeff)


@pytest.mark.parametrize(
    "curves",
    [*(random_curves(80, 120, seed) for seed in range(2, 6)), odd_ones(), coarse()],
    ids=["seed 2", "seed 3", "seed 4", "seed 5", "odd ones", "coarse times"],
)
def test_numpy_and_sql_decode_alike(release, curves):
    ticks = ticks_of(curves)
    table = recover(curves, ticks)
    encoded = encode(curves, table, ticks, orbit_of(table, curves.ticks_per_day)[0])
    by_numpy = decode(encoded, curves.offsets, curves.ticks_per_day)
    with release.connection.transaction():
        use_schema(release.connection, release.name)
        file = insert_file(release.connection, curves, Source("made", 0, "", "made"))
        load(release.connection, curves, file)
    rows = release.rows("SELECT hmjd, mag, magerr, clrcoeff FROM lightcurves ORDER BY oid")
    assert np.array_equal(curves.oid, np.sort(curves.oid))
    for column, name in enumerate(("hmjd", "mag", "magerr", "clrcoeff")):
        kind = by_numpy[name].dtype
        by_sql = np.array([value for row in rows for value in row[column]], kind)
        unsigned = f"u{kind.itemsize}"
        assert np.array_equal(by_sql.view(unsigned), by_numpy[name].view(unsigned)), name
        assert np.array_equal(by_numpy[name], getattr(curves, name)), name
