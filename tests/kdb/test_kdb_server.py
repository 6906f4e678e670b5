"""The service as it runs: gunicorn on a socket, below its prefix."""

from __future__ import annotations

import html
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
import lxml.html
import psycopg
import pytest
from django.db import connection
from support import kdb, pages
from support.kdb import KEY, PASSWORD

from kdb.accounts.models import Token

pytestmark = pytest.mark.usefixtures("committed")
SECONDS_TO_START = 60


@pytest.fixture(scope="module")
def start():
    """A function that starts gunicorn with some settings; returns process, socket and log."""
    folder = tempfile.TemporaryDirectory(prefix="kdb-")
    started = []

    def run(known):
        path, log = (Path(folder.name) / f"{name}-{len(started)}" for name in ("socket", "log"))
        bare = {name: value for name, value in os.environ.items() if not name.startswith("KDB_")}
        words = ("--no-control-socket", "--workers", "2", "--bind", f"unix:{path}")
        with log.open("w") as target:
            process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", *words, "kdb.config.wsgi"],
                env=bare | known,
                stdout=target,
                stderr=target,
            )
        started.append(process)
        return process, path, log

    yield run
    for process in started:
        process.terminate()
    for process in started:
        process.wait(timeout=20)
    folder.cleanup()


@pytest.fixture(scope="module")
def server(start, kdb_database):
    """The socket of a running service."""
    process, path, log = start(kdb.environment(kdb_database, KEY))
    limit = time.monotonic() + SECONDS_TO_START
    while "Booting worker" not in log.read_text() or not path.exists():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < limit, log.read_text()
        time.sleep(0.1)
    return path


@pytest.fixture
def http(server):
    """A client of the running service, without cookies."""
    transport = httpx.HTTPTransport(uds=str(server))
    with httpx.Client(transport=transport, base_url="http://localhost", timeout=60) as client:
        yield client


def test_login_annotation_and_logout_through_the_server(http, people, tags):
    api = "/kdb/api/v1/"
    headers = {"X-CSRFToken": http.get(api + "login/").json()["csrf_token"]}
    given = {"login": "expert@example.org", "password": PASSWORD}
    assert http.post(api + "login/", json=given, headers=headers).status_code == 200
    headers = {"X-CSRFToken": http.get(api + "login/").json()["csrf_token"]}
    body = {"oid": kdb.new_oid(), "release": "dr19", "tags": ["SN"], "description": "π"}
    made = http.post(api + "annotations/", json=body, headers=headers)
    assert (made.status_code, made.json()["author"]) == (201, "The expert")
    assert http.post(api + "annotations/", json=body).status_code == 403
    token = http.post(api + "tokens/", json={"name": "t"}, headers=headers).json()["token"]
    assert http.post(api + "logout/", headers=headers).status_code == 204
    assert http.get(api + "whoami/").status_code == 401
    script = {"Authorization": f"Token {token}"}
    assert http.get(api + "whoami/", headers=script).json()["role"] == "expert"
    (row,) = http.get(api + "objects/").json()["results"]
    assert (row["description"], row["tags"]) == ("π", ["SN"])


def test_pages_go_through_the_server(http, people, tags):
    def send(path, button, **changes):
        page = lxml.html.document_fromstring(http.get(path).text)
        (form,) = (f for f in page.forms if button in f.xpath("string(.//button)"))
        values = pages.values_of(form) | changes
        return http.post(form.action, data=values, headers={"Referer": f"http://localhost{path}"})

    given = {"login": "expert@example.org", "password": PASSWORD}
    answer = send("/kdb/login", "Log in", **given)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/kdb/")
    cookie = answer.headers["Set-Cookie"]
    assert all(word in cookie for word in ("HttpOnly", "Path=/kdb", "SameSite=Strict"))
    path = f"/kdb/objects/{kdb.new_oid()}"
    answer = send(path, "Record", release="dr19", tags="SN", description="π & <b>")
    assert (answer.status_code, answer.headers["Location"]) == (302, path)
    for address in ("/kdb", "/kdb/"):
        answer = http.get(address)
        assert "π &amp; &lt;b&gt;" in answer.text
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none';")
        assert answer.headers["Content-Encoding"] == "gzip"
    answer = http.get("/kdb/objects/%D9%A1")
    assert answer.status_code == 404
    assert "'١' is not an OID" in html.unescape(answer.text)
    assert send("/kdb/", "Log out").status_code == 302
    assert http.get("/kdb/account").headers["Location"] == "/kdb/login?next=account"


def test_pages_and_large_answers_go_through_the_server(http, people):
    author = kdb.Visitor(people["expert"])
    oids = [author.annotate(kdb.new_oid(), description="x" * 2000)["oid"] for _ in range(6)]
    found, address = [], "/kdb/api/v1/objects/?page_size=4&ordering=oid"
    while address:
        page = http.get(address)
        assert page.headers["Content-Encoding"] == "gzip"
        found += [row["oid"] for row in page.json()["results"]]
        address = page.json()["next"]
    assert found == sorted(oids)
    known = {"If-None-Match": page.headers["ETag"]}
    assert http.get(page.request.url, headers=known).status_code == 304


@pytest.mark.parametrize(
    "path",
    ["/", "/kdbx/api/v1/objects/", "/api/v1/objects/", "/kdb/../kdb/api/v1/users/",
     "/kdb/%2e%2e/api/v1/objects/", "//kdb/api/v1/objects/", "/kdb//api/v1/objects/"],
)  # fmt: skip
def test_nothing_is_served_beside_the_prefix(server, path):
    answer = raw(server, f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert answer.split(" ")[1] in ("400", "401", "404")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ("Host: localhost\r\nContent-Length: 300000", "413"),
        ("Host: localhost\r\nContent-Length: 99999999999", "413"),
        ("Host: localhost\r\nContent-Length: -5", "400"),
        ("Host: localhost\r\nContent-Length: 1\r\nContent-Length: 300000", "400"),
        ("Host: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: 4", "400"),
        ("Host: evil.example\r\nContent-Length: 0", "400"),
    ],
)
def test_bodies_are_measured_before_they_are_read(server, headers, status):
    kind = "Content-Type: application/json\r\nConnection: close"
    answer = raw(server, f"POST /kdb/api/v1/objects/query/ HTTP/1.1\r\n{headers}\r\n{kind}\r\n\r\n")
    assert answer.split(" ")[1] == status


def test_a_body_without_a_length_is_taken_for_none(http):
    chunks = (b"x" * 10_000 for _ in range(100))
    kind = {"Content-Type": "application/json"}
    assert http.post("/kdb/api/v1/objects/query/", content=chunks, headers=kind).status_code == 400


def test_a_database_that_is_gone_is_reported_and_comes_back(http, kdb_database, people):
    secret = Token.objects.create(user=people["reader"], prefix="kdb_", name="t")[1]
    headers = {"Authorization": f"Token {secret}"}
    assert http.get("/kdb/api/v1/objects/", headers=headers).status_code == 200
    connection.close()
    admin = psycopg.connect(kdb.dsn("postgres", "postgres"), autocommit=True)
    with admin:
        admin.execute(f"ALTER DATABASE {kdb_database} ALLOW_CONNECTIONS false")
        try:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                (kdb_database,),
            )
            for known in (headers, {}):
                answer = http.get("/kdb/api/v1/objects/", headers=known)
                assert answer.status_code == 503
                assert answer.json()["detail"].startswith("The database does not answer")
        finally:
            admin.execute(f"ALTER DATABASE {kdb_database} ALLOW_CONNECTIONS true")
    assert http.get("/kdb/api/v1/objects/", headers=headers).status_code == 200


@pytest.mark.parametrize("user", ["postgres", "superuser by another name"])
def test_the_server_does_not_start_as_a_superuser(start, kdb_database, user):
    known = kdb.environment(kdb_database, KEY)
    with psycopg.connect(kdb.dsn("postgres", "postgres"), autocommit=True) as admin:
        admin.execute("CREATE ROLE kdb_test_mighty SUPERUSER LOGIN")
        try:
            name = "postgres" if user == "postgres" else "kdb_test_mighty"
            known["KDB_DSN"] = kdb.dsn(kdb_database, name)
            process, _, log = start(known)
            assert process.wait(timeout=SECONDS_TO_START) != 0
        finally:
            admin.execute("DROP ROLE kdb_test_mighty")
    assert "Error: KDB_DSN" in log.read_text()


def raw(path: Path, request: str) -> str:
    """Send bytes as they are, which no client library would; returns the answer."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(20)
        line.connect(str(path))
        line.sendall(request.encode())
        received = b""
        while part := line.recv(65536):
            received += part
    return received.decode(errors="replace")
