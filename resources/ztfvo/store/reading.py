"""Read many light curves from the store, as it has them packed, and decode them here.

The database would take ten times as long to unpack them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from psycopg import Connection

from ztfvo.store.codec import Encoded, Planes, Sets, decode

_COLUMNS = """
l.oid, l.exposure_set, l.x, l.y, l.mask, l.odd, l.late,
array_replace(l.catflags, NULL, 0::smallint),
l.mag_base, l.mag_scale, l.mag_high, l.mag_low, l.mag,
l.magerr_base, l.magerr_scale, l.magerr_high, l.magerr_low, l.magerr
"""

_CURVES = f"""
SELECT {_COLUMNS} FROM lightcurve l JOIN object o ON o.oid = l.oid
WHERE l.oid > %s AND l.oid <= %s AND o.ngoodobs >= %s ORDER BY l.oid
"""

_SETS = "SELECT id, ticks_per_day, ticks, clrcoeff, x, y FROM exposure_set WHERE id = ANY(%s)"


@dataclass(frozen=True)
class Batch:
    """n light curves with m epochs in all."""

    oid: np.ndarray
    """int64[n], ascending."""
    offsets: np.ndarray
    """Bounds of the light curves in the arrays below (int64[n + 1])."""
    hmjd: np.ndarray
    """Heliocentric MJD of mid-exposure, UTC (float64[m], d)."""
    mag: np.ndarray
    """AB magnitude (float32[m])."""
    magerr: np.ndarray
    """Error of mag (float32[m])."""
    catflags: np.ndarray
    """Quality flags, 0 to 65535 (int32[m])."""

    def __len__(self) -> int:
        return len(self.oid)


def read(connection: Connection, first: int, last: int, good: int) -> Batch:
    """Read the light curves of a range of OIDs.

    Parameters
    ----------
    connection
        In a transaction, with the release's schema first in its search path.
    first, last
        OIDs above `first`, up to `last`.
    good
        Least number of good epochs of a light curve.
    """
    with connection.cursor(binary=True) as cursor:
        rows = cursor.execute(_CURVES, (first, last, good)).fetchall()
        sets = cursor.execute(_SETS, (sorted({row[1] for row in rows}),)).fetchall()
    if not rows:
        none = np.empty(0)
        flags = none.astype(np.int32)
        return Batch(none.astype(np.int64), np.zeros(1, np.int64), none, none, none, flags)
    oid, number, x, y, mask, odd, late, flags, *planes = zip(*rows, strict=True)
    bits = [np.frombuffer(each, np.uint8, offset=4) for each in mask]
    counts = np.array([int(np.bitwise_count(each).sum()) for each in bits])
    offsets = np.concatenate(([0], np.cumsum(counts)))
    rates = [row[1] for row in sets]
    encoded = Encoded(
        sets=_sets(sets),
        set_of_curve=_places(sets, number),
        place=np.array([x, y], np.float32),
        mask=np.concatenate(bits),
        mask_starts=_bounds(bits),
        mask_bits=np.array([int.from_bytes(each[:4], "big") for each in mask]),
        odd=_joined(odd, np.int16),
        odd_starts=_bounds(odd),
        late=np.frombuffer(b"".join(each or b"" for each in late), np.uint8),
        late_starts=_bounds(late),
        mag=_planes(planes[:5], counts),
        magerr=_planes(planes[5:], counts),
    )
    values = decode(encoded, offsets, int(rates[0]))
    catflags = [
        np.zeros(count, np.int32) if each is None else np.array(each, np.int32) & 0xFFFF
        for each, count in zip(flags, counts.tolist(), strict=True)
    ]
    return Batch(
        oid=np.array(oid, np.int64),
        offsets=offsets,
        hmjd=values["hmjd"],
        mag=values["mag"],
        magerr=values["magerr"],
        catflags=np.concatenate(catflags),
    )


def _bounds(parts: Sequence[Any]) -> np.ndarray:
    return np.concatenate(([0], np.cumsum([0 if part is None else len(part) for part in parts])))


def _joined(parts: Sequence[Any], kind: type) -> np.ndarray:
    return np.array([value for part in parts if part is not None for value in part], kind)


def _is_shared(row: tuple[Any, ...]) -> bool:
    """Whether an exposure set is that of a channel, whose times depend on the place."""
    return row[4] is not None


def _order(rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The sets of channels, then those of light curves that stand alone."""
    return sorted(rows, key=lambda row: (not _is_shared(row), row[0]))


def _places(rows: Sequence[tuple[Any, ...]], numbers: Sequence[int]) -> np.ndarray:
    place = {row[0]: i for i, row in enumerate(_order(rows))}
    return np.array([place[number] for number in numbers])


def _sets(rows: Sequence[tuple[Any, ...]]) -> Sets:
    ordered = _order(rows)
    shared = [row for row in ordered if _is_shared(row)]
    return Sets(
        channel=np.zeros(len(ordered), np.int64),
        starts=_bounds([row[2] for row in ordered]),
        ticks=_joined([row[2] for row in ordered], float),
        clrcoeff=_joined([row[3] for row in ordered], np.float32),
        gradient=np.stack([_joined([row[i] for row in shared], np.float32) for i in (4, 5)]),
        shared=len(shared),
    )


def _planes(columns: Sequence[Sequence[Any]], counts: np.ndarray) -> Planes:
    base, scale, high, low, plain = columns
    kept = [each is not None for each in plain]
    zeros = [bytes(count) for count in counts.tolist()]
    highs = b"".join(each or zero for each, zero in zip(high, zeros, strict=True))
    lows = b"".join(each or 2 * zero for each, zero in zip(low, zeros, strict=True))
    values = np.zeros(len(highs), np.float32)
    values[np.repeat(kept, counts)] = _joined(plain, np.float32)
    return Planes(
        base=np.array(base, np.int32),
        scale=np.array(scale, np.float32),
        high=np.frombuffer(highs, np.uint8),
        low=np.frombuffer(lows, ">u2"),
        plain=np.array(kept),
        values=values,
    )
