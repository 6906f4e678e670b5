"""SIMBAD: names, types and distances of objects, from CDS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ztfvo.outside import tap
from ztfvo.outside.client import Asker
from ztfvo.outside.model import Column, Place, Source, Yields

HOST = "https://simbad.cds.unistra.fr"
SYNC = f"{HOST}/simbad/sim-tap/sync"
NAMED = 20
"""Objects, the nearest, whose names and types are asked for."""

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
)


async def _find(
    asker: Asker, source: Source, place: Place, radius: float
) -> Sequence[Mapping[str, Any]]:
    rows = [dict(row) for row in await _cone(asker, source, place, radius)]
    numbers = [str(row["oid"]) for row in rows[:NAMED] if isinstance(row.get("oid"), int)]
    if not numbers:
        return rows
    listed = ", ".join(numbers)
    for name, table, column in (("names", "ident", "id"), ("types", "otypes", "otype")):
        found = await tap.ask(
            asker,
            SYNC,
            f"SELECT oidref, {column} FROM {table} WHERE oidref IN ({listed}) ORDER BY {column}",
            columns=("oidref", column),
        )
        for row in rows:
            mine = [str(one[column]) for one in found if one["oidref"] == row["oid"]]
            row[name] = "; ".join(" ".join(text.split()) for text in mine)
    return rows


SOURCE = Source(
    title="SIMBAD",
    order=10,
    gives=("cross-match", "names"),
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
        Column("main_id", "str", None, "meta.id;meta.main", "Main identifier"),
        Column("oid", "int64", None, "meta.id", "Number of the object in SIMBAD", shown=False),
        Column("ra", "float64", "deg", "pos.eq.ra;meta.main", "Right ascension"),
        Column("dec", "float64", "deg", "pos.eq.dec;meta.main", "Declination"),
        Column("otype", "str", None, "src.class", "Main type of the object"),
        Column("types", "str", None, "src.class", "All its types", may_lack=True),
        Column("names", "str", None, "meta.id", "All its names", may_lack=True),
        Column("sp_type", "str", None, "src.spType", "Spectral type"),
        Column("redshift", "float64", None, "src.redshift", "Redshift", "rvz_redshift"),
        Column("parallax", "float64", "mas", "pos.parallax.trig", "Parallax", "plx_value"),
        Column("pmra", "float64", "mas/yr", "pos.pm;pos.eq.ra", "Proper motion, times cos(dec)"),
        Column("pmdec", "float64", "mas/yr", "pos.pm;pos.eq.dec", "Proper motion"),
        Column("V", "float64", "mag", "phot.mag;em.opt.V", "V magnitude (Vega)"),
        Column("G", "float64", "mag", "phot.mag;em.opt", "Gaia G magnitude (Vega)"),
    ),
    yields=Yields(name="main_id", type="otype", redshift="redshift", pmra="pmra", pmdec="pmdec"),
)
