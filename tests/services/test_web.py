"""The web application: what all its addresses have in common, its front page, state and API."""

from __future__ import annotations

import gzip
import re
from xml.etree import ElementTree

import lxml.html
import psycopg
import pytest
import requests
from support import service
from support.waiting import wait_until

from ztfvo.products.columns import CITATION
from ztfvo.products.modelling import FARTHEST, MODELLING
from ztfvo.products.parameters import NAMES, PARAMETERS, Choice, Number
from ztfvo.products.writers import writers
from ztfvo.settings import get_settings
from ztfvo.site import supervisor

OID = service.HZ_HER_OIDS[0]
SUPERNOVA = 633207400004730
JSON = f"/lc/{OID}.json"
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
STATUS = "{http://www.ivoa.net/xml/VOTable/v1.3}INFO"


@pytest.fixture(scope="module")
def api(ask):
    """The OpenAPI document."""
    return ask("/api/openapi.json").json()


def test_an_answer_that_the_client_has_is_not_sent_again(site):
    first = requests.get(site + JSON, timeout=60)
    tag = first.headers["ETag"]
    again = requests.get(site + JSON, headers={"If-None-Match": f'"x", {tag}'}, timeout=60)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"].removeprefix("W/") == tag.removeprefix("W/")
    other = requests.get(site + JSON, headers={"If-None-Match": '"x"'}, timeout=60)
    assert (other.status_code, other.content) == (200, first.content)


@pytest.mark.parametrize("path", ["/", "/health", "/status", JSON, f"/epoch/{OID}/last"])
def test_head_has_the_headers_of_get_and_no_body(site, path):
    head = requests.head(site + path, timeout=60)
    get = requests.get(site + path, timeout=60, headers={"Accept-Encoding": "identity"})
    assert (head.status_code, head.content) == (get.status_code, b"")
    assert head.headers["Content-Type"] == get.headers["Content-Type"]


def test_answers_are_compressed_for_those_who_can_read_that(site):
    wanted = {"Accept-Encoding": "gzip"}
    raw = requests.get(site + JSON, headers=wanted, timeout=60, stream=True).raw.read()
    plain = requests.get(site + JSON, headers={"Accept-Encoding": "identity"}, timeout=60).content
    assert gzip.decompress(raw) == plain
    assert len(raw) < 0.6 * len(plain)


@pytest.mark.parametrize(
    ("path", "methods"),
    [("/status", "GET, HEAD, OPTIONS"), (f"/lc/{OID}", "GET, HEAD, POST, OPTIONS")],
)
def test_a_method_that_an_address_has_not_is_refused_with_those_it_has(site, path, methods):
    answer = requests.delete(site + path, timeout=60)
    assert (answer.status_code, answer.headers["Allow"]) == (405, methods)
    assert f"DELETE is not possible here: use {methods}." in answer.text


@pytest.mark.parametrize("path", [JSON, "/status", "/tap/availability", "/scs?RA=1&DEC=1&SR=0.01"])
def test_pages_of_other_sites_may_read_what_is_public(site, path):
    answer = requests.get(site + path, headers={"Origin": "https://a.example"}, timeout=60)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_pages_of_other_sites_may_not_read_the_knowledge_database(site):
    for path in ("/kdb/", "/kdb/api/v1/tags/"):
        answer = requests.get(site + path, headers={"Origin": "https://a.example"}, timeout=60)
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_page_of_another_site_may_post_json_to_a_figure(site):
    asked = {
        "Origin": "https://a.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    before = requests.options(f"{site}/lc/{OID}.png", headers=asked, timeout=60)
    assert before.status_code == 204
    assert "POST" in before.headers["Access-Control-Allow-Methods"]
    assert "content-type" in before.headers["Access-Control-Allow-Headers"].lower()
    assert before.headers["Access-Control-Allow-Origin"] == "*"
    own = {"mine": [{"mjd": 58300.1, "mag": 13.2, "magerr": 0.02, "filter": "V"}]}
    answer = requests.post(f"{site}/lc/{OID}.png", json=own, timeout=60)
    assert (answer.status_code, answer.content[:4]) == (200, b"\x89PNG")


def test_a_refusal_has_the_form_that_the_client_asked_for(site):
    for path, headers, form in (
        ("/lc/7", {}, "application/x-votable+xml"),
        ("/lc/7.json", {}, "text/plain; charset=utf-8"),
        ("/lc/7.json", BROWSER, "text/html; charset=utf-8"),
        ("/view/7", {}, "text/html; charset=utf-8"),
        ("/epoch/7/last", {}, "text/plain; charset=utf-8"),
        ("/epoch/7/last?RESPONSEFORMAT=votable", {}, "application/x-votable+xml"),
        ("/epoch/7/last/sciimg.fits", BROWSER, "text/html; charset=utf-8"),
        ("/status?RESPONSEFORMAT=fits", BROWSER, "text/html; charset=utf-8"),
    ):
        answer = requests.get(site + path, headers=headers, timeout=60)
        assert (answer.status_code, answer.headers["Content-Type"]) == (400, form), path
        if "votable" in form:
            (info,) = ElementTree.fromstring(answer.content).iter(STATUS)
            assert info.get("value") == "ERROR"
            assert "7 is not a ZTF OID" in info.text
        elif "/7" in path:
            assert "7 is not a ZTF OID" in answer.text


def test_texts_of_a_request_are_escaped_on_pages(site):
    for path in ("/view/<script>alert(1)<", "/status?RESPONSEFORMAT=<script>x"):
        answer = requests.get(site + path, headers=BROWSER, timeout=60)
        assert answer.status_code == 400
        assert "<script" not in answer.text
        assert "&lt;script" in answer.text


def test_too_long_requests_are_refused_in_the_clients_form(site):
    body = b"x" * (3 << 20)
    headers = {"Content-Type": "application/json"}
    votable = requests.post(f"{site}/lc/{OID}.png", body, headers=headers, timeout=60)
    page = requests.post(f"{site}/lc/{OID}.png", body, headers=headers | BROWSER, timeout=60)
    assert (votable.status_code, page.status_code) == (413, 413)
    (info,) = ElementTree.fromstring(votable.content).iter(STATUS)
    assert "2 MiB, which is the limit" in info.text
    assert "2 MiB, which is the limit" in page.text
    long = requests.get(f"{site}/lc/{OID}.json?TITLE={'x' * 40_000}", timeout=60)
    assert long.status_code == 414
    assert "send the parameters as a form by POST" in long.text


def test_a_form_that_cannot_be_read_is_refused_with_a_sentence(site):
    headers = {"Content-Type": "multipart/form-data"}  # without a boundary
    answer = requests.post(f"{site}/lc", b"--b\r\nbroken", headers=headers, timeout=60)
    assert answer.status_code == 400
    assert "is not the form that its content type says" in answer.text


def test_what_is_not_utf8_is_refused(site):
    for path in (f"/lc/{OID}.json?TITLE=%ff", "/lc/%ff.json", f"/epoch/{OID}/%ff"):
        answer = requests.get(site + path, timeout=60)
        assert answer.status_code == 400
        assert "is not UTF-8" in answer.text


def test_an_oid_of_the_front_page_leads_to_its_page(site):
    page = lxml.html.fromstring(requests.get(site + "/", timeout=60).content)
    assert {form.action for form in page.forms} == {"/search"}
    answer = requests.get(f"{site}/search", {"NAME": f" {OID} "}, timeout=60, allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/view/{OID}")
    named = requests.get(f"{site}/view", {"ID": f" {OID} "}, timeout=60, allow_redirects=False)
    assert (named.status_code, named.headers["Location"]) == (303, f"/view/{OID}")
    wrong = requests.get(f"{site}/view", {"ID": "a/b?c#<"}, timeout=60, allow_redirects=False)
    assert (wrong.status_code, "a/b?c#<" in wrong.text) == (400, True)
    released = requests.get(f"{site}/demo/view?ID={OID}", timeout=60)
    assert (released.status_code, released.url) == (200, f"{site}/demo/view/{OID}")
    empty = requests.get(f"{site}/view?ID=", timeout=60)
    assert (empty.status_code, "No light curve is named" in empty.text) == (400, True)


@pytest.mark.parametrize("path", ["/favicon.ico", "/static/site/icon.svg"])
def test_the_site_has_an_icon(site, path):
    answer = requests.get(site + path, timeout=60)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/svg+xml")
    assert ElementTree.fromstring(answer.content).tag == "{http://www.w3.org/2000/svg}svg"
    page = lxml.html.fromstring(requests.get(site + "/", timeout=60).content)
    assert page.xpath("//link[@rel='icon']/@href") == ["/static/site/icon.svg"]


def test_the_archive_without_a_path_is_nothing(site):
    for method in ("GET", "POST"):
        answer = requests.request(method, f"{site}/archive", timeout=60)
        assert answer.status_code == 404
        assert "There is nothing at this address" in answer.text


def test_the_front_page_shows_the_releases_and_the_ways_in(site):
    page = lxml.html.fromstring(requests.get(site + "/", timeout=60).content)
    links = {link.get("href") for link in page.iter("a")}
    assert {"/ztf/ztf/cone/form", "/kdb/", "/status", "/api/docs", "/browse/ztf/demo"} <= links
    ((lightcurves, detections),) = service.rows(
        "SELECT nlightcurves, ndetections FROM ztf_store.release WHERE name = 'demo'"
    )
    cells = [cell.text_content() for cell in page.iter("td")]
    assert cells[:2] == [f"{lightcurves:,}", f"{detections:,}"]
    assert "Simulated data: nothing shown here was observed" in page.text_content()
    assert CITATION in links
    email = get_settings().contact_email
    assert {link for link in links if link.startswith("mailto:")} == {f"mailto:{email}"} - {
        "mailto:"
    }


def test_the_front_page_leads_to_a_list_of_services_not_to_an_empty_form(site):
    page = lxml.html.fromstring(requests.get(site + "/", timeout=60).content)
    (link,) = page.xpath("//a[contains(@href, '/services/overview/')]/@href")
    assert "ZTF demo (simulated): cone search" in requests.get(site + link, timeout=60).text


def test_crawlers_are_kept_from_what_is_made_for_each_request(site):
    answer = requests.get(f"{site}/robots.txt", timeout=60)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    rules = [line for line in answer.text.splitlines() if not line.startswith("#")]
    assert rules[0] == "User-agent: *", "rules before the first agent count for nobody"
    assert rules[-1] == "Disallow: /"
    assert "Allow: /$" in rules


def test_the_state_of_the_site_is_shown_to_programs_and_people(site):
    settings = get_settings()

    def look():
        return requests.get(f"{site}/status", timeout=60).json()

    working = dict.fromkeys(supervisor.PARTS, True)
    wait_until(lambda: {name: part["works"] for name, part in look()["parts"].items()} == working)
    found = look()
    assert all(re.match(r"20\d\d-\d\d-\d\dT", part["since"]) for part in found["parts"].values())
    assert 0 < found["disk"]["free_bytes"] < found["disk"]["total_bytes"]
    (demo,) = (one for one in found["releases"] if one["name"] == "demo")
    assert demo["simulated"]
    with psycopg.connect(settings.superuser_dsn) as connection:
        assert (
            found["versions"]["PostgreSQL"]
            == (connection.execute("SHOW server_version").fetchone()[0].split()[0])
        )
    page = requests.get(f"{site}/status", headers=BROWSER, timeout=60)
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    text = lxml.html.fromstring(page.content).text_content()
    assert all(name in text for name in found["parts"])
    assert "does not work" not in text


def test_the_api_describes_each_parameter_as_it_is_checked(api, site):
    for path in ("/lc", "/lc/{name}", "/{release}/lc", "/{release}/lc/{name}"):
        shown = {
            one["name"]: one
            for one in api["paths"][path]["get"]["parameters"]
            if one["in"] == "query"
        }
        assert set(shown) == set(NAMES) - {"OID"}
        for one in PARAMETERS:
            assert shown[one.name]["description"].startswith(one.description)
            if isinstance(one, Number):
                schema = shown[one.name]["schema"]
                assert (schema["minimum"], schema["maximum"]) == (one.least, one.most)
                good = 503 if one in MODELLING else 200  # that model is not installed
                for value, status in ((one.most, good), (one.most * 1.01 + 1, 400)):
                    asked = {one.name: str(value), "TIME": "0 1"}
                    asked |= {"WITH": "antares"} if one.name == "WAIT" else {}
                    if one in MODELLING:
                        asked = {"MAX_Z": str(FARTHEST), "MODEL": "salt3"} | asked
                    else:
                        asked["PERIOD"] = asked.get("PERIOD", "1")
                    path = JSON.replace(".json", ".png") if one in MODELLING else JSON
                    answer = requests.get(site + path, params=asked, timeout=60)
                    assert answer.status_code == status, (one.name, value)
            if isinstance(one, Choice):
                assert shown[one.name]["schema"]["enum"] == list(one.meanings)


def test_the_api_begins_with_light_curves(api):
    tags = ["Light curves", "Analysis", "Images", "Outside", "Drop-in", "Site"]
    assert [tag["name"] for tag in api["tags"]] == tags


def test_the_api_describes_every_answer_of_a_light_curve(api, site):
    operation = api["paths"]["/lc/{name}"]["get"]
    for writer in writers():
        kind = writer.content_type.partition(";")[0]
        assert kind in operation["responses"]["200"]["content"]
        answer = requests.get(f"{site}/lc/{OID}.{writer.extension}", timeout=60)
        assert answer.headers["Content-Type"].partition(";")[0] == kind
    for path, status in ((f"/lc/{OID}.json?BIN=x", 400), (f"/lc/{OID + 1}", 404)):
        assert requests.get(site + path, timeout=60).status_code == status
        assert str(status) in operation["responses"]


def test_each_address_of_the_api_answers_its_examples(api, site):
    for path, operations in api["paths"].items():
        for method in operations:
            parameters = operations[method].get("parameters", [])
            asked = {
                one["name"]: one["example"]
                for one in parameters
                if one["in"] == "query" and one.get("required")
            }
            if path.endswith("/lc"):
                asked = {"ID": OID}
            if path == "/epoch":
                asked = {"ID": f"{OID}-last"}
            if path.startswith(
                ("/match", "/summary")
            ):  # ID or POS; services outside need not answer here
                asked = {"ID": str(OID), "WAIT": "0.1"}
            if path == "/outside/{name}/lc" or path.endswith(
                ("/features", "/periodogram", "/extinction")
            ):
                asked = {"ID": OID}
            if path.endswith("/fit"):
                asked = {"ID": SUPERNOVA, "MIN_Z": "0.05", "MAX_Z": "0.05"}
            if path.endswith("/find"):
                asked = {"AMPLITUDE": "1 Inf", "MAXREC": "1"}
            if path.endswith("/similar"):
                asked = {"ID": OID}
            address = path
            for one in parameters:
                if one["in"] == "path":
                    address = address.replace(f"{{{one['name']}}}", str(one["example"]))
            answer = requests.request(
                method, site + address, params=asked, timeout=60, allow_redirects=False
            )
            if path.endswith("/all/asteroids"):
                assert answer.json()["suspects"] == []
            elif path.endswith("/asteroids"):  # nobody outside answers here, which is an answer
                assert answer.json()["catalogs"][0]["answers"][0]["state"] == "unavailable"
            elif "epoch" in path:  # the demo's images are not in the archive
                assert answer.status_code == 404
                assert f"The image of OID {OID}, HMJD" in answer.text
            elif path == "/outside/{name}/lc":  # nothing outside is asked here
                assert answer.status_code == 503
                assert "Gaia DR3 epoch photometry is unavailable" in answer.text
            else:
                assert answer.status_code == 200, (method, address, answer.text)


def test_the_description_of_the_api_needs_nothing_from_elsewhere(site):
    page = requests.get(f"{site}/api/docs", timeout=60)
    tree = lxml.html.fromstring(page.content)
    needed = [one.get("src") or one.get("href") for one in tree.xpath("//script | //link")]
    assert len(needed) == 5
    for address in needed:
        assert address.startswith("/static/")
        assert requests.get(site + address, timeout=60).status_code == 200
    policy = page.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
