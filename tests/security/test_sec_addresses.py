"""What the site has is served, as it is meant; nothing else of the software behind it is."""

from __future__ import annotations

import re
import sysconfig
from pathlib import Path

import pytest
import requests
from support import service
from support.hostile import LEAKS
from support.rawhttp import raw

OID = service.HZ_HER_OIDS[0]

SERVED = (
    *("/", "/tap", "/tap/tables", "/tap/capabilities", "/tap/availability", "/tap/examples"),
    *("/tap/async", "/oai.xml?verb=Identify", "/robots.txt", "/static/css/gavo_dc.css"),
    *("/static/xsl/dalierror-to-html.xsl", "/static/js/samp.js", "/tableinfo/ztf.objects"),
    *("/browse/ztf/ztf", "/__system__/adql/query/form", "/__system__/tap/run/info"),
    *("/__system__/tap/run/capabilities", "/__system__/dc_tables/list/form", "/ztf/ztf/cone/form"),
    *("/ztf/demo/cone/info", "/ztf/ztf/ssa/info", f"/lc/{OID}.json", f"/demo/lc/{OID}.vot"),
    *(f"/view/{OID}", f"/demo/view/{OID}", f"/links?ID={OID}", f"/demo/links?ID={OID}"),
    *("/scs?RA=254.45755&DEC=35.34236&SR=0.001", "/kdb/", "/kdb/kdb/cone/form"),
    *("/sia2?MAXREC=1", "/scs/capabilities", "/demo/scs/availability", "/ssa/tables"),
    *("/kdb/scs/capabilities", "/static/site/dachs.js", "/ztf/ztf/sia/info", "/tap/info"),
    *("/ssa?REQUEST=queryData&MAXREC=1", f"/ztf/ztf/links/dlmeta?ID={OID}"),
    *("/api/docs", "/api/v3/dr/list/json", f"/api/v3/data/demo/oid/meta/json?oid={OID}"),
    *(f"/cgi-bin/ZTF/nph_light_curves?ID={OID}", f"/latest/csv/{OID}", f"/demo/figure/{OID}"),
    *("/search", "/demo/search?NAME=254.45755 35.34236", "/sky?RA=1&DEC=2", "/about", "/help"),
)

WITHHELD = (
    *("/.well-known/acme-challenge/x", "/.well-known/acme-challenge/../../etc/gavo.rc", "/seffe"),
    *("/seffe/ztf/ztf", "/login/", "/sky/x", "/about/x", "/3rdparty/x", "/teapot", "/clientcount"),
    *("/fancyroot", "/getRR/ztf/ztf/cone", "/schemata/x", "/test", "/getproduct/x", "/debug"),
    *("/__system__/tests/misc/form", "/__system__/tests", "/__system__/products/p/get"),
    *("/__system__/siap2/sitewide/siap2.xml", "/__system__/services/cacheclear/form"),
    *("/__system__/users", "/__system__/dc_tables", "/tap/user_tables", "/tap/user_tables/x"),
    *(
        "/tap/async/x/results/../x",
        "/tapx",
        "/tap/x",
        "/ztf/ztf/cone/admin",
        "/ztf/ztf/cone/upload",
    ),
    *(
        "/ztf/ztf/cone/custom",
        "/ztf/ztf/cone/static/x",
        "/ztf/references/x/form",
        "/kdb/kdb/cone/get",
    ),
    *("/static/../etc/gavo.rc", "/static/", "/static/css/", "/static/templates/root.html"),
    *("/cgi-bin/", "/cgi-bin/ZTF/", "/cgi-bin/ZTF/nph_light_curves/x", "/cgi-bin/Gator/nph-query"),
    *("/api/v3/", "/api/v3/data/demo/x", "/latest/csv/", "/latestx", f"/csv/{OID}"),
    *("/server-status", "/nginx_status", "/.git/config", "/var/settings.env", "/index.php"),
)

ODD = (
    *(b"/%2fetc/passwd", b"/tap%2Fsync", b"//tap", b"/tap//sync", b"/static/..%2f..%2fetc/gavo.rc"),
    *(b"/tap/../seffe", b"/./tap", b"/%2e%2e/etc/passwd", b"/static/%5c..%5cetc", b"/static\\x"),
    *(b"/tap%00", b"/tap%0d%0aX: y", b"/lc/1%2F2.json", b"/tap;x=1", b"/..;/seffe"),
    *(b"/archive/../tap/sync", b"/archive/../static/css/gavo_dc.css", b"/archive/..//tap"),
    *(b"/archive/%2e%2e/tap/capabilities", b"/archive/x/../../kdb/", b"/tap/../archive/sci/"),
)


@pytest.mark.parametrize("path", SERVED)
def test_what_the_site_has_is_served(ask, path):
    assert ask(path).status_code == 200


@pytest.mark.parametrize("path", WITHHELD)
def test_what_the_site_does_not_have_is_not_found(site, path):
    status, body = raw(site, path.encode())
    assert status in (400, 404)
    assert not LEAKS.search(body.decode("utf-8", "replace"))


def test_no_page_of_dachs_is_served_that_nobody_listed(site):
    packages = Path(sysconfig.get_path("purelib"))
    source = (packages / "gavo" / "web" / "root.py").read_text()
    names = set(re.findall(r'addStatic\("([^"]+)"', source))
    assert {"teapot", "3rdparty", ".well-known"} <= names
    for name in names - {"static", "robots.txt", "favicon.png", "favicon.ico"}:
        for path in (f"/{name}", f"/{name}/x"):
            own = path == "/login"  # leads to the knowledge database
            assert raw(site, path.encode())[0] == (301 if own else 404), path


@pytest.mark.parametrize("path", ODD)
def test_addresses_that_hide_others_are_refused(site, path):
    assert raw(site, path)[0] == 400


@pytest.mark.parametrize("method", [b"PUT", b"PATCH", b"TRACE", b"DELETE", b"PROPFIND"])
@pytest.mark.parametrize("path", [b"/", b"/tap/sync", b"/ztf/ztf/cone/form"])
def test_other_methods_are_refused(site, method, path):
    status, body = raw(site, path, b"Content-Length: 0", method=method)
    assert status == 405
    assert not LEAKS.search(body.decode())


@pytest.mark.parametrize("path", ["/", "/tap/sync", "/lc", "/scs", "/tableinfo/ztf.objects"])
def test_what_may_be_asked_of_an_address_is_reported(site, path):
    answer = requests.options(
        site + path, headers={"Origin": "https://elsewhere.example"}, timeout=30
    )
    assert answer.status_code == 204
    assert answer.headers["Allow"] == "GET, HEAD, POST, OPTIONS"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Content-Type" in answer.headers["Access-Control-Allow-Headers"]


def test_an_encoding_that_nobody_has_is_not_used(site):
    for path in ("/", "/tap/capabilities", "/kdb/"):
        for _ in range(2):
            answer = requests.get(site + path, headers={"Accept-Encoding": "x"}, timeout=30)
            assert "Content-Encoding" not in answer.headers
            assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/ztf/ztf/cone/form", "/__system__/adql/query/form"])
def test_a_form_that_there_is_not_is_refused(ask, path):
    answer = ask(path, __nevow_form__="none")
    assert answer.status_code == 400
    assert not LEAKS.search(answer.text)


@pytest.mark.parametrize(
    ("path", "policy"),
    [
        ("/", "frame-ancestors 'none'"),
        ("/ztf/ztf/cone/form", "frame-ancestors 'none'"),
        (f"/view/{OID}", "default-src 'none'"),
        (f"/lc/{OID}.json", "default-src 'none'"),
        (f"/latest/csv/{OID}", "default-src 'none'"),
        (f"/cgi-bin/ZTF/nph_light_curves?ID={OID}", "default-src 'none'"),
        ("/tap/sync?LANG=ADQL&QUERY=SELECT+name+FROM+ztf.releases&FORMAT=html", "sandbox"),
        ("/tap/sync?LANG=ADQL&QUERY=x", "sandbox"),
        ("/kdb/", "frame-ancestors 'none'"),
        ("/nothing", "frame-ancestors 'none'"),
        ("/static/css/gavo_dc.css", "frame-ancestors 'none'"),
    ],
)
def test_browsers_are_shown_what_an_answer_may_do(ask, path, policy):
    headers = ask(path).headers
    assert policy in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] in ("same-origin", "strict-origin-when-cross-origin")
    assert "," not in headers["Referrer-Policy"]


@pytest.mark.parametrize(
    "path", ["/tap/async/", "/kdb", "/tap/sync/", "/kdb/account", "/kdb/login?next=//evil.example/"]
)
def test_redirects_lead_to_this_site_whatever_host_is_named(site, path):
    for host in ("evil.example", "localhost:18480@evil.example", ""):
        answer = requests.get(
            site + path,
            headers={"Host": host, "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil"},
            timeout=30,
            allow_redirects=False,
        )
        assert "evil" not in answer.headers.get("Location", "")
        assert answer.status_code < 500
        assert "//evil.example" not in answer.text or path.startswith("/kdb/login")


def test_a_job_is_where_the_site_is_whatever_host_is_named(site):
    answer = requests.post(
        f"{site}/tap/async",
        data={"LANG": "ADQL", "QUERY": "SELECT name FROM ztf.releases"},
        headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"},
        timeout=30,
        allow_redirects=False,
    )
    place = answer.headers["Location"]
    assert place.startswith(site) or place.startswith("/")
    requests.delete(f"{site}/tap/async/{place.rpartition('/')[2]}", timeout=30)
