"""Steering the service: nothing is lost by stopping, starting or killing."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
from pathlib import Path

import pyvo
import requests
from support import service
from support.files import ROOT
from support.releases import script
from support.waiting import wait_for_answer, wait_until

from ztfvo.settings import get_settings

COUNT = "SELECT count(*) AS n, sum(mag) AS m, sum(hmjd) AS t FROM ztf.detections WHERE oid = {oid}"


def light_curve(tap):
    """Count and sums of a light curve, as TAP gives them."""
    (row,) = tap.search(COUNT.format(oid=service.HZ_HER_OIDS[0]))
    return int(row["n"]), float(row["m"]), float(row["t"])


def serve(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ROOT / "scripts" / "serve", *words], capture_output=True, text=True, check=False
    )


def pids(pattern: str) -> list[int]:
    """Processes of the test installation whose command line has `pattern`."""
    own = re.escape(str(get_settings().var)) + r"(?![-\w])"  # not that of another beside it
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            shown = command + (process / "environ").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if (
            re.search(pattern, command)
            and re.search(own, shown)
            and int(process.name) != os.getpid()
        ):
            found.append(int(process.name))
    return found


def test_status_names_every_part_as_working(site):
    shown = script("serve", "status")
    settings = get_settings()
    assert shown.count("working") == 4 + settings.dachs_processes + settings.app_processes
    assert "database" in shown
    assert "nginx" in shown
    assert "kdb" in shown


def test_a_killed_dachs_process_comes_back(site, tap):
    before = light_curve(tap)
    victims = pids("dachs .*serve start")
    assert len(victims) == get_settings().dachs_processes
    os.kill(victims[0], signal.SIGKILL)
    wait_for_answer(f"{site}/tap/availability")
    wait_until(lambda: len(pids("dachs .*serve start")) == len(victims), seconds=60)
    assert light_curve(tap) == before


def test_the_service_starts_after_all_of_it_was_killed(site, tap):
    before = light_curve(tap)
    for victim in pids("supervisord|dachs|postgres|nginx|gunicorn"):
        os.kill(victim, signal.SIGKILL)
    script("serve", "start")
    assert light_curve(tap) == before


def test_a_port_in_use_is_reported_with_the_remedy(site):
    script("serve", "stop", "nginx")
    try:
        with socket.create_server(("127.0.0.1", get_settings().port)):
            result = serve("start")
        assert result.returncode != 0
        shown = " ".join((result.stdout + result.stderr).split())
        assert str(get_settings().port) in shown
        assert "ZTFVO_PORT" in shown
        assert "Traceback" not in shown
    finally:
        script("serve", "start")


def test_the_log_of_a_part_is_shown(site):
    requests.get(f"{site}/tap/availability", timeout=10)
    assert serve("logs", "dachs-0").stdout.strip()
    unknown = serve("logs", "nothing")
    assert unknown.returncode != 0
    assert "nothing" in unknown.stdout + unknown.stderr


def test_the_site_is_a_registered_tap_service_for_pyvo(site):
    capabilities = {c.standardid for c in pyvo.dal.TAPService(f"{site}/tap").capabilities}
    assert "ivo://ivoa.net/std/TAP" in capabilities
