"""Images by SIA 2: found by regions of all kinds, with indexes."""

from __future__ import annotations

import numpy as np
import psycopg
import pytest
from support.outlines import distances, places, unit
from support.sia import DEC, DID, HERE, NAMES, RA

from ztfvo.db import connect_superuser
from ztfvo_dachs import imagequery

pytestmark = pytest.mark.usefixtures("images")

CIRCLES = [
    (0, 0, 0.5),
    (359.9, 1.5, 0.01),
    (360, -11, 2),
    (0.4, 20, 0),
    (10, 90, 0.6),
    (200, 90, 2.5),
    (123, 89.3, 0.2),
    (RA, DEC, 60),
    (180, -30, 150),
    (180, -90, 179.5),
]
MARGIN = 0.04
"""Degrees between two points of an outline's net, at most."""


@pytest.mark.parametrize("circle", CIRCLES, ids=str)
def test_circles_find_what_they_touch(search, images, circle):
    ra, dec, radius = circle
    found = set(search(POS=f"CIRCLE {ra} {dec} {radius}", TIME=58849)["obs_id"])
    nearest = {name: distances(net, ra, dec).min() for name, net in images.items()}
    assert {name for name, one in nearest.items() if one <= radius} <= found
    assert found <= {name for name, one in nearest.items() if one <= radius + MARGIN}
    assert found


RANGES = [
    (0, 0.3, -5, 5),
    (359.5, 360, -5, 5),
    (359.9, 0.1, 10, 11.5),
    (0, 360, 88.5, 90),
    (0, 360, 89.7, 89.75),
    (100, 101, 87, 89),
    (300, 20, 88, 88.1),
    (0.2, 0.2, 3, 4),
    (0.1, 0.3, 2, 2),
    (45, 45, 88, 90),
]


@pytest.mark.parametrize("bounds", RANGES, ids=str)
def test_ranges_are_bounded_by_meridians_and_parallels(search, images, bounds):
    west, east, south, north = bounds
    found = set(search(POS=f"RANGE {west} {east} {south} {north}", TIME=58849)["obs_id"])
    width = 360 if (west, east) == (0, 360) else (east - west) % 360

    def has_some(net, margin):
        ra, dec = places(net)
        room = margin / np.maximum(np.cos(np.radians(np.minimum(np.abs(dec) + margin, 90))), 1e-9)
        inside = (ra - west + room) % 360 <= width + 2 * room
        return (inside & (dec >= south - margin) & (dec <= north + margin)).any()

    assert {name for name, net in images.items() if has_some(net, 0)} <= found
    assert found <= {name for name, net in images.items() if has_some(net, MARGIN)}
    assert found


def test_ranges_without_an_end_reach_to_the_end_of_the_sky(search):
    def names(position):
        return set(search(POS=position, TIME=58849)["obs_id"])

    assert names("RANGE -Inf +Inf 88 +Inf") == names("RANGE 0 360 88 90") != set()
    assert names("RANGE 300 +Inf -Inf +Inf") == names("RANGE 300 360 -90 90") != set()


@pytest.mark.parametrize(
    "corners",
    [
        [(0.2, 1), (0.8, 1), (0.8, 2)],
        [(359.5, -1), (0.5, -1), (0.5, 1), (359.5, 1)],
        [(0.5, -1), (359.5, -1), (359.5, 1), (0.5, 1)][::-1],
        [(0, 89), (90, 89), (180, 89), (270, 89)],
    ],
    ids=str,
)
def test_polygons_find_what_they_touch_whatever_way_round(search, images, corners):
    def names(points):
        text = " ".join(f"{ra} {dec}" for ra, dec in points)
        return set(search(POS=f"POLYGON {text}", TIME=58849)["obs_id"])

    normals = [
        np.cross(unit(*a), unit(*b))
        for a, b in zip(corners, corners[1:] + corners[:1], strict=True)
    ]
    sense = np.sign(normals[0] @ unit(*corners[2]))
    within = {
        name
        for name, net in images.items()
        if (np.stack([net @ normal * sense >= 0 for normal in normals]).all(axis=0)).any()
    }
    near = {
        name
        for name, net in images.items()
        if (
            np.stack(
                [
                    net @ (normal / np.linalg.norm(normal)) * sense >= -np.radians(MARGIN)
                    for normal in normals
                ]
            ).all(axis=0)
        ).any()
    }
    found = names(corners)
    assert within <= found <= near
    assert found == names(corners[::-1])


def test_several_regions_are_alternatives(search):
    places_of_both = [HERE, "CIRCLE 0.4 20 0.001"]
    found = set(search(POS=places_of_both)["obs_id"])
    assert found == {name for one in places_of_both for name in search(POS=one)["obs_id"]}
    assert found > set(NAMES.values())


PLANS = {
    "a circle": ({"POS": [HERE]}, "sky_quadrant_region"),
    "a range": ({"POS": ["RANGE 10 10.1 20 20.1"]}, "sky_quadrant_region"),
    "a polygon": ({"POS": ["POLYGON 10 20 11 20 11 21"]}, "sky_quadrant_region"),
    "an interval of times": ({"TIME": ["59000.1 59000.1001"]}, "image_first"),
    "times from": ({"TIME": ["59848.9 +Inf"]}, "image_"),
    "an identifier": ({"ID": [DID.format("images/x")]}, "image_did"),
}


@pytest.fixture(scope="module")
def many(site, images):
    """A connection that sees 200,000 made-up images, which nobody else does."""
    with connect_superuser() as connection, connection.transaction(force_rollback=True):
        connection.execute("SET LOCAL search_path = public")
        connection.execute(
            "INSERT INTO ztf_store.image (fieldid, rcid, filterid, filefracday, obsmjd, exptime,"
            " simulated, source) SELECT 300 + i % 500, i % 64, 1 + i % 3, 20200101500000 + i,"
            " 58849 + i / 200.0, 30, false, 'metadata' FROM generate_series(1, 200000) i"
        )
        connection.execute("ANALYZE ztf_store.image")
        yield connection


@pytest.mark.parametrize("name", PLANS)
def test_conditions_use_indexes(many, name):
    given, index = PLANS[name]
    wanted: dict = {}
    conditions = [
        one for key, values in given.items() for one in imagequery.conditions(key, values, wanted)
    ]
    query = "EXPLAIN SELECT * FROM ivoa.obscore WHERE {} AND dataproduct_type = 'image'"
    cursor = psycopg.ClientCursor(many)  # values are put into the query, as DaCHS does
    cursor.execute(query.format(" AND ".join(conditions)), wanted)
    plan = "\n".join(row[0] for row in cursor.fetchall())
    assert index in plan
    assert "Seq Scan on image" not in plan, plan
    assert "object" not in plan, plan
