"""The reference catalogue of a channel: stars and artefacts under source numbers."""

import numpy as np

from .channel import Sources, merge
from .geometry import SOURCES_PER_CHANNEL, Channel, channel_of_oid, random_positions
from .stars import Star

POSITION_SCATTER = 0.08
"""Standard deviation per axis, in arcsec, of a star's position between channels."""

SMALLEST_CATALOGUE = 20_000
"""Source numbers run to this value or a little above the highest listed number."""

BOGUS_SHARE, GHOST_SHARE = 0.05, 0.004
"""Artefacts measured about once, and those measured now and then, per star of the channel."""

_GHOST_FLAGS = (4, 16, 516, 524, 32784, 33024)
_SPIKE_MAGNITUDE = 13.6


def _number_sources(
    dec: np.ndarray, mag: np.ndarray, taken: set[int], rng: np.random.Generator
) -> np.ndarray:
    """Give unlisted sources their numbers, shape (n,).

    As in the real catalogues the brighter two thirds come first and then the faint ones found in
    a second pass, each from north to south; numbers of undetected sources stay unused.
    """
    count = len(dec)
    top = max(SMALLEST_CATALOGUE, int(1.02 * max(taken, default=0)), 2 * count)
    free = np.setdiff1d(np.arange(top), np.fromiter(taken, np.int64, len(taken)))
    numbers = np.sort(rng.choice(free, count, replace=False))
    second_pass = mag > np.quantile(mag, 2 / 3) if count else np.zeros(0, bool)
    order = np.lexsort((-dec, second_pass))
    answer = np.empty(count, np.int64)
    answer[order] = numbers
    return answer


def _scattered(
    ra: np.ndarray, dec: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Move positions (deg) as the centroids of another reference image would."""
    shift = rng.normal(0, POSITION_SCATTER / 3600, (2, len(ra)))
    return ra + shift[0] / np.cos(np.radians(dec)), dec + shift[1]


def _listed(channel: Channel, stars: list[Star]) -> Sources:
    """Put the stars that have an OID in this channel under their numbers."""
    rows = [
        (oid % SOURCES_PER_CHANNEL, *position, star.mags[channel.filterid - 1], star.shape)
        for star in stars
        for oid, position in (star.listed or {}).items()
        if channel_of_oid(oid) == channel
    ]
    columns = [[row[k] for row in rows] for k in range(4)]
    sources = Sources.constant(*columns)
    sources.shapes.update({i: row[4] for i, row in enumerate(rows) if row[4]})
    return sources


def _unlisted(
    channel: Channel, stars: list[Star], taken: set[int], rng: np.random.Generator
) -> Sources:
    """Put all other stars of the channel under free numbers."""
    rest = [
        star
        for star in stars
        if not any(channel_of_oid(oid) == channel for oid in star.listed or ())
    ]
    ra, dec = _scattered(
        np.array([star.ra for star in rest], float),
        np.array([star.dec for star in rest], float),
        rng,
    )
    mag = np.array([star.mags[channel.filterid - 1] for star in rest], float)
    sources = Sources.constant(_number_sources(dec, mag, taken, rng), ra, dec, mag)
    sources.shapes.update({i: star.shape for i, star in enumerate(rest) if star.shape})
    return sources


def _artefacts(
    channel: Channel, stars: list[Star], exposures: int, limit: float, rng: np.random.Generator
) -> tuple[np.ndarray, ...]:
    """Draw false sources: position (deg), mag, visibility, scatter and flag of each.

    Bogus sources are measured about once, ghosts and spikes now and then, the latter along the
    axes of the chip beside bright stars.
    """
    bogus = rng.poisson(BOGUS_SHARE * len(stars))
    ghosts = rng.poisson(GHOST_SHARE * len(stars))
    ra, dec = random_positions(channel, bogus + ghosts, rng)
    bright = [star for star in stars if star.mags[channel.filterid - 1] < _SPIKE_MAGNITUDE]
    near = [(star.ra, star.dec, *spike) for star in bright for spike in _spikes(rng)]
    spikes = np.array(near, float).reshape(-1, 4)
    spike_ra = spikes[:, 0] + spikes[:, 2] / 3600 / np.cos(np.radians(spikes[:, 1]))
    count = bogus + ghosts + len(spikes)
    visibility = rng.uniform(0.03, 0.25, count)
    visibility[:bogus] = 1.5 / max(exposures, 1)
    flags = rng.choice(_GHOST_FLAGS, count).astype(np.int32)
    flags[:bogus] = 0
    return (
        np.concatenate([ra, spike_ra]),
        np.concatenate([dec, spikes[:, 1] + spikes[:, 3] / 3600]),
        limit - rng.uniform(0.3, 3.0, count),
        visibility,
        np.where(np.arange(count) < bogus, 0.1, 0.5),
        flags,
    )


def _spikes(rng: np.random.Generator) -> list[tuple[float, float]]:
    """Offsets (east, north, in arcsec) of false sources on the spikes of one bright star."""
    length = rng.uniform(8, 40, rng.poisson(3)) * rng.choice([-1, 1])
    along = rng.random(len(length)) < 0.5
    return [
        (float(x), 0.2) if east else (0.2, float(x)) for x, east in zip(length, along, strict=True)
    ]


def catalogue(
    channel: Channel, stars: list[Star], exposures: int, limit: float, rng: np.random.Generator
) -> Sources:
    """List the sources of a channel.

    Parameters
    ----------
    stars
        Stars on the channel, see `stars.stars_on`.
    exposures
        Number of exposures, which sets how often artefacts appear.
    limit
        Typical limiting magnitude.
    """
    listed = _listed(channel, stars)
    taken = set(listed.number.tolist())
    field = _unlisted(channel, stars, taken, rng)
    taken |= set(field.number.tolist())
    ra, dec, mag, visibility, scatter, flags = _artefacts(channel, stars, exposures, limit, rng)
    clear = _far_from_listed(ra, dec, listed)
    columns = [column[clear] for column in (ra, dec, mag, visibility, scatter, flags)]
    number = _number_sources(columns[1], columns[2], taken, rng)
    base = Sources.constant(number, *columns[:3])
    false = Sources(base.number, base.ra, base.dec, base.mag, {}, *columns[3:])
    return merge([listed, field, false])


def _far_from_listed(ra: np.ndarray, dec: np.ndarray, listed: Sources) -> np.ndarray:
    """Return which positions (deg) are more than 5 arcsec from every listed star."""
    clear = np.ones(len(ra), bool)
    for star_ra, star_dec in zip(listed.ra, listed.dec, strict=True):
        east = (ra - star_ra) * np.cos(np.radians(star_dec))
        clear &= np.hypot(east, dec - star_dec) > 5 / 3600
    return clear
