"""The columns of tables of extinction: a row for each place and map."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ztfvo.bands import BANDS
from ztfvo.extinction.answering import Answer
from ztfvo.outside.model import Column

_BANDS = tuple(
    Column(
        f"a_{band.name}",
        "float64",
        "mag",
        "phys.absorption;" + {"zg": "em.opt.B", "zr": "em.opt.R", "zi": "em.opt.I"}[band.name],
        f"Extinction in {band.title}, R_V = 3.1",
    )
    for band in BANDS.values()
)

COLUMNS = (
    Column("place", "int64", None, "meta.number", "Number of the place in the request, from 1"),
    Column("id", "str", None, "meta.id", "OID of the light curve; empty for a position"),
    Column("ra", "float64", "deg", "pos.eq.ra;meta.main", "Right ascension, ICRS"),
    Column("dec", "float64", "deg", "pos.eq.dec;meta.main", "Declination, ICRS"),
    Column("map", "str", None, "meta.id;meta.dataset", "Map of dust"),
    Column("simulated", "bool", None, "meta.code", "Whether the map is made, not measured"),
    Column("state", "str", None, "meta.code.status", "found, empty, unavailable or malformed"),
    Column("reason", "str", None, "meta.note", "Why there is no value"),
    Column("distance", "float64", "pc", "pos.distance", "Up to which dust counts; all without it"),
    Column(
        "ebv", "float64", "mag", "phot.color.excess", "E(B-V) on the scale of the map's authors"
    ),
    Column(
        "ebv_sf11",
        "float64",
        "mag",
        "phot.color.excess",
        "E(B-V) on the scale of Schlafly & Finkbeiner (2011), which extinctions are of",
    ),
    *_BANDS,
    Column(
        "reliable",
        "bool",
        None,
        "meta.code.qual",
        "Whether the map says that it is reliable at the distance",
    ),
)


def rows(answer: Answer) -> Iterator[dict[str, Any]]:
    """Give rows by places, then maps; None for what there is not."""
    request = answer.request
    for number, target in enumerate(request.targets):
        for one in answer.of_maps:
            value = one.values[number]
            by_band = value.extinction or {}
            yield {
                "place": target.number,
                "id": target.name,
                "ra": target.place.ra,
                "dec": target.place.dec,
                "map": one.map.name,
                "simulated": one.map.simulated,
                "state": str(value.state),
                "reason": one.reason,
                "distance": request.distance if one.map.distances else None,
                "ebv": value.ebv,
                "ebv_sf11": value.ebv_sf11,
                **{f"a_{band.name}": by_band.get(band.name) for band in BANDS.values()},
                "reliable": value.reliable,
            }
