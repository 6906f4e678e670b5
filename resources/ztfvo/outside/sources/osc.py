"""Open Supernova Catalog and its sisters, from the Open Astronomy Catalogs."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import astropy.units as u
import orjson
from astropy.coordinates import Angle

from ztfvo.outside.client import Asker, Refused
from ztfvo.outside.columns import number, position, text
from ztfvo.outside.model import Malformed, Place, Source, Yields

HOST = "https://api.astrocats.space"
NOTHING = "No objects found"


async def _find(
    asker: Asker, source: Source, place: Place, radius: float
) -> Sequence[Mapping[str, Any]]:
    asked = {"ra": place.ra, "dec": place.dec, "radius": radius, "format": "csv", "item": 0}
    reply = await asker.get(f"{HOST}/all", asked)
    body = reply.body.strip()
    if body.startswith(b"{"):  # messages are JSON, whatever the format
        message = _message(body)
        if message.startswith(NOTHING):
            return []
        raise Refused(f"{source.title} says: {message[:200]}")
    if b"<html" in body[:200].lower() or not body:
        raise Malformed("the answer is not CSV", reply.body)
    rows = list(csv.DictReader(io.StringIO(reply.text)))
    return [row | _numbers(row) for row in rows]


def _message(body: bytes) -> str:
    try:
        return str(orjson.loads(body)["message"])
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise Malformed("the JSON has no member message", body) from error


def _numbers(row: Mapping[str, str]) -> dict[str, Any]:
    """Return what numbers there are: angles in degrees, right ascensions come in hours; of several
    values the first is the best."""
    for name in ("ra", "dec"):
        if name not in row:
            raise Malformed(f"column {name} is missing; there are: {', '.join(map(str, row))}")
    first = {name: str(row[name]).split(",")[0].strip() for name in ("ra", "dec")}
    try:
        return {
            "ra_deg": Angle(first["ra"], u.hourangle).deg,
            "dec_deg": Angle(first["dec"], u.deg).deg,
            "z": str(row.get("redshift") or "").split(",")[0].strip(),
        }
    except (ValueError, u.UnitsError) as error:
        raise Malformed(
            f"column ra or dec has {first['ra']!r}, {first['dec']!r}, which is not an angle"
        ) from error


SOURCE = Source(
    title="Open Astronomy Catalogs",
    order=92,
    example=(210.774, 54.27372),
    gives=("cross-match", "classification"),
    hosts=(HOST,),
    radius=5.0,
    largest_radius=600.0,
    about="https://github.com/astrocatalogs/OACAPI",
    record=f"{HOST}/{{event}}",
    citation="https://ui.adsabs.harvard.edu/abs/2017ApJ...835...64G",
    licence="MIT for the compilation; the data have the terms of their sources",
    find=_find,
    columns=(
        text("event", "meta.id;meta.main", "Name of the event"),
        *position("ra_deg", "dec_deg"),
        text("claimedtype", "src.class", "Type, the best one first", may_lack=True),
        text("stellarclass", "src.class", "Class of the star", may_lack=True),
        text("spectraltype", "src.spType", "Spectral type", may_lack=True),
        text("redshift", "src.redshift", "Redshift, the best one first", may_lack=True),
        number("z", None, "src.redshift", "The first of redshift", may_lack=True),
        text("host", "meta.id.parent", "Host galaxy", may_lack=True),
    ),
    yields=Yields(name="event", type="claimedtype", redshift="z"),
)
