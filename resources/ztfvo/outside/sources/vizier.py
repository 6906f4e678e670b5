"""All catalogues of VizieR that cover a place, from the MOC server of CDS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ztfvo.outside.client import Asker
from ztfvo.outside.columns import text, whole
from ztfvo.outside.model import Malformed, Place, Source, Yields
from ztfvo.outside.vizier import LICENCE

HOST = "https://alasky.cds.unistra.fr"
QUERY = f"{HOST}/MocServer/query"
LARGEST = 5000
"""Catalogues, the ones that are used most."""
_FIELDS = ("ID", "obs_id", "obs_title", "nb_rows", "obs_regime", "vizier_popularity")


async def _find(
    asker: Asker, source: Source, place: Place, radius: float
) -> Sequence[Mapping[str, Any]]:
    asked = {
        "RA": place.ra,
        "DEC": place.dec,
        "SR": f"{radius / 3600:.9f}",
        "intersect": "overlaps",
        "expr": "ID=CDS/* && dataproduct_type=catalog",
        "get": "record",
        "fields": ",".join(_FIELDS),
        "fmt": "json",
    }
    reply = await asker.get(QUERY, asked)
    answer = reply.json()
    if not isinstance(answer, list) or not all(isinstance(one, dict) for one in answer):
        raise Malformed("the JSON is not a list of catalogues", reply.body)
    rows = [{name: _one(value) for name, value in one.items()} for one in answer]
    return sorted(rows, key=_popularity, reverse=True)[:LARGEST]


def _one(value: Any) -> Any:
    """Return a value; several are joined."""
    return ", ".join(map(str, value)) if isinstance(value, list) else value


def _popularity(row: Mapping[str, Any]) -> int:
    used = str(row.get("vizier_popularity", ""))
    return int(used) if used.isascii() and used.isdigit() else 0


SOURCE = Source(
    title="Catalogues of VizieR",
    order=98,
    example=(187.2779154, 2.0523883),
    gives=("cross-match",),
    hosts=(HOST,),
    radius=1.0,
    largest_radius=600.0,
    position=None,
    about="https://vizier.cds.unistra.fr",
    record="https://vizier.cds.unistra.fr/viz-bin/VizieR-3?-source={table}&-c={ra}%20{dec}&-c.rs={radius}",
    citation="https://ui.adsabs.harvard.edu/abs/2000A%26AS..143...23O",
    licence=LICENCE,
    find=_find,
    columns=(
        text("table", "meta.id;meta.main", "Table of VizieR", "obs_id"),
        text("title", "meta.title", "What it is", "obs_title"),
        text("regime", "instr.bandpass", "Wavelengths", "obs_regime", may_lack=True),
        whole("rows", "meta.number", "Rows that it has", "nb_rows", may_lack=True),
        whole(
            "popularity",
            "meta.number",
            "How often it is used, as VizieR counts",
            "vizier_popularity",
            may_lack=True,
        ),
    ),
    yields=Yields(name="table"),
)
