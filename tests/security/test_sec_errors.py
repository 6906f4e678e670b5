"""Errors are documents that can be read, whatever they repeat of a request."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from support.rawhttp import raw

from ztfvo import votable

CONTROLS = "".join(map(chr, range(0x20))) + "\x7f\x85\ufffe\uffff\ud800\udfff<&>\"'é𝒵"
PATHS = (
    *(b"/lc?A%01%0B=1", b"/lc?ID=1&RESPONSEFORMAT=%01", b"/lc?ID=%01%08", b"/lc?BAND=%0C&ID=1"),
    *(b"/lc?ID=%ED%A0%80", b"/lc?ID=%ff%fe", b"/lc?%EF%BF%BF=1", b"/links?ID=%01%ED%A0%80"),
    *(b"/scs?RA=%01&DEC=1&SR=1", b"/scs?RA=1&DEC=1&SR=1&RESPONSEFORMAT=%01", b"/images?ID=%0B"),
    *(b"/ssa?REQUEST=%01", b"/ssa?REQUEST=queryData&POS=%01", b"/ssa?REQUEST=queryData&BAND=%0B"),
    *(b"/tap/sync?LANG=%01&QUERY=x", b"/tap/sync?LANG=ADQL&QUERY=%01", b"/tap/async/x%01"),
    *(b"/tap/sync?LANG=ADQL&QUERY=SELECT+%22%01%22+FROM+ztf.releases", b"/oai.xml?verb=%01"),
    *(b"/tap/sync?LANG=ADQL&FORMAT=%01&QUERY=SELECT+name+FROM+ztf.releases", b"/oai.xml?%01=1"),
    *(b"/tap/sync?LANG=ADQL&QUERY=x&UPLOAD=%01,%02", b"/tap/sync?LANG=ADQL&QUERY=%ED%A0%80"),
    *(b"/oai.xml?verb=GetRecord&metadataPrefix=%01&identifier=%0B", b"/tap/tables/%01"),
    *(b"/oai.xml?verb=GetRecord&metadataPrefix=ivo_vor&identifier=%01", b"/kdb/scs?RA=%01"),
)


def test_an_error_repeats_nothing_that_xml_cannot_have():
    text = ElementTree.fromstring(votable.error(CONTROLS)).find(".//{*}INFO").text
    assert text == "?" * 9 + "\t\n??\n" + "?" * 18 + "\x7f\x85????<&>\"'é𝒵"


@pytest.mark.parametrize("path", PATHS)
def test_an_error_is_a_document(site, path):
    status, body = raw(site, path, b"Accept: application/x-votable+xml", patience=30)
    assert 200 <= status < 500, body[:300]
    if body.startswith(b"<"):
        ElementTree.fromstring(body)
