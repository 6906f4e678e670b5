"""What all tests share: the test installation, its database, and the running service."""

from __future__ import annotations

import itertools
import os
import re
from functools import cache

import pytest
from support import logs
from support.chromium import chromium, visit  # noqa: F401
from support.files import ROOT
from support.fixtures import (  # noqa: F401
    archive,
    ask,
    others,
    outside_of_site,
    query,
    real,
    site,
    tap,
)
from support.loaded import needs_nothing, wait_for_demo
from support.releases import script, temporary_release

_numbers = itertools.count(1)

DEAR = ("real",)
"""Fixtures of a session that cost half a minute of a processor."""

LOGS = pytest.StashKey[dict]()
"""Where the logs ended when a test began."""


def pytest_addoption(parser):
    """Add what ``tests/services/test_golden.py`` writes."""
    parser.addoption(
        "--write-golden",
        action="store_true",
        help="keep the documents in tests/golden as the service sends them now",
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Keep the tests of a file in one process, and those of files with the same dear fixture."""
    from xdist.scheduler import LoadFileScheduling

    class Files(LoadFileScheduling):
        def _split_scope(self, nodeid):
            return group_of(super()._split_scope(nodeid))

    return Files(config, log)


@cache
def group_of(file: str) -> str:
    """What is run by one process: the fixture that a file of the service's tests needs, or it."""
    if file.startswith(("tests/services/", "tests/security/")):
        text = (ROOT / file).read_text()
        for fixture in DEAR:
            if re.search(rf"^def \w+\([^)]*\b{fixture}\b", text, re.MULTILINE):
                return fixture
    return file


def pytest_collection_modifyitems(items):
    """Have tests that need no installation run first, while it is made."""
    items.sort(key=lambda item: not needs_nothing(item.nodeid))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Remember where the logs end, and wait for the installation."""
    if not needs_nothing(item.nodeid):
        wait_for_demo()
    item.stash[LOGS] = logs.mark()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Show what the service wrote to its logs during a test that failed."""
    report = yield
    if report.failed and (lines := logs.since(item.stash.get(LOGS, {}))):
        report.sections.append(("Logs of the service", lines))
    return report


@pytest.fixture(scope="session")
def database():
    """A running database of the installation that ZTFVO_VAR names."""
    if "ZTFVO_VAR" not in os.environ:
        pytest.fail("ZTFVO_VAR is not set: run the tests with scripts/test.")
    wait_for_demo()
    script("serve", "start", "database")


@pytest.fixture
def release(database, tmp_path):
    """An empty release of bulk files."""
    with temporary_release(f"t{os.getpid()}_{next(_numbers)}", tmp_path) as made:
        yield made


@pytest.fixture
def twin(database, tmp_path):
    """Another empty release of bulk files, to compare with."""
    with temporary_release(f"t{os.getpid()}_{next(_numbers)}", tmp_path / "twin") as made:
        yield made


@pytest.fixture
def coarse_release(database, tmp_path):
    """An empty release of bulk files with times of single precision."""
    name = f"t{os.getpid()}_{next(_numbers)}"
    with temporary_release(name, tmp_path, times="float32") as made:
        yield made


@pytest.fixture
def api_release(database, tmp_path):
    """An empty release of light-curve service answers."""
    with temporary_release(f"t{os.getpid()}_{next(_numbers)}", tmp_path, "irsa-api") as made:
        yield made


@pytest.fixture
def api_twin(database, tmp_path):
    """Another empty release of light-curve service answers, to compare with."""
    root = tmp_path / "twin"
    with temporary_release(f"t{os.getpid()}_{next(_numbers)}", root, "irsa-api") as made:
        yield made


@pytest.fixture
def double_release(database, tmp_path):
    """An empty release of bulk files with times of double precision."""
    name = f"t{os.getpid()}_{next(_numbers)}"
    with temporary_release(name, tmp_path, times="double") as made:
        yield made
