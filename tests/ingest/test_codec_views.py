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
from ztfvo.store.times import DOUBLE_TICKS
from ztfvo.store.unpack import read_epochs


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


@pytest.mark.parametrize("seed", [2, 3, 4, 5])
def test_numpy_and_sql_decode_alike(release, seed):
    assert_decoded_alike(release, random_curves(80, 120, seed))


@pytest.mark.parametrize("curves", [odd_ones(), coarse()], ids=["odd ones", "coarse times"])
def test_numpy_and_sql_decode_what_is_rare_alike(release, curves):
    assert_decoded_alike(release, curves)


@pytest.mark.parametrize("seed", [2, 3])
def test_numpy_and_sql_decode_times_of_double_precision_alike(double_release, seed):
    """Late by up to 200 ticks: light curves with more than 127 stand alone."""
    curves = random_curves(80, 120, seed)
    rng = np.random.default_rng(seed)
    days = curves.hmjd - 58000
    near = rng.integers(-127, 128, curves.detections)
    near[rng.random(curves.detections) < 1e-3] = 200
    ticks = np.rint(np.round(days, 2) * DOUBLE_TICKS) + near
    curves = replace(
        curves,
        ra=np.full(len(curves), 247.4),
        hmjd=58000 + ticks / DOUBLE_TICKS,
        ticks_per_day=DOUBLE_TICKS,
    )
    encoded = assert_decoded_alike(double_release, curves)
    assert 0 < np.sum(encoded.set_of_curve > 0) < len(curves)


def test_a_light_curve_that_is_not_there_is_not_read(release):
    with release.connection.transaction():
        use_schema(release.connection, release.name)
        with pytest.raises(LookupError, match="no light curve 1722107400005560"):
            read_epochs(release.connection, [1722107400005560])
        nothing = read_epochs(release.connection, [])
    assert (len(nothing.oid), len(nothing.mag), nothing.offsets.tolist()) == (0, 0, [0])


def assert_decoded_alike(release, curves):
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
    assert_read_alike(release, curves)
    return encoded


def assert_read_alike(release, curves):
    """All of them are read together, in any order."""
    order = np.random.default_rng(1).permutation(len(curves))
    with release.connection.transaction():
        use_schema(release.connection, release.name)
        epochs = read_epochs(release.connection, curves.oid[order].tolist())
    assert epochs.oid.tolist() == curves.oid[order].tolist()
    assert np.diff(epochs.offsets).tolist() == curves.nepochs[order].tolist()
    for name in ("hmjd", "mag", "magerr", "catflags"):
        values, asked = getattr(epochs, name), getattr(curves, name)
        pieces = [asked[curves.offsets[i] : curves.offsets[i + 1]] for i in order]
        assert values.dtype == asked.dtype
        assert np.array_equal(values, np.concatenate(pieces)), name
