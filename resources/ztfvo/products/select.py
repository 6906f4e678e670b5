"""The light curves that a request names, as the store has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from astropy.coordinates import angular_separation
from psycopg import Connection, Cursor, errors
from psycopg.adapt import Loader
from psycopg.pq import Format

from ztfvo.errors import HTTPError
from ztfvo.products.columns import COLUMNS, Column
from ztfvo.products.layouts import layouts
from ztfvo.products.model import Curve, Product, Request
from ztfvo.products.queries import (
    MAX_CURVES,
    circle_query,
    curve_query,
    exposure_query,
    neighbour_query,
)
from ztfvo.products.stars import members
from ztfvo.releases import NoRelease, find_release
from ztfvo.store.names import DEFAULT, may_name_release

ARCSEC_PER_RADIAN = 180 / np.pi * 3600


class _Array(Loader):
    """Arrays of numbers as NumPy's, from the binary form of PostgreSQL's ``array_send``.

    That has twenty bytes of header, then each number after its length.
    """

    format = Format.BINARY
    number = ""

    def load(self, data: bytes) -> np.ndarray | None:
        """Return an array; None where it has an element that is null."""
        if len(data) < 20:
            return np.empty(0, self.number[1:])
        if any(data[4:8]):
            return None
        pairs = np.frombuffer(data, [("length", ">i4"), ("value", self.number)], offset=20)
        return pairs["value"].astype(self.number[1:])


class _Doubles(_Array):
    number = ">f8"


class _Reals(_Array):
    number = ">f4"


class _Integers(_Array):
    number = ">i4"


class _Longs(_Array):
    number = ">i8"


_LOADERS = {"float8": _Doubles, "float4": _Reals, "int4": _Integers, "int8": _Longs}


def select(connection: Connection, request: Request) -> Product:
    """Fetch the light curves of a request with all their epochs in the window.

    Parameters
    ----------
    connection
        One that reads.
    request
        Of its parameters those are heeded that choose light curves and epochs.

    Raises
    ------
    HTTPError
        404 for an unknown release or OID, 400 for an unknown window, for references of other
        light curves and where too many are found.
    """
    if request.release != DEFAULT and not may_name_release(request.release):
        raise _unknown_release(connection, request)
    try:
        if request.star is not None:
            named = members(connection, request.release, request.star)
            request = replace(request, oids=named, star=None)
        near = _near(connection, request)
        rows = _rows(connection, request, near or request.oids)
    except errors.UndefinedTable as error:
        raise _unknown_release(connection, request) from error
    if not rows:
        raise _unknown_release(connection, request)
    name, title, simulated, times, windows = rows[0][:5]
    found = {row[5]: row for row in rows if row[5] is not None}
    _check_names(request, {*found, *near}, name)
    low, high = _bounds(request, windows or {}, name)
    curves = [
        _curve(name, row[5:], near.get(row[5], 0.0))
        for row in found.values()
        if row[_FILTERID] in request.filters and row[_CHOSEN]
    ]
    if request.columns and curves:
        _add_exposures(connection, request, curves)
    time = layouts()[request.layout].time if request.layout else "hmjd"
    place = {oid: number for number, oid in enumerate(request.oids)}
    return Product(
        request=request,
        release=name,
        title=title,
        simulated=simulated,
        times=times,
        curves=tuple(
            _in_window(curve, time, low, high, request.number)
            for curve in sorted(
                curves,
                key=lambda curve: (place.get(curve.oid, len(place)), curve.separation, curve.oid),
            )
        ),
        place=_place(request, found),
        bounds=(low, high),
        windows=windows or {},
    )


_RA, _FILTERID, _CHOSEN = 6, 10, 14
"""Where a row of `curve_query` has the position, the filter, and whether the light curve is
chosen."""


def _near(connection: Connection, request: Request) -> dict[int, float]:
    """Light curves by position, with their separations in arcsec; none where none is asked for."""
    if request.circle:
        return within(connection, request)
    return neighbours(connection, request) if request.radius else {}


def within(connection: Connection, request: Request) -> dict[int, float]:
    """Light curves within the circle, of the bands, number of epochs and magnitudes asked for.

    Returns
    -------
    dict of int to float
        Separation in arcsec from the centre, by OID.
    """
    rows = connection.execute(*circle_query(request)).fetchall()
    if len(rows) > MAX_CURVES:
        raise HTTPError(
            400,
            f"More than {MAX_CURVES} light curves lie within {request.circle.radius:g} deg of"
            f" {request.circle.ra:g} {request.circle.dec:+g}: ask for a smaller circle, one BAND or"
            " more epochs (NOBS_MIN), or query the tables objects and detections by TAP.",
        )
    centre = np.radians(request.circle[:2])
    return {
        oid: float(angular_separation(*centre, *np.radians(place)) * ARCSEC_PER_RADIAN)
        for oid, *place in rows
    }


def _place(request: Request, found: Mapping[int, tuple[Any, ...]]) -> tuple[float, float] | None:
    """Position of what is asked for: of the circle, or of the first light curve, of any band."""
    if request.circle:
        return request.circle.ra % 360, request.circle.dec
    first = next((found[oid] for oid in request.oids if oid in found), None)
    return None if first is None else (first[_RA], first[_RA + 1])


def neighbours(connection: Connection, request: Request) -> dict[int, float]:
    """Light curves within the radius of those asked for, them included.

    Returns
    -------
    dict of int to float
        Separation in arcsec from the nearest of those asked for, by OID.
    """
    rows = connection.execute(*neighbour_query(request))
    asked = set(request.oids)
    found: dict[int, float] = {}
    for oid, filterid, *positions in rows:
        separation = float(angular_separation(*np.radians(positions)) * ARCSEC_PER_RADIAN)
        if oid in asked or filterid in request.filters:
            found[oid] = 0.0 if oid in asked else min(separation, found.get(oid, separation))
    if len(found) > MAX_CURVES:
        raise HTTPError(
            400,
            f"{len(found)} light curves lie within RADIUS={request.radius:g} arcsec,"
            f" {MAX_CURVES} are the limit: ask for fewer OIDs or a smaller radius, or query the"
            " tables objects and detections by TAP.",
        )
    return found


def _rows(connection: Connection, request: Request, oids: Iterable[int]) -> list[tuple[Any, ...]]:
    cursor = connection.cursor(binary=True)
    _load_arrays(cursor)
    return cursor.execute(*curve_query(request, oids), prepare=True).fetchall()


def _load_arrays(cursor: Cursor) -> None:
    for name, loader in _LOADERS.items():
        cursor.adapters.register_loader(cursor.adapters.types[name].array_oid, loader)


def _curve(release: str, row: tuple[Any, ...], separation: float) -> Curve:
    oid, ra, dec, fieldid, rcid, filterid, band, refmag, refmagerr, _, *arrays = row
    names = ("hmjd", "mag", "magerr", "clrcoeff", "catflags", "exposure_id")
    columns = dict(zip(names, arrays, strict=False))
    return Curve(
        release=release,
        oid=oid,
        ra=ra,
        dec=dec,
        fieldid=fieldid,
        rcid=rcid,
        filterid=filterid,
        filter=band,
        separation=separation,
        refmag=_decimal(refmag),
        refmagerr=_decimal(refmagerr),
        columns=columns,
    )


def _add_exposures(connection: Connection, request: Request, curves: list[Curve]) -> None:
    """Add the columns asked for to light curves, which have the numbers of their exposures.

    Raises
    ------
    HTTPError
        503 where an exposure is not known yet.
    """
    numbers = [curve.columns["exposure_id"] for curve in curves]
    if any(number is None for number in numbers):
        raise _being_loaded(curves[0].release)
    wanted = np.unique(np.concatenate(numbers))
    rows = sorted(connection.execute(*exposure_query(request, wanted)).fetchall())
    if [row[0] for row in rows] != wanted.tolist():
        raise _being_loaded(curves[0].release)
    names = [name for name in request.columns if name != "exposure_id"]
    for place, name in enumerate(names, start=1):
        values = _array(COLUMNS[name], [row[place] for row in rows])
        for curve, number in zip(curves, numbers, strict=True):
            curve.columns[name] = values[np.searchsorted(wanted, number)]


def _being_loaded(release: str) -> HTTPError:
    return HTTPError(
        503,
        f"The exposures of release {release} are being loaded: try again in some minutes, or leave"
        " COLUMNS out.",
    )


def _array(column: Column, values: Iterable[Any]) -> np.ndarray:
    """Values of a column, with what stands for none."""
    dtype = f"U{column.width}" if column.width else column.dtype
    return np.array([column.null if value is None else value for value in values], dtype)


def _decimal(real: float | None) -> float:
    """A float32 of the database as the float64 with the same, fewest digits."""
    return np.nan if real is None else float(str(np.float32(real)))


def _in_window(curve: Curve, name: str, low: float, high: float, number: int | None) -> Curve:
    """The curve ordered by time, without epochs of which a column of times is out of bounds, or
    that are of another number."""
    order = np.argsort(curve.columns["hmjd"], kind="stable")
    hmjd, time = curve.columns["hmjd"][order], curve.columns[name][order]
    wanted = (time >= low) & (time <= high)
    if number is not None:
        wanted &= np.arange(len(hmjd)) - np.searchsorted(hmjd, hmjd) == number - 1
    kept = order[wanted]
    for name, values in curve.columns.items():
        curve.columns[name] = values[kept]
    return curve


def _check_names(request: Request, known: set[int], release: str) -> None:
    unknown = [oid for oid in request.oids if oid not in known]
    if unknown and not request.lenient:
        some = ", ".join(str(oid) for oid in unknown[:5]) + (", ..." if unknown[5:] else "")
        raise HTTPError(404, f"Release {release} has no light curve {some}.")
    others = [oid for oid in request.references if oid not in known]
    if others:
        raise HTTPError(
            400,
            f"REFMAG names {others[0]}, which is not among the light curves asked for: name it in"
            " ID, or leave it out.",
        )


def _bounds(request: Request, windows: dict[str, list[float]], release: str) -> tuple[float, float]:
    if request.window is None:
        return request.hmjd_min, request.hmjd_max
    if request.window not in windows:
        known = ", ".join(sorted(windows)) or "none"
        raise HTTPError(
            400,
            f"TIME={request.window} is not a window of release {release} (it has: {known}): give"
            " two heliocentric MJD, as in TIME=58194 59280.",
        )
    low, high = windows[request.window]
    return low, high


def _unknown_release(connection: Connection, request: Request) -> Exception:
    try:
        name = find_release(connection, request.release).name
    except NoRelease as error:
        return error
    return RuntimeError(f"the tables of the registered release {name} are missing")
