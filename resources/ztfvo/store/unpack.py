"""Read many light curves of the store, and decode them together.

The views decode in SQL, which is made for one light curve; this is made for thousands, and gives
the same to the last bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from psycopg import Connection, Cursor

from ztfvo.store.codec import ON_TIME, light_travel
from ztfvo.store.times import TICK_ORIGIN_MJD

_ARRAY_HEADER = 20
"""Bytes that ``array_send`` writes before the elements of an array of one dimension."""
_MASK_HEADER = 4
"""Bytes that ``varbit_send`` writes before the bits."""

_CURVES = """
SELECT l.oid, l.exposure_set, l.mag_base, l.mag_scale, l.magerr_base, l.magerr_scale, l.x, l.y,
  varbit_send(l.mask), array_send(l.odd), l.late,
  array_send(array_replace(l.catflags, NULL, 0::smallint)),
  l.mag_high, l.mag_low, array_send(l.mag), l.magerr_high, l.magerr_low, array_send(l.magerr)
FROM lightcurve l
"""
_OF_OIDS = f"{_CURVES} WHERE l.oid = ANY(%s)"
_OF_RANGE = f"""{_CURVES} JOIN object o ON o.oid = l.oid
WHERE l.oid > %s AND l.oid <= %s AND o.ngoodobs >= %s ORDER BY l.oid
"""
_SETS = """
SELECT id, ticks_per_day, array_send(ticks), array_send(x), array_send(y)
FROM exposure_set WHERE id = ANY(%s)
"""

Blobs = Sequence[bytes | None]


@dataclass(frozen=True)
class Epochs:
    """The m epochs of n light curves; those of light curve i are from ``offsets[i]`` up to, not
    including, ``offsets[i + 1]``, ordered by time."""

    oid: np.ndarray
    """int64[n]"""
    offsets: np.ndarray
    """int64[n + 1]"""
    hmjd: np.ndarray
    """Heliocentric MJD of mid-exposure, UTC (float64[m], d)."""
    mag: np.ndarray
    """AB (float32[m])."""
    magerr: np.ndarray
    """float32[m]"""
    catflags: np.ndarray
    """0 to 65535 (int32[m])."""

    def __len__(self) -> int:
        """Number of light curves."""
        return len(self.oid)


def read_epochs(connection: Connection, oids: Sequence[int]) -> Epochs:
    """Read light curves.

    Parameters
    ----------
    connection
        With the release's schema first in its search path.
    oids
        Of the release, each once.

    Returns
    -------
    Epochs
        Of the light curves in the order of `oids`.

    Raises
    ------
    LookupError
        If the release does not have one of them.
    """
    cursor = connection.cursor(binary=True)
    rows = {row[0]: row for row in cursor.execute(_OF_OIDS, (list(oids),))}
    missing = next((oid for oid in oids if oid not in rows), None)
    if missing is not None:
        raise LookupError(f"the release has no light curve {missing}")
    return _decoded(cursor, [rows[oid] for oid in oids])


def read_range(connection: Connection, first: int, last: int, good: int) -> Epochs:
    """Read the light curves of a range of OIDs, in their order.

    Parameters
    ----------
    connection
        In a transaction, with the release's schema first in its search path.
    first, last
        OIDs above `first`, up to `last`.
    good
        Least number of good epochs of a light curve.
    """
    cursor = connection.cursor(binary=True)
    return _decoded(cursor, cursor.execute(_OF_RANGE, (first, last, good)).fetchall())


def _decoded(cursor: Cursor, rows: Sequence[tuple]) -> Epochs:
    """Epochs of rows of `_CURVES`, in their order."""
    if not rows:
        nothing = np.empty(0)
        return Epochs(np.empty(0, np.int64), np.zeros(1, np.int64), *(nothing,) * 4)
    columns = list(zip(*rows, strict=True))
    sets = cursor.execute(_SETS, (sorted(set(columns[1])),)).fetchall()
    numbers = [np.array(column) for column in columns[:8]]
    oid, of_set, mag_base, mag_scale, magerr_base, magerr_scale, x, y = numbers
    masks, odd, late, catflags, *planes = columns[8:]
    counts, exposure = _seen(masks)
    offsets = np.concatenate(([0], np.cumsum(counts)))
    return Epochs(
        oid=oid,
        offsets=offsets,
        hmjd=_times(sets, of_set, np.float32([x, y]), exposure, offsets, (odd, late)),
        mag=_reals(mag_base, mag_scale, planes[:3], counts),
        magerr=_reals(magerr_base, magerr_scale, planes[3:], counts),
        catflags=_flags(catflags, counts),
    )


def _elements(blobs: Blobs, kind: str) -> np.ndarray:
    """Elements of arrays without nulls, one array after the other; None has none."""
    pairs = [("length", ">i4"), ("value", kind)]
    joined = b"".join(blob[_ARRAY_HEADER:] for blob in blobs if blob is not None)
    return np.frombuffer(joined, pairs)["value"]


def _has(blobs: Blobs) -> np.ndarray:
    return np.fromiter((blob is not None for blob in blobs), bool, len(blobs))


def _seen(masks: Sequence[bytes]) -> tuple[np.ndarray, np.ndarray]:
    """Number of epochs of each light curve, and of each epoch its place in the exposure set."""
    sizes = np.fromiter(map(len, masks), np.int64, len(masks))
    starts = np.cumsum(sizes) - sizes
    packed = np.frombuffer(b"".join(masks), np.uint8).copy()
    packed[(starts[:, None] + np.arange(_MASK_HEADER)).ravel()] = 0
    counts = np.add.reduceat(np.bitwise_count(packed).astype(np.int64), starts)
    bits = np.flatnonzero(np.unpackbits(packed))
    return counts, bits - np.repeat(8 * (starts + _MASK_HEADER), counts)


def _times(
    sets: Sequence[tuple],
    of_set: np.ndarray,
    place: np.ndarray,
    exposure: np.ndarray,
    offsets: np.ndarray,
    corrections: tuple[Blobs, Blobs],
) -> np.ndarray:
    """Times of epochs; see `ztfvo.store.codec.decode`."""
    counts = np.diff(offsets)
    number, rate, ticks, *gradient = zip(*sets, strict=True)
    order = np.argsort(number)
    which = order[np.searchsorted(np.array(number)[order], of_set)]
    sizes = np.array([(len(blob) - _ARRAY_HEADER) // 12 for blob in ticks])
    at = np.repeat((np.cumsum(sizes) - sizes)[which], counts) + exposure
    slopes = np.zeros((2, sizes.sum()), np.float32)
    shared = np.repeat(_has(gradient[0]), sizes)
    for axis, blobs in zip(slopes, gradient, strict=True):
        axis[shared] = _elements(blobs, ">f4")
    travel = light_travel(np.repeat(place, counts, axis=1), slopes[:, at])
    found = np.rint(_elements(ticks, ">f8").astype(float)[at] + travel)
    odd, late = corrections
    listed = _elements(odd, ">i2").astype(np.int64)
    begins = np.repeat(offsets[:-1], [(len(o) - _ARRAY_HEADER) // 6 if o else 0 for o in odd])
    found[begins + np.abs(listed) - 1] += np.sign(listed)
    bytes_ = np.frombuffer(b"".join(filter(None, late)), np.uint8)
    found[np.repeat(_has(late), counts)] += bytes_.astype(float) - ON_TIME
    rates = np.repeat(np.array(rate, float)[which], counts)
    return (found + TICK_ORIGIN_MJD * rates) / rates


def _reals(
    base: np.ndarray, scale: np.ndarray, planes: Sequence[Blobs], counts: np.ndarray
) -> np.ndarray:
    """float32 values; see `ztfvo.store.codec.Planes`."""
    high, low, plain = planes
    packed = _has(high)
    where = np.repeat(packed, counts)
    values = np.empty(len(where), np.float32)
    upper = np.frombuffer(b"".join(filter(None, high)), np.uint8).astype(np.int32) << 16
    lower = np.frombuffer(b"".join(filter(None, low)), ">u2")
    whole = np.repeat(base[packed], counts[packed]) + upper + lower
    scales = np.repeat(scale[packed].astype(float), counts[packed])
    values[where] = (whole * scales).astype(np.float32)
    values[~where] = _elements(plain, ">f4")
    return values


def _flags(blobs: Blobs, counts: np.ndarray) -> np.ndarray:
    flags = np.zeros(counts.sum(), np.int32)
    flags[np.repeat(_has(blobs), counts)] = _elements(blobs, ">i2").astype(np.int32) & 65535
    return flags
