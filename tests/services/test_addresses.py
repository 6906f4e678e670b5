"""The short addresses: the proxy sends them where their answers are."""

from __future__ import annotations

import pytest
from support import service

OID = service.HZ_HER_OIDS[0]
CONE = {"RA": 254.45755, "DEC": 35.34236, "SR": 0.001}


@pytest.mark.parametrize(
    ("short", "long", "parameters"),
    [
        ("/scs", "/ztf/ztf/cone/scs.xml", CONE),
        ("/demo/scs", "/ztf/demo/cone/scs.xml", CONE),
        ("/ssa", "/ztf/ztf/ssa/ssap.xml", {"REQUEST": "getCapabilities"}),
        ("/links", "/ztf/ztf/links/dlmeta", {"ID": OID}),
        ("/demo/links", "/ztf/demo/links/dlmeta", {"ID": OID}),
        ("/images", "/ztf/ztf/images/dlmeta", {"ID": f"{OID}-58199.49176"}),
        ("/demo/images", "/ztf/demo/images/dlmeta", {"ID": f"{OID}-58199.49176"}),
        ("/demo/lc", "/lc/demo", {"ID": OID, "RESPONSEFORMAT": "csv"}),
        (f"/demo/lc/{OID}.csv", f"/lc/demo/{OID}.csv", {}),
        (f"/view/{OID}", f"/lc/{OID}.html", {}),
        (f"/demo/view/{OID}", f"/lc/demo/{OID}.html", {}),
    ],
)
def test_a_short_address_gives_what_the_long_one_gives(ask, short, long, parameters):
    first, second = (ask(path, **parameters) for path in (short, long))
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.headers["Content-Type"] == second.headers["Content-Type"]
    assert len(first.content) > 100
    assert abs(len(first.content) - len(second.content)) < 200


@pytest.mark.parametrize(
    ("short", "named"),
    [
        (f"/nosuchrelease/lc/{OID}", "nosuchrelease"),
        (f"/nosuchrelease/view/{OID}", "nosuchrelease"),
        (f"/nosuchrelease/epoch/{OID}/first", "nosuchrelease"),
        (f"/demo/epoch/{OID}/58000.0", str(OID)),
        ("/view/12", "12"),
        ("/demo/view/a%2Fb%3Fc%0d%0aX", "a"),
    ],
)
def test_what_is_not_there_is_reported_behind_short_addresses(ask, short, named):
    answer = ask(short)
    assert answer.status_code in (400, 404)
    assert named in answer.text


@pytest.mark.parametrize(
    "path", ["/Demo/lc/1", "/demo/lcx/1", "/demo/x/lc/1", "/9/links", "/demo/view/", "/view/a/b"]
)
def test_other_addresses_are_not_rewritten(ask, path):
    assert ask(path).status_code == 404
