"""Which fields, quadrants and HEALPix pixels a cone touches."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from astropy.coordinates import Angle, Latitude, Longitude, angular_separation

MARGIN = 0.05
"""Slack around a quadrant (deg): sources lie up to 0.04 deg outside its nominal edges, as the
telescope does not point exactly at the field's centre."""

CAMERA_RADIUS = 5.6
"""Distance from the field's centre to the farthest corner of the camera, with margin (deg)."""


@dataclass(frozen=True)
class Grid:
    """The survey's fields and the camera's quadrants."""

    field: np.ndarray
    """Field numbers (int64[n])."""
    ra: np.ndarray
    """Right ascensions of their centres (float64[n], deg)."""
    dec: np.ndarray
    """Declinations of their centres (float64[n], deg)."""
    quadrants: np.ndarray
    """Edges by rcid in the camera's plane: east min, max, north min, max (float64[64, 4], deg)."""


def read_grid(folder: Path) -> Grid:
    """Read ``fields.csv`` and ``quadrants.csv``."""
    with (folder / "fields.csv").open(newline="") as file:
        fields = np.array([[float(value) for value in row] for row in list(csv.reader(file))[1:]])
    with (folder / "quadrants.csv").open(newline="") as file:
        edges = np.array([[float(value) for value in row] for row in list(csv.reader(file))[1:]])
    edges = edges[np.argsort(edges[:, 0])]
    return Grid(fields[:, 0].astype(np.int64), fields[:, 1], fields[:, 2], edges[:, 1:])


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


def tangent_plane(ra, dec, ra0, dec0) -> tuple[np.ndarray, np.ndarray]:
    """Gnomonic coordinates east and north (deg) of a position about centres within 90 deg."""
    ra, dec, ra0, dec0 = (np.radians(angle) for angle in (ra, dec, ra0, dec0))
    scale = np.sin(dec0) * np.sin(dec) + np.cos(dec0) * np.cos(dec) * np.cos(ra - ra0)
    east = np.cos(dec) * np.sin(ra - ra0) / scale
    north = (np.cos(dec0) * np.sin(dec) - np.sin(dec0) * np.cos(dec) * np.cos(ra - ra0)) / scale
    return np.degrees(east), np.degrees(north)


def pixels_in_cone(order: int, ra: float, dec: float, radius: float) -> set[int]:
    """HEALPix pixels (nested) of an order that a cone touches; rarely one beside it as well."""
    from mocpy import MOC  # takes a second to import, and only HATS needs it

    centre = Longitude(ra, "deg"), Latitude(dec, "deg")
    cone = MOC.from_cone(*centre, radius=Angle(radius, "deg"), max_depth=order, delta_depth=6)
    return {int(pixel) for pixel in cone.flatten()}
