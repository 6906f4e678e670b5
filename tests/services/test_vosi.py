"""VOSI beside each short address: valid, and naming the short addresses."""

from __future__ import annotations

import copy

import pytest
import requests
from lxml import etree
from pyvo.dal.vosi import AvailabilityMixin, CapabilityMixin
from support import service
from support.schemas import faults

ADDRESSES = {
    "/scs": ("ivo://ivoa.net/std/ConeSearch", "?"),
    "/demo/scs": ("ivo://ivoa.net/std/ConeSearch", "?"),
    "/kdb/scs": ("ivo://ivoa.net/std/ConeSearch", "?"),
    "/ssa": ("ivo://ivoa.net/std/SSA", "?"),
    "/sia2": ("ivo://ivoa.net/std/SIA#query-2.0", "?"),
    "/links": ("ivo://ivoa.net/std/DataLink#links-1.1", ""),
    "/demo/images": ("ivo://ivoa.net/std/DataLink#links-1.1", ""),
    "/tap": ("ivo://ivoa.net/std/TAP", ""),
}
"""Standard of each address, and what its own address ends with."""


@pytest.mark.parametrize("address", ADDRESSES)
def test_capabilities_are_valid_and_name_the_short_addresses(site, ask, address):
    answer = ask(f"{address}/capabilities")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/xml")
    assert faults(answer.content) == []
    root = etree.fromstring(answer.content)
    found = {
        one.get("standardID"): [each.text for each in one.findall("interface/accessURL")]
        for one in root.findall("capability")
        if one.get("standardID")
    }
    standard, end = ADDRESSES[address]
    assert found[standard] == [f"{site}{address}{end}"]
    for word in ("capabilities", "availability"):
        assert found[f"ivo://ivoa.net/std/VOSI#{word}"] == [f"{site}{address}/{word}"]
    (tables,) = (urls for name, urls in found.items() if "VOSI#tables" in name)
    assert tables == [f"{site}{address}/tables"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_availability_and_tables_are_valid(ask, address):
    available, tables = (ask(f"{address}/{word}") for word in ("availability", "tables"))
    assert (available.status_code, tables.status_code) == (200, 200)
    assert faults(available.content) == faults(tables.content) == []
    assert etree.fromstring(available.content).findtext("{*}available") == "true"


def test_the_schemas_refuse_what_is_not_in_them(ask):
    root = etree.fromstring(ask("/scs/capabilities").content)
    assert faults(etree.tostring(root)) == []
    wrong = copy.deepcopy(root)
    wrong.find(".//queryType").text = "FETCH"
    assert any("FETCH" in one for one in faults(etree.tostring(wrong)))


@pytest.mark.parametrize("path", ["/scs/nothing", "/ssa/tap", "/kdb/scs/nothing", "/sia2/scs.xml"])
def test_nothing_else_is_beside_them(ask, path):
    assert ask(path).status_code == 404


@pytest.mark.parametrize("address", ["/scs", "/ssa", "/sia2", "/tap"])
def test_pyvo_reads_them(site, address):
    class Service(CapabilityMixin, AvailabilityMixin):
        baseurl = site + address
        _session = requests.Session()

    assert Service().available
    standard, end = ADDRESSES[address]
    (found,) = [one for one in Service().capabilities if one.standardid == standard]
    assert [url.content for url in found.interfaces[0].accessurls] == [f"{site}{address}{end}"]


def test_results_lead_to_the_short_address_of_the_links(site, tap):
    found = tap.search(f"SELECT * FROM ztf.objects WHERE oid = {service.HZ_HER_OIDS[0]}")
    (described,) = [one for one in found.votable.resources if one.type == "meta"]
    assert {one.name: one.value for one in described.params}["accessURL"] == f"{site}/links"


@pytest.mark.parametrize(
    "path",
    [
        "/tap/capabilities",
        "/tap/tables",
        "/tap/tables/ztf.filters",
        "/tap/availability",
        "/tap/async",
        "/tap/sync?LANG=ADQL&QUERY=SELECT+nothing",
        "/oai.xml?verb=Identify",
        "/oai.xml?verb=ListMetadataFormats",
        "/demo/scs?MAXREC=0",
        "/links?ID=680113300005170",
    ],
)
def test_documents_name_no_style_sheet_that_browsers_warn_of(site, path):
    for kind in ("*/*", "text/html,application/xhtml+xml"):
        answer = requests.get(site + path, headers={"Accept": kind}, timeout=60)
        assert b"<" in answer.content[:100]
        assert b"xml-stylesheet" not in answer.content
    first = requests.get(site + path, timeout=60).content
    etree.fromstring(first)
