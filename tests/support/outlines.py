"""Outlines of images on the sky, as points in them."""

from __future__ import annotations

import re

import numpy as np

STEPS = 41
"""Points along each side."""


def unit(ra, dec):
    """Unit vectors of places, deg."""
    ra, dec = np.radians(ra), np.radians(dec)
    return np.stack([np.cos(ra) * np.cos(dec), np.sin(ra) * np.cos(dec), np.sin(dec)], axis=-1)


def places(vectors):
    """Right ascension and declination of unit vectors, deg."""
    x, y, z = np.moveaxis(vectors, -1, 0)
    return np.degrees(np.arctan2(y, x)) % 360, np.degrees(np.arctan2(z, np.hypot(x, y)))


def points_in(polygon: str) -> np.ndarray:
    """Unit vectors of a net of points in a pgSphere polygon of four corners, its sides included."""
    numbers = re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", polygon)
    a, b, c, d = unit(*np.degrees(np.reshape(np.array(numbers, float), (4, 2))).T)
    u, v = np.meshgrid(*[np.linspace(0, 1, STEPS)] * 2)
    u, v = u[..., None], v[..., None]
    net = (1 - u) * (1 - v) * a + u * (1 - v) * b + u * v * c + (1 - u) * v * d
    net = net.reshape(-1, 3)
    return net / np.linalg.norm(net, axis=1)[:, None]


def distances(vectors, ra: float, dec: float) -> np.ndarray:
    """Degrees from a place."""
    centre = unit(ra, dec)
    return np.degrees(
        np.arctan2(np.linalg.norm(np.cross(vectors, centre), axis=-1), vectors @ centre)
    )
