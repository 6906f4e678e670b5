"""Logs are bounded, closed to others, and lose nothing when they are cut."""

from __future__ import annotations

import os
import stat
import subprocess
import time
from pathlib import Path

import httpx
import pytest
from support.visitors import CONE, KDB, OFTEN, visiting

from ztfvo.settings import get_settings
from ztfvo.site import logs
from ztfvo.site.supervisor import SUPERVISOR, WATCH, log_of, names, restart_program

PAUSE = 1.5


@pytest.fixture
def cut(site):
    """A function that has logrotate cut all logs now."""
    settings = get_settings()

    def force():
        state = settings.var / "log" / "rotation.state"
        words = ["logrotate", "--force", "--state", state, settings.run / "logrotate.conf"]
        subprocess.run(words, check=True, env={"PATH": os.environ["PATH"] + ":/usr/sbin"})

    return force


def lines_with(word: str) -> int:
    """Lines of the access log, and of the newest one that was cut, that have a word."""
    paths = [get_settings().var / "log" / "nginx" / f"nginx-access.log{end}" for end in ("", ".1")]
    return sum(word in line for path in paths if path.exists() for line in path.open())


def test_no_request_is_missing_from_the_log_that_is_cut_meanwhile(site, cut):
    path = f"{CONE}{time.time_ns()}"  # more decimals of the radius
    access = get_settings().var / "log" / "nginx" / "nginx-access.log"
    with visiting(site, (path,) * 3, pause=OFTEN) as answers:
        time.sleep(PAUSE)
        before = access.stat().st_ino
        cut()
        time.sleep(PAUSE)
    assert {status for _, status in answers} == {200}
    assert access.stat().st_ino != before
    assert path in access.read_text()
    assert lines_with(path) == len(answers)


def test_programs_go_on_writing_to_the_log_that_was_cut(site, cut):
    log = log_of(get_settings(), "kdb")
    cut()
    assert log.stat().st_size == 0
    with httpx.Client(transport=httpx.HTTPTransport(uds=str(get_settings().kdb_socket))) as client:
        client.get(f"http://kdb{KDB}", headers={"Host": "elsewhere.example"})
    assert "elsewhere.example" in log.read_text()


def test_the_supervisor_goes_on_writing_to_its_log_that_was_cut(site, cut):
    settings = get_settings()
    log = log_of(settings, SUPERVISOR)
    cut()
    assert log.stat().st_size == 0
    assert stat.S_IMODE(log.stat().st_mode) == 0o640
    restart_program(settings, WATCH)
    assert "stopped: watch" in log.read_text()


def test_nobody_else_reads_a_log(site):
    settings = get_settings()
    files = [path for path in (settings.var / "log").rglob("*") if path.is_file()]
    assert len(files) > len(names(settings))
    closed = {path.parent for path in files if not path.parent.stat().st_mode & stat.S_IXOTH}
    open_to_all = [
        path
        for path in files
        if path.stat().st_mode & stat.S_IROTH
        and path.parent not in closed
        and path.parent.name != "ingest"
        and path.name != "rotation.state"
    ]
    assert open_to_all == []


def test_old_pieces_of_dachs_own_log_are_deleted(site):
    folder = get_settings().var / "log" / "dachs-0"
    old, young = folder / "web.log.998", folder / "web.log.997"
    for path, days in ((old, get_settings().log_days + 1), (young, get_settings().log_days - 1)):
        path.write_text("x")
        when = time.time() - days * logs.DAY
        os.utime(path, (when, when))
    try:
        logs.rotate(get_settings())
        assert not old.exists()
        assert young.exists()
    finally:
        for path in (old, young):
            Path(path).unlink(missing_ok=True)
