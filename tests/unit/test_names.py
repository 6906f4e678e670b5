"""Names of releases, and those that mean something else."""

from __future__ import annotations

import re

import pytest
from support.files import ROOT

from ztfvo.errors import CannotBeDone
from ztfvo.store.names import RESERVED, schema_of
from ztfvo.web.app import app


@pytest.mark.parametrize("name", ["dr24", "demo", "a", "x" * 31, "dr24_test", "kdb2"])
def test_a_release_has_a_schema_of_its_name(name):
    assert schema_of(name) == f"{name}_store"


@pytest.mark.parametrize(
    "name",
    [
        *("", "Dr24", "24", "_a", "x" * 32, "dr 24", "dr-24", "dr24\n", "é", "dr24_store"),
        *("ztf", "ztf_store", "kdb", "lc", "epoch", "view", "tap", "cone", "links", "static"),
        *("status", "api", "archive", "public", "ivoa", "tables", "latest", "csv", "figure"),
    ],
)
def test_a_name_that_means_something_else_is_refused_with_an_example(name):
    with pytest.raises(CannotBeDone, match=r"cannot name a release.*like dr24"):
        schema_of(name)


NGINX = ("nginx.conf", "addresses.conf", "archive-location.conf", "kdb.conf", "kdb-tables.conf")


def first_segments() -> set[str]:
    """First segments of the addresses that nginx knows by name."""
    texts = {name: (ROOT / "etc" / "nginx" / name).read_text() for name in NGINX}
    found = re.findall(r"location (?:=|\^~|~) \^?(/\S*)", "".join(texts.values()))
    served = texts["addresses.conf"].partition("map $uri $served {")[2].partition("\n}")[0]
    found += re.findall(r"~\^(/\S*) 1;", served)
    words: set[str] = set()
    for one in found:
        flat = re.sub(r"(?<!^/)\(\?:[^()]*\)", "", one)  # but for a group that begins the address
        choice = (
            flat[4:].partition(")")[0] if flat.startswith("/(?:") else flat[1:].partition("/")[0]
        )
        words |= {head[0] for part in choice.split("|") if (head := re.match("[a-z_]+", part))}
    return words


def test_every_first_segment_of_an_address_is_refused_as_a_release():
    paths = [route.path for route in app.routes]
    own = {path.split("/")[1] for path in paths if not path.startswith("/{")} - {""}
    assert {"lc", "epoch", "view", "health", "status", "api", "static"} <= own
    ours = {"tap", "browse", "archive", "kdb", "static"}
    assert ours <= first_segments()
    not_names = {"__system__", "__pages__", "__proxy__"}
    assert {name for name in own | first_segments() if name not in RESERVED} <= not_names


def test_descriptors_beside_those_of_releases_name_no_release():
    releases = {path.name for path in (ROOT / "inputs" / "ztf").iterdir() if path.is_dir()}
    descriptors = {path.stem for path in (ROOT / "resources" / "ztf").glob("*.rd")}
    assert descriptors - releases <= RESERVED
