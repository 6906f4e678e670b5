"""Names and positions, as the site resolves them."""

from __future__ import annotations

import re

import lxml.html
import pytest
import requests
from psycopg import sql
from support import service
from support.cases.sesame import HOST, HZ_HER, NOTHING, PATH
from support.outside import Reply
from support.outside_cases import cases

from ztfvo.catalogs import declared
from ztfvo.outside.sources import sources
from ztfvo.resolve import hosted
from ztfvo.settings import get_settings

OID = service.HZ_HER_OIDS[0]


def test_an_oid_has_its_place_and_its_page(ask, site):
    answer = ask("/resolve", NAME=str(OID))
    (found,) = answer.json()["found"]
    assert (answer.json()["rule"], found["certainty"]) == ("oid", "exact")
    assert (found["oids"], found["url"]) == ([OID], f"{site}/view/{OID}")
    assert (found["ra"], found["dec"]) == pytest.approx((254.45755, 35.34236), abs=1e-5)


def test_several_oids_have_one_page_and_those_that_no_release_has_are_named(ask, site):
    other, none = service.HZ_HER_OIDS[1], OID + 1
    (found,) = ask("/resolve", NAME=f"{OID},{none},{other}").json()["found"]
    assert (found["oids"], found["url"]) == ([OID, other], f"{site}/view/{OID},{other}")
    assert found["note"] == f"No release here has {none}"
    answer = ask("/resolve", NAME=f"{none},{none + 1}")
    assert (answer.status_code, "is known to nobody" in answer.text) == (404, True)


def test_the_name_of_a_star_of_the_release_has_its_light_curves(ask, query):
    join = "ztf.sources AS s JOIN ztf.objects AS o ON s.source_id = o.source_id"
    text = f"SELECT s.name, s.ra FROM {join} WHERE o.oid = {OID}"
    name, ra = query(text, RESPONSEFORMAT="csv").text.splitlines()[1].split(",")
    answer = ask("/resolve", NAME=name).json()
    (found,) = answer["found"]
    assert (answer["rule"], found["name"], found["certainty"]) == ("iau", name, "exact")
    assert found["ra"] == float(ra)
    assert sorted(map(int, found["oids"])) == list(service.HZ_HER_OIDS)
    (elsewhere,) = ask("/resolve", NAME="ZTF J120000.00+100000.0").json()["found"]
    assert (elsewhere["certainty"], elsewhere["oids"]) == ("approximate", [])


def test_a_name_has_the_place_that_cds_says(ask, others):
    others.answer(HOST, PATH, Reply(HZ_HER, "text/xml"))
    answer = ask("/resolve", NAME="Her X-1")
    assert answer.status_code == 200
    assert answer.json()["found"] == [
        {
            "name": "V* HZ Her",
            "ra": 254.4575469,
            "dec": 35.3423579,
            "certainty": "named",
            "by": "Simbad",
            "epoch": 2000.0,
            "oids": [],
            "note": "",
            "url": None,
        }
    ]
    assert others.asked[0].path == "/cgi-bin/nph-sesame/-ox/SNV"


def test_a_name_that_nobody_knows_is_404(ask, others):
    others.answer(HOST, PATH, Reply(NOTHING, "text/xml"))
    answer = ask("/resolve", NAME="Nobody's star")
    assert (answer.status_code, "is known to nobody" in answer.text) == (404, True)


@pytest.mark.parametrize("fault", ["refused", "500", "html"])
def test_a_resolver_that_does_not_answer_is_503_and_positions_still_work(ask, others, fault):
    with others.failing("*", fault):
        answer = ask("/resolve", NAME="Her X-1")
        position = ask("/resolve", NAME="254.45755 +35.34236")
    assert (answer.status_code, "cannot be looked up now" in answer.text) == (503, True)
    assert position.json()["found"][0]["dec"] == 35.34236


@pytest.mark.parametrize(
    "name",
    ["", "400 10", "1234", "a" * 300, "?", "\x07", "680413300005170"],
)
def test_what_cannot_be_read_is_400_and_asks_nobody(ask, others, name):
    answer = ask("/resolve", NAME=name)
    assert answer.status_code == 400
    assert others.asked == []


def test_an_entity_of_a_resolvers_answer_is_not_expanded(ask, others):
    body = (
        b'<!DOCTYPE Sesame [<!ENTITY x SYSTEM "file:///etc/hostname">]><Sesame><Target><Resolver'
        b' name="S=Simbad"><oname>&x;</oname><jradeg>1</jradeg><jdedeg>2</jdedeg></Resolver>'
        b"</Target></Sesame>"
    )
    others.answer(HOST, PATH, Reply(body, "text/xml"))
    (found,) = ask("/resolve", NAME="evil").json()["found"]
    assert found["name"] == "evil"


def test_what_people_and_resolvers_write_is_escaped_on_the_page(site, others):
    body = HZ_HER.replace(b"V* HZ Her", b"&lt;script&gt;alert(1)&lt;/script&gt;")
    others.answer(HOST, PATH, Reply(body, "text/xml"))
    answer = requests.get(
        f"{site}/resolve", {"NAME": "<b>x</b>"}, headers={"Accept": "text/html"}, timeout=60
    )
    page = lxml.html.fromstring(answer.content)
    assert page.xpath("//h1")[0].text_content() == "<b>x</b>"
    assert page.xpath("//tbody//th")[0].text_content() == "<script>alert(1)</script>"
    assert page.xpath("//script") == []


def test_the_list_of_sources_says_how_they_answered(ask, others):
    before = {one["name"]: one["last_day"] for one in ask("/outside").json()["sources"]}
    others.answer(HOST, PATH, Reply(NOTHING, "text/xml"))
    ask("/resolve", NAME="some star")
    with others.failing("*", "500"):
        ask("/resolve", NAME="another star")
    (now,) = (one for one in ask("/outside").json()["sources"] if one["name"] == "sesame")
    assert now["last_day"]["asked"] - before["sesame"]["asked"] == 2
    assert now["last_day"]["empty"] - before["sesame"]["empty"] == 1
    assert now["last_day"]["failed"] - before["sesame"]["failed"] == 1
    assert (now["works"], now["reason"]) == (
        False,
        "CDS Sesame answers 500 Internal Server Error",
    )
    assert now["since"] < now["again_at"]


def test_what_is_hosted_or_needs_an_account_says_so_and_was_not_asked(ask, others):
    def asked():
        return {one["name"]: one for one in ask("/outside").json()["sources"]}

    before = asked()["astro_colibri"]["last_day"]
    ask("/match", POS="10.5,20.5", WAIT="0.1")
    known = asked()
    assert (known["gcvs"]["hosted"], known["simbad"]["hosted"]) == (True, False)
    colibri = known["astro_colibri"]
    assert (colibri["works"], colibri["last_day"]) == (False, before)
    assert "ZTFVO_ASTRO_COLIBRI_UID" in colibri["reason"]


def test_the_page_of_sources_shows_them_by_their_titles(site, others):
    answer = requests.get(f"{site}/outside", headers={"Accept": "text/html"}, timeout=60)
    page = lxml.html.fromstring(answer.content)
    titles = [one.text_content() for one in page.xpath("//tbody//th")]
    assert {"SIMBAD", "2MASS", "CDS Sesame"} <= set(titles)


@pytest.mark.parametrize(
    ("name", "rule", "found", "place", "oids"),
    [
        ("SNAD101", "snad", "SNAD101", (247.45543, 24.77282), [633207400004730]),
        ("snad 101", "snad", "SNAD101", (247.45543, 24.77282), [633207400004730]),
        ("AT 2018LWH", "transient", "2018lwh", (247.45543, 24.77282), []),
        ("2018lwh", "transient", "2018lwh", (247.45543, 24.77282), []),
        ("ZTF18abqkqdm", "alert", "2018lwh", (247.45543, 24.77282), []),
        ("HZ Her", "name", "HZ Her", (254.45755, 35.34236), []),
        ("V* hz  HER", "name", "HZ Her", (254.45755, 35.34236), []),
        ("M31N 2013-11b", "name", "M31N 2013-11b", (9.876282, 41.880211), []),
        ("m31n2013-11B", "name", "M31N 2013-11b", (9.876282, 41.880211), []),
    ],
)
def test_names_of_hosted_catalogs_need_nobody_outside(ask, others, name, rule, found, place, oids):
    answer = ask("/resolve", NAME=name).json()
    (one,) = answer["found"]
    assert (answer["rule"], one["oids"], others.asked) == (rule, oids, [])
    assert one["name"].endswith(found)
    assert (one["ra"], one["dec"]) == pytest.approx(place, abs=2e-5)


def test_catalogs_that_agree_on_a_name_are_named_together(ask, others):
    (one,) = ask("/resolve", NAME="HZ Her").json()["found"]
    assert (one["by"], one["certainty"], one["note"]) == ("GCVS, VSX", "named", "")


@pytest.mark.parametrize("name", ["'; DROP TABLE x;--", "%s", "HZ_Her", "HZ%Her", "a" * 200])
def test_a_name_that_only_looks_like_a_query_is_asked_of_sesame(ask, others, name):
    others.answer(HOST, PATH, Reply(NOTHING, "text/xml"))
    assert ask("/resolve", NAME=name).status_code == 404
    assert len(others.asked) == 1


def test_each_hosted_catalog_finds_its_names_by_an_index(site):
    with service.connect() as connection:
        connection.execute("SET enable_seqscan = off")
        for name, catalog in declared(get_settings().catalogs).items():
            query = sql.SQL("EXPLAIN (FORMAT TEXT) ") + hosted._named(catalog)
            plan = "\n".join(row[0] for row in connection.execute(query, (name, ["hzher"])))
            assert re.search(f"Index.* {name}__[0-9]+_written", plan), plan


def test_an_alert_that_tns_has_not_is_asked_of_the_brokers_one_after_the_other(ask, others):
    cases()["alerce_lightcurve"].answer(others)
    with others.failing("api.antares.noirlab.edu", "500"):
        answer = ask("/resolve", NAME="ztf20AAELULU").json()
    (one,) = answer["found"]
    assert (one["ra"], one["dec"]) == (185.7288549, 15.8236255)
    assert one["by"].startswith("ALeRCE")
    assert list(answer["not_answering"]) == [sources()["antares"].title]
    hosts = list(dict.fromkeys(asked.host for asked in others.asked))
    assert hosts == ["api.antares.noirlab.edu", "api.alerce.online"]


def test_an_alert_of_which_no_broker_answers_is_503_and_says_who(ask, others):
    with others.failing("*", "500"):
        answer = ask("/resolve", NAME="ZTF18zzzzzzz")
    assert answer.status_code == 503
    assert "ANTARES" in answer.text
    assert "ALeRCE" in answer.text


def test_a_source_of_gaia_has_its_position_and_epoch(ask, others):
    cases()["gaia_photometry"].answer(others)
    other = ask("/resolve", NAME="Gaia DR3 1338822021487330304")
    assert (other.status_code, "2328619740476096384" in other.text) == (503, True)
    answer = ask("/resolve", NAME="Gaia DR3 2328619740476096384").json()
    (one,) = answer["found"]
    assert (answer["rule"], one["name"], one["epoch"]) == ("gaia", "2328619740476096384", 2016.0)
    assert (one["ra"], one["dec"]) == (352.452392578125, -31.039240010397883)
