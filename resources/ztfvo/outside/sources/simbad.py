"""SIMBAD: names, types, variability and distances of objects, from CDS."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from ztfvo.outside import tap
from ztfvo.outside.client import Asker
from ztfvo.outside.columns import number, position, text, whole
from ztfvo.outside.model import Malformed, Place, Source, Yields

HOST = "https://simbad.cds.unistra.fr"
SYNC = f"{HOST}/simbad/sim-tap/sync"
NAMED = 20
"""Objects, the nearest, of which the further tables are asked."""
PARSECS = {"pc": 1.0, "kpc": 1e3, "Mpc": 1e6}
"""Units of distances as SIMBAD writes them."""

_MADE = ("types", "names", "vartype", "period", "distance", "distance_low", "distance_high")

_cone = tap.cone(
    SYNC,
    "basic AS b LEFT OUTER JOIN allfluxes AS f ON f.oidref = b.oid",
    position=("b.ra", "b.dec"),
    motion=("b.pmra", "b.pmdec"),
    named={
        **{
            name: f"b.{name}"
            for name in (
                *("oid", "main_id", "ra", "dec", "otype", "sp_type"),
                *("rvz_redshift", "plx_value", "pmra", "pmdec"),
            )
        },
        "V": "f.V",
        "G": "f.G",
    },
    made=_MADE,
)

Rows = Sequence[Mapping[str, Any]]


async def _find(asker: Asker, source: Source, place: Place, radius: float) -> Rows:
    rows = await _cone(asker, source, place, radius)
    numbers = [str(row["oid"]) for row in rows[:NAMED] if isinstance(row.get("oid"), int)]
    if not numbers:
        return rows
    names, types, variability, distances = await asyncio.gather(
        _of(asker, numbers, "ident", ("id",), "id"),
        _of(asker, numbers, "otypes", ("otype",), "otype"),
        _of(asker, numbers, "mesVar", ("vartyp", "period"), "mespos"),
        _of(asker, numbers, "mesDistance", ("dist", "unit", "minus_err", "plus_err"), "mespos"),
    )
    for row in rows:
        oid = row.get("oid")
        row["names"] = _joined(names, oid, "id")
        row["types"] = _joined(types, oid, "otype")
        for one in variability:
            if one["oidref"] == oid:
                row.setdefault("vartype", one["vartyp"])
                row.setdefault("period", one["period"])
        row |= _distance(next((one for one in distances if one["oidref"] == oid), None))
    return rows


async def _of(
    asker: Asker, numbers: list[str], table: str, columns: tuple[str, ...], order: str
) -> Rows:
    """Ask for what a table has of objects, the preferred measurement first."""
    return await tap.ask(
        asker,
        SYNC,
        f"SELECT oidref, {', '.join(columns)} FROM {table}"
        f" WHERE oidref IN ({', '.join(numbers)}) ORDER BY {order}",
        columns=("oidref", *columns),
    )


def _joined(rows: Rows, oid: Any, column: str) -> str:
    mine = (str(one[column]) for one in rows if one["oidref"] == oid)
    return "; ".join(" ".join(text.split()) for text in mine)


def _distance(row: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return a distance with its bounds in pc."""
    if row is None or row["dist"] is None:
        return {}
    unit = str(row["unit"]).strip()
    if unit not in PARSECS:
        raise Malformed(f"column unit has {unit!r}, which is not one of {', '.join(PARSECS)}")
    bounds = {"low": (row["minus_err"], -1), "high": (row["plus_err"], 1)}
    try:
        distance = float(row["dist"]) * PARSECS[unit]
        made = {
            f"distance_{name}": distance + sign * abs(float(error)) * PARSECS[unit]
            for name, (error, sign) in bounds.items()
            if error is not None
        }
    except (TypeError, ValueError) as error:
        raise Malformed(f"a distance is {dict(row)!r}, which is not a number") from error
    return {"distance": distance, **made}


SOURCE = Source(
    title="SIMBAD",
    order=10,
    example=(187.2779154, 2.0523883),
    gives=("cross-match", "names", "classification"),
    hosts=(HOST,),
    per_second=5.0,
    radius=50.0,
    largest_radius=600.0,
    about=f"{HOST}/simbad/",
    record=f"{HOST}/simbad/sim-id?Ident={{main_id}}",
    citation="https://ui.adsabs.harvard.edu/abs/2000A%26AS..143....9W",
    licence="Free for use with an acknowledgement of SIMBAD, CDS, Strasbourg",
    find=_find,
    columns=(
        text("main_id", "meta.id;meta.main", "Main identifier"),
        whole("oid", "meta.id", "Number of the object in SIMBAD"),
        *position(),
        text("otype", "src.class", "Main type of the object"),
        text("types", "src.class", "All its types", may_lack=True),
        text("vartype", "meta.code.class;src.var", "Type of variability", may_lack=True),
        number("period", "d", "time.period", "Period of variability", may_lack=True),
        text("names", "meta.id", "All its names", may_lack=True),
        text("sp_type", "src.spType", "Spectral type"),
        number("redshift", None, "src.redshift", "Redshift", "rvz_redshift"),
        number("parallax", "mas", "pos.parallax.trig", "Parallax", "plx_value"),
        number("distance", "pc", "pos.distance", "Distance", may_lack=True),
        number("distance_low", "pc", "pos.distance;stat.min", "Lower bound", may_lack=True),
        number("distance_high", "pc", "pos.distance;stat.max", "Upper bound", may_lack=True),
        number("pmra", "mas/yr", "pos.pm;pos.eq.ra", "Proper motion, times cos(dec)"),
        number("pmdec", "mas/yr", "pos.pm;pos.eq.dec", "Proper motion"),
        number("V", "mag", "phot.mag;em.opt.V", "V magnitude (Vega)"),
        number("G", "mag", "phot.mag;em.opt", "Gaia G magnitude (Vega)"),
    ),
    yields=Yields(
        name="main_id",
        type="otype",
        period="period",
        redshift="redshift",
        distance="distance",
        distance_low="distance_low",
        distance_high="distance_high",
        pmra="pmra",
        pmdec="pmdec",
    ),
)
