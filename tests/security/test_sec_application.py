"""What one visitor asks of the web application does not stop it for the others."""

from __future__ import annotations

import signal
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
import requests
from fastapi import FastAPI
from fastapi.testclient import TestClient
from support.parts import pid_of
from support.visitors import LIGHT_CURVE, visiting

from ztfvo.products.figure import LONGEST
from ztfvo.web import errors, turns
from ztfvo.web.http import FORM_BYTES

ATTACKER = "127.0.0.66"
QUICK = 5.0
"""Seconds in which a visitor has an answer, however busy the machine is."""
DISTURBING = ["punycode", "idna", "utf-7", "unicode_escape", "undefined", "utf-16", "zlib", "none"]


@pytest.fixture(scope="module")
def largest(query):
    """The hundred light curves with most epochs, with commas between."""
    answer = query("SELECT TOP 100 oid FROM ztf.objects ORDER BY nobs DESC", RESPONSEFORMAT="csv")
    return ",".join(answer.text.split()[1:])


def attacker(site: str, seconds: float = 120) -> httpx.Client:
    """A client with an address of its own."""
    # Certificates take longer to read than most answers here, and nothing uses them.
    transport = httpx.HTTPTransport(verify=False, local_address=ATTACKER)
    return httpx.Client(base_url=site, transport=transport, timeout=seconds)


def ask_in_parallel(site: str, paths: list[str], number: int, seconds: float = 120) -> list[int]:
    """Statuses of requests, in turn, from several connections at once, 0 where one was given up."""

    def ask(turn: int) -> int:
        with attacker(site, seconds) as client:
            try:
                return client.get(paths[turn % len(paths)]).status_code
            except httpx.TimeoutException:
                return 0

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(ask, range(number)))


def form(site: str, charset: str, name: bytes, value: bytes = b"1") -> requests.Response:
    """Send a multipart form of one field that says it has another code than UTF-8."""
    part = b'--x\r\nContent-Disposition: form-data; name="' + name + b'"\r\n\r\n' + value
    kind = f"multipart/form-data; boundary=x; charset={charset}"
    body = part + b"\r\n--x--\r\n"
    return requests.post(f"{site}/lc", body, headers={"Content-Type": kind}, timeout=60)


@pytest.mark.parametrize("charset", DISTURBING)
def test_forms_in_other_codes_than_utf_8_are_refused(site, charset):
    for name, value in ((b"ID", b"1"), (b"+2AA-", b"x"), (b"BAND", b"\\ud800"), (b"ID-", b"x-b")):
        answer = form(site, charset, name, value)
        assert answer.status_code == 415
        assert "UTF-8" in answer.text


@pytest.mark.parametrize("charset", ["utf-8", "UTF8", '"utf-8"'])
def test_forms_in_utf_8_are_read(site, charset):
    assert "'x' is not a ZTF OID" in form(site, charset, b"ID", b"x").text


def test_the_longest_form_is_read_at_once(site):
    names = "&".join(f"{number:x}" for number in range(100_000))[:FORM_BYTES]
    for body in (names, ("ID=" + "%" * FORM_BYTES)[:FORM_BYTES], "&" * FORM_BYTES):
        began = time.monotonic()
        answer = requests.post(
            f"{site}/lc",
            body,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            timeout=60,
        )
        assert answer.status_code == 400
        assert time.monotonic() - began < QUICK
    longer = requests.post(f"{site}/lc", {"ID": "1" * FORM_BYTES}, timeout=60)
    assert (longer.status_code, str(FORM_BYTES) in longer.text) == (413, True)


@pytest.mark.parametrize("form", ["png", "pdf"])
def test_no_more_points_are_drawn_than_a_figure_has(ask, largest, form):
    points = ask("/lc", ID=largest, RESPONSEFORMAT=form, PERIOD=1.7, CYCLES=9)
    assert points.status_code == 400
    assert f"points are asked for, and {LONGEST} can be drawn" in points.text
    assert "BIN" in points.text
    bins = ask("/lc", ID=largest, RESPONSEFORMAT=form, PERIOD=1.7, CYCLES=9, BIN=0.1)
    assert bins.status_code == 200


def test_visitors_are_answered_while_somebody_hangs_up_on_figures(site, largest):
    some = largest.rsplit(",", 20)[0]
    path = f"/lc?ID={some}&RESPONSEFORMAT=png&PERIOD=1.7&CYCLES=1"
    with visiting(site, ("/health", LIGHT_CURVE), QUICK) as answers:
        statuses = ask_in_parallel(site, [path], 30, 1.0) + ask_in_parallel(site, [path], 30, 1.0)
    assert set(statuses) <= {0, 200, 429}
    assert set(answers) == {("/health", 200), (LIGHT_CURVE, 200)}
    began = time.monotonic()
    figure = requests.get(site + LIGHT_CURVE.replace(".json", ".png"), timeout=60)
    assert figure.status_code == 200
    assert time.monotonic() - began < 2 * QUICK


def test_figures_of_one_address_leave_turns_to_others(site):
    """They are small ones, of which an address may ask for as many as it likes."""
    figure = LIGHT_CURVE.replace(".json", ".png")
    with ThreadPoolExecutor(1) as pool:
        flood = pool.submit(ask_in_parallel, site, [f"{figure}?PERIOD=1.7&CYCLES=5"], 30)
        time.sleep(1)
        for _ in range(3):
            assert requests.get(site + figure, timeout=60).status_code == 200
        assert not flood.done()
        assert set(flood.result()) <= {200, 503}


@pytest.mark.parametrize(
    ("forms", "cycles"), [(("csv",), 9), (("json", "votable", "parquet"), 1)], ids=str
)
def test_an_address_has_so_many_large_answers_at_a_time(site, largest, forms, cycles):
    """The first are of 60 MB, which no other form reaches."""
    processes = [pid_of("app-0"), pid_of("app-1")]
    paths = [f"/lc?ID={largest}&RESPONSEFORMAT={form}&PERIOD=1.7&CYCLES={cycles}" for form in forms]
    with visiting(site, ("/health", LIGHT_CURVE), QUICK) as answers:
        statuses = ask_in_parallel(site, paths, 32)
    assert set(statuses) <= {200, 429}
    assert statuses.count(200) >= turns.LARGE_PER_ADDRESS
    assert set(answers) == {("/health", 200), (LIGHT_CURVE, 200)}
    with attacker(site) as client:
        assert [client.get(path).status_code for path in paths] == [200] * len(paths)
    assert [pid_of("app-0"), pid_of("app-1")] == processes


def test_a_process_without_memory_says_so_and_ends(monkeypatch):
    sent = []
    monkeypatch.setattr(signal, "raise_signal", sent.append)
    app = FastAPI()
    errors.install(app)

    @app.get("/")
    def fail():
        raise MemoryError

    answer = TestClient(app, raise_server_exceptions=False).get("/")
    assert (answer.status_code, "memory" in answer.text) == (503, True)
    assert int(answer.headers["Retry-After"]) > 0
    assert sent == [signal.SIGTERM]
