"""Which light curves are of one star.

Two light curves are neighbours when they are within the radius of each other, and a group is what
neighbours join.  A group is one star when all of it is within the radius of its position, and no
reference catalogue (field, readout channel and filter) has more than one of it; so are nearly all.
In the others, which crowding makes, light curves are joined pair by pair, the nearest first, while
what is joined still is such a star: so nothing chains, and the nearest wins.

A catalogue may have a star twice where the pipeline made two entries of one: they are nearer to
each other than any two sources that it can separate (`TWINS`).

The result depends neither on the order of the light curves nor on what is beyond the group: with
all light curves of a part of the sky, and those within reach of its edge, stars in it are those of
the whole sky.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from ztfvo.times import unit_vectors

TWINS = 1.0
"""arcsec between two entries of one catalogue that are one star, at most.  In four reference
catalogues of 25,210 sources no two are nearer than 1.44 arcsec."""

_CATALOGUE = 10**8
"""OIDs of one field, filter, CCD and quadrant are equal when divided by it."""


class Grouped(NamedTuple):
    """What n light curves belong to."""

    star: np.ndarray
    """int64[n]; stars are numbered from 0 in the order of their smallest OIDs."""
    neighbours: np.ndarray
    """Number of the group of neighbours (int64[n])."""


def group(
    oid: np.ndarray,
    ra: np.ndarray,
    dec: np.ndarray,
    weight: np.ndarray,
    radius: float,
    twins: float = TWINS,
) -> Grouped:
    """Find to which star each light curve belongs.

    Parameters
    ----------
    oid
        All different, shape (n,).
    ra, dec
        ICRS, deg.
    weight
        Of each in the position of its star; positive.
    radius
        arcsec that a light curve is from the position of its star at most.
    twins
        arcsec, see `TWINS`.
    """
    if not len(oid):
        return Grouped(np.empty(0, np.int64), np.empty(0, np.int64))
    order = np.argsort(oid)
    oid, weight = np.asarray(oid)[order], np.asarray(weight, float)[order]
    place = unit_vectors(np.asarray(ra, float)[order], np.asarray(dec, float)[order])
    pairs = _pairs(place, radius)
    groups = label = _groups(pairs, len(oid))
    mixed = _not_one_star(label, oid // _CATALOGUE, place, weight, radius)
    if len(mixed):
        label = _divide(label, mixed, pairs, oid // _CATALOGUE, place, weight, radius, twins)
    _, first, label = np.unique(label, return_index=True, return_inverse=True)
    number = np.empty(len(first), np.int64)
    number[np.argsort(first)] = np.arange(len(first))
    star, neighbours = np.empty(len(oid), np.int64), np.empty(len(oid), np.int64)
    star[order], neighbours[order] = number[label], groups
    return Grouped(star, neighbours)


def positions(
    label: np.ndarray, ra: np.ndarray, dec: np.ndarray, weight: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean position of each star.

    Parameters
    ----------
    label
        Of stars, from 0, shape (n,); the rest of a star is summed up in the order given.
    ra, dec, weight
        Of light curves, as in `group`.

    Returns
    -------
    ra, dec : numpy.ndarray
        ICRS, deg.
    """
    mean = _means(label, unit_vectors(ra, dec), np.asarray(weight, float))
    ra = np.degrees(np.arctan2(mean[:, 1], mean[:, 0])) % 360
    return ra, np.degrees(np.arctan2(mean[:, 2], np.hypot(mean[:, 0], mean[:, 1])))


def _pairs(place: np.ndarray, radius: float) -> np.ndarray:
    """Pairs of neighbours, int64[m, 2], the nearest first, else by number."""
    found = KDTree(place).query_pairs(_chord(radius), output_type="ndarray")
    found.sort(axis=1)
    distance = np.linalg.norm(place[found[:, 0]] - place[found[:, 1]], axis=1)
    return found[np.lexsort((found[:, 1], found[:, 0], distance))]


def _groups(pairs: np.ndarray, size: int) -> np.ndarray:
    """Number of the group that each belongs to."""
    ones = np.ones(len(pairs), bool)
    links = coo_array((ones, (pairs[:, 0], pairs[:, 1])), shape=(size, size))
    return connected_components(links, directed=False)[1].astype(np.int64)


def _not_one_star(
    label: np.ndarray,
    catalogue: np.ndarray,
    place: np.ndarray,
    weight: np.ndarray,
    radius: float,
) -> np.ndarray:
    """Numbers of the groups that may be more than one star."""
    by_catalogue = np.lexsort((catalogue, label))
    sorted_label, sorted_catalogue = label[by_catalogue], catalogue[by_catalogue]
    twice = (sorted_label[1:] == sorted_label[:-1]) & (
        sorted_catalogue[1:] == sorted_catalogue[:-1]
    )
    off = np.linalg.norm(place - _means(label, place, weight)[label], axis=1) > _chord(radius)
    return np.union1d(sorted_label[1:][twice], label[off])


def _means(label: np.ndarray, place: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Unit vectors of weighted mean positions, by label."""
    sums = [np.bincount(label, weight * place[:, axis]) for axis in range(3)]
    mean = np.stack(sums, axis=-1)
    return mean / np.linalg.norm(mean, axis=1, keepdims=True)


def _divide(
    label: np.ndarray,
    mixed: np.ndarray,
    pairs: np.ndarray,
    catalogue: np.ndarray,
    place: np.ndarray,
    weight: np.ndarray,
    radius: float,
    twins: float,
) -> np.ndarray:
    """Labels with those of some groups replaced by those of their stars."""
    new = label.copy()
    members = np.flatnonzero(np.isin(label, mixed))
    stars: dict[int, list[int]] = {member: [member] for member in members.tolist()}
    owner = {member: member for member in members.tolist()}
    inside = np.isin(label[pairs[:, 0]], mixed)
    for one, other in pairs[inside].tolist():
        first, second = stars[owner[one]], stars[owner[other]]
        if first is second:
            continue
        both = sorted(first + second)
        if _is_star(both, catalogue, place, weight, radius, twins):
            keep = both[0]
            for member in both:
                owner[member] = keep
            stars[keep] = both
    new[members] = label.max() + 1 + np.array([owner[member] for member in members.tolist()])
    return new


def _is_star(
    members: Sequence[int],
    catalogue: np.ndarray,
    place: np.ndarray,
    weight: np.ndarray,
    radius: float,
    twins: float,
) -> bool:
    """Whether all are within the radius of their mean, and no catalogue has two but twins."""
    points, of = place[members], catalogue[members]
    mean = weight[members] @ points
    mean /= np.linalg.norm(mean)
    if (np.linalg.norm(points - mean, axis=1) > _chord(radius)).any():
        return False
    _, counts = np.unique(of, return_counts=True)
    if (counts == 1).all():
        return True
    same = (of[:, None] == of[None, :]) & ~np.eye(len(of), dtype=bool)
    apart = np.linalg.norm(points[:, None] - points[None, :], axis=-1)
    return bool((apart[same] <= _chord(twins)).all())


def _chord(arcsec: float) -> float:
    """Distance of two unit vectors so far apart."""
    return 2 * np.sin(np.radians(arcsec / 3600) / 2)
