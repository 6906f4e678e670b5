"""Recover the exposures of a readout channel from its light curves.

The bulk files name no exposures, but all stars of one channel (field, readout channel, filter) were
measured on the same ones, and clrcoeff is one value for each of them.  Detections of a channel that
share clrcoeff and lie within the light-travel time across the quadrant are one exposure.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from ztfvo.store.lightcurves import ExposureTable, LightCurves, directions
from ztfvo.store.times import FIVE_DECIMALS, SPLIT_SECONDS, TICK_ORIGIN_MJD
from ztfvo.times import heliocentric_orbit, mid_exposure, whole_seconds

ASSUMED_EXPTIME = 30.0
"""Exposure time of 99.7 per cent of all exposures, in s."""


def recover(curves: LightCurves, ticks: np.ndarray) -> ExposureTable:
    """Find the exposures of the light curves of one file.

    Parameters
    ----------
    curves
        n light curves with m detections.
    ticks
        Their times as whole ticks since MJD 58000, int64[m].

    Returns
    -------
    ExposureTable
        Sorted by channel and time; exposures of equal reference time stand in the order in which
        the light curves have them.
    """
    key = (curves.fieldid.astype(np.int64) * 64 + curves.rcid) * 4 + curves.filterid
    channels, channel_of_curve = np.unique(key, return_inverse=True)
    channel = np.repeat(channel_of_curve, curves.nepochs)
    code = _dictionary(channel << 32 | curves.clrcoeff.view(np.uint32).astype(np.int64))
    first, last = _extent(code, ticks)
    gap = SPLIT_SECONDS / 86400 * curves.ticks_per_day
    wide = last - first > gap
    if wide.any():
        code = _split_in_time(code, ticks, np.flatnonzero(wide[code]), gap)
        first, last = _extent(code, ticks)
    count = len(first)
    sample = np.empty(count, np.int64)
    sample[code] = np.arange(len(code))
    reference = (first + last) // 2
    turn = _precedence(curves, code, channel[sample], reference)
    order = np.lexsort((turn, reference, channel[sample]))
    rank = np.empty(count, np.int64)
    rank[order] = np.arange(count)
    sample = sample[order]
    return ExposureTable(
        channel=channel[sample],
        ticks=reference[order],
        clrcoeff=curves.clrcoeff[sample],
        channels=np.stack([channels // 256, channels // 4 % 64, channels % 4], axis=1),
        of_detection=rank[code],
    )


def _dictionary(values: np.ndarray) -> np.ndarray:
    """Number the distinct values in order of appearance."""
    return pa.array(values).dictionary_encode().indices.to_numpy().astype(np.int64)


def _extent(code: np.ndarray, ticks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """First and last tick of each code."""
    count = int(code.max(initial=-1)) + 1
    first = np.full(count, np.iinfo(np.int64).max)
    last = np.full(count, np.iinfo(np.int64).min)
    np.minimum.at(first, code, ticks)
    np.maximum.at(last, code, ticks)
    return first, last


def _split_in_time(
    code: np.ndarray, ticks: np.ndarray, suspects: np.ndarray, gap: float
) -> np.ndarray:
    """Give `suspects` of one code a new one after each gap in time longer than `gap` ticks."""
    suspects = suspects[np.lexsort((ticks[suspects], code[suspects]))]
    same = np.diff(code[suspects]) == 0
    late = np.diff(ticks[suspects]) > gap
    part = np.concatenate(([0], np.cumsum(~same | late)))
    split = code.copy()
    split[suspects] = code.max() + 1 + part
    return _dictionary(split)


def _precedence(
    curves: LightCurves, code: np.ndarray, channel: np.ndarray, reference: np.ndarray
) -> np.ndarray:
    """Order exposures of equal reference time as most light curves have them.

    Times of DR5 are so coarse that consecutive exposures share them.  Each pair of neighbouring
    detections votes; the result is small for the exposure that comes first.
    """
    votes = np.zeros(len(reference), np.int64)
    _, tie, size = np.unique(
        np.stack([channel, reference]), axis=1, return_inverse=True, return_counts=True
    )
    if size.max(initial=0) < 2:
        return votes
    inside = np.ones(max(len(code) - 1, 0), bool)
    inside[curves.offsets[1:-1] - 1] = False
    pairs = np.flatnonzero(inside & (tie[code[1:]] == tie[code[:-1]]))
    np.subtract.at(votes, code[pairs], 1)
    np.add.at(votes, code[pairs + 1], 1)
    return votes


@dataclass(frozen=True)
class ExposureFactsTable:
    """What is known of each exposure of an `ExposureTable`; arrays of length e."""

    mjd_mid: np.ndarray
    """Middle of the exposure, MJD, UTC, at Palomar (float64, d)."""
    obsmjd: np.ndarray
    """Start of the exposure, MJD, UTC, at Palomar (float64, d)."""
    exptime: np.ndarray
    """Exposure time (float32, s)."""
    filefracday: np.ndarray
    """Date and fraction of day in the image's name; 0 where not known (int64)."""
    ndetections: np.ndarray
    """Number of detections (int64)."""
    start_source: np.ndarray
    """'observed', 'estimated' (from the middle, to the second), or 'coarse' (float32 times)."""
    exptime_source: np.ndarray
    """'observed' or 'assumed'."""


def orbit_of(table: ExposureTable, ticks_per_day: int) -> tuple[np.ndarray, np.ndarray]:
    """`heliocentric_orbit` at the reference times of e exposures."""
    return heliocentric_orbit(TICK_ORIGIN_MJD + table.ticks / ticks_per_day)


def facts(
    curves: LightCurves,
    table: ExposureTable,
    ticks: np.ndarray,
    orbit: tuple[np.ndarray, np.ndarray],
) -> ExposureFactsTable:
    """Time the exposures of a file.

    The middle is the mean of the detections' heliocentric times less the heliocentric light-travel
    time; as that is linear in the direction, the mean direction of the detections does.  The start
    lies half an exposure before the middle, on a whole second (as the archive has it).

    Parameters
    ----------
    curves
        n light curves with m detections.
    table
        Their e exposures.
    ticks
        Times of the detections, ticks since MJD 58000, int64[m].
    orbit
        Of the exposures, from `orbit_of`.
    """
    count = np.bincount(table.of_detection, minlength=len(table))
    if curves.exposures is not None:
        return _observed(curves, table, count)

    def mean(values: np.ndarray) -> np.ndarray:
        return np.bincount(table.of_detection, values, minlength=len(table)) / count

    direction = np.stack(
        [mean(np.repeat(axis, curves.nepochs)) for axis in directions(curves)], axis=1
    )
    away = mean(ticks - table.ticks[table.of_detection])
    hmjd = TICK_ORIGIN_MJD + (table.ticks + away) / curves.ticks_per_day
    middle = mid_exposure(hmjd, direction, orbit)
    fine = curves.ticks_per_day >= FIVE_DECIMALS
    return ExposureFactsTable(
        mjd_mid=middle,
        obsmjd=whole_seconds(middle - ASSUMED_EXPTIME / 2 / 86400),
        exptime=np.full(len(table), ASSUMED_EXPTIME, np.float32),
        filefracday=np.zeros(len(table), np.int64),
        ndetections=count,
        start_source=np.full(len(table), "estimated" if fine else "coarse"),
        exptime_source=np.full(len(table), "assumed"),
    )


def _observed(curves: LightCurves, table: ExposureTable, count: np.ndarray) -> ExposureFactsTable:
    """Take the facts of the light-curve API from one detection of each exposure."""
    sample = np.empty(len(table), np.int64)
    sample[table.of_detection] = np.arange(curves.detections)
    obsmjd = curves.exposures.obsmjd[sample]
    exptime = curves.exposures.exptime[sample]
    return ExposureFactsTable(
        mjd_mid=obsmjd + exptime.astype(np.float64) / 2 / 86400,
        obsmjd=obsmjd,
        exptime=exptime,
        filefracday=curves.exposures.filefracday[sample],
        ndetections=count,
        start_source=np.full(len(table), "observed"),
        exptime_source=np.full(len(table), "observed"),
    )
