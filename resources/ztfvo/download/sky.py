"""Which fields, quadrants and HEALPix pixels a cone touches."""

from __future__ import annotations

import numpy as np
from astropy.coordinates import Angle, Latitude, Longitude, angular_separation

from ztfvo.grid import Grid, tangent_plane

MARGIN = 0.05
"""Slack around a quadrant (deg): sources lie up to 0.03 deg outside its nominal edges, as the
telescope does not point exactly at the field's centre."""

CAMERA_RADIUS = 5.6
"""Distance from the field's centre to the farthest corner of the camera, with margin (deg)."""


def quadrants_in_cone(grid: Grid, ra: float, dec: float, radius: float) -> set[tuple[int, int]]:
    """Quadrants that a cone touches, as (field, rcid).

    Generous rather than exact: a quadrant that the cone misses by less than the margin is among
    them.

    Parameters
    ----------
    grid
        Fields and quadrants.
    ra, dec
        Centre of the cone (deg).
    radius
        Its radius (deg), at most some ten degrees.
    """
    near = np.flatnonzero(_separation(grid, ra, dec) <= radius + CAMERA_RADIUS + MARGIN)
    stretch = 1.0 / np.cos(np.radians(min(radius + CAMERA_RADIUS, 80.0))) ** 2
    east, north = tangent_plane(ra, dec, grid.ra[near], grid.dec[near])
    low_e, high_e, low_n, high_n = grid.quadrants.T
    away_e = np.maximum(np.maximum(low_e - east[:, None], east[:, None] - high_e), 0.0)
    away_n = np.maximum(np.maximum(low_n - north[:, None], north[:, None] - high_n), 0.0)
    touched = np.hypot(away_e, away_n) <= radius * stretch + MARGIN
    return {(int(grid.field[near[i]]), int(rcid)) for i, rcid in np.argwhere(touched)}


def _separation(grid: Grid, ra: float, dec: float) -> np.ndarray:
    """Distances (deg) of the centres of fields from a position."""
    corners = (grid.ra, grid.dec, ra, dec)
    return np.degrees(angular_separation(*(np.radians(angle) for angle in corners)))


def pixels_in_cone(order: int, ra: float, dec: float, radius: float) -> set[int]:
    """HEALPix pixels (nested) of an order that a cone touches; rarely one beside it as well."""
    from mocpy import MOC  # takes a second to import, and only HATS needs it

    centre = Longitude(ra, "deg"), Latitude(dec, "deg")
    cone = MOC.from_cone(*centre, radius=Angle(radius, "deg"), max_depth=order, delta_depth=6)
    return {int(pixel) for pixel in cone.flatten()}
