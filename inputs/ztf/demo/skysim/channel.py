"""Light curves of one channel: sources seen through a schedule of exposures."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .geometry import Channel, unit_vectors
from .noise import (
    DETECTION_WIDTH,
    Conditions,
    channel_conditions,
    detection_flags,
    true_scatter,
)
from .observatory import to_heliocentre
from .schedule import Exposures
from .shapes import Shape

_CELLS = 2_000_000
"""Source-exposure pairs worked on at a time."""

_CHIP_LOSS = 2.5
"""A detection draw above this many sigma is lost whatever the magnitude: edges, cosmic rays."""


@dataclass(frozen=True)
class Sources:
    """What the reference image of a channel lists; arrays of shape (n,), in order of number.

    Attributes
    ----------
    number
        Source number within the channel.
    ra, dec
        Position in degrees, as precise as the bulk files.
    mag
        Mean magnitude in the channel's filter.
    shapes
        Variability by index into the arrays; constant sources are absent.
    visibility
        Chance of being measured where a star would be: 1 for stars, less for artefacts.
    scatter
        Extra standard deviation in mag, for artefacts.
    flags
        Flag of the artefact's measurements, 0 for stars.
    """

    number: NDArray[np.int64]
    ra: NDArray[np.float32]
    dec: NDArray[np.float32]
    mag: NDArray[np.float64]
    shapes: dict[int, Shape]
    visibility: NDArray[np.float64]
    scatter: NDArray[np.float64]
    flags: NDArray[np.int32]

    @classmethod
    def constant(cls, number: NDArray, ra: NDArray, dec: NDArray, mag: NDArray) -> "Sources":
        """Make sources that are all constant stars."""
        count = len(number)
        return cls(
            np.asarray(number, np.int64),
            np.asarray(ra, np.float32),
            np.asarray(dec, np.float32),
            np.asarray(mag, np.float64),
            {},
            np.ones(count),
            np.zeros(count),
            np.zeros(count, np.int32),
        )

    def __len__(self) -> int:
        return len(self.number)


@dataclass(frozen=True)
class Curves:
    """Light curves of a channel: per-curve arrays (n,) and flat per-detection arrays (m,).

    The detections of curve ``i`` are at ``offsets[i]:offsets[i + 1]``, in order of time.
    """

    number: NDArray[np.int64]
    ra: NDArray[np.float32]
    dec: NDArray[np.float32]
    offsets: NDArray[np.int64]
    hmjd: NDArray[np.float64]
    mag: NDArray[np.float32]
    magerr: NDArray[np.float32]
    clrcoeff: NDArray[np.float32]
    catflags: NDArray[np.int32]


def true_magnitudes(
    sources: Sources, rows: slice, exposures: Exposures, filterid: int
) -> NDArray[np.float64]:
    """Magnitude of a slice of sources at every exposure.

    The shape is (sources, exposures), or (sources, 1) when all of the slice are constant.
    """
    mag = sources.mag[rows, None]
    inside = [i for i in sources.shapes if rows.start <= i < rows.stop]
    if not inside:
        return mag
    mag = np.repeat(mag, len(exposures), axis=1)
    for index in inside:
        unit = unit_vectors(sources.ra[index], sources.dec[index])
        mjd = exposures.middle + to_heliocentre(exposures.vectors, unit)
        mag[index - rows.start] += sources.shapes[index].offset(mjd, filterid)
    return mag


def _detect(
    sources: Sources,
    rows: slice,
    exposures: Exposures,
    conditions: Conditions,
    filterid: int,
    rng: np.random.Generator,
) -> tuple[NDArray, NDArray, NDArray]:
    """Choose what is detected: index of source, index of exposure, true magnitude."""
    mag = true_magnitudes(sources, rows, exposures, filterid)
    shape = rows.stop - rows.start, len(exposures)
    draw = rng.standard_normal(shape, dtype=np.float32)
    seen = (draw < _CHIP_LOSS) & (mag < conditions.limit - DETECTION_WIDTH * draw)
    visibility = sources.visibility[rows]
    for index in np.flatnonzero(visibility < 1):
        seen[index] &= rng.random(shape[1]) < visibility[index]
    source, exposure = np.nonzero(seen)
    value = mag[source, exposure] if mag.shape[1] > 1 else mag[source, 0]
    return source + rows.start, exposure, value


def observe(
    sources: Sources,
    exposures: Exposures,
    filterid: int,
    rng: np.random.Generator,
    conditions: Conditions | None = None,
) -> Curves:
    """Simulate the light curves of a channel.

    Parameters
    ----------
    sources
        The channel's reference sources; those never detected are left out of the answer.
    exposures
        Exposures of the channel's field and filter.
    filterid
        Filter number.
    rng
        The only source of randomness.
    conditions
        How the channel saw the exposures; drawn when absent.
    """
    conditions = conditions or channel_conditions(exposures, filterid, rng)
    step = max(1, _CELLS // max(len(exposures), 1))
    parts = []
    for first in range(0, len(sources), step):
        rows = slice(first, min(first + step, len(sources)))
        parts.append(_detect(sources, rows, exposures, conditions, filterid, rng))
    source, exposure, true = (np.concatenate(column) for column in zip(*parts, strict=True))
    return _measure(sources, exposures, conditions, filterid, (source, exposure, true), rng)


def _measure(
    sources: Sources,
    exposures: Exposures,
    conditions: Conditions,
    filterid: int,
    detected: tuple[NDArray, NDArray, NDArray],
    rng: np.random.Generator,
) -> Curves:
    """Measure detections given as source index, exposure index and true magnitude."""
    source, exposure, true = detected
    spread = true_scatter(true, exposure, conditions, filterid)
    artefact = np.flatnonzero(sources.scatter[source])
    spread[artefact] += sources.scatter[source[artefact]]
    noise = rng.standard_normal(len(true)) * spread
    mag = (true + noise + conditions.offset[exposure]).astype(np.float32)
    flags = detection_flags(exposure, conditions, rng)
    ghost = np.flatnonzero(sources.flags[source])
    flags[ghost] = sources.flags[source[ghost]]
    counts = np.bincount(source, minlength=len(sources))
    kept = np.flatnonzero(counts)
    return Curves(
        number=sources.number[kept],
        ra=sources.ra[kept],
        dec=sources.dec[kept],
        offsets=np.concatenate([[0], np.cumsum(counts[kept])]),
        hmjd=heliocentric_times(sources, exposures, source, exposure),
        mag=mag,
        magerr=conditions.quoted_error(mag),
        clrcoeff=conditions.clrcoeff[exposure],
        catflags=flags,
    )


def heliocentric_times(
    sources: Sources, exposures: Exposures, source: NDArray, exposure: NDArray
) -> NDArray[np.float64]:
    """Mid-exposure at the heliocentre, MJD UTC rounded to five decimals; indices of shape (m,)."""
    units = unit_vectors(sources.ra, sources.dec)
    travel = to_heliocentre(exposures.vectors[exposure], units[source])
    return np.round(exposures.middle[exposure] + travel, 5)


def merge(parts: Sequence[Sources]) -> Sources:
    """Join lists of sources and put them in order of number."""
    number = np.concatenate([part.number for part in parts])
    order = np.argsort(number, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    shapes, first = {}, 0
    for part in parts:
        shapes.update({int(place[first + i]): shape for i, shape in part.shapes.items()})
        first += len(part)
    columns = {
        name: np.concatenate([getattr(part, name) for part in parts])[order]
        for name in ("ra", "dec", "mag", "visibility", "scatter", "flags")
    }
    return Sources(number=number[order], shapes=shapes, **columns)


def oids(channel: Channel, curves: Curves) -> NDArray[np.int64]:
    """Object identifiers of a channel's curves."""
    return channel.first_oid + curves.number
