"""HTTP at the addresses of VO protocols: methods, long addresses, forms of results, and limits."""

from __future__ import annotations

import io
import socket
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode, urlsplit
from xml.etree import ElementTree

import pytest
import requests
from support import service
from support.schemas import faults
from support.waiting import wait_until

from ztfvo.addresses import LONGEST_ADDRESS
from ztfvo.settings import get_settings

OID = service.HZ_HER_OIDS[0]
TAP = {"LANG": "ADQL", "QUERY": f"SELECT oid FROM ztf.objects WHERE oid = {OID}"}
CONE = {"RA": 254.45755, "DEC": 35.34236, "SR": 0.001}
ADDRESSES = {
    "/tap/sync": TAP,
    "/tap/capabilities": {},
    "/tap/availability": {},
    "/tap/tables": {},
    "/scs": CONE,
    "/demo/scs": CONE,
    "/kdb/scs": CONE,
    "/ssa": {"REQUEST": "queryData", "POS": "254.45755,35.34236"},
    "/sia2": {"MAXREC": 1},
    "/links": {"ID": OID},
    "/images": {"ID": f"{OID}-58199.49176"},
    "/scs/capabilities": {},
}
UWS = "{http://www.ivoa.net/xml/UWS/v1.0}"
PREFLIGHT = {
    "Origin": "https://page.example",
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "content-type",
}


def words(text):
    return {word.strip() for word in text.split(",")}


@pytest.mark.parametrize("path", [*ADDRESSES, "/tap", "/tap/async", "/tap/async/x/phase"])
def test_options_name_the_methods_to_clients_and_to_browsers_before_they_ask(site, path):
    answer = requests.options(site + path, headers=PREFLIGHT, timeout=60)
    assert (answer.status_code, answer.content) == (204, b"")
    expected = {"GET", "HEAD", "POST", "OPTIONS"} | ({"DELETE"} if "/async/" in path else set())
    assert words(answer.headers["Allow"]) == expected
    assert words(answer.headers["Access-Control-Allow-Methods"]) == expected
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Content-Type" in words(answer.headers["Access-Control-Allow-Headers"])
    assert {"Location", "X-Query-Status"} <= words(answer.headers["Access-Control-Expose-Headers"])


@pytest.mark.parametrize("path", ADDRESSES)
def test_head_has_the_headers_of_get_and_nothing_else(site, path):
    found, head = (
        requests.request(method, site + path, params=ADDRESSES[path], timeout=60)
        for method in ("GET", "HEAD")
    )
    assert (found.status_code, head.status_code) == (200, 200)
    assert head.content == b""
    for name in ("Content-Type", "Content-Disposition", "Access-Control-Allow-Origin", "Server"):
        assert head.headers.get(name) == found.headers.get(name), name


@pytest.mark.parametrize(
    ("path", "parameters", "status"),
    [
        ("/tap/sync", TAP | {"QUERY": "SELECT nothing FROM ztf.objects"}, 400),
        ("/tap/sync", TAP | {"RESPONSEFORMAT": "word"}, 400),
        ("/sia2", {"POS": "x"}, 400),
        ("/nosuch/scs", CONE, 404),
    ],
)
def test_head_has_the_status_of_get(site, path, parameters, status):
    for method in ("GET", "HEAD"):
        assert requests.request(method, site + path, params=parameters, timeout=60).status_code == (
            status
        )


def test_head_does_not_read_the_rows_of_a_query(site):
    query = TAP | {"QUERY": "SELECT * FROM ztf.detections"}
    seconds = {}
    for method, most in (("HEAD", 1_000_000), ("GET", 100_000)):
        began = time.monotonic()
        answer = requests.request(
            method, f"{site}/tap/sync", params=query | {"maxrec": most}, timeout=120
        )
        seconds[method] = time.monotonic() - began
        assert answer.status_code == 200
    assert (
        "X-Query-Status"
        not in requests.head(f"{site}/tap/sync", params=query | {"MAXREC": 5}, timeout=60).headers
    )
    assert seconds["HEAD"] < seconds["GET"] / 2


@pytest.mark.parametrize("length", [8_500, 16_200, 16_400, LONGEST_ADDRESS])
def test_long_lists_come_by_get(site, length):
    start = "/tap/sync?LANG=ADQL&RESPONSEFORMAT=csv&QUERY=SELECT+oid+FROM+ztf.objects+WHERE+oid+IN("
    listed = ",".join(map(str, service.HZ_HER_OIDS))
    path = f"{start}{listed}{',999113300005170' * ((length - len(start) - len(listed)) // 16)}"
    path += "+" * (length - 1 - len(path)) + ")"
    assert len(path) == length
    answer = requests.get(site + path, headers={"Cookie": "a=" + "b" * 8_000}, timeout=60)
    assert answer.status_code == 200
    assert set(answer.text.split()[1:]) == set(map(str, service.HZ_HER_OIDS))


LONG = "x" * (LONGEST_ADDRESS + 1000)


@pytest.mark.parametrize(
    "path",
    [
        *("/tap/sync", "/tap/async", "/scs", "/demo/scs", "/ssa", "/sia2", "/links", "/lc"),
        *("/ztf/ztf/cone/scs.xml", "/__system__/tap/run/sync", "/kdb/kdb/cone/scs.xml"),
    ],
)
def test_a_longer_address_is_refused_with_a_document_at_vo_addresses(site, path):
    answer = requests.get(f"{site}{path}?QUERY={LONG}", timeout=60)
    assert answer.status_code == 414
    assert answer.headers["Content-Type"] == "application/x-votable+xml"
    assert faults(answer.content) == []
    (info,) = ElementTree.fromstring(answer.content).iter(
        "{http://www.ivoa.net/xml/VOTable/v1.3}INFO"
    )
    assert (info.get("name"), info.get("value")) == ("QUERY_STATUS", "ERROR")
    assert f"more than {LONGEST_ADDRESS:,} bytes" in info.text


@pytest.mark.parametrize("path", ["/", "/view", "/kdb/", "/nothing"])
def test_a_longer_address_is_refused_with_a_sentence_elsewhere(site, path):
    answer = requests.get(f"{site}{path}?QUERY={LONG}", timeout=60)
    assert answer.status_code == 414
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert f"more than {LONGEST_ADDRESS:,} bytes" in answer.text


def test_whoever_sends_a_long_address_in_pieces_gets_the_answer(site):
    """nginx knows of more to come or not, by when the pieces come; some connections were reset."""
    address = urlsplit(site)
    sent = f"GET /view?QUERY={LONG} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    for number in range(400):
        with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            first = 1100 + number * 37 % 8000
            connection.sendall(sent[:first])
            connection.sendall(sent[first:])
            time.sleep(0.002)  # the answer is there, and so is the end of a connection
            received = b"".join(iter(lambda: connection.recv(65536), b""))
        assert received.startswith(b"HTTP/1.1 414"), number


FORMS = {
    "CSV": "text/csv;header=present",
    "Text/CSV": "text/csv",
    "VOTable": "application/x-votable+xml",
    "APPLICATION/X-VOTABLE+XML": "application/x-votable+xml",
    "VOTABLE/td": "application/x-votable+xml;serialization=tabledata",
    "Fits": "application/fits",
    "JSON": "application/json",
    "tSv": "text/tab-separated-values",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("path", ["/tap/sync", "/scs", "/kdb/scs", "/ssa", "/sia2"])
def test_names_of_forms_do_not_depend_on_case(site, path, form):
    answer = requests.get(
        site + path, params=ADDRESSES[path] | {"ResponseFormat": form}, timeout=60
    )
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].lower() == FORMS[form]


@pytest.mark.parametrize("path", ["/links", "/images"])
def test_nor_do_those_of_links(site, path):
    answer = requests.get(
        site + path, params=ADDRESSES[path] | {"responseformat": "VOTable"}, timeout=60
    )
    assert answer.headers["Content-Type"] == "application/x-votable+xml;content=datalink"


ENCODED = (
    "application/x-votable%2Bxml{0}content%3Ddatalink",
    "Application/X-VOTable+XML{0}content=datalink",
)


@pytest.mark.parametrize("semicolon", [";", "%3B", "%3b", "%20;%20"])
@pytest.mark.parametrize("form", ENCODED)
@pytest.mark.parametrize("path", ["/links", "/images", "/scs", "/ssa", "/sia2", "/tap/sync"])
def test_media_types_have_parameters_however_they_are_encoded(site, path, form, semicolon):
    parameters = urlencode(ADDRESSES[path])
    answer = requests.get(
        f"{site}{path}?{parameters}&RESPONSEFORMAT={form.format(semicolon)}", timeout=60
    )
    assert (answer.status_code, 'value="ERROR"' in answer.text) == (200, False), answer.text
    content = ";content=datalink" if path in ("/links", "/images") else ""
    assert answer.headers["Content-Type"] == f"application/x-votable+xml{content}"


@pytest.mark.parametrize("place", ["address", "form"])
def test_parameters_of_media_types_choose_the_form(site, place):
    form = "application/x-votable+xml;serialization=tabledata"
    if place == "address":
        text = f"{urlencode(TAP)}&RESPONSEFORMAT={form}"
        answer = requests.get(f"{site}/tap/sync?{text}", timeout=60)
    else:
        answer = requests.post(f"{site}/tap/sync", TAP | {"RESPONSEFORMAT": form}, timeout=60)
    assert answer.headers["Content-Type"] == form
    assert "<TABLEDATA>" in answer.text


def test_a_semicolon_ends_no_parameter_of_an_address(site):
    query = "SELECT+filter+FROM+ztf.filters+WHERE+filter='a;b=1'+OR+filter='zg';"
    answer = requests.get(f"{site}/tap/sync?LANG=ADQL&FORMAT=csv&QUERY={query}", timeout=60)
    assert (answer.status_code, answer.text.split()) == (200, ["filter", "zg"])


@pytest.fixture
def job(site):
    """A function that makes a job and returns its address; all are deleted."""
    made = []

    def make(**parameters):
        answer = requests.post(
            f"{site}/tap/async", TAP | parameters, allow_redirects=False, timeout=60
        )
        made.append(answer.headers["Location"])
        return made[-1]

    yield make
    for address in made:
        requests.delete(address, allow_redirects=False, timeout=60)


def info(address, name):
    document = requests.get(address, timeout=60).content
    assert faults(document) == []
    return ElementTree.fromstring(document).findtext(f"{UWS}{name}")


def finish(address):
    wait_until(lambda: info(address, "phase") in ("COMPLETED", "ERROR"), 60)
    assert info(address, "phase") == "COMPLETED"


@pytest.mark.parametrize("run", ["night 12", "<b>&\"'", "Zoë"])
def test_a_job_keeps_what_its_client_calls_it(job, run):
    assert info(job(RUNID=run), "runId") == run


@pytest.mark.parametrize(
    ("path", "values", "sentence"),
    [
        ("/phase", {"PHASE": "SUSPEND"}, "PHASE=SUSPEND: give RUN or ABORT."),
        ("/phase", {}, "PHASE=: give RUN or ABORT."),
        ("/executionduration", {"EXECUTIONDURATION": "x"}, "x is not a number of seconds"),
        ("/executionduration", {"EXECUTIONDURATION": "nan"}, "nan is not a number of seconds"),
        ("/destruction", {"DESTRUCTION": "2026-13-01"}, "2026-13-01 is not a time"),
        ("?WAIT=x", None, "x is not a number of seconds: give 0 to"),
        ("?WAIT=-2", None, "-2 is not a number of seconds: give 0 to"),
        ("?WAIT=1e3", None, "1e3 is not a number of seconds: give 0 to"),
    ],
)
def test_a_bad_phase_or_time_is_refused_and_changes_nothing(job, path, values, sentence):
    address = job()
    before = [info(address, name) for name in ("phase", "executionDuration", "destruction")]
    method = "GET" if values is None else "POST"
    answer = requests.request(method, address + path, data=values, timeout=60)
    assert answer.status_code == 400
    infos = ElementTree.fromstring(answer.content).iter(
        "{http://www.ivoa.net/xml/VOTable/v1.3}INFO"
    )
    assert sentence in next(one.text for one in infos if one.get("value") == "ERROR")
    assert before == [info(address, name) for name in ("phase", "executionDuration", "destruction")]


def test_results_that_a_job_lacks_are_404(job):
    address = job()
    for path in ("/results/result", "/results/none", "/uploads/t", "/nothing"):
        assert requests.get(address + path, timeout=60).status_code == 404
    assert requests.get(f"{address}x", timeout=60).status_code == 404


def test_waiting_ends_when_requests_end(job):
    address = job()
    began = time.monotonic()
    assert info(f"{address}?WAIT=1", "phase") == "PENDING"
    assert 0.5 < time.monotonic() - began < 30


def test_a_job_without_a_name_has_none(job):
    assert not info(job(), "runId")


def test_addresses_of_jobs_and_results_are_short(site, job):
    address = job(PHASE="RUN")
    assert address.startswith(f"{site}/tap/async/")
    finish(address)
    document = requests.get(address, timeout=60).text
    assert f'xlink:href="{address}/results/result"' in document


@pytest.mark.parametrize(
    ("form", "most", "shown"),
    [
        ("csv", 3, "OVERFLOW; MAXREC=3"),
        ("votable", 3, "OVERFLOW; MAXREC=3"),
        ("csv", 5, None),
        ("fits", 4, "OVERFLOW; MAXREC=4"),
    ],
)
def test_results_of_jobs_say_that_they_were_cut(site, job, form, most, shown):
    query = "SELECT TOP 5 oid FROM ztf.objects"
    address = job(QUERY=query, MAXREC=most, RESPONSEFORMAT=form, PHASE="RUN")
    finish(address)
    for method in ("GET", "HEAD"):
        answer = requests.request(method, f"{address}/results/result", timeout=60)
        assert answer.status_code == 200
        assert answer.headers.get("X-Query-Status") == shown
    assert requests.get(f"{address}/results/result.cut", timeout=60).status_code == 404


@pytest.fixture(scope="module")
def declared(ask):
    """Default and hard limit of each kind that TAP's capabilities declare."""
    root = ElementTree.fromstring(ask("/tap/capabilities").content)
    kinds = ("retentionPeriod", "executionDuration", "outputLimit", "uploadLimit")
    return {
        kind: tuple(int(root.findtext(f".//{kind}/{word}")) for word in ("default", "hard"))
        for kind in kinds
    }


def test_limits_that_are_declared_are_those_of_the_settings(declared):
    one = get_settings()
    assert declared == {
        "retentionPeriod": (min(2, one.job_days) * 86_400, one.job_days * 86_400),
        "executionDuration": (one.async_seconds, one.async_seconds),
        "outputLimit": (one.default_rows, one.max_rows),
        "uploadLimit": (one.sync_upload_mb * 10**6, one.upload_mb * 10**6),
    }


def test_jobs_have_the_times_that_are_declared(job, declared):
    address = job()
    assert int(info(address, "executionDuration")) == declared["executionDuration"][0]
    requests.post(f"{address}/executionduration", {"EXECUTIONDURATION": 10**7}, timeout=60)
    assert int(info(address, "executionDuration")) == declared["executionDuration"][1]

    def kept():
        end = datetime.fromisoformat(info(address, "destruction")).replace(tzinfo=UTC)
        return (end - datetime.now(UTC)).total_seconds()

    assert kept() == pytest.approx(declared["retentionPeriod"][0], abs=60)
    late = datetime.now(UTC) + timedelta(days=999)
    requests.post(
        f"{address}/destruction", {"DESTRUCTION": f"{late:%Y-%m-%dT%H:%M:%SZ}"}, timeout=60
    )
    assert kept() == pytest.approx(declared["retentionPeriod"][1], abs=60)


def test_results_have_the_rows_that_are_declared(query, declared):
    rows = query("SELECT oid FROM ztf.detections", RESPONSEFORMAT="csv").text.splitlines()
    assert len(rows) - 1 == declared["outputLimit"][0]


def test_an_upload_above_the_declared_limit_is_refused(site, declared):
    table = io.BytesIO(b"x" * (declared["uploadLimit"][0] + (4 << 20)))
    answer = requests.post(
        f"{site}/tap/sync",
        TAP | {"UPLOAD": "t,param:t"},
        files={"t": ("t.vot", table)},
        timeout=120,
    )
    assert answer.status_code == 413
    assert answer.headers["Content-Type"] == "application/x-votable+xml"
