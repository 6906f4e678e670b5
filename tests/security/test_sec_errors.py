"""Errors are documents that can be read, whatever they repeat of a request."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
import requests
from support.hostile import LEAKS
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
    *(b"/sia2?POS=%01", b"/sia2?BAND=%0B", b"/sia2?ID=%00", b"/sia2?COLLECTION=%ED%A0%80"),
    *(b"/ssa?REQUEST=queryData&TARGETNAME=%00", b"/ssa?REQUEST=queryData&TOP=-1"),
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


QUERIES = (
    "CONTAINS(POINT(0, 0), CIRCLE(0, 0, -1))", "CONTAINS(POINT(0, 0), CIRCLE(0, 0, 1e308))",
    "MOC(6, POLYGON(0, 0, 1, 1, 2, 0, 3, 1, 4, 0, 4, 5, 0, 5))", "MOC('99/99')",
    "REGION('Union ICRS (Circle 0 0 1 Circle 0 0 1)')", "gavo_vocmatch('x', 'y', name)",
    "1 / 0", "CAST('x' AS INTEGER)", "SQRT(-1)",
)  # fmt: skip


@pytest.mark.parametrize("form", ["votable", "html", "fits"])
@pytest.mark.parametrize("expression", QUERIES)
def test_a_query_that_fails_is_the_fault_of_the_query(query, expression, form):
    answer = query(f"SELECT {expression} AS x FROM ztf.releases", FORMAT=form)
    assert answer.status_code == 400, answer.text
    assert "The service failed" not in answer.text
    assert not LEAKS.search(answer.text)


def test_the_smallest_numbers_are_numbers(site):
    for radius in ("1e-320", "5e-324"):
        answer = requests.get(f"{site}/lc/680113300005170.json?RADIUS={radius}", timeout=60)
        assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/view?ID=", "/demo/view?ID=", "/kdb/account?x="])
def test_what_is_long_is_no_outage(site, path):
    answer = requests.get(site + path + "x" * 3500, timeout=60, allow_redirects=False)
    assert answer.status_code in (302, 400)
    assert len(answer.headers.get("Location", "")) < 3000
