"""Encode light curves for the store, and decode them again, here and in SQL.

The store holds every value of the file without loss in less than half the bytes of plain arrays:

- times and colour coefficients once for each exposure of a channel (an *exposure set*); a light
  curve has a bit for each exposure of its set.  The light-travel time across the channel is
  predicted from the star's place in it.  Of times with five decimals and coarser ones, the epochs
  that are a tick later or earlier (1 in 200) are listed; of times in double precision, each epoch
  has a byte with its difference from the prediction;
- mag and magerr as whole multiples of a power of two, less the smallest, cut in a high byte
  (which compresses) and two low bytes; a light curve whose values span too much for 24 bits
  keeps plain float32 arrays;
- catflags as a 2-byte array in which 0 is NULL, and no array where all are 0;
- the epochs that have the time of an earlier one, which coarse times make, by their numbers.

`DETECTIONS` and `LIGHTCURVES` are the same decoding in SQL.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ztfvo.store.lightcurves import ExposureTable, LightCurves, directions
from ztfvo.store.times import FIVE_DECIMALS, TICK_ORIGIN_MJD

LAST_LISTED = 32767
"""Largest number of an epoch that the list of late and early ones holds."""

ON_TIME = 128
"""What the byte of an epoch holds that is at the predicted time.

One byte has room for 6 ms.  Files in double precision have HJD of where the star stood in each
image: the distance to its mean place, at most 1.5 arcsec, is up to 4 ms."""

_OBLIQUITY = np.radians(84381.406 / 3600)
"""Of the ecliptic at J2000 (IAU 2006)."""

_AXES = np.array(
    [[1.0, 0.0, 0.0], [0.0, np.cos(_OBLIQUITY), np.sin(_OBLIQUITY)]],
)
"""Unit vectors of the ecliptic's plane, ICRS: along x to the equinox, along y 90 degrees from it.

The Earth leaves this plane by less than 0.1 s of light, so that two components give the
light-travel time of any star of a channel to 1 ms without second-order terms."""


@dataclass(frozen=True)
class Planes:
    """float32 values as ``(base + high * 65536 + low) * scale``; n light curves, m detections."""

    base: np.ndarray
    """int32[n]"""
    scale: np.ndarray
    """Powers of two (float32[n])."""
    high: np.ndarray
    """uint8[m]; meaningless where `plain`."""
    low: np.ndarray
    """Big-endian uint16[m]; meaningless where `plain`."""
    plain: np.ndarray
    """Light curves that do not fit and keep float32 arrays (bool[n])."""
    values: np.ndarray
    """The values themselves, of which those of the `plain` light curves are kept (float32[m])."""


@dataclass(frozen=True)
class Sets:
    """The s exposure sets of a file, with e exposures in all."""

    channel: np.ndarray
    """Index into `ExposureTable.channels` (int64[s])."""
    starts: np.ndarray
    """Bounds of the sets in the arrays below (int64[s + 1])."""
    ticks: np.ndarray
    """Heliocentric times at the channel's centre, ticks since MJD 58000 (float64[e])."""
    clrcoeff: np.ndarray
    """float32[e]"""
    gradient: np.ndarray
    """Change of heliocentric time along x and y (`_AXES`), ticks per radian, for the exposures of
    the shared sets (float32[2, e'])."""
    shared: int
    """The first `shared` sets are those of whole channels; others serve one light curve each."""


@dataclass(frozen=True)
class Encoded:
    """The light curves of a file as the store keeps them."""

    sets: Sets
    set_of_curve: np.ndarray
    """int64[n]"""
    place: np.ndarray
    """Offsets from the channel's centre along x and y, radians (float32[2, n])."""
    mask: np.ndarray
    """Packed bits, each light curve's beginning on a byte (uint8)."""
    mask_starts: np.ndarray
    """int64[n + 1]"""
    mask_bits: np.ndarray
    """Exposures in the set of each light curve (int64[n])."""
    odd: np.ndarray
    """Epochs, counted from 1, a tick after the predicted time, and less those before (int16)."""
    odd_starts: np.ndarray
    """Bounds of the light curves in `odd` (int64[n + 1])."""
    late: np.ndarray
    """Ticks after the predicted time, plus `ON_TIME`, of the epochs that have it (uint8)."""
    late_starts: np.ndarray
    """Bounds of the light curves in `late` (int64[n + 1])."""
    mag: Planes
    magerr: Planes


def ticks_of(curves: LightCurves) -> np.ndarray:
    """Times as whole ticks since MJD 58000, int64[m].

    Raises
    ------
    ValueError
        If a time is no multiple of the tick: the encoding would lose it.
    """
    ticks = np.rint(curves.hmjd * curves.ticks_per_day).astype(np.int64)
    if not np.array_equal(ticks / curves.ticks_per_day, curves.hmjd):
        raise ValueError(f"hmjd is not a multiple of 1/{curves.ticks_per_day} d")
    return ticks - TICK_ORIGIN_MJD * curves.ticks_per_day


def encode(
    curves: LightCurves, exposures: ExposureTable, ticks: np.ndarray, orbit: np.ndarray
) -> Encoded:
    """Encode the n light curves, m detections of one file.

    Parameters
    ----------
    curves
        What the reader made of the file.
    exposures
        Its exposures, from `exposures.recover`.
    ticks
        Its times, from `ticks_of`.
    orbit
        Heliocentric positions of Palomar in light days at the exposures, float64[e, 3].
    """
    curve = np.repeat(np.arange(len(curves)), curves.nepochs)
    place, gradient = _geometry(curves, exposures, orbit)
    of_detection = exposures.of_detection
    travel = light_travel(place[:, curve], gradient[:, of_detection])
    away = ticks - exposures.ticks[of_detection] - travel
    centre = exposures.ticks + np.bincount(of_detection, away) / np.bincount(of_detection)
    late = ticks - np.rint(centre[of_detection] + travel).astype(np.int64)
    number = np.arange(1, curves.detections + 1) - curves.offsets[curve]
    fine = curves.ticks_per_day > FIVE_DECIMALS
    unlisted = (late != (late + ON_TIME) % 256 - ON_TIME) if fine else _unlisted(late, number)
    alone = _unfit(curves, exposures, unlisted)
    shared = ~alone[curve]
    odd = np.flatnonzero((late != 0) & shared & (not fine))
    bytes_ = np.flatnonzero(shared & fine)
    sets, set_of_curve = _exposure_sets(curves, exposures, ticks, (centre, gradient), alone)
    begin = sets.starts[set_of_curve[curve]]
    position = np.where(alone[curve], number - 1, of_detection - begin)
    bits = np.diff(sets.starts)[set_of_curve]
    starts = np.concatenate(([0], np.cumsum((bits + 7) // 8)))
    flat = np.zeros(starts[-1] * 8, bool)
    flat[starts[curve] * 8 + position] = True
    return Encoded(
        sets=sets,
        set_of_curve=set_of_curve,
        place=place,
        mask=np.packbits(flat),
        mask_starts=starts,
        mask_bits=bits,
        odd=(late[odd] * number[odd]).astype(np.int16),
        odd_starts=np.searchsorted(odd, curves.offsets),
        late=(late[bytes_] + ON_TIME).astype(np.uint8),
        late_starts=np.searchsorted(bytes_, curves.offsets),
        mag=split(curves.mag, curves.offsets),
        magerr=split(curves.magerr, curves.offsets),
    )


def _geometry(
    curves: LightCurves, exposures: ExposureTable, orbit: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Places of the light curves in their channels, and gradients of the exposures' times."""
    place = _AXES @ directions(curves)
    channel = exposures.channel[exposures.of_detection[curves.offsets[:-1]]]
    number = np.bincount(channel)
    centre = np.stack([np.bincount(channel, axis) / number for axis in place])
    gradient = _AXES @ orbit.T * curves.ticks_per_day
    return (place - centre[:, channel]).astype(np.float32), gradient.astype(np.float32)


def light_travel(place: np.ndarray, gradient: np.ndarray) -> np.ndarray:
    """Light-travel time from the channel's centre, in ticks, shape (m,).

    Parameters
    ----------
    place, gradient
        float32[2, m].  The view's SQL has the same operations in the same order, in double
        precision, so that both round alike.
    """
    x, y = place.astype(float) * gradient
    return x + y


def _unlisted(late: np.ndarray, number: np.ndarray) -> np.ndarray:
    """Epochs that the list of late and early ones cannot have, bool[m]."""
    return (np.abs(late) > 1) | (number > LAST_LISTED)


def _unfit(curves: LightCurves, exposures: ExposureTable, wrong: np.ndarray) -> np.ndarray:
    """Light curves with a `wrong` epoch, in another order than their channel, or with an exposure
    twice."""
    inside = np.ones(curves.detections, bool)
    inside[curves.offsets[:-1]] = False
    wrong[1:] |= inside[1:] & (np.diff(exposures.of_detection) <= 0)
    return np.bitwise_or.reduceat(wrong, curves.offsets[:-1])


def _exposure_sets(
    curves: LightCurves,
    exposures: ExposureTable,
    ticks: np.ndarray,
    timing: tuple[np.ndarray, np.ndarray],
    alone: np.ndarray,
) -> tuple[Sets, np.ndarray]:
    """Sets of the channels, then of the light curves that stand alone; and each curve's set."""
    shared = len(exposures.channels)
    sizes = np.bincount(exposures.channel, minlength=shared)
    channel_of_curve = exposures.channel[exposures.of_detection[curves.offsets[:-1]]]
    singles = np.flatnonzero(alone)
    set_of_curve = channel_of_curve.copy()
    set_of_curve[singles] = shared + np.arange(len(singles))
    own = np.repeat(alone, curves.nepochs)
    sets = Sets(
        channel=np.concatenate((np.arange(shared), channel_of_curve[singles])),
        starts=np.concatenate(([0], np.cumsum(np.concatenate((sizes, curves.nepochs[singles]))))),
        ticks=np.concatenate((timing[0], ticks[own])),
        clrcoeff=np.concatenate((exposures.clrcoeff, curves.clrcoeff[own])),
        gradient=timing[1],
        shared=shared,
    )
    return sets, set_of_curve


def split(values: np.ndarray, offsets: np.ndarray) -> Planes:
    """Cut float32 values in a high byte and two low bytes.

    Each light curve has a scale, the spacing of float32 at its smallest value, of which all its
    values are exact multiples.

    Parameters
    ----------
    values
        Finite float32[m].
    offsets
        Bounds of the light curves, int64[n + 1], none of them empty.
    """
    low = np.minimum.reduceat(values, offsets[:-1])
    high = np.maximum.reduceat(values, offsets[:-1])
    plain = low < np.float32(2.0**-60)
    scale = np.spacing(np.where(plain, np.float32(1), low))
    base = np.where(plain, 0, low / scale).astype(np.int32)
    plain |= (high.astype(float) - low) / scale >= 1 << 24
    counts = np.diff(offsets)
    whole = values / np.repeat(scale, counts)
    whole[np.repeat(plain, counts)] = 0
    delta = whole.astype(np.int32) - np.repeat(base, counts)
    return Planes(
        base=base,
        scale=scale.astype(np.float32),
        high=(delta >> 16).astype(np.uint8),
        low=delta.astype(">u2"),
        plain=plain,
        values=values,
    )


def join(planes: Planes, offsets: np.ndarray) -> np.ndarray:
    """Undo `split`, float32[m]."""
    counts = np.diff(offsets)
    whole = np.repeat(planes.base, counts) + planes.high * np.int32(65536) + planes.low
    values = (whole * np.repeat(planes.scale.astype(float), counts)).astype(np.float32)
    return np.where(np.repeat(planes.plain, counts), planes.values, values)


def decode(encoded: Encoded, offsets: np.ndarray, ticks_per_day: int) -> dict[str, np.ndarray]:
    """Undo `encode`, as the views do it in SQL.

    Parameters
    ----------
    encoded
        n light curves with m detections.
    offsets
        Their bounds, int64[n + 1].
    ticks_per_day
        As in `LightCurves`.

    Returns
    -------
    dict
        hmjd (float64[m], d), clrcoeff, mag and magerr (float32[m]); catflags are stored as they
        are.
    """
    sets = encoded.sets
    times, place = [], []
    for i, (set_, bits) in enumerate(zip(encoded.set_of_curve, encoded.mask_bits, strict=True)):
        packed = encoded.mask[encoded.mask_starts[i] : encoded.mask_starts[i + 1]]
        seen = sets.starts[set_] + np.flatnonzero(np.unpackbits(packed)[:bits])
        ticks = sets.ticks[seen]
        if set_ < sets.shared:
            ticks = ticks + light_travel(encoded.place[:, i : i + 1], sets.gradient[:, seen])
        ticks = np.rint(ticks)
        odd = encoded.odd[encoded.odd_starts[i] : encoded.odd_starts[i + 1]].astype(int)
        ticks[np.abs(odd) - 1] += np.sign(odd)
        late = encoded.late[encoded.late_starts[i] : encoded.late_starts[i + 1]]
        if len(late):
            ticks += late.astype(int) - ON_TIME
        times.append(ticks)
        place.append(seen)
    ticks = np.concatenate(times) + TICK_ORIGIN_MJD * ticks_per_day
    return {
        "hmjd": ticks / ticks_per_day,
        "clrcoeff": sets.clrcoeff[np.concatenate(place)],
        "mag": join(encoded.mag, offsets),
        "magerr": join(encoded.magerr, offsets),
    }


_UNPACKED = f"""
  FROM lightcurve l JOIN exposure_set s ON s.id = l.exposure_set
  LEFT JOIN source_member m ON m.oid = l.oid,
  LATERAL (SELECT
    {TICK_ORIGIN_MJD}::bigint * s.ticks_per_day AS origin,
    array_positions(string_to_array(l.mask::text, NULL), '1') AS place,
    s.ticks || '{{}}'::double precision[] AS ticks,
    s.clrcoeff || '{{}}'::real[] AS clrcoeff,
    s.exposure_id || '{{}}'::bigint[] AS exposure_id,
    s.x || '{{}}'::real[] AS x,
    s.y || '{{}}'::real[] AS y,
    l.odd IS NULL AND l.late IS NULL AS on_time,
    l.late || ''::bytea AS late,
    l.mag_high || ''::bytea AS mag_high,
    l.mag_low || ''::bytea AS mag_low,
    l.magerr_high || ''::bytea AS magerr_high,
    l.magerr_low || ''::bytea AS magerr_low,
    array_replace(l.catflags, NULL, 0::smallint) AS catflags,
    l.mag || '{{}}'::real[] AS mag,
    l.magerr || '{{}}'::real[] AS magerr
    OFFSET 0) a
"""
"""Unpack every array once for each light curve: OFFSET 0 keeps the planner from moving this into
the places of use, where it would be done once for each detection.  Arrays that a query does not
need are not unpacked, and stars not looked up."""


def _real(name: str) -> str:
    """SQL for element i of a float32 column, see `Planes`."""
    return (
        f"CASE WHEN l.{name} IS NULL THEN ((l.{name}_base + (get_byte(a.{name}_high, i - 1) << 16)"
        f" + (get_byte(a.{name}_low, 2 * i - 2) << 8) + get_byte(a.{name}_low, 2 * i - 1))"
        f" * l.{name}_scale::double precision)::real ELSE a.{name}[i] END"
    )


_VALUES = {
    "hmjd": "(a.origin + CASE WHEN a.on_time THEN 0"
    f" ELSE coalesce(get_byte(a.late, i - 1) - {ON_TIME},"
    " (i = ANY(l.odd))::integer - (-i = ANY(l.odd))::integer) END"
    " + round(a.ticks[a.place[i]]"
    " + coalesce(l.x::float8 * a.x[a.place[i]] + l.y::float8 * a.y[a.place[i]], 0)))"
    " / s.ticks_per_day::double precision",
    "mag": _real("mag"),
    "magerr": _real("magerr"),
    "clrcoeff": "a.clrcoeff[a.place[i]]",
    "catflags": "coalesce(a.catflags[i]::integer & 65535, 0)",
}

_EXPOSURE = "a.exposure_id[a.place[i]]"

_NUMBER = "coalesce(l.again[array_position(l.again, i) + cardinality(l.again) / 2]::text, '')"
"""SQL for what follows the time of epoch i in its identifier: ``-2`` for the second epoch of one
time and so on, nothing for the first.  The array has the epochs, counted from 1, whose time an
earlier one has, and then these numbers, below 0, in the same order."""

_SERIES = "LATERAL generate_series(1, bit_count(l.mask)::integer) i WHERE i > 0"
"""The condition, which always holds, lets the planner expect 333 epochs in place of 1000,
which would make it read all exposures to join them with the epochs of one light curve."""

DETECTIONS = (
    "SELECT l.oid, "
    + ", ".join(f"{value} AS {name}" for name, value in _VALUES.items())
    + f", l.oid || '-' || ({_VALUES['hmjd']}) || {_NUMBER} AS detection_id"
    + f", {_EXPOSURE} AS exposure_id, m.source_id"
    + f"{_UNPACKED}, {_SERIES}"
)

LIGHTCURVES = (
    "SELECT l.oid, "
    + ", ".join(f"d.{name}" for name in (*_VALUES, "exposure_id"))
    + f", m.source_id{_UNPACKED}, LATERAL (SELECT "
    + ", ".join(f"array_agg({value}) AS {name}" for name, value in _VALUES.items())
    + f", array_agg({_EXPOSURE}) AS exposure_id"
    + " FROM generate_series(1, bit_count(l.mask)::integer) i) d"
)
