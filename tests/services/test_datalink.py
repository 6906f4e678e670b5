"""The links of light curves and detections: complete, valid, and with faults beside good rows."""

from __future__ import annotations

import io
import re
from collections import Counter

import pytest
import requests
from astropy.io.votable import parse
from support import service
from support.files import needs_shared
from support.stilts import NoStilts, ensure, java, stilts

MEDIA_TYPE = "application/x-votable+xml;content=datalink"

LINKS = "/ztf/ztf/links/dlmeta"
IMAGES = "/ztf/ztf/images/dlmeta"
DATALINK = "application/x-votable+xml;content=datalink"

HZ_HER = 680113300005170
REAL = 604103100006917
REAL_EPOCH = f"{REAL}-58296.48025"

EXPECTED = {
    "#this": 1,
    "#proc": 1,
    "#preview": 1,
    "#preview-plot": 1,
    "#derivation": 7,
    "#coderived": 3,
    "#documentation": 2,
    "#counterpart": 14,
}
"""Links of HZ Her's light curve in zg of the demo release: four light curves of one star."""

HOSTILE = [
    *("-1", "0", "68011330000517", "68011330000517000", "680113300005170.0", "6.8e14"),
    *("680113300005170 OR 1=1", "680113300005170'; DROP TABLE ztf_store.release; --"),
    *("../../etc/passwd", "<script>alert(1)</script>", "%s", "%(did)s", "{0}", "\\qName"),
    *("٦٨٠١١٣٣٠٠٠٠٥١٧٠", "680113300005170\u200b", "\x01", "NULL", "x" * 3000),
]


def rows(answer) -> list[dict[str, str]]:
    """Rows of a links document, which must be one."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == DATALINK
    table = parse(io.BytesIO(answer.content)).get_first_table()
    return [
        row
        for row in (
            dict(zip(table.array.dtype.names, map(str, row), strict=True)) for row in table.array
        )
        if row["local_semantics"] != "expert-record-of-star"  # other tests record on the star
    ]


def fault_kinds(answer) -> dict[str, str]:
    """Kind of fault by ID, of those that have one."""
    return {
        row["ID"]: row["error_message"].partition(":")[0]
        for row in rows(answer)
        if row["error_message"]
    }


def error(answer) -> str:
    """Status and sentence of an error document."""
    infos = parse(io.BytesIO(answer.content)).resources[0].infos
    (status,) = [info for info in infos if info.name == "QUERY_STATUS"]
    assert status.value == "ERROR"
    return status.content


@pytest.fixture(scope="session")
def lint(site, tmp_path_factory):
    """A function that has STILTS check a links document and gives its complaints."""
    try:
        ensure()
        java()
    except NoStilts as problem:
        pytest.skip(str(problem))

    def check(answer) -> list[str]:
        path = tmp_path_factory.mktemp("lint") / "links.vot"
        path.write_bytes(answer.content)
        shown = stilts("datalinklint", f"votable={path}", "version=1.1")
        assert "Totals:" in shown.out, shown.err
        return [line for line in shown.out.splitlines() if line[:2] in ("E-", "W-", "F-")]

    return check


def test_a_light_curve_has_all_its_links(ask):
    found = rows(ask(LINKS, ID=HZ_HER))
    assert Counter(row["semantics"] for row in found) == EXPECTED
    assert {row["ID"] for row in found} == {str(HZ_HER)}
    for row in found:
        kinds = [bool(row[name]) for name in ("access_url", "service_def", "error_message")]
        assert sum(kinds) == 1, row
    assert found[0]["semantics"] == "#this"


@pytest.mark.parametrize(
    ("short", "long"),
    [("/links", LINKS), ("/demo/links", "/ztf/demo/links/dlmeta")],
)
def test_short_addresses_give_the_same_links(ask, short, long):
    assert rows(ask(short, ID=HZ_HER)) == rows(ask(long, ID=HZ_HER))


def test_links_of_a_named_release_stay_in_it(ask, site):
    found = rows(ask("/demo/links", ID=HZ_HER))
    own = [row["access_url"] for row in found if row["access_url"].startswith(site)]
    others = [url for url in own if not url.startswith(f"{site}/demo/")]
    asked = [url for url in others if url.startswith(f"{site}/outside/")]
    assert all(url.endswith(f"/lc?ID={HZ_HER}&RELEASE=demo") for url in asked)
    assert set(others) - set(asked) == {f"{site}/kdb/objects/{HZ_HER}"}


def test_every_form_is_of_the_type_that_its_link_says(ask, site):
    forms = ("#this", "#preview", "#preview-plot", "#derivation", "#coderived", "#documentation")
    for row in rows(ask("/links", ID=HZ_HER)):
        if row["semantics"] in forms:
            answer = requests.get(row["access_url"], timeout=60)
            assert answer.status_code == 200, row
            assert answer.headers["Content-Type"].partition(";")[0] == row["content_type"], row


def test_light_curves_of_the_star_are_those_of_a_cone(ask):
    found = rows(ask("/links", ID=HZ_HER))
    others = {
        int(row["access_url"].rpartition("/")[2].removesuffix(".vot")): row["local_semantics"]
        for row in found
        if row["semantics"] == "#coderived"
    }
    assert set(others) == set(service.HZ_HER_OIDS) - {HZ_HER}
    assert others[680213300009232] == others[1722207400009164] == "other-band"
    assert others[1722107400005560] == "other-field"


def test_relatives_are_mutual(tap, ask):
    names = [
        row["oid"] for row in tap.search("SELECT TOP 40 oid FROM ztf.objects WHERE nobs > 100")
    ]
    related = {}
    asked = list(names)
    for _ in range(2):
        answer = requests.post(ask("/links").url, data={"ID": asked}, timeout=60)
        for row in rows(answer):
            if row["semantics"] == "#coderived":
                other = int(row["access_url"].rpartition("/")[2].removesuffix(".vot"))
                related.setdefault(int(row["ID"]), set()).add(other)
        asked = sorted({oid for oids in related.values() for oid in oids})
    assert related
    for oid in names:
        for other in related.get(int(oid), ()):
            assert int(oid) in related[other]


def test_many_ids_come_back_in_order_each_with_its_links(ask, tap, site):
    oids = [str(row["oid"]) for row in tap.search("SELECT TOP 1000 oid FROM ztf.objects")]
    answer = requests.post(ask("/links").url, data={"ID": oids}, timeout=60)
    found = re.findall(r"<TR><TD>(\d+)</TD><TD>([^<]*)</TD>", answer.text)
    assert list(dict.fromkeys(oid for oid, _ in found)) == oids
    firsts = dict(reversed(found))
    assert firsts == {oid: f"{site}/lc/{oid}.vot" for oid in oids}


def test_an_answer_that_maxrec_ends_says_so_at_the_end_of_an_id(ask):
    oids = [202110100000096, 202110100000199, 202110100000307]
    whole = Counter(row["ID"] for row in rows(ask("/links", ID=oids)))
    each = whole[str(oids[0])]
    assert list(whole.values()) == [each] * 3
    answer = ask("/links", ID=oids, MAXREC=each + 2)
    counts = Counter(row["ID"] for row in rows(answer))
    assert list(counts.values()) == [each] * 2
    assert 'value="OVERFLOW"' in answer.text


def test_names_of_parameters_do_not_depend_on_case_and_ids_may_be_posted(ask, site):
    wanted = rows(ask("/links", ID=HZ_HER))
    assert rows(ask("/links", id=HZ_HER)) == wanted
    assert rows(requests.post(f"{site}/links", data={"Id": HZ_HER}, timeout=60)) == wanted
    assert rows(ask("/links", ID=HZ_HER, RESPONSEFORMAT="votable"))[0] == wanted[0]


@pytest.mark.parametrize("path", ["/links", "/images", "/demo/links", "/demo/images"])
@pytest.mark.parametrize("parameters", [{}, {"ID": ""}, {"ID": ["", " "]}, {"MAXREC": "5"}])
def test_a_request_without_an_id_has_no_links(ask, path, parameters):
    answer = ask(path, **parameters)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == MEDIA_TYPE
    assert rows(answer) == []
    table = parse(io.BytesIO(answer.content)).get_first_table()
    assert {"ID", "access_url", "semantics", "content_type"} <= {f.name for f in table.fields}


@pytest.mark.parametrize(
    "kind",
    ["votable", "VOTable", "votable/td", "text/xml", MEDIA_TYPE],
)
def test_every_name_of_the_one_form_brings_it_with_its_media_type(ask, kind):
    answer = ask("/links", ID=HZ_HER, RESPONSEFORMAT=kind)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == MEDIA_TYPE
    assert rows(answer) == rows(ask("/links", ID=HZ_HER))


@pytest.mark.parametrize("kind", ["csv", "json", "html", "fits", "nonsense"])
def test_other_forms_are_refused(ask, kind):
    answer = ask("/links", ID=HZ_HER, RESPONSEFORMAT=kind)
    assert answer.status_code == 400
    assert error(answer).startswith(f"UsageFault: RESPONSEFORMAT={kind} is not possible")


@pytest.mark.parametrize(
    ("parameters", "shown"),
    [({"MAXREC": "abc"}, "MAXREC"), ({"NONSENSE": "1"}, "NONSENSE")],
)
def test_mistakes_in_parameters_are_reported(ask, parameters, shown):
    answer = ask("/links", ID=HZ_HER, **parameters)
    assert answer.status_code == 400
    assert error(answer).startswith("UsageFault: ")
    assert shown.lower() in error(answer).lower()
    assert "Traceback" not in answer.text


def test_more_ids_than_a_request_may_have_are_refused_as_a_whole(site):
    ids = [("ID", str(680113300000000 + number)) for number in range(5001)]
    answer = requests.post(f"{site}/links", data=ids, timeout=120)
    assert answer.status_code == 400
    assert "5001 IDs are too many for one request: give 5000 at most" in answer.text


def test_faults_stand_beside_the_links_of_good_ids(ask):
    answer = ask("/links", ID=[HZ_HER, "999113300005170", "", "HZ Her", 1722207400009164])
    assert fault_kinds(answer) == {"999113300005170": "NotFoundFault", "HZ Her": "UsageFault"}
    counts = Counter(row["ID"] for row in rows(answer))
    assert counts[str(HZ_HER)] == counts["1722207400009164"] == sum(EXPECTED.values())
    (fault,) = [row for row in rows(answer) if row["ID"] == "HZ Her"]
    assert fault["semantics"] == "#this"
    assert not any(fault[name] for name in ("access_url", "service_def", "description"))


@pytest.mark.parametrize("path", ["/links", "/images"])
def test_hostile_ids_are_faults_and_change_nothing(ask, path):
    answer = requests.post(ask(path).url, data={"ID": HOSTILE}, timeout=60)
    assert "Traceback" not in answer.text and "psycopg" not in answer.text
    assert set(fault_kinds(answer).values()) == {"UsageFault"}
    assert len(rows(answer)) == len(HOSTILE)
    assert service.rows("SELECT count(*) FROM ztf_store.release WHERE name = 'demo'") == [(1,)]


def test_an_unknown_release_is_reported_as_such(ask):
    answer = ask("/dr999/links", ID=HZ_HER)
    assert answer.status_code == 404
    assert "Traceback" not in answer.text


def test_images_of_bad_detections_are_faults(ask):
    bad = {
        "999113300005170-58199.49176": "NotFoundFault",
        f"{HZ_HER}-58199.5": "NotFoundFault",
        f"{HZ_HER}": "UsageFault",
        f"{HZ_HER}-": "UsageFault",
    }
    assert fault_kinds(ask("/images", ID=list(bad))) == bad


@needs_shared
def test_a_real_detection_has_links_to_its_exposure(real, ask, lint, site):
    answer = ask("/irsa/images", ID=[REAL_EPOCH, REAL_EPOCH.replace("-", "/"), "nonsense"])
    found = rows(answer)
    counts = Counter(row["ID"] for row in found)
    assert counts[REAL_EPOCH] == counts[REAL_EPOCH.replace("-", "/")] == 19
    assert fault_kinds(answer) == {"nonsense": "UsageFault"}
    assert lint(answer) == []
    science = [row["access_url"] for row in found if row["local_semantics"] == "science-image"]
    assert science[0] == (
        f"{site}/archive/sci/2018/0627/483032/ztf_20180627483032_000604_zg_c03_o_q1_sciimg.fits"
    )
    this = requests.get(found[0]["access_url"], timeout=60)
    epoch = parse(io.BytesIO(this.content)).get_first_table().array
    assert epoch["hmjd"].tolist() == [58296.48025]


@needs_shared
def test_real_and_simulated_light_curves_are_not_related(real, ask):
    found = rows(ask("/irsa/links", ID=REAL))
    paths = {
        row["local_semantics"]: row["access_url"].partition("/archive/")[2]
        for row in found
        if row["semantics"] == "#progenitor"
    }
    stem = "ref/000/field000604/zg/ccd03/q1/ztf_000604_zg_c03_q1"
    assert paths == {
        "reference-image": f"{stem}_refimg.fits",
        "reference-catalogue": f"{stem}_refpsfcat.fits",
    }
    assert not any("SIMULATED" in row["description"] for row in found)
    assert not any("/demo/" in row["access_url"] for row in found)


def test_links_documents_are_valid(ask, lint):
    good = ask("/links", ID=list(service.HZ_HER_OIDS))
    assert lint(good) == []
    assert lint(ask("/links", ID=[HZ_HER, "abc", "999113300005170"])) == []
    assert lint(ask("/images", ID=[f"{HZ_HER}-58199.5", "abc"])) == []


def test_a_browser_is_shown_a_page(site):
    answer = requests.get(
        f"{site}/links", params={"ID": HZ_HER}, headers={"User-Agent": "Mozilla/5.0"}, timeout=60
    )
    assert answer.headers["Content-Type"].startswith("text/html")
    assert f"/lc/{HZ_HER}.vot" in answer.text


def test_text_in_ids_is_not_markup_in_a_browsers_page(site):
    answer = requests.get(
        f"{site}/links",
        params={"ID": "<script>alert(1)</script>"},
        headers={"User-Agent": "Mozilla/5.0"},
        timeout=60,
    )
    assert "<script>alert(1)" not in answer.text
