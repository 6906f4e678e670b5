"""Which processes are restarted, and when."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest

from ztfvo.parts import read_state
from ztfvo.remote import Client, NoAnswer
from ztfvo.settings import Settings, load_settings
from ztfvo.site import watch
from ztfvo.site.supervisor import Program
from ztfvo.site.watch import FAILURES, LONGEST_PAUSE, Patient


def test_restarts_that_do_not_help_become_rare():
    patient, now, times = Patient(), 0.0, []
    for _ in range(100_000):
        if patient.may_be_restarted(now):
            patient.restarted(now)
            times.append(now)
        now += 1
    waits = [later - sooner for sooner, later in pairwise(times)]
    assert waits[:6] == [60, 120, 240, 480, 960, 1920]
    assert set(waits[6:]) == {LONGEST_PAUSE}


def test_a_process_that_was_well_for_long_is_restarted_at_once_again():
    patient = Patient()
    patient.restarted(0.0)
    patient.restarted(60.0)
    assert not patient.may_be_restarted(150.0)
    assert patient.may_be_restarted(3 * LONGEST_PAUSE)
    patient.restarted(3 * LONGEST_PAUSE)
    assert patient.may_be_restarted(3 * LONGEST_PAUSE + 60)


@pytest.fixture
def site(monkeypatch):
    """A site whose first DaCHS process answers as set; with what was restarted."""
    state = SimpleNamespace(
        database=True, seconds=[100, 100], status=200, app=200, restarted=[], said=[]
    )
    settings = Settings(dachs_processes=2, app_processes=2)
    monkeypatch.setattr(watch.health, "database_answers", lambda _: state.database)
    monkeypatch.setattr(
        watch.supervisor,
        "programs",
        lambda _: [
            Program(part, f"{part}-{number}", "RUNNING", "", Path(), state.seconds[number])
            for part in ("dachs", "app")
            for number in range(2)
        ],
    )
    monkeypatch.setattr(
        watch.supervisor, "restart_program", lambda *names: state.restarted.append(names[1])
    )

    def get(client, address, **_):
        status = state.status
        if client.base == "http://app":
            status = state.app
        elif status != 500 and not client.base.endswith(f":{settings.dachs_port}"):
            status = 200
        if status != 200:
            raise NoAnswer(f"{client.base} answers {status}", status)

    monkeypatch.setattr(Client, "get", get)
    patients = {f"{part}-{number}": Patient() for part in ("dachs", "app") for number in range(2)}
    state.look = lambda: watch.look(settings, patients, state.said.append)
    return state


def test_a_process_is_restarted_after_three_failures_in_a_row(site):
    for status in (502, 502, 200, 502, 502):
        site.status = status
        site.look()
    assert site.restarted == []
    site.look()
    assert site.restarted == ["dachs-0"]


def test_where_all_fail_more_failures_are_needed_and_one_is_restarted_after_the_other(site):
    site.status = 500
    for _ in range(3 * FAILURES - 1):
        site.look()
    assert site.restarted == []
    site.look()
    assert site.restarted == ["dachs-0"]
    site.seconds[0] = 5
    for _ in range(10):
        site.look()
    assert site.restarted == ["dachs-0"]
    site.seconds[0] = 100
    site.look()
    assert site.restarted == ["dachs-0", "dachs-1"]


def test_processes_of_the_application_are_restarted_beside_those_of_dachs(site):
    site.status = site.app = 500
    for _ in range(3 * FAILURES):
        site.look()
    assert sorted(site.restarted) == ["app-0", "dachs-0"]


def test_failures_while_the_database_is_down_do_not_count(site):
    site.status = 502
    site.look()
    site.look()
    site.database = False
    site.look()
    site.database = True
    site.look()
    site.look()
    assert site.restarted == []


@pytest.mark.parametrize(("status", "seconds"), [(503, 100), (404, 100), (502, 5)])
def test_a_refusal_a_mistake_and_a_starting_process_are_no_failures(site, status, seconds):
    site.status, site.seconds[0] = status, seconds
    for _ in range(10):
        site.look()
    assert site.restarted == []
    assert site.said == []


def test_what_the_supervisor_gave_up_on_is_started_again_but_not_at_every_look(monkeypatch):
    states = {"dachs-0": "RUNNING", "dachs-1": "FATAL", "kdb": "STOPPED", "nginx": "EXITED"}
    now, started, said, tried = [100.0], [], [], {}
    monkeypatch.setattr(watch.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(
        watch.supervisor,
        "programs",
        lambda _: [Program(name, name, state, "", Path(), 100) for name, state in states.items()],
    )
    monkeypatch.setattr(watch.supervisor, "start_program", lambda _, part: started.append(part))
    for now[0] in (100.0, 100.0 + watch.REVIVAL - 1, 100.0 + watch.REVIVAL):
        watch.revive(Settings(dachs_processes=2), tried, said.append)
    assert started == ["dachs", "nginx"] * 2
    assert said[0] == "dachs-1 is FATAL: starting it again"


@pytest.fixture
def starting(monkeypatch, tmp_path):
    """A site of two parts, of which DaCHS starts; with the settings, and who answers."""
    state = SimpleNamespace(
        settings=load_settings(var=tmp_path / "v", watch_seconds=30),
        answers={"database": True, "dachs": False},
        seconds=5,
        slept=[],
    )
    state.settings.run.mkdir(parents=True)
    monkeypatch.setattr(watch.supervisor, "parts", lambda _: list(state.answers))
    monkeypatch.setattr(
        watch, "CHECKS", {name: lambda _, n=name: state.answers[n] for name in state.answers}
    )
    monkeypatch.setattr(
        watch.supervisor,
        "programs",
        lambda _: [Program(n, n, "RUNNING", "", Path(), state.seconds) for n in state.answers],
    )
    now = [0.0]
    monkeypatch.setattr(watch.time, "monotonic", lambda: now[0])

    def sleep(seconds):
        state.slept.append(seconds)
        now[0] += seconds
        state.answers["dachs"] = len(state.slept) >= 3

    monkeypatch.setattr(watch.time, "sleep", sleep)
    return state


def works(settings):
    return {part: state["works"] for part, state in read_state(settings).items()}


def test_a_part_that_starts_is_looked_at_until_it_works(starting):
    watch.note(starting.settings, pytest.fail)
    assert works(starting.settings) == {"database": True, "dachs": None}
    watch.rest(starting.settings, pytest.fail)
    assert works(starting.settings) == {"database": True, "dachs": True}
    assert starting.slept == [1, 1, 1, 27]


def test_a_part_that_had_time_to_start_and_does_not_answer_does_not_work(starting):
    starting.seconds = 100
    watch.note(starting.settings, pytest.fail)
    assert works(starting.settings) == {"database": True, "dachs": False}
    watch.rest(starting.settings, pytest.fail)
    assert starting.slept == [30]
