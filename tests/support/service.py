"""The running service of the test installation, and its database."""

from __future__ import annotations

import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import requests

from ztfvo.db import connect, connect_superuser
from ztfvo.settings import get_settings
from ztfvo.site.dachs import command, environment
from ztfvo.site.identity import DACHS, as_user, base_environment

from .files import ROOT, SHARED
from .loaded import wait_for_demo
from .releases import script, ztfvo
from .waiting import wait_until

HZ_HER = (254.45755, 35.34236)
HZ_HER_OIDS = (680113300005170, 680213300009232, 1722107400005560, 1722207400009164)

#: Where the real files of a release are; below it they lie as in the release's manifest.
REAL_FILES = {
    "dr5": SHARED / "ztf-dr-bulk" / "lc_dr5",
    "dr19": SHARED / "ztf-dr-bulk" / "lc_dr19",
    "irsa": SHARED / "ztf-lc-api",
}


def start() -> str:
    """Start the service with the demo release, unless it runs; returns its address."""
    if wait_for_demo():
        script("serve", "start")
        tour()
        foreign = "referenceurl NOT LIKE %s OR accessurl LIKE 'http%%' AND accessurl NOT LIKE %s"
        own = [f"{get_settings().url}/%"] * 2
        # Of a copy set-up has published all again.
        assert superuser(f"SELECT referenceurl FROM dc.interfaces WHERE {foreign}", *own) == []
    else:
        script("demo")
    return get_settings().url


def tour() -> None:
    """Do what ``scripts/demo`` does at its end, which makes experts and records."""
    words = [sys.executable, "-s", "-m", "tour"]
    done = subprocess.run(words, cwd=ROOT / "inputs/ztf/demo", capture_output=True, text=True)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


def listed(release: str) -> list[str]:
    """Paths of a release's files, as its manifest lists them."""
    manifest = ROOT / "inputs" / "ztf" / release / "manifest.csv"
    return [line.split(",")[0] for line in manifest.read_text().splitlines()[1:]]


def publish_real(release: str) -> None:
    """Load the real files of a release and put it on line, unless that was done."""
    folder = get_settings().data / release
    for path in listed(release):
        target = folder / path
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(REAL_FILES[release] / path, target)
    ztfvo("ingest", release)
    ztfvo("release", "publish", release)


def rows(query: str, *parameters):
    """Rows of a query of the release's owner."""
    with connect() as connection:
        return connection.execute(query, parameters or None).fetchall()


def execute(statement: str, *parameters) -> None:
    """Execute a statement as the release's owner."""
    with connect() as connection:
        connection.execute(statement, parameters or None)


def wait_for_tap(site: str, seconds: float = 90) -> None:
    """Wait until every DaCHS process answers a query."""
    settings = get_settings()
    ports = range(settings.dachs_port, settings.dachs_port + settings.dachs_processes)
    query = {"LANG": "ADQL", "QUERY": "SELECT name FROM ztf.releases"}
    for port in ports:
        ask = partial(requests.post, f"http://127.0.0.1:{port}/tap/sync", query, timeout=20)
        wait_until(lambda ask=ask: ask().ok, seconds, unless=(requests.RequestException,))


def superuser(query: str, *parameters):
    """Rows of a query with administrative rights."""
    with connect_superuser() as connection:
        return connection.execute(query, parameters or None).fetchall()


def dachs(*words: str) -> subprocess.CompletedProcess[str]:
    """Run the ``dachs`` command in the installation's root, as DaCHS' user."""
    return _as_dachs(command(*words))


def in_dachs(code: str) -> subprocess.CompletedProcess[str]:
    """Run Python code in a process with DaCHS and the site's repairs, as DaCHS' user."""
    return with_dachs("import ztfvo_dachs\nztfvo_dachs.install()\n" + code)


def with_dachs(code: str) -> subprocess.CompletedProcess[str]:
    """Run Python code in a process with DaCHS as it is, as DaCHS' user."""
    return _as_dachs([sys.executable, "-I", "-W", "ignore", "-c", code])


def _as_dachs(words: list[str | Path]) -> subprocess.CompletedProcess[str]:
    settings = get_settings()
    return subprocess.run(
        as_user(settings, DACHS, words),
        capture_output=True,
        text=True,
        cwd="/",
        env=base_environment(settings, DACHS) | environment(settings),
        check=False,
    )
