"""Light curves made for tests, as flat arrays."""

import numpy as np

from ztfvo.store.lightcurves import LightCurves
from ztfvo.store.times import FIVE_DECIMALS

CHANNEL = 633_2_07_4
"""Field 633, zr, CCD 7, quadrant 4: rcid 27."""

MS, MAG = 1e-3 / 86400, 1e-6
"""A millisecond in days, and a difference of magnitudes that is none."""


def light_curves(epochs, *, ticks_per_day=FIVE_DECIMALS, oid=None, ra=None, dec=None):
    """Make light curves from lists of (hmjd, mag, magerr, clrcoeff, catflags), one list each."""
    number = len(epochs)
    flat = [epoch for curve in epochs for epoch in curve]
    columns = list(zip(*flat, strict=True)) if flat else [()] * 5
    oid = np.array([CHANNEL * 10**8 + i for i in range(number)] if oid is None else oid, np.int64)
    return LightCurves(
        oid=oid,
        ra=np.asarray(247.4 + 0.001 * np.arange(number) if ra is None else ra, np.float64),
        dec=np.asarray(np.full(number, 24.7) if dec is None else dec, np.float64),
        fieldid=(oid // 10**12).astype(np.int16),
        rcid=(4 * (oid // 10**9 % 100 - 1) + oid // 10**8 % 10 - 1).astype(np.int16),
        filterid=(oid // 10**11 % 10).astype(np.int16),
        offsets=np.concatenate(([0], np.cumsum([len(curve) for curve in epochs]))).astype(np.int64),
        hmjd=np.array(columns[0], np.float64),
        mag=np.array(columns[1], np.float32),
        magerr=np.array(columns[2], np.float32),
        clrcoeff=np.array(columns[3], np.float32),
        catflags=np.array(columns[4], np.int32),
        ticks_per_day=ticks_per_day,
    )


def random_curves(number=40, exposures=60, seed=1):
    """Light curves of one channel that share exposures, with flags and faint ends."""
    rng = np.random.default_rng(seed)
    times = np.sort(rng.choice(np.arange(5_820_000_000, 5_990_000_000, 100), exposures, False))
    clrcoeff = rng.normal(0.05, 0.02, exposures).astype(np.float32)
    epochs = []
    for i in range(number):
        seen = np.flatnonzero(rng.random(exposures) < rng.uniform(0.05, 1))
        seen = seen if len(seen) else np.array([i % exposures])
        mean = rng.uniform(13, 21)
        error = np.float32(0.01 + 10 ** (0.4 * (mean - 22)))
        epochs.append(
            [
                (
                    (times[k] + (i + k) % 3 - 1) / 1e5,
                    np.float32(mean + error * rng.normal()),
                    np.float32(error * rng.uniform(0.8, 1.3)),
                    clrcoeff[k],
                    int(rng.choice([0, 1, 32768, 65535], p=[0.85, 0.05, 0.05, 0.05])),
                )
                for k in seen
            ]
        )
    return light_curves(epochs)
