"""Which channels a benchmark set holds, and which stars.

The sky is that of the demo's simulator (``inputs/ztf/demo/skysim``, on the module path through
``scripts/bench``).  An area is one quadrant of a field in all three filters and, where there is
one, the quadrant of the other grid over it in two; channels of a field share their exposures.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from skysim.geometry import (
    Channel,
    contains,
    deproject,
    field_centers,
    quadrant_center,
    unit_vectors,
)
from skysim.schedule import FIRST_NIGHT, Exposures, make_schedule
from skysim.stars import Star, population

SEED = 20210806
CHANNELS_OF_AREA = 5
"""Channels of an area where two grids overlap."""

FAINTEST = 20.4
"""Limit in zr of the stars drawn (mag): with it light curves have about 200 detections."""

_BURSTS, _BURST_LENGTH = 6, 42
_NEAR = np.cos(np.radians(9.0))


@dataclass(frozen=True)
class Area:
    """Channels that look at one piece of sky."""

    channels: tuple[Channel, ...]


@cache
def schedule() -> dict[tuple[int, int], Exposures]:
    """Exposures of all fields; those of the primary grid have nights of high cadence in zr."""
    rng = np.random.default_rng([SEED, 1])
    pairs = [(field, band) for field in sorted(field_centers()) for band in (1, 2, 3)]
    nights = np.sort(rng.integers(20, 1800, (len(pairs), _BURSTS)), axis=1) + FIRST_NIGHT + 0.3
    bursts = {
        pair: [(float(night), _BURST_LENGTH) for night in own]
        for pair, own in zip(pairs, nights, strict=True)
        if pair[1] == 2 and pair[0] < 1000
    }
    return make_schedule(pairs, SEED, bursts)


def _partner(quadrant: Channel) -> Channel | None:
    """The quadrant of the secondary grid over the centre of one of the primary grid."""
    centers = field_centers()
    ra, dec = deproject(quadrant.field, *quadrant_center(quadrant))
    direction = unit_vectors(ra, dec)
    for field, center in centers.items():
        if field < 1000 or direction @ unit_vectors(*center) < _NEAR:
            continue
        for ccd in range(1, 17):
            for number in range(1, 5):
                other = Channel(field, 1, ccd, number)
                if contains(other, ra, dec):
                    return other
    return None


def _in_bands(quadrant: Channel, bands: tuple[int, ...]) -> tuple[Channel, ...]:
    return tuple(Channel(quadrant.field, b, quadrant.ccd, quadrant.quadrant) for b in bands)


@cache
def areas() -> tuple[Area, ...]:
    """All areas, in the order in which sets take them: first those that two grids see, mixed."""
    fields = sorted(field for field in field_centers() if field < 1000)
    quadrants = [Channel(f, 1, c, q) for f in fields for c in range(1, 17) for q in range(1, 5)]
    order = np.random.default_rng([SEED, 2]).permutation(len(quadrants))
    used: set[Channel] = set()
    double, single = [], []
    for quadrant in (quadrants[i] for i in order):
        partner = _partner(quadrant)
        if partner is None or partner in used:
            single.append(Area(_in_bands(quadrant, (1, 2, 3))))
        else:
            used.add(partner)
            double.append(Area(_in_bands(quadrant, (1, 2, 3)) + _in_bands(partner, (1, 2))))
    return (*double, *single)


def stars(area: Area, count: int) -> list[Star]:
    """Draw stars such that each quadrant of an area holds about `count` of them."""
    rng = np.random.default_rng([SEED, 3, *area.channels[0].footprint])
    quadrants = len({channel.footprint for channel in area.channels})
    bright: list[Star] = []
    while len(bright) < count * quadrants:
        drawn = population(list(area.channels), 2 * count * quadrants, [], rng)
        bright += [star for star in drawn if star.mags[1] < FAINTEST]
    return bright[: int((0.7 if quadrants > 1 else 0.95) * count * quadrants)]
