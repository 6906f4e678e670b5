"""From results to links, and from links to the light curve as asked for."""

from __future__ import annotations

import io
from collections import Counter

import numpy as np
import pytest
import pyvo
from astropy.io.votable import parse
from support import service

HZ_HER = 680113300005170

ASSOCIATED = {
    "SELECT oid, ra FROM ztf.objects WHERE oid = 680113300005170": [("links", "oid")],
    "SELECT * FROM ztf.lightcurves WHERE oid = 680113300005170": [("links", "oid")],
    "SELECT TOP 3 * FROM ztf.detections WHERE oid = 680113300005170": [
        ("links", "oid"),
        ("images", "detection_id"),
    ],
    "SELECT TOP 3 hmjd, detection_id FROM ztf.detections WHERE oid = 680113300005170": [
        ("images", "detection_id")
    ],
    "SELECT TOP 3 hmjd FROM ztf.detections WHERE oid = 680113300005170": [],
    "SELECT TOP 3 o.oid, d.hmjd, d.detection_id FROM ztf.objects AS o"
    " JOIN ztf.detections AS d ON d.oid = o.oid WHERE o.oid = 680113300005170": [
        ("images", "detection_id"),
        ("links", "oid"),
    ],
}


@pytest.mark.parametrize("adql", ASSOCIATED)
def test_results_of_tap_name_the_links_services_once(tap, site, adql):
    check_associated(tap.run_sync(adql), adql, site)


def test_results_of_asynchronous_tap_do_so_too(tap, site):
    adql = list(ASSOCIATED)[-1]
    check_associated(tap.run_async(adql), adql, site)


def check_associated(result, adql: str, site: str) -> None:
    """Fail unless a result describes its links services, each once."""
    described = []
    for found in result.iter_adhocservices():
        (identifier,) = [entry for entry in found.groups[0].entries if entry.name == "ID"]
        described.append((found.name, identifier.ref))
        address = {param.name: param.value for param in found.params}["accessURL"]
        assert address == f"{site}/{found.name}"
    assert sorted(described) == sorted(ASSOCIATED[adql])


def test_a_named_release_leads_to_its_own_links(tap, site):
    found = tap.search(f"SELECT oid FROM ztf_demo.objects WHERE oid = {HZ_HER}")
    (described,) = found.iter_adhocservices()
    address = {param.name: param.value for param in described.params}["accessURL"]
    assert address == f"{site}/demo/links"


def test_cone_search_results_lead_to_links(site):
    found = pyvo.dal.SCSService(f"{site}/scs").search(service.HZ_HER, 0.0005)
    linked = {
        links.original_row["oid"]: [row["access_url"] for row in links if row.semantics == "#this"]
        for links in found.iter_datalinks()
    }
    assert linked == {str(oid): [f"{site}/lc/{oid}.vot"] for oid in service.HZ_HER_OIDS}


def test_ssa_results_lead_to_links(site):
    found = pyvo.dal.SSAService(f"{site}/ssa").search(pos=service.HZ_HER, diameter=0.001)
    assert len(found) == 4
    for record in found:
        semantics = Counter(row.semantics for row in record.getdatalink())
        assert semantics["#this"] == semantics["#proc"] == 1


def test_the_processing_service_is_called_as_described(tap, ask):
    (record,) = tap.search(f"SELECT oid FROM ztf.objects WHERE oid = {HZ_HER}")
    service_row = record.getdatalink().get_first_proc()
    offered = {param.name: param for param in service_row.input_params}
    assert offered["ID"].value == str(HZ_HER)
    assert list(offered["QUANTITY"].values.options) == [
        (name, name) for name in ("mag", "flux", "diffmag", "diffflux")
    ]
    answer = service_row.process(PERIOD=1.7, EPOCH=58000.25, QUALITY="good", QUANTITY="flux")
    folded = parse(io.BytesIO(answer.read())).get_first_table().array
    wanted = ((folded["hmjd"] - 58000.25) / 1.7) % 1
    difference = np.abs(folded["phase"] - wanted)
    assert np.minimum(difference, 1 - difference).max() < 1e-9
    good = service.rows(
        "SELECT count(*) FROM demo_store.detections WHERE oid = %s AND catflags = 0", HZ_HER
    )
    assert [(len(folded),)] == good
    assert np.all(folded["flux"] > 0)


def test_the_processing_service_names_every_form_that_it_accepts(tap):
    (record,) = tap.search(f"SELECT oid FROM ztf.objects WHERE oid = {HZ_HER}")
    service_row = record.getdatalink().get_first_proc()
    (formats,) = [one for one in service_row.input_params if one.name == "RESPONSEFORMAT"]
    names = [value for _, value in formats.values.options]
    assert {"votable", "csv", "json", "parquet", "png", "pdf"} <= set(names)
    for name in names:
        assert len(service_row.process(RESPONSEFORMAT=name).read()) > 1000, name
