"""Stars of the demo release: in TAP, by cone search and form, and as light curves of one."""

from __future__ import annotations

import html
import re
from urllib.parse import quote

import numpy as np
import pytest
import pyvo
from support import service

from ztfvo.designation import designation

OIDS = sorted(service.HZ_HER_OIDS)
TWINS = {794208200041246, 794208200022136}
FORM = "/ztf/ztf/starcone/form"


@pytest.fixture(scope="module")
def star(tap):
    """HZ Her, as the table has it."""
    (found,) = tap.search(
        "SELECT s.* FROM ztf.sources AS s JOIN ztf.objects AS o ON o.source_id = s.source_id"
        f" WHERE o.oid = {OIDS[0]}"
    )
    return found


def test_each_star_of_the_demo_is_one_source(tap, star):
    """SNAD183 has ten light curves in five bands and fields; of twins each star has all."""
    assert (star["nlightcurves"], star["oids"].tolist()) == (4, OIDS)
    (snad,) = tap.search(
        "SELECT oids FROM ztf.sources AS s JOIN ztf.objects AS o ON o.source_id = s.source_id"
        " WHERE o.oid = 783109400002438"
    )
    listed = service.rows("SELECT oid FROM demo_store.object WHERE oid = ANY(%s)", SNAD183)
    assert snad["oids"].tolist() == [oid for (oid,) in sorted(listed)]
    assert len(listed) == 10
    (twins,) = tap.search(
        "SELECT oids FROM ztf.sources AS s JOIN ztf.objects AS o ON o.source_id = s.source_id"
        f" WHERE o.oid = {min(TWINS)}"
    )
    assert set(twins["oids"].tolist()) >= TWINS


SNAD183 = [
    *(783109400002438, 783209400004246, 783309400005646, 784112400002898, 1818101400001448),
    *(784212400009069, 1818201400002106, 784312400005064, 1819104300001242, 1819204300001997),
]


def test_every_light_curve_is_of_one_star(tap):
    (release,) = tap.search("SELECT nlightcurves FROM ztf.releases WHERE name = 'demo'")
    (found,) = tap.search(
        "SELECT COUNT(*) AS stars, SUM(nlightcurves) AS curves FROM ztf_demo.sources"
    )
    (known,) = tap.search("SELECT nrows FROM tap_schema.tables WHERE table_name = 'ztf.sources'")
    assert found["curves"] == release["nlightcurves"]
    assert found["stars"] == known["nrows"] > 5_000
    (without,) = tap.search("SELECT COUNT(*) AS n FROM ztf.objects WHERE source_id IS NULL")
    assert without["n"] == 0


def test_the_columns_of_a_star_are_those_of_its_epochs(tap, star):
    """Computed again from detections, pair by pair."""
    found = tap.search(
        "SELECT o.filter, o.oid, o.ra, o.dec, o.nobs, d.hmjd, d.mag, d.magerr, d.catflags"
        " FROM ztf.objects AS o JOIN ztf.detections AS d ON d.oid = o.oid"
        f" WHERE o.source_id = {star['source_id']}",
        maxrec=100_000,
    ).to_table()
    assert (star["hmjd_first"], star["hmjd_last"]) == (found["hmjd"].min(), found["hmjd"].max())
    good = found[(found["catflags"] == 0) & (found["magerr"] > 0)]
    bands = {}
    for band in "gr":
        mine = good[good["filter"] == f"z{band}"]
        mag = np.array(mine["mag"], float)
        bands[band] = mine
        assert star[f"ngoodobs_{band}"] == len(mine)
        assert star[f"mag_mean_{band}"] == pytest.approx(mag.mean(), rel=1e-6)
        assert star[f"mag_median_{band}"] == pytest.approx(np.median(mag), rel=1e-6)
        assert star[f"mag_amplitude_{band}"] == pytest.approx(np.ptp(mag) / 2, rel=1e-5)
        chi2 = degrees = 0
        for oid in set(mine["oid"].tolist()):
            curve = mine[mine["oid"] == oid]
            values, weights = (np.array(curve[name], float) for name in ("mag", "magerr"))
            mean = np.average(values, weights=weights**-2)
            chi2 += (((values - mean) / weights) ** 2).sum()
            degrees += len(curve) - 1
        assert star[f"chi2_red_{band}"] == pytest.approx(chi2 / degrees, rel=1e-5)
    apart = np.abs(np.subtract.outer(np.array(bands["g"]["hmjd"]), np.array(bands["r"]["hmjd"])))
    pairs = [
        (g, r)
        for g, r in enumerate(apart.argmin(axis=1))
        if apart[:, r].argmin() == g and apart[g, r] <= 0.5
    ]
    g, r = (bands[band][[pair[i] for pair in pairs]] for i, band in enumerate("gr"))
    difference = np.array(g["mag"], float) - np.array(r["mag"], float)
    weight = 1 / (np.array(g["magerr"], float) ** 2 + np.array(r["magerr"], float) ** 2)
    color = np.average(difference, weights=weight)
    scatter = (weight * (difference - color) ** 2).sum() / (len(pairs) - 1)
    assert star["g_r_npairs"] == len(pairs) > 20
    assert star["g_r"] == pytest.approx(color, abs=1e-5)
    error = np.sqrt(max(scatter, 1) / weight.sum())
    assert star["g_r_err"] == pytest.approx(error, rel=1e-4)
    medians = star["mag_median_g"] - star["mag_median_r"]
    assert star["g_r_median"] == pytest.approx(medians, abs=1e-5)
    assert (star["ngoodobs_i"], star["r_i_npairs"]) == (0, 0)
    assert np.ma.is_masked(star["mag_mean_i"]) or np.isnan(star["mag_mean_i"])


def test_identifier_and_name_are_of_positions(tap, star):
    (first,) = tap.search(f"SELECT healpix_29 FROM ztf.objects WHERE oid = {OIDS[0]}")
    assert star["source_id"] == first["healpix_29"]
    assert star["name"] == designation(star["ra"], star["dec"]) == "ZTF J165749.81+352032.4"
    (found,) = tap.search(f"SELECT source_id FROM ztf_demo.sources WHERE name = '{star['name']}'")
    assert found["source_id"] == star["source_id"]


@pytest.mark.parametrize("path", ["/sources/scs", "/demo/sources/scs", "/ztf/sources/scs"])
def test_cone_search_finds_the_star_once(site, star, path):
    search = pyvo.dal.SCSService(f"{site}{path}?")
    (found,) = search.search(pos=service.HZ_HER, radius=1.5 / 3600)
    assert int(found["source_id"]) == star["source_id"]
    assert found["nlightcurves"] == 4
    assert len(search.search(pos=(10, -80), radius=0.01)) == 0


def test_cone_search_refuses_with_the_remedy(ask):
    for given, remedy in (({"SR": "2"}, "query the table by TAP"), ({"RA": "x"}, "RA=x is not")):
        answer = ask("/sources/scs", **{"RA": "1", "DEC": "2", "SR": "0.1"} | given)
        assert remedy in answer.text
    capabilities = ask("/demo/sources/scs/capabilities")
    assert "/demo/sources/scs?" in capabilities.text


def test_the_form_finds_the_star_and_leads_to_its_light_curves(ask):
    sent = {"__nevow_form__": "genForm", "hscs_pos": "254.45755 +35.34236", "hscs_sr": "1.5"}
    text = ask(FORM, **sent).text
    assert re.search(r"Matched:\s*(\d+)", text)[1] == "1"
    (link,) = re.findall(r'href="(/view\?SOURCE=[^"]+)"', text)
    moved = ask(html.unescape(link))
    assert moved.status_code == 303
    assert moved.headers["Location"] == f"/view/{','.join(map(str, OIDS))}"
    assert ask(moved.headers["Location"]).status_code == 200


def curves_of(answer):
    assert answer.status_code == 200, answer.text
    return sorted(curve["oid"] for curve in answer.json()["lightcurves"])


def test_all_light_curves_of_a_star_come_by_its_name_or_identifier(ask, star):
    name = quote(star["name"])
    for written in (star["source_id"], name, name.replace("%2B", "+"), name.lower()):
        for path in ("/lc", "/demo/lc"):
            answer = ask(f"{path}?SOURCE={written}&RESPONSEFORMAT=json")
            assert curves_of(answer) == OIDS
    assert curves_of(ask("/lc", SOURCE=star["name"], RESPONSEFORMAT="json", BAND="g")) == OIDS[::2]
    assert ask("/lc", SOURCE=star["name"], RESPONSEFORMAT="png").content[1:4] == b"PNG"


@pytest.mark.parametrize(
    ("given", "status", "words"),
    [
        ({"SOURCE": "1"}, 404, "Release demo has no star 1."),
        ({"SOURCE": "ZTF J000000.00+000000.0"}, 404, "no star ZTF J000000.00+000000.0."),
        ({"SOURCE": str(12 << 58)}, 400, "is not a star: give a source_id"),
        ({"SOURCE": "HZ Her"}, 400, "SOURCE=HZ Her is not a star"),
        ({"SOURCE": "1'; DROP TABLE source"}, 400, "is not a star"),
        ({"SOURCE": ["1", "2"]}, 400, "SOURCE is given 2 times"),
        ({"SOURCE": "1", "ID": str(OIDS[0])}, 400, "means nothing with SOURCE"),
        ({"SOURCE": "1", "POS": "CIRCLE 1 2 0.1"}, 400, "means nothing with SOURCE"),
    ],
)
def test_what_is_no_star_is_refused_with_the_reason(ask, given, status, words):
    for path in ("/lc", "/view"):
        if path == "/view" and "POS" in given:
            continue
        answer = ask(path, **given)
        assert (answer.status_code, words in html.unescape(answer.text)) == (status, True)


def test_an_unknown_release_has_no_stars(ask):
    for path in ("/nosuch/lc", "/nosuch/view"):
        answer = ask(path, SOURCE="1")
        assert (answer.status_code, "no release" in answer.text) == (404, True)


def test_links_of_a_light_curve_lead_to_the_others_of_its_star(ask):
    text = ask("/demo/links", ID="783109400002438").text
    others = {int(oid) for oid in re.findall(r"/demo/lc/(\d+)\.vot</TD>", text)}
    assert others - {783109400002438} == set(SNAD183) - {783109400002438}
