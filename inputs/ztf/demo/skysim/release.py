"""The demo release: which channels it holds, and how many stars.

Most stars are in three areas where channels overlap; around every other named star there is a
small area of its own, in the star's filter and one more of the same field.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .catalogue import catalogue
from .channel import Sources
from .geometry import Channel, channel_of_oid
from .schedule import LIMITING_MAGNITUDE, Exposures, make_schedule
from .stars import Star, population, read_stars, stars_on

RELEASE = "demo"
"""Release name, also the end of the file names."""

SEED = 20180317

COMPANIONS = 90
"""Stars drawn around a named star outside the large areas."""

HIGH_CADENCE = {
    (257, 2): ((58520.195, 24),),
    (437, 2): ((58347.305, 130),),
    (686, 2): ((58321.30, 120), (58322.30, 60)),
    (281, 2): ((58320.24, 100),),
    (412, 1): ((58471.38, 48),),
    (695, 2): ((58761.30, 48),),
}
"""Runs of consecutive exposures by field and filter: start (MJD UTC) and length."""


@dataclass(frozen=True)
class Area:
    """Channels that look at one piece of sky, and the number of stars drawn in it."""

    channels: tuple[Channel, ...]
    count: int


def _channels(*groups: tuple[int, int, int, tuple[int, ...]]) -> tuple[Channel, ...]:
    """Expand (field, CCD, quadrant, filters) groups."""
    return tuple(Channel(f, b, c, q) for f, c, q, filters in groups for b in filters)


LARGE_AREAS = (
    Area(_channels((680, 13, 3, (1, 2)), (1722, 7, 4, (1, 2))), 2900),
    Area(
        _channels(
            (783, 9, 4, (1, 2, 3)),
            (784, 12, 4, (1, 2, 3)),
            (1818, 1, 4, (1, 2)),
            (1819, 4, 3, (1, 2)),
        ),
        3800,
    ),
    Area(_channels((695, 11, 2, (1, 2, 3))), 2000),
)
"""HZ Her, SNAD183 and the disc of M31."""


def areas(named: list[Star]) -> list[Area]:
    """List the large areas, then those of the named stars outside them."""
    known = {channel.footprint for area in LARGE_AREAS for channel in area.channels}
    small: dict[tuple[int, int], set[Channel]] = {}
    for star in named:
        for channel in map(channel_of_oid, star.listed or ()):
            if channel.footprint not in known:
                other = 1 if channel.filterid == 2 else 2
                pair = Channel(channel.field, other, channel.ccd, channel.quadrant)
                small.setdefault(channel.footprint, set()).update((channel, pair))
    return [*LARGE_AREAS, *(Area(tuple(sorted(c)), COMPANIONS) for _, c in sorted(small.items()))]


def channels(
    star_list: Path,
) -> Iterator[tuple[Channel, Sources, Exposures, np.random.Generator]]:
    """Yield every channel of the release with its sources, exposures and random numbers.

    Parameters
    ----------
    star_list
        The named stars, ``stars.csv``.
    """
    named = read_stars(star_list)
    plan = areas(named)
    pairs = {(c.field, c.filterid) for area in plan for c in area.channels}
    schedule = make_schedule(pairs, SEED, HIGH_CADENCE)
    for area in plan:
        first = area.channels[0]
        rng = np.random.default_rng([SEED, 3, *first.footprint])
        nearby = [star for star in named if any(_has(channel, star) for channel in area.channels)]
        stars = nearby + population(list(area.channels), area.count, nearby, rng)
        for channel in area.channels:
            exposures = schedule[channel.field, channel.filterid]
            own = np.random.default_rng([SEED, 4, *channel.footprint, channel.filterid])
            limit = LIMITING_MAGNITUDE[channel.filterid]
            sources = catalogue(channel, stars_on(channel, stars), len(exposures), limit, own)
            yield channel, sources, exposures, own


def _has(channel: Channel, star: Star) -> bool:
    """Return whether a named star has an identifier on the channel's quadrant, in any filter."""
    return any(channel_of_oid(oid).footprint == channel.footprint for oid in star.listed or ())
