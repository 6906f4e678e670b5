"""Sesame on a name, in the form that it documents."""

from __future__ import annotations

from support.outside import Outside, Reply
from support.outside_cases import Case

HOST, PATH = "cds.unistra.fr", "/cgi-bin/nph-sesame"
_FOUND = b"""<?xml version="1.0"?><Sesame><Target option="SNV"><name>3C 273</name>
<Resolver name="S=Simbad"><otype>BLL</otype><jradeg>187.2779159</jradeg><jdedeg>2.0523882</jdedeg>
<oname>3C 273</oname></Resolver></Target></Sesame>"""
_EMPTY = b"""<?xml version="1.0"?><Sesame><Target option="SNV"><name>3C 273</name>
<INFO>*** Nothing found ***</INFO></Target></Sesame>"""


def _answer(outside: Outside) -> None:
    outside.answer(HOST, PATH, Reply(_FOUND, "text/xml"))


def _empty(outside: Outside) -> None:
    outside.answer(HOST, PATH, Reply(_EMPTY, "text/xml"))


CASE = Case(
    name="3C 273",
    answer=_answer,
    empty=_empty,
    rows=1,
    expected={"resolver": "Simbad", "name": "3C 273", "type": "BLL", "ra": 187.2779159},
    renamed=(b"jradeg", b"ra"),
    wrong=(b"187.2779159", b"12 29 06.7"),
)
