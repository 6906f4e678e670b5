"""The benchmark of the service, against a server that answers as asked."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import ThreadingMixIn, UnixStreamServer
from urllib.parse import parse_qs

import pytest

from bench import curves, memory, report, service, timing
from ztfvo.settings import get_settings

CAPABILITIES = b"""<?xml version="1.0"?>
<capabilities><capability>
<outputFormat><mime>application/x-votable+xml</mime><alias>votable</alias></outputFormat>
<outputFormat><mime>text/csv</mime><alias>csv</alias><alias>text/plain</alias></outputFormat>
<outputFormat><mime>text/html</mime><alias>html</alias></outputFormat>
<outputFormat><mime>application/fits</mime></outputFormat>
</capability></capabilities>"""
ERROR = b'<VOTABLE><INFO name="QUERY_STATUS" value="ERROR">no such table</INFO></VOTABLE>'


class Handler(BaseHTTPRequestHandler):
    """Objects 1 to 5 with 70 detections in all."""

    protocol_version = "HTTP/1.1"

    def answer(self, content):
        self.server.seen.append(self.path)
        self.server.visitors.add(self.client_address and self.client_address[0])
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self):
        if self.path.endswith("/1.bad"):
            self.send_error(404)
            return
        self.answer(CAPABILITIES if "capabilities" in self.path else b"<VOTABLE/>")

    def do_POST(self):
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        query, form_name = form["QUERY"][0], form.get("FORMAT", ["votable"])[0]
        if "nothing." in query:
            self.answer(b"n\r\n0\r\n" if "COUNT" in query else b"oid,ra,dec\r\n")
        elif "COUNT" in query:
            self.answer(b"n\r\n5\r\n")
        elif "SUM" in query:
            self.answer(b"n\r\n70\r\n")
        elif "nobs BETWEEN" in query:
            some = "many." in query
            self.answer(b"oid,nobs\r\n" + b"".join(b"%d,500\r\n" % i for i in range(some * 20)))
        elif "ORDER BY nobs" in query:
            self.answer(b"oid,nobs\r\n1,50\r\n2,40\r\n")
        elif "MOD" in query:
            self.answer(b"oid,ra,dec\r\n" + b"".join(b"%d,1.5,-2.5\r\n" % i for i in range(1, 6)))
        elif form_name == "application/fits":
            self.answer(ERROR)
        else:
            self.answer(b"<VOTABLE>" + b"<TR/>" * 70 + b"</VOTABLE>")

    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture
def server():
    """A running server; its address is ``url``, the paths asked for ``seen``, by ``visitors``."""
    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running.seen, running.visitors = [], set()
    running.url = f"http://127.0.0.1:{running.server_port}"
    threading.Thread(target=running.serve_forever, args=(0.02,), daemon=True).start()
    yield running
    running.shutdown()
    running.server_close()


def test_formats_are_those_of_the_capabilities(server):
    assert service.formats(server.url) == ["votable", "csv", "application/fits"]


def test_benchmark_of_the_service_writes_all_figures(server, tmp_path, capsys):
    settings = get_settings().model_copy(update={"var": tmp_path})
    service.http(settings, server.url, "ztf", 5, 10.0, 1000)
    (path,) = (tmp_path / "bench" / "results").glob("http-*.json")
    written = json.loads(path.read_text())
    assert written["rows"] == 70
    requests = written["results"]["requests"]
    assert set(requests) == {
        f"{kind}, {clients}"
        for kind in ("SCS 1 arcsec", "TAP by OID", "TAP cone with detections")
        for clients in ("1 client", "8 clients")
    }
    assert all(figures["count"] == 5 for figures in requests.values())
    formats = written["results"]["formats"]
    assert formats["csv"]["bytes"] == 70 * 5 + len("<VOTABLE></VOTABLE>")
    assert "no such table" in formats["application/fits"]["error"]
    assert "Small requests" in capsys.readouterr().out


def test_formats_are_fetched_in_turn_and_the_quickest_counts(server, tmp_path, capsys, monkeypatch):
    seconds = iter([3.0, 7.0, 2.0, 6.0, 4.0, 5.0])
    fetched = []

    def bulk(base, schema, form, rows, processes):
        fetched.append(form)
        usual = dict.fromkeys(("first_byte", "bytes", "rows_per_second", "before_mb", "peak_mb"), 1)
        return usual | {"seconds": next(seconds)}

    monkeypatch.setattr(service, "bulk", bulk)
    settings = get_settings().model_copy(update={"var": tmp_path})
    found = service.http(settings, server.url, "ztf", 5, 10.0, 9, wanted="csv,votable", turns=3)
    assert fetched == ["csv", "votable"] * 3
    assert {name: one["seconds"] for name, one in found["formats"].items()} == {
        "csv": 2.0,
        "votable": 5.0,
    }


def test_a_failure_of_one_turn_is_shown(server, tmp_path):
    settings = get_settings().model_copy(update={"var": tmp_path})
    found = service.http(
        settings, server.url, "ztf", 5, 10.0, 9, wanted="csv,application/fits", turns=2
    )["formats"]
    assert "error" in found["application/fits"]
    assert found["csv"]["seconds"] > 0


def test_cone_of_a_release_is_asked_at_its_own_address(server):
    kinds = service.kinds(server.url, "ztf_dr19")
    assert kinds["SCS 1 arcsec"]((1, 2.0, 3.0)).url.path == "/dr19/scs"
    assert service.kinds(server.url, "ztf")["SCS 1 arcsec"]((1, 2.0, 3.0)).url.path == "/scs"


def test_empty_release_is_reported(server):
    with pytest.raises(service.NotServed, match="no objects"):
        service.sample(server.url, "nothing", 5)


def test_error_document_is_no_answer(server):
    with service.httpx.Client() as client, pytest.raises(service.NotServed, match="no such table"):
        request = service.tap(server.url, "SELECT 1", FORMAT="application/fits")
        service.ask(client, request)


def test_light_curves_of_about_500_epochs_are_chosen_or_the_longest(server):
    assert curves.choose(server.url, "many") == [(i, 500) for i in range(20)]
    assert curves.choose(server.url, "ztf") == [(1, 50), (2, 40)]


def test_benchmark_of_light_curves_asks_each_format_and_writes_the_figures(server, tmp_path):
    settings = get_settings().model_copy(update={"var": tmp_path})
    curves.curves(settings, server.url, "ztf_dr19", 0.1)
    (path,) = (tmp_path / "bench" / "results").glob("lightcurves-*.json")
    written = json.loads(path.read_text())
    assert written["points"] == [40, 50]
    assert set(written["results"]) == {
        *("JSON, 1 client", "JSON, 8 clients", "vot, 1 client"),
        *("csv, 1 client", "parquet, 1 client", "png, 1 client"),
    }
    assert {f"/dr19/lc/{oid}.{form}" for oid in (1, 2) for form in ("json", "png")} <= set(
        server.seen
    )


class LocalServer(ThreadingMixIn, UnixStreamServer):
    """A server at a socket in place of a port."""

    daemon_threads = True
    request_queue_size = 64


def test_one_process_is_asked_too_where_the_service_is_this_one(server, tmp_path):
    update = {"var": tmp_path, "public_url": server.url}
    settings = get_settings().model_copy(update=update)
    settings.app_socket(0).parent.mkdir(parents=True)
    with LocalServer(str(settings.app_socket(0)), Handler) as local:
        local.seen, local.visitors, local.url = [], set(), server.url
        threading.Thread(target=local.serve_forever, args=(0.02,), daemon=True).start()
        results = curves.curves(settings, server.url, "ztf_dr19", 0.1)
        local.shutdown()
    assert "JSON of one process without nginx, 8 clients" in results
    assert "/dr19/lc/1.json" in local.seen


def test_an_error_ends_the_benchmark_of_light_curves(server):
    with pytest.raises(service.NotServed, match=r"/lc/1\.bad answers 404"):
        curves.steady(server.url, ["/lc/2.bad", "/lc/1.bad"], 2, 5.0)


def test_requests_end_with_the_time(server):
    make = service.kinds(server.url, "ztf")["TAP by OID"]
    times = service.many(make, [(1, 2.0, 3.0)] * 100_000, 1, 0.3)
    assert 0 < times["count"] < 100_000


def test_clients_have_addresses_of_their_own(server):
    make = service.kinds(server.url, "ztf")["TAP by OID"]
    service.many(make, [(1, 2.0, 3.0)] * 40, 3, 5.0)
    assert server.visitors == {"127.1.0.1", "127.1.0.2", "127.1.0.3"}


def test_processes_of_other_installations_are_not_ours(tmp_path):
    settings = get_settings().model_copy(update={"var": tmp_path})
    assert memory.dachs_processes(settings) == []
    assert memory.peak_mb([]) is None


def test_quantiles_are_in_milliseconds():
    times = timing.quantiles([0.001, 0.002, 0.003])
    assert (times.count, times.p50, times.mean) == (3, pytest.approx(2), pytest.approx(2))


def test_first_requests_are_not_counted():
    asked = []
    times = timing.time_requests(asked.append, [(i,) for i in range(5)], warm=2)
    assert asked == [0, 1, 0, 1, 2, 3, 4]
    assert times.count == 5


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "-"), (0, "0"), (0.01234, "0.0123"), (12.34, "12.3"), (12345.6, "12,346")],
)
def test_numbers_are_short(value, text):
    assert report.number(value) == text
