"""What is noted of the site's parts."""

from __future__ import annotations

import json
import os

import pytest

from ztfvo.parts import note_state, read_state
from ztfvo.settings import load_settings
from ztfvo.web.pages import page

OLD = "2026-01-01T00:00:00+00:00"


@pytest.fixture
def settings(tmp_path):
    made = load_settings(var=tmp_path / "v", watch_seconds=10)
    made.run.mkdir(parents=True)
    return made


def begin(settings, age: float = 0.0) -> None:
    """Note two parts long ago, in a file of an age in seconds."""
    path = settings.run / "parts.json"
    parts = {"kdb": {"works": True, "since": OLD}, "app": {"works": True, "since": OLD}}
    path.write_text(json.dumps(parts))
    now = path.stat().st_mtime
    os.utime(path, (now - age, now - age))


def test_nothing_is_known_before_the_first_look(settings):
    assert read_state(settings) == {}


def test_the_time_of_a_part_stays_until_its_state_changes(settings):
    begin(settings)
    note_state(settings, {"kdb": True, "app": False})
    found = read_state(settings)
    assert found["kdb"] == {"works": True, "since": OLD}
    assert not found["app"]["works"]
    assert found["app"]["since"] > OLD


def test_what_was_noted_long_ago_is_not_believed(settings):
    begin(settings, age=89)
    assert read_state(settings)["kdb"] == {"works": True, "since": OLD}
    begin(settings, age=91)
    assert read_state(settings)["kdb"] == {"works": None, "since": None}
    note_state(settings, {"kdb": True})
    assert read_state(settings)["kdb"]["since"] > OLD


def test_a_part_that_starts_is_not_said_to_fail(settings):
    note_state(settings, {"kdb": True, "dachs": None, "app": False})
    found = read_state(settings)
    assert found["dachs"]["works"] is None
    empty = {"disk": {"free_bytes": 0, "total_bytes": 0}, "releases": [], "versions": {}}
    shown = page("status.html", title="Status", status={"parts": found, **empty}).decode()
    assert [line.split("</td>")[0].rpartition(">")[2] for line in shown.splitlines()
            if 'scope="row"' in line] == ["works", "starting", "does not work"]  # fmt: skip
    assert found["kdb"]["since"][:19].replace("T", " ") + "</td>" in shown, "without its zone"


def test_the_state_is_for_all_to_read(settings):
    note_state(settings, {"kdb": True})
    assert (settings.run / "parts.json").stat().st_mode & 0o777 == 0o644
