"""What the pages of search show: stars with their light curves, and what can be done with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from ztfvo import addresses
from ztfvo.dal import plain
from ztfvo.products.parameters import MAX_OIDS
from ztfvo.resolve.model import Found
from ztfvo.search.around import Around, Star
from ztfvo.search.lists import Entry
from ztfvo.settings import get_settings
from ztfvo.store.names import DEFAULT

MOST_SHOWN = 300
"""Stars, or rows of a list, on one page."""
MOST_MARKS = 100
"""On the sky."""
WIDE = 5.0
"""Width of the sky shown, in radii: it is shown less high than wide."""
LEAST_VIEW = 1 / 60
"""Width of the sky shown, deg."""
FORMS = {"VOTable": "votable", "CSV": "csv", "Parquet": "parquet"}
"""Of light curves together: titles and values of RESPONSEFORMAT."""

_COLUMNS = (
    "oid, o.ra, o.dec, o.filter, o.ngoodobs, o.duration, o.mag_mean, o.mag_amplitude, o.source_id"
)


def around(asked: str, place: Found, radius: float, found: Around, cut: bool) -> dict[str, Any]:
    """Return what a page shows of what is around a place.

    Parameters
    ----------
    asked
        Release, or `ztfvo.store.names.DEFAULT`.
    radius
        arcsec
    cut
        Whether there is more.
    """
    shown = found.stars[:MOST_SHOWN]
    distance = f"DISTANCE(o.ra, o.dec, {plain(place.ra)}, {plain(place.dec)})"
    adql = (
        f"SELECT o.{_COLUMNS}, {distance} * 3600 AS separation\n"
        f"FROM {_schema(asked)}.objects AS o\nWHERE {distance} <= {plain(radius / 3600)}"
    )
    marks = [(star.nearest.ra, star.nearest.dec, star.name) for star in found.stars[:MOST_MARKS]]
    circle = f"CIRCLE {place.ra} {place.dec} {plain(radius / 3600)}"
    path = addresses.of_release(asked, addresses.LIGHT_CURVES)
    return {
        "radius": radius,
        "stars": [_star(asked, star) for star in shown],
        "total": len(found.stars),
        "curves": len(found.curves),
        "cut": cut,
        "adql": adql,
        "query_form": query_form(adql),
        "table": addresses.absolute(_table(adql, "votable")),
        "tables": [
            ("VOTable", addresses.cone(asked, place.ra, place.dec, radius / 3600)),
            ("CSV", _table(adql, "csv")),
        ],
        "files": [
            (title, f"{path}?{urlencode({'POS': circle, 'RESPONSEFORMAT': form})}")
            for title, form in FORMS.items()
        ],
        "sky": addresses.sky((place.ra, place.dec), max(WIDE * radius / 3600, LEAST_VIEW), marks),
    }


def of_list(
    asked: str,
    entries: Sequence[Entry],
    found: Mapping[int, Around],
    radius: float,
    cut: bool,
) -> dict[str, Any]:
    """Return what a page shows of what is around the places of a list.

    Parameters
    ----------
    found
        By the number of the entry.
    """
    oids = list(dict.fromkeys(curve.oid for one in found.values() for curve in one.curves))
    listed = ", ".join(map(str, oids))
    adql = f"SELECT o.{_COLUMNS}\nFROM {_schema(asked)}.objects AS o\nWHERE o.oid IN ({listed})"
    table = _table(adql, "votable")
    return {
        "radius": radius,
        "cut": cut,
        "total": len(entries),
        "with_curves": sum(bool(one.stars) for one in found.values()),
        "rows": [_row(asked, one, found.get(one.number)) for one in entries[:MOST_SHOWN]],
        "oids": oids,
        "together": oids if 0 < len(oids) <= MAX_OIDS else [],
        "light_curves": addresses.of_release(asked, addresses.LIGHT_CURVES),
        "forms": FORMS,
        "adql": adql if oids else "",
        "epochs": f"SELECT *\nFROM {_schema(asked)}.detections\nWHERE oid IN ({listed})",
        "table": addresses.absolute(table) if len(table) < addresses.LONGEST_ADDRESS else "",
        "sync": f"{addresses.TAP}/sync",
        "most_rows": get_settings().max_rows,
    }


def _schema(asked: str) -> str:
    return DEFAULT if asked == DEFAULT else f"{DEFAULT}_{asked}"


def _table(adql: str, form: str) -> str:
    """Path of the result of a query."""
    asked = {"LANG": "ADQL", "QUERY": adql, "RESPONSEFORMAT": form}
    return f"{addresses.TAP}/sync?{urlencode(asked)}"


def query_form(adql: str) -> str:
    """Return the address of the form with a query in it."""
    return f"{addresses.QUERY_FORM}?{urlencode({'query': adql})}"


def _star(asked: str, star: Star) -> dict[str, Any]:
    return {
        "name": star.name,
        "page": addresses.view(asked, *star.oids[:MAX_OIDS]),
        "curves": [
            {
                "curve": curve,
                "page": addresses.view(asked, curve.oid),
                "picture": addresses.light_curve(asked, curve.oid, "svg"),
            }
            for curve in star.curves
        ],
    }


def _row(asked: str, entry: Entry, around: Around | None) -> dict[str, Any]:
    """What is shown of a row of a list: its nearest star."""
    star = around.stars[0] if around and around.stars else None
    oids = star.oids[:MAX_OIDS] if star else []
    return {
        "entry": entry,
        "star": star,
        "others": len(around.stars) - 1 if around and around.stars else 0,
        "page": addresses.view(asked, *oids) if star else "",
        "picture": addresses.light_curve(asked, ",".join(map(str, oids)), "svg") if star else "",
        "search": addresses.search(asked, f"{entry.place[0]:.6f} {entry.place[1]:+.6f}", "60")
        if entry.place
        else "",
    }
