"""Stars on the sky: the named ones from ``stars.csv`` and a population drawn around them."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .geometry import Channel, channel_of_oid, contains, random_positions, unit_vectors
from .schedule import FIRST_NIGHT, LAST_NIGHT
from .shapes import EVENTFUL, PERIODIC, Shape

_KINDS = {
    "RRAB": 6, "RRC": 3, "DCEP": 2, "DSCT": 5, "EW": 12, "EB": 4, "EA": 8, "ROT": 10,
    "LPV": 2, "SR": 5, "AGN": 8, "SN": 5, "NOVA": 0, "CV": 3, "M_dwarf_flare": 6, "YSO": 5,
    "XRB": 0,
}  # fmt: skip
"""Share of each class among the variable stars, in parts."""

_LOG_PERIOD = {
    "RRAB": (-0.35, -0.1), "RRC": (-0.6, -0.42), "DCEP": (0.3, 1.7), "DSCT": (-1.3, -0.75),
    "EW": (-0.6, -0.3), "EB": (-0.3, 0.4), "EA": (-0.1, 1.0), "ROT": (-0.3, 1.6),
    "LPV": (2.1, 2.7), "SR": (1.6, 2.4),
}  # fmt: skip
"""Range of log10 of the period in days."""

_AMPLITUDE = {
    "RRAB": (0.3, 0.6), "RRC": (0.15, 0.28), "DCEP": (0.2, 0.5), "DSCT": (0.05, 0.25),
    "EW": (0.1, 0.4), "EB": (0.15, 0.5), "EA": (0.15, 0.8), "ROT": (0.02, 0.12),
    "LPV": (0.5, 2.0), "SR": (0.05, 0.3), "AGN": (0.08, 0.3), "SN": (1.0, 3.0),
    "CV": (2.0, 4.5), "M_dwarf_flare": (0.5, 2.0), "YSO": (0.1, 0.4),
}  # fmt: skip
"""Range of the amplitude in mag, see `Shape`."""

VARIABLE_SHARE = 0.06
"""Share of variable stars in the population."""

_SURVEY = (float(FIRST_NIGHT), float(LAST_NIGHT))


@dataclass(frozen=True)
class Star:
    """One star of the sky.

    Attributes
    ----------
    ra, dec
        Degrees.
    mags
        Mean magnitudes in zg, zr, zi.
    shape
        Variability, None for a constant star.
    listed
        OID to position (deg) for the channels where the star has a given identifier.
    """

    ra: float
    dec: float
    mags: tuple[float, float, float]
    shape: Shape | None = None
    listed: dict[int, tuple[float, float]] | None = None


def _shape_of_row(row: dict[str, str], seed: int) -> Shape | None:
    """Build the variability that a row of the star list states."""
    kind = row["class"]
    if kind not in PERIODIC and kind not in EVENTFUL:
        return None
    return Shape(
        kind,
        float(row["amplitude"]),
        float(row["period"] or 1.0),
        tuple(float(epoch) for epoch in row["epochs"].split()) or (58000.0,),
        seed,
        channel_of_oid(int(row["oid"])).filterid,
    )


def read_stars(path: Path) -> list[Star]:
    """Read the named stars.

    Each row is an identifier; rows of one name are one star. ``position_source`` shows whether
    the position (deg) is known or was chosen within the quadrant of the identifier, ``mag_*`` are
    mean magnitudes, ``epochs`` (MJD, blank separated), ``period`` (d) and ``amplitude`` (mag) are
    those of `Shape`; class CONST is a constant star.
    """
    groups: dict[str, list[dict[str, str]]] = {}
    with path.open(newline="") as rows:
        for row in csv.DictReader(rows):
            groups.setdefault(row["name"], []).append(row)
    stars = []
    for rows_of_star in groups.values():
        first = rows_of_star[0]
        stars.append(
            Star(
                float(first["ra"]),
                float(first["dec"]),
                (float(first["mag_zg"]), float(first["mag_zr"]), float(first["mag_zi"])),
                _shape_of_row(first, int(first["oid"]) % 2**31),
                {int(r["oid"]): (float(r["ra"]), float(r["dec"])) for r in rows_of_star},
            )
        )
    return stars


def _random_epochs(kind: str, rng: np.random.Generator) -> tuple[float, ...]:
    """Draw moments of events over the survey; phase zero for periodic stars."""
    start, end = _SURVEY
    if kind == "CV":
        spacing = rng.uniform(60, 400)
        return tuple(np.arange(start + rng.uniform(0, spacing), end, spacing).tolist())
    if kind == "M_dwarf_flare":
        return tuple(np.sort(rng.uniform(start, end, 600)).tolist())
    return (float(rng.uniform(start, end)),)


def random_shape(kind: str, rng: np.random.Generator) -> Shape:
    """Draw the variability of a star of a class."""
    low, high = _LOG_PERIOD.get(kind, (0.0, 0.0))
    return Shape(
        kind,
        float(rng.uniform(*_AMPLITUDE[kind])),
        float(10 ** rng.uniform(low, high)),
        _random_epochs(kind, rng),
        int(rng.integers(2**31)),
    )


def _magnitudes(count: int, rng: np.random.Generator, slope: float, faintest: float) -> np.ndarray:
    """Draw zg, zr, zi magnitudes, shape (count, 3); counts grow as 10^(slope mag)."""
    low, high = 10 ** (slope * (13.2 - faintest)), 1.0
    red = faintest + np.log10(rng.uniform(low, high, count)) / slope
    color = np.clip(rng.normal(0.7, 0.35, count), -0.3, 1.6)
    return np.stack([red + color, red, red - 0.38 * color + 0.03], axis=1)


def population(
    channels: list[Channel], count: int, named: list[Star], rng: np.random.Generator
) -> list[Star]:
    """Draw the field stars around the named ones.

    Parameters
    ----------
    channels
        Channels whose quadrants are to be filled evenly.
    count
        Number of stars to draw.
    named
        Stars within 6 arcsec of which there is to be nothing else.
    """
    quadrants = list({channel.footprint: channel for channel in channels}.values())
    share = np.array_split(np.arange(count), len(quadrants))
    drawn = [random_positions(q, len(s), rng) for q, s in zip(quadrants, share, strict=True)]
    ra = np.concatenate([position[0] for position in drawn])
    dec = np.concatenate([position[1] for position in drawn])
    mags = _magnitudes(count, rng, 0.42, 21.9)
    variable = rng.random(count) < VARIABLE_SHARE
    brighter = variable & (rng.random(count) < 0.7)
    wanted = rng.uniform(14, 19.5, count)
    mags[brighter] -= np.maximum(mags[brighter, 1] - wanted[brighter], 0)[:, None]
    kinds = rng.choice(
        list(_KINDS), count, p=np.array(list(_KINDS.values())) / sum(_KINDS.values())
    )
    free = _apart(ra, dec, named)
    return [
        Star(
            float(ra[i]),
            float(dec[i]),
            tuple(mags[i].tolist()),
            random_shape(str(kinds[i]), rng) if variable[i] else None,
        )
        for i in np.flatnonzero(free)
    ]


def _apart(ra: np.ndarray, dec: np.ndarray, named: list[Star], arcsec: float = 6.0) -> np.ndarray:
    """Return which positions (deg) are farther than a distance from all named stars."""
    if not named:
        return np.ones(len(ra), bool)
    places = unit_vectors([star.ra for star in named], [star.dec for star in named])
    distance = np.linalg.norm(unit_vectors(ra, dec)[:, None] - places[None], axis=2).min(axis=1)
    return distance > np.radians(arcsec / 3600)


def stars_on(channel: Channel, stars: list[Star]) -> list[Star]:
    """Choose the stars that fall on a channel's quadrant or have an identifier there."""
    if not stars:
        return []
    inside = contains(channel, [star.ra for star in stars], [star.dec for star in stars])
    return [
        star
        for star, hit in zip(stars, inside, strict=True)
        if hit or any(channel_of_oid(oid) == channel for oid in star.listed or ())
    ]
