"""SkyBoT: minor planets, comets and planets near a place at a time, from IMCCE."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from anyio import to_thread

from ztfvo.outside.client import Asker, Refused
from ztfvo.outside.columns import number, position, text
from ztfvo.outside.model import Column, Place, Source, Yields
from ztfvo.outside.rows import julian_date
from ztfvo.outside.tap import votable_rows

HOST = "https://ssp.imcce.fr"
CONE = f"{HOST}/webservices/skybot/api/conesearch.php"
PALOMAR = "I41"
"""Code of the Minor Planet Center for the telescope."""
LARGEST_ERROR = 120.0
"""arcsec: objects whose place is less certain are left out by the service."""
NOTHING = "No solar system object"
"""How it says that there is none."""


async def _find(
    asker: Asker, source: Source, place: Place, radius: float
) -> Sequence[Mapping[str, Any]]:
    asked = {
        "-ra": f"{place.ra:.7f}",
        "-dec": f"{place.dec:.7f}",
        "-rd": f"{radius / 3600:.9f}",
        "-ep": f"{julian_date(place.epoch):.8f}",
        "-loc": PALOMAR,
        "-filter": f"{LARGEST_ERROR:g}",
        "-objFilter": "111",
        "-refsys": "EQJ2000",
        "-output": "basic",
        "-mime": "votable",
    }
    reply = await asker.get(CONE, asked)
    if NOTHING.encode() in reply.body:
        return []
    if b"<" not in reply.body and b"Flag: -1" in reply.body:
        said = " ".join(reply.body.decode("utf-8", "replace").split())
        raise Refused(f"{source.title} says: {said[:200]}")
    return await to_thread.run_sync(votable_rows, source, reply)


SOURCE = Source(
    title="SkyBoT",
    order=96,
    gives=("minor planets",),
    hosts=(HOST,),
    radius=15.0,
    largest_radius=600.0,
    about="https://ssp.imcce.fr/webservices/skybot/",
    record=f"{HOST}/webservices/ssodnet/api/ssocard/{{name}}",
    citation="https://ui.adsabs.harvard.edu/abs/2006ASPC..351..367B",
    licence="Public; cite Berthier et al. 2006",
    find=_find,
    times="Places are astrometric, for the time (UTC) that is asked about, seen from Palomar",
    per_second=1.0,
    burst=2,
    columns=(
        text("name", "meta.id;meta.main", "Name or designation", "Name"),
        Column("number", "str", None, "meta.id", "Number, where it has one", "Num", nulls=("-",)),
        *position("_RAJ2000", "_DECJ2000"),
        text("class", "meta.code.class;src.class", "Class of its orbit, or kind of body", "Class"),
        number("mag_v", "mag", "phot.mag;em.opt.V", "Magnitude in V (Vega)", "Mv"),
        number("uncertainty", "arcsec", "stat.error;pos", "Uncertainty of its place", "ErrPos"),
        number(
            "motion_ra",
            "arcsec/h",
            "pos.pm;pos.eq.ra",
            "Motion in right ascension, times cos(dec)",
            "dRAcosDec",
        ),
        number("motion_dec", "arcsec/h", "pos.pm;pos.eq.dec", "Motion in declination", "dDEC"),
        number("distance", "AU", "pos.distance", "Distance from the telescope", "Dgeo"),
    ),
    yields=Yields(name="name", type="class"),
)
