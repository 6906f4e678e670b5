"""Sesame, the name resolver of CDS, which asks SIMBAD, NED and VizieR."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from lxml import etree

from ztfvo.outside.client import Asker
from ztfvo.outside.model import Column, Malformed, Source, Yields

HOST = "https://cds.unistra.fr"

_FIELDS = ("oname", "otype", "jradeg", "jdedeg")


async def _look(asker: Asker, source: Source, name: str) -> Sequence[Mapping[str, Any]]:
    reply = await asker.get(f"{HOST}/cgi-bin/nph-sesame/-ox/SNV?{quote(name)}")
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        tree = etree.fromstring(reply.body, parser)
    except etree.XMLSyntaxError as error:
        raise Malformed(f"the answer is not XML: {error}", reply.body) from error
    if etree.QName(tree).localname != "Sesame":
        raise Malformed(f"the answer is {etree.QName(tree).localname}, not Sesame", reply.body)
    found = [
        {"resolver": one.get("name", "").partition("=")[2]}
        | {child.tag: child.text for child in one if child.tag in _FIELDS}
        for one in tree.iter("Resolver")
    ]
    # A resolver that does not know the name says so in an INFO, and gives no name of its own.
    return [row for row in found if "oname" in row or "jradeg" in row]


SOURCE = Source(
    title="CDS Sesame",
    order=90,
    gives=("names",),
    hosts=(HOST,),
    per_second=5.0,
    radius=0.0,
    largest_radius=0.0,
    about=f"{HOST}/cgi-bin/Sesame",
    citation="https://ui.adsabs.harvard.edu/abs/2000A%26AS..143....9W",
    licence="Free for use with an acknowledgement of CDS, Strasbourg",
    look=_look,
    columns=(
        Column("resolver", "str", None, "meta.id", "Who knows the name: Simbad, NED or VizieR"),
        Column("name", "str", None, "meta.id;meta.main", "Main name there", "oname", may_lack=True),
        Column("type", "str", None, "src.class", "Type there", "otype", may_lack=True),
        Column("ra", "float64", "deg", "pos.eq.ra;meta.main", "Right ascension", "jradeg"),
        Column("dec", "float64", "deg", "pos.eq.dec;meta.main", "Declination", "jdedeg"),
    ),
    yields=Yields(name="name", type="type"),
)
