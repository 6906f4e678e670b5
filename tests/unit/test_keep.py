"""Which process a program's file means."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest
from support.waiting import wait_until

from ztfvo.site import keep


@pytest.fixture
def sleeper(tmp_path):
    """A program started through `keep`; yields it and how to start it again."""
    words = [sys.executable, "-m", "ztfvo.site.keep", tmp_path, tmp_path, "1"]
    started = []

    def start(*command):
        environment = os.environ | {"SUPERVISOR_PROCESS_NAME": "sleeper"}
        process = subprocess.Popen([*words, *command], env=environment)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def running(folder, seconds=20.0):
    """Wait until the program runs."""
    return wait_until(lambda: keep.running(folder, "sleeper"), seconds, pause=0.02)


def said(folder, words, seconds=20.0):
    """Wait until the program's log has some words."""
    wait_until(lambda: words in (folder / "sleeper.log").read_text(), seconds, pause=0.02)


def test_a_program_becomes_the_process_that_was_started_and_writes_to_its_log(sleeper, tmp_path):
    process = sleeper("sh", "-c", "echo begun; exec sleep 60")
    assert running(tmp_path) == process.pid
    said(tmp_path, "begun")
    assert (tmp_path / "sleeper.log").stat().st_mode & 0o777 == 0o640


def test_a_second_start_stands_in_hands_signals_on_and_ends_with_it(sleeper, tmp_path):
    first = sleeper("sh", "-c", "trap 'echo heard' HUP; while :; do sleep 0.05; done")
    running(tmp_path)
    second = sleeper("sleep", "60")
    said(tmp_path, f"goes on as process {first.pid}")
    time.sleep(0.3)
    second.send_signal(signal.SIGHUP)
    said(tmp_path, "heard")
    second.terminate()
    assert first.wait(10) == -signal.SIGTERM
    assert second.wait(10) == 0


def test_a_process_that_does_not_end_is_killed_after_its_time(sleeper, tmp_path):
    first = sleeper("sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 0.05; done")
    said_and_running = running(tmp_path)
    said(tmp_path, "deaf")
    second = sleeper("sleep", "60")
    said(tmp_path, f"goes on as process {said_and_running}")
    time.sleep(0.3)
    second.terminate()
    assert first.wait(10) == -signal.SIGKILL
    assert second.wait(10) == 0


@pytest.mark.parametrize(
    "text", ["", "x y", "1", "{pid} 1", "{pid} {boot} 1", "{pid} other {ticks}"]
)
def test_a_file_of_another_process_or_another_start_of_the_machine_means_none(
    sleeper, tmp_path, text
):
    process = sleeper("sleep", "60")
    running(tmp_path)
    pid, boot, ticks = (tmp_path / "sleeper").read_text().split()
    assert int(pid) == process.pid
    (tmp_path / "sleeper").write_text(text.format(pid=pid, boot=boot, ticks=ticks))
    assert keep.running(tmp_path, "sleeper") is None


def test_a_process_that_has_ended_does_not_run_though_nobody_took_note(sleeper, tmp_path):
    process = sleeper("sleep", "60")
    running(tmp_path)
    os.kill(process.pid, signal.SIGKILL)
    wait_until(lambda: keep.running(tmp_path, "sleeper") is None, seconds=10, pause=0.02)
