"""The repairs of DaCHS know what they replace, and say where it is something else."""

from __future__ import annotations

import json

import pytest
from support import service

from ztfvo.settings import get_settings
from ztfvo.status.facts import BAD, GOOD, NOTE, REPAIRS, facts
from ztfvo_dachs.patched import TABLE

PRINT = """
import json
from ztfvo_dachs import patched
print(json.dumps(patched.table(), indent=1, sort_keys=True))
"""
DIFFERENT = """
import ztfvo_dachs
ztfvo_dachs.install_or_end = lambda: None
from gavo import base
from gavo.adql import nodes
from gavo.web import caching, grend
from ztfvo_dachs import patched, repairs
known = patched.read()
known["pagecache"]["install_in_server"]["gavo.web.caching:CachedPage.__init__"] = "another"
known["hangups"]["install_in_server"]["gavo.web.grend:ServiceBasedPage.runAsync"] = "another"
patched.read = lambda: known
before = caching.CachedPage.__init__, grend.ServiceBasedPage.runAsync
repairs.install()
repairs.install_in_server()
after = caching.CachedPage.__init__, grend.ServiceBasedPage.runAsync
print([one is other for one, other in zip(before, after)], repairs._left_out, repairs._unsure)
"""
ANOTHER_DACHS = """
import ztfvo_dachs
ztfvo_dachs.install_or_end = lambda: None
from gavo.protocols import adqlglue
from gavo.web import grend
from ztfvo_dachs import repairs
adqlglue.morphADQL = grend.ServiceBasedPage.__init__ = lambda *_, **__: None
repairs.install()
repairs.install_in_server()
for found in (repairs._left_out, repairs._unsure):
    print(*(f"{repair}: {', '.join(names)}" for repair, names in sorted(found.items())), sep="\\n")
"""


@pytest.fixture
def note(site):
    """The file of what the servers say of their repairs, which is put back afterwards."""
    path = get_settings().var / REPAIRS
    before = path.read_text()
    yield path
    path.write_text(before)


def repairs() -> list[tuple[str, str]]:
    """What the status says of the repairs."""
    found = facts(get_settings())
    return [(state, sentence) for about, state, sentence in found if about == "repairs"]


def test_all_that_the_repairs_replace_is_noted_with_its_checksum(database):
    """Otherwise write what this prints into patched.json, once all tests have passed with it."""
    done = service.with_dachs(PRINT)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == json.loads(TABLE.read_text()), done.stdout


def test_where_dachs_differs_guards_are_applied_and_others_left_out(note):
    done = service.with_dachs(DIFFERENT)
    assert done.stdout.split("] ", 1) == [
        "[True, False",
        "{'pagecache': ['gavo.web.caching:CachedPage.__init__']}"
        " {'hangups': ['gavo.web.grend:ServiceBasedPage.runAsync']}\n",
    ], done.stderr
    (left_out, unsure) = repairs()
    assert left_out[0] == unsure[0] == BAD
    assert left_out[1].endswith("left out: pagecache")
    assert unsure[1].endswith("applied all the same: hangups")


def test_a_repair_knows_what_dachs_has_also_where_another_repair_replaces_it_first(note):
    done = service.with_dachs(ANOTHER_DACHS)
    assert done.stdout.splitlines() == [
        "options: gavo.web.grend:ServiceBasedPage.__init__",
        "translations: gavo.protocols.adqlglue:morphADQL",
        "adqlbounds: gavo.protocols.adqlglue:morphADQL",
        "hangups: gavo.web.grend:ServiceBasedPage.__init__",
        "strings: gavo.protocols.adqlglue:morphADQL",
    ], done.stderr


def test_the_status_says_that_all_repairs_fit(note):
    ((state, sentence),) = repairs()
    assert (state, sentence.endswith("which all repairs were written for")) == (GOOD, True)
    note.unlink()
    assert repairs() == [(NOTE, "no process has started yet")]
