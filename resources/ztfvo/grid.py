"""The survey's grid of fields and the camera's readout channels."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from ztfvo.errors import CannotBeDone


@dataclass(frozen=True)
class Grid:
    """The survey's fields and the camera's quadrants."""

    field: np.ndarray
    """Field numbers, sorted (int64[n])."""
    ra: np.ndarray
    """Right ascensions of their centres (float64[n], deg)."""
    dec: np.ndarray
    """Declinations of their centres (float64[n], deg)."""
    quadrants: np.ndarray
    """Edges by rcid in the camera's plane: east min, max, north min, max (float64[64, 4], deg)."""


@cache
def read_grid(folder: Path) -> Grid:
    """Read ``fields.csv`` and ``quadrants.csv``.

    Raises
    ------
    CannotBeDone
        When one of them cannot be read.
    """
    fields, edges = (_read(folder / name) for name in ("fields.csv", "quadrants.csv"))
    return Grid(fields[:, 0].astype(np.int64), fields[:, 1], fields[:, 2], edges[:, 1:])


def _read(path: Path) -> np.ndarray:
    """The numbers of a table with a line of names, sorted by the first."""
    try:
        with path.open(newline="") as file:
            rows = np.array([[float(value) for value in row] for row in list(csv.reader(file))[1:]])
    except (OSError, ValueError) as error:
        raise CannotBeDone(
            f"The survey's fields cannot be read from {path} ({error}): the project has this file."
        ) from error
    return rows[np.argsort(rows[:, 0])]


def tangent_plane(ra, dec, ra0, dec0) -> tuple[np.ndarray, np.ndarray]:
    """Gnomonic coordinates east and north (deg) of a position about centres within 90 deg."""
    ra, dec, ra0, dec0 = (np.radians(angle) for angle in (ra, dec, ra0, dec0))
    scale = np.sin(dec0) * np.sin(dec) + np.cos(dec0) * np.cos(dec) * np.cos(ra - ra0)
    east = np.cos(dec) * np.sin(ra - ra0) / scale
    north = (np.cos(dec0) * np.sin(dec) - np.sin(dec0) * np.cos(dec) * np.cos(ra - ra0)) / scale
    return np.degrees(east), np.degrees(north)


def distance_outside(
    grid: Grid, fieldid: np.ndarray, rcid: np.ndarray, ra: np.ndarray, dec: np.ndarray
) -> np.ndarray:
    """How far positions lie outside the nominal outlines of their quadrants.

    Parameters
    ----------
    grid
        Fields and quadrants.
    fieldid, rcid
        Field and readout channel of each position (int[n]).
    ra, dec
        The positions, ICRS (float64[n], deg).

    Returns
    -------
    numpy.ndarray
        Distance from the outline's lines in the camera's plane (float64[n], deg), negative inside;
        it grows faster than on the sky, and is infinite a quarter of it away and more. NaN where
        the survey has no such field.
    """
    place = np.minimum(np.searchsorted(grid.field, fieldid), len(grid.field) - 1)
    known = grid.field[place] == fieldid
    ra0, dec0 = grid.ra[place], grid.dec[place]
    east, north = tangent_plane(ra, dec, ra0, dec0)
    west_edge, east_edge, south_edge, north_edge = grid.quadrants[rcid].T
    outside = np.maximum.reduce(
        [west_edge - east, east - east_edge, south_edge - north, north - north_edge]
    )
    a, b = np.radians(dec), np.radians(dec0)
    facing = np.sin(a) * np.sin(b) + np.cos(a) * np.cos(b) * np.cos(np.radians(ra - ra0)) > 1e-9
    return np.where(known, np.where(facing, outside, np.inf), np.nan)
