"""The sky that a release covers, as a map in Mollweide's projection for pages."""

from __future__ import annotations

from functools import lru_cache

import astropy.units as u
import numpy as np
from astropy.coordinates import SkyCoord
from markupsafe import Markup

from ztfvo.search.coverage import inside

WIDTH, HEIGHT = 360, 180
"""Steps of the map: of about a square degree at the equator."""
ORDER = 6
"""HEALPix order of the cells shown, 0.9 deg: smaller ones would not be seen."""
CENTRE = 180.0
"""Right ascension in the middle (deg); it grows to the left."""


@lru_cache(maxsize=8)
def picture(footprint: str) -> Markup:
    """Return the map as SVG in HTML, which the style sheet colours."""
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    x, y = (columns + 0.5) / WIDTH * 2 - 1, 1 - (rows + 0.5) / HEIGHT * 2
    on_sky = x**2 + y**2 < 1
    ra, dec = _place(x[on_sky], y[on_sky])
    covered = np.zeros((HEIGHT, WIDTH), bool)
    covered[on_sky] = inside(footprint, ra, dec, ORDER)
    lines = "".join(_line(*_projected(*line)) for line in _graticule())
    galaxy = SkyCoord(l=np.arange(0, 361, 3) * u.deg, b=0 * u.deg, frame="galactic").icrs
    plane = _line(*_projected(galaxy.ra.deg, galaxy.dec.deg))
    return Markup(
        f'<svg class="sky-map" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        ' aria-label="Map of the sky with what the release covers">'
        f'<ellipse class="sky" cx="{WIDTH // 2}" cy="{HEIGHT // 2}" rx="{WIDTH // 2}"'
        f' ry="{HEIGHT // 2}"/><path class="covered" d="{_runs(covered)}"/>'
        f'<path class="grid" d="{lines}"/><path class="plane" d="{plane}"/></svg>'
    )


def _place(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Right ascension and declination (deg) of places on the map, -1 to 1 in both directions."""
    theta = np.arcsin(y)
    dec = np.degrees(np.arcsin((2 * theta + np.sin(2 * theta)) / np.pi))
    return (CENTRE - 180 * x / np.cos(theta)) % 360, dec


def _projected(ra: np.ndarray, dec: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Steps on the map of places (deg)."""
    target, theta = np.pi * np.sin(np.radians(dec)), np.radians(dec)
    for _ in range(20):  # Newton's method, which converges slowly at the poles only
        slope = np.maximum(2 + 2 * np.cos(2 * theta), 1e-6)
        theta = theta - (2 * theta + np.sin(2 * theta) - target) / slope
    east = (ra - CENTRE + 180) % 360 - 180
    x, y = -east / 180 * np.cos(theta), np.sin(theta)
    return (x + 1) / 2 * WIDTH, (1 - y) / 2 * HEIGHT


def _graticule() -> list[tuple[np.ndarray, np.ndarray]]:
    dec = np.arange(-90.0, 91, 5)
    around = np.linspace(0.01, 359.99, 61)
    meridians = [(np.full(len(dec), ra), dec) for ra in (60.0, 120.0, 180.0, 240.0, 300.0)]
    return meridians + [(around, np.full(len(around), one)) for one in (-60.0, -30.0, 0.0, 30, 60)]


def _line(x: np.ndarray, y: np.ndarray) -> str:
    """Path through points, which ends where it leaves the map and goes on at the other side."""
    words, last = [], None
    for a, b in zip(x.tolist(), y.tolist(), strict=True):
        near = last is not None and abs(a - last) < WIDTH / 4
        words.append(f"{'L' if near else 'M'}{a:.1f} {b:.1f}")
        last = a
    return "".join(words)


def _runs(covered: np.ndarray) -> str:
    """Path of what is covered: a rectangle for each run of steps in a row."""
    words = []
    for number, row in enumerate(covered):
        edges = np.flatnonzero(np.diff(np.concatenate(([0], row.astype(np.int8), [0]))))
        words += [
            f"M{first} {number}h{last - first}v1h-{last - first}z"
            for first, last in edges.reshape(-1, 2).tolist()
        ]
    return "".join(words)
