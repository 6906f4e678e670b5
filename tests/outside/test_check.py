"""What an operator is shown of services outside."""

from __future__ import annotations

import pytest
from support.outside_cases import cases
from typer.testing import CliRunner

from ztfvo.commands import outside as command
from ztfvo.outside.cache import Cache
from ztfvo.outside.check import check
from ztfvo.outside.model import State
from ztfvo.outside.sources import sources
from ztfvo.settings import load_settings
from ztfvo.status import facts


@pytest.fixture
def settings(outside):
    """Settings with the stand-in."""
    return load_settings(outside_gateway=outside.url, astro_colibri_uid="u-1")


def states(settings, *names: str) -> tuple[bool, dict[str, State]]:
    found = {}
    good = check(
        settings,
        [sources()[name] for name in names],
        lambda source, answer: found.update({source.name: answer.state}),
    )
    return good, found


def test_services_that_answer_as_declared_are_well(settings, outside):
    for name in ("twomass", "gaia_galaxies"):
        cases()[name].answer(outside)
    assert states(settings, "twomass", "gaia_galaxies") == (
        True,
        {"twomass": State.FOUND, "gaia_galaxies": State.FOUND},
    )


def test_nothing_found_is_well_only_where_no_example_is_known(settings, outside):
    for name in ("twomass", "gaia_galaxies"):
        cases()[name].empty(outside)
    assert states(settings, "gaia_galaxies") == (True, {"gaia_galaxies": State.EMPTY})
    assert states(settings, "twomass") == (False, {"twomass": State.EMPTY})


def test_the_command_shows_what_is_wrong_and_fails(settings, outside, monkeypatch):
    monkeypatch.setattr(command, "get_settings", lambda: settings)
    cases()["twomass"].answer(outside)
    result = CliRunner().invoke(command.app, ["check", "twomass", "otter"])
    assert result.exit_code == 1
    rows = [line.replace("│", " ").split() for line in result.output.splitlines()]
    lines = {row[0]: " ".join(row) for row in rows if row}
    assert "found" in lines["twomass"]
    assert "unavailable" in lines["otter"]
    assert "answers 404" in lines["otter"]


def test_an_unknown_source_is_named_with_those_there_are(settings, monkeypatch):
    monkeypatch.setattr(command, "get_settings", lambda: settings)
    result = CliRunner().invoke(command.app, ["check", "none"])
    assert "There is no source 'none'. There are: simbad, gaia" in str(result.exception)


def test_the_status_sums_up_the_last_day(tmp_path):
    settings = load_settings(var=tmp_path)
    assert list(facts._outside(settings)) == [
        (facts.GOOD, f"{len(sources())} services, none was asked yet")
    ]
    settings.outside_cache.parent.mkdir(parents=True)
    cache = Cache(settings.outside_cache, 10**6)
    cache.note("simbad", "found", 0.5)
    cache.note("gaia", "empty", 0.5)
    cache.note("otter", "unavailable", 0.5)
    ((state, sentence),) = facts._outside(settings)
    known = f"{len(sources())} services; 3 questions in 24 h: 1 found, 1 empty, 1 failed"
    assert (state, sentence) == (facts.GOOD, known)
    cache.fail("otter", "OTTER answers 503")
    ((state, sentence),) = facts._outside(settings)
    assert (state, sentence) == (
        facts.NOTE,
        f"{known}; 1 did not answer last: OTTER answers 503",
    )
