"""No process of the service has more than its share of memory, files and processes."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.files import ROOT
from support.parts import pid_of
from support.releases import script

from ztfvo.settings import get_settings
from ztfvo.site import limits
from ztfvo.site.identity import has_walls

UNITS = sorted((ROOT / "etc" / "systemd").glob("*.service"))
HARDENED = (
    "ProtectSystem=strict", "NoNewPrivileges=yes", "MemoryMax=", "TasksMax=", "ReadWritePaths=",
    "RestrictAddressFamilies=", "CapabilityBoundingSet=", "PrivateDevices=yes",
)  # fmt: skip


@pytest.mark.parametrize("part", limits.PARTS)
def test_a_program_runs_with_the_limits_of_the_settings(site, part):
    settings = get_settings()
    lines = Path(f"/proc/{pid_of(part)}/limits").read_text().splitlines()[1:]
    found = {line[:26].strip(): line[26:].split()[:2] for line in lines}
    memory = str(getattr(settings, limits.PARTS[part]) * 2**20)
    assert found["Max data size"] == [memory, memory]
    # DaCHS and nginx lower it by themselves.
    assert 1000 <= int(found["Max open files"][1]) <= settings.open_files
    assert found["Max core file size"] == ["0", "0"]
    if has_walls(settings):
        assert found["Max processes"] == [str(settings.user_processes)] * 2


@pytest.mark.parametrize(("mb", "ends"), [(250, "done"), (700, "MemoryError")])
def test_memory_beyond_the_limit_is_an_error_of_that_process_alone(mb, ends):
    small = get_settings().model_copy(update={"dachs_memory_mb": 500})
    program = f"b = bytearray({mb} * 2**20); print('done')"
    command = [*shlex.split(limits.words(small, "dachs")), sys.executable, "-I", "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ends in (done.stdout + done.stderr).split()


def test_a_large_result_takes_far_less_than_the_limit(site, query):
    before = kilobytes()
    answer = query("SELECT TOP 300000 * FROM ztf.detections", MAXREC="300000")
    assert answer.status_code == 200
    assert kilobytes() - before < get_settings().dachs_memory_mb * 1024 / 3


def kilobytes() -> int:
    """What a DaCHS process has taken."""
    used = Path(f"/proc/{pid_of('dachs')}/status").read_text()
    return next(int(line.split()[1]) for line in used.splitlines() if "VmData" in line)


def test_the_kernel_takes_a_connection_rather_than_the_whole_server(site):
    server = int(Path(f"/proc/{pid_of('database')}/oom_score_adj").read_text())
    try:
        # Where this machine lets nobody protect a process, set-up does without.
        allowed = subprocess.run(["choom", "-n", "-900", "true"], check=False).returncode == 0
    except FileNotFoundError:
        pytest.skip("choom is not installed")
    assert server == (-900 if allowed else server)


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.stem)
def test_a_unit_is_confined_and_systemd_takes_it(unit, tmp_path):
    text = unit.read_text()
    assert [word for word in HARDENED if f"\n{word}" not in text] == []
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd is not installed")
    copies = [tmp_path / path.name for path in UNITS]
    for path, copy in zip(UNITS, copies, strict=True):
        copy.write_text(path.read_text().replace("/opt/ztfvo/scripts", str(ROOT / "scripts")))
    done = subprocess.run(
        ["systemd-analyze", "verify", *copies], capture_output=True, text=True, check=False
    )
    assert [line for line in done.stderr.splitlines() if "ztfvo" in line] == []


def test_a_refusal_of_the_knowledge_database_is_one_sentence(site):
    script("serve", "stop", "kdb")
    try:
        done = subprocess.run(
            [ROOT / "scripts" / "serve", "start", "kdb"],
            capture_output=True, text=True, check=False,
            env=os.environ | {"KDB_PUBLIC_URL": "http://example.org"},
        )  # fmt: skip
    finally:
        script("serve", "start")
    shown = done.stdout + done.stderr
    assert done.returncode == 1
    assert "KDB_INSECURE_HTTP" in shown
    assert "Traceback" not in shown
