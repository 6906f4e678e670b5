"""Rendering of configuration files, and the plans and checks behind them."""

import json
import os
import pwd
import socket
import socketserver
import stat
import subprocess
import xml.etree.ElementTree as ET
from functools import partial
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Thread

import httpx
import lxml.html
import pytest
from support.waiting import wait_until

from ztfvo.settings import load_settings
from ztfvo.site import config, health, install, limits, memory, mirrors
from ztfvo.site.errors import SiteError
from ztfvo.site.render import fill, render
from ztfvo.site.secrets import password_hash, secret

ROOT = Path(__file__).resolve().parents[2]
NOBODY = pwd.getpwnam("nobody").pw_uid
"""Of a user who is not root, and whom every machine knows."""

#: What is known only when a single file is written.
LATE_VALUES = (
    "ADMIN_PASSWORD_HASH",
    "NGINX",
    "APP_UPSTREAMS",
    "DACHS_UPSTREAMS",
    "APP_PROGRAMS",
    "DATABASE_PROGRAM",
    "KDB_HOST",
    "KDB_LOCATIONS",
    "KDB_PROGRAM",
    "KDB_SERVER",
    "DACHS_PROGRAMS",
    "NAME",
    "NUMBER",
    "POSTGRES_BIN",
    "CLUSTER",
    "LOG",
)


@pytest.fixture
def settings(tmp_path):
    """Settings of an installation that belongs to the caller, also when that is root."""
    made = load_settings(
        var=tmp_path / "var",
        dsn="host=nowhere dbname=x",
        port=18999,
        dachs_port=8101,
        dachs_processes=3,
        system_user=pwd.getpwuid(os.getuid()).pw_name,
    )
    config.make_folders(made)
    return made


def test_fill_refuses_an_unknown_name():
    assert fill("a @B@ $c {d} e@f.org", {"B": 1}) == "a 1 $c {d} e@f.org"
    with pytest.raises(KeyError):
        fill("@UNKNOWN@", {})


def test_render_writes_only_changes(settings):
    target = settings.var / "x"
    values = config.values(settings) | {"LOG": "/l", "PORT": 1}
    assert render(settings, "process.rc", target, values, 0o600)
    assert not render(settings, "process.rc", target, values, 0o600)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_every_placeholder_has_a_value(settings):
    known = config.values(settings) | mirrors.values(settings) | mirrors.mirror_values(settings, 0)
    known |= dict.fromkeys(LATE_VALUES, "x")
    for folder in ("templates", "nginx"):
        for template in (ROOT / "etc" / folder).iterdir():
            assert fill(template.read_text(), known)


def test_dachs_configuration_names_the_instance(settings):
    assert config.write_dachs_config(settings)
    assert not config.write_dachs_config(settings)
    etc = settings.var / "dachs" / "etc"
    text = (etc / "gavo.rc").read_text()
    assert f"serverURL: {settings.url}\n" in text
    assert f"inputsDir: {ROOT}/resources\n" in text
    assert secret(settings, "dachs-admin-password") not in text
    assert "serverPort: 8103\n" in (etc / "process-2.rc").read_text()


def test_secrets_are_made_once_and_private(settings):
    first = secret(settings, "something")
    path = settings.var / "secrets" / "something"
    assert secret(settings, "something") == first
    assert len(first) >= 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert password_hash(settings) == password_hash(settings)


def test_nginx_takes_its_configuration(settings):
    try:
        nginx = config.find_nginx()
    except SiteError:
        pytest.skip("nginx is not installed")
    config.write_service_config(settings)
    done = subprocess.run(
        [nginx, "-t", "-e", settings.var / "log" / "e", "-c", settings.run / "nginx.conf"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    text = (settings.run / config.UPSTREAMS).read_text()
    assert text.count("server 127.0.0.1:810") == settings.dachs_processes == 3
    assert text.count(f"server unix:{settings.run}/app/") == settings.app_processes == 2
    dachs = [f"127.0.0.1:{settings.dachs_port + number}" for number in range(3)]
    app = [f"unix:{settings.run}/app/{number}.sock" for number in range(2)]
    for name, place in (("dachs-1", dachs[1]), ("app-0", app[0])):
        config.write_upstreams(settings, spared=name)
        spared = (settings.run / config.UPSTREAMS).read_text()
        assert [one for one in (*dachs, *app) if f"server {one} down;" in spared] == [place]


@pytest.fixture
def own_host(settings):
    """nginx of a site whose knowledge database has a host name of its own; yields its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    site = settings.model_copy(
        update={
            "port": port,
            "public_url": "https://ztf.example.org",
            "kdb_url": "https://records.example.org",
        }
    )
    config.write_service_config(site)
    words = ["-e", site.var / "log" / "e", "-c", site.run / "nginx.conf"]
    words += ["-g", "user root;"] if os.geteuid() == 0 else []
    process = subprocess.Popen([config.find_nginx(), *words])
    try:
        ask = partial(httpx.get, f"http://127.0.0.1:{port}/__proxy__")
        wait_until(lambda: ask() is not None, seconds=10, unless=(httpx.ConnectError,))
        yield port
    finally:
        process.terminate()
        process.wait()


RECORDS, SITE = "records.example.org", "ztf.example.org"


@pytest.mark.parametrize(
    ("host", "path", "status", "location"),
    [
        (SITE, "/kdb/objects/1/?a=b", 308, "https://records.example.org/kdb/objects/1/?a=b"),
        ("evil.example", "/kdb/", 308, "https://records.example.org/kdb/"),
        (SITE, "/kdb/scs?RA=1", 503, None),  # the site's own, whose DaCHS does not run here
        (RECORDS, "/", 308, "/kdb/"),
        (RECORDS, "/kdb/api/v1/tags/", 503, None),  # it does not run here
        (RECORDS, "/kdb/scs?RA=1", 308, "https://ztf.example.org/kdb/scs?RA=1"),
        (RECORDS, "/kdb/kdb/cone/form", 308, "https://ztf.example.org/kdb/kdb/cone/form"),
        (RECORDS, "/tap/sync?QUERY=x", 404, None),
        (RECORDS, "/lc/1.json", 404, None),
        (RECORDS, "/kdb/..%2ftap", 400, None),
        (RECORDS, "/static/site/site.css", 200, None),
    ],
)
def test_records_with_a_host_of_their_own_are_there_and_nothing_else_is(
    own_host, host, path, status, location
):
    answer = httpx.get(f"http://127.0.0.1:{own_host}{path}", headers={"Host": host})
    assert (answer.status_code, answer.headers.get("Location")) == (status, location)
    if host == RECORDS and path.startswith("/kdb/api"):
        assert answer.headers["Content-Type"] == "application/json"


class Answer(BaseHTTPRequestHandler):
    """Stands for the knowledge database: all it says is that it is there."""

    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        """Keep no log."""


@pytest.fixture
def records(settings):
    """Something that answers where nginx asks the knowledge database."""
    with socketserver.UnixStreamServer(str(settings.kdb_socket), Answer) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("host", "path", "origin"),
    [
        (RECORDS, "/kdb/api/v1/objects/680113300005170/", "https://ztf.example.org"),
        (RECORDS, "/kdb/api/v1/session/", "https://ztf.example.org"),
        (RECORDS, "/kdb/api/v1/users/", None),
        (RECORDS, "/kdb/api/v1/login/", None),
        (RECORDS, "/kdb/", None),
        (SITE, "/kdb/api/v1/objects/680113300005170/", "https://ztf.example.org"),
        (SITE, "/lc/680113300005170.json", "*"),
    ],
)
def test_pages_of_the_site_read_what_is_public_of_records_with_a_host_of_their_own(
    own_host, records, host, path, origin
):
    answer = httpx.get(f"http://127.0.0.1:{own_host}{path}", headers={"Host": host})
    assert answer.headers.get("Access-Control-Allow-Origin") == origin
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_what_stands_for_records_elsewhere_leads_to_the_site(own_host):
    answer = httpx.get(f"http://127.0.0.1:{own_host}/kdb/", headers={"Host": RECORDS})
    assert answer.status_code == 503
    tree = lxml.html.document_fromstring(answer.text)
    links = [*tree.body.xpath(".//a/@href"), *tree.xpath("//form/@action")]
    inner = ("https://ztf.example.org/", "https://records.example.org/kdb/", "#content")
    assert [link for link in links if not link.startswith(inner)] == []
    assert "https://ztf.example.org/search" in links
    assert tree.xpath("//link[@rel='stylesheet']/@href") == ["/static/site/site.css"]


@pytest.mark.parametrize(
    "wrong", ["records.example.org", "https://a.b/kdb", "ftp://a.b", "https://"]
)
def test_the_address_of_the_records_is_that_of_a_host(wrong):
    with pytest.raises(ValueError, match=r"records\.example\.org"):
        load_settings(kdb_url=wrong)


def test_memory_plan_of_the_reference_machine():
    plan = memory.plan_memory(12 * 1024)
    assert (plan.shared_buffers, plan.work_mem, plan.maintenance_work_mem) == (4096, 96, 1536)


def test_memory_plan_of_a_small_machine_is_still_usable():
    plan = memory.plan_memory(256)
    assert (plan.shared_buffers, plan.work_mem, plan.maintenance_work_mem) == (128, 8, 64)


def test_a_port_in_use_names_the_setting(settings):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        busy = settings.model_copy(update={"port": taken.getsockname()[1]})
        with pytest.raises(SiteError, match="ZTFVO_PORT"):
            health.check_ports(busy, ["nginx"])


def test_vocabularies_are_complete_desise_documents():
    for path in (ROOT / "etc" / "vocabularies").glob("*.json"):
        document = json.loads(path.read_text())
        assert document["uri"].removeprefix("http://www.ivoa.net/rdf/") == path.stem.replace(
            "+", "/"
        )
        for term in document["terms"].values():
            assert set(term) == {"label", "description", "wider", "narrower"}
            assert set(term["wider"] + term["narrower"]) <= set(document["terms"])


def test_a_vocabulary_is_renewed_by_an_update_and_kept_where_dachs_fetched_a_newer_one(settings):
    config.write_dachs_config(settings)
    seed = ROOT / "etc" / "vocabularies" / "uat.json"
    kept = settings.var / "dachs" / "cache" / config.vocabulary_cache_name("uat")
    own = '{"terms": {"of-its-own": {}}}'
    for age, content in ((60, seed.read_text()), (-60, own)):
        kept.write_text(own)
        moment = seed.stat().st_mtime - age
        os.utime(kept, (moment, moment))
        config.write_dachs_config(settings)
        assert kept.read_text() == content


def test_vocabulary_is_cached_under_the_name_dachs_asks_for():
    assert config.vocabulary_cache_name("voresource+date_role") == (
        "http:=2F=2Fwww.ivoa.net=2Frdf=2Fvoresource=2Fdate_role"
    )


def test_error_pages_are_well_formed_and_say_error():
    for path in (ROOT / "etc" / "pages").glob("*.vot"):
        (info,) = ET.parse(path).iter("{http://www.ivoa.net/xml/VOTable/v1.3}INFO")
        assert (info.get("name"), info.get("value")) == ("QUERY_STATUS", "ERROR")


@pytest.mark.parametrize("part", ["dachs", "app"])
def test_parts_read_the_same_settings_but_no_logins_of_others(settings, monkeypatch, part):
    own = {"site_name": 'It\'s a "test" $HOME \\ #x', "contact_address": "Zürich, 1"}
    secret_ones = {"kdb_public_dsn": "password=abc", "backup_target": "remote:abc"}
    changed = settings.model_copy(update=own | secret_ones)
    config.write_part_settings(changed, part)
    for name in [name for name in os.environ if name.startswith("ZTFVO_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ZTFVO_SETTINGS", str(config.part_settings(settings, part)))
    assert load_settings(var=settings.var) == settings.model_copy(update=own)
    assert "abc" not in config.part_settings(settings, part).read_text()


@pytest.mark.parametrize(("hard", "files"), [(1024, 1024), (2**20, 8192), (-1, 8192)])
def test_nginx_asks_for_no_more_files_than_its_limit_allows(settings, monkeypatch, hard, files):
    monkeypatch.setattr(limits.os, "geteuid", lambda: NOBODY)
    monkeypatch.setattr(limits.resource, "getrlimit", lambda kind: (64, hard))
    assert f"--nofile={files} " in limits.words(settings, "nginx")
    config.write_service_config(settings)
    text = (settings.run / "nginx.conf").read_text()
    for directive in ("worker_rlimit_nofile", "worker_connections"):
        assert f"{directive} {files};" in text


def test_set_up_begins_by_naming_what_a_declaration_lacks(tmp_path):
    folder = tmp_path / "inputs" / "ztf" / "mine"
    folder.mkdir(parents=True)
    known = Path(__file__).parents[2] / "inputs" / "ztf" / "demo" / "release.toml"
    lines = [line for line in known.read_text().splitlines() if not line.startswith("times")]
    (folder / "release.toml").write_text("\n".join(lines))
    settings = load_settings(root=tmp_path, var=tmp_path / "var")
    with pytest.raises(SiteError, match=r"mine/release\.toml: the value times is missing.*five"):
        install.install(settings, pytest.fail)
    assert not settings.var.exists()
