"""Sesame on a name, in the form that it documents."""

from __future__ import annotations

from support.outside import Outside, Reply
from support.outside_cases import Case

HOST, PATH = "cds.unistra.fr", "/cgi-bin/nph-sesame"
_FOUND = b"""<?xml version="1.0"?><Sesame><Target option="SNV"><name>3C 273</name>
<Resolver name="S=Simbad"><otype>BLL</otype><jradeg>187.2779159</jradeg><jdedeg>2.0523882</jdedeg>
<oname>3C 273</oname></Resolver></Target></Sesame>"""
NOTHING = b"""<?xml version="1.0"?><Sesame><Target option="SNV"><name>x</name>
<INFO>*** Nothing found ***</INFO></Target></Sesame>"""
HZ_HER = b"""<?xml version="1.0" encoding="UTF-8"?>
<Sesame><Target option="SNV"><name>HZ Her</name>
<Resolver name="S=Simbad"><otype>HXB</otype><jradeg>254.4575469</jradeg><jdedeg>35.3423579</jdedeg>
<oname>V* HZ Her</oname></Resolver>
<Resolver name="N=NED"><INFO>Zero (0) answers</INFO></Resolver></Target></Sesame>"""


def _answer(outside: Outside) -> None:
    outside.answer(HOST, PATH, Reply(_FOUND, "text/xml"))


def _empty(outside: Outside) -> None:
    outside.answer(HOST, PATH, Reply(NOTHING, "text/xml"))


CASE = Case(
    name="3C 273",
    answer=_answer,
    empty=_empty,
    rows=1,
    expected={"resolver": "Simbad", "name": "3C 273", "type": "BLL", "ra": 187.2779159},
    renamed=(b"jradeg", b"ra"),
    wrong=(b"187.2779159", b"12 29 06.7"),
)
