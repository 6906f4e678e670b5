"""What is added as one file is there everywhere."""

from __future__ import annotations

import sys

import pytest
from typer.testing import CliRunner

from ztfvo import cli, commands
from ztfvo.dal import Parameters
from ztfvo.links import ofcurve, processing
from ztfvo.links.model import LightCurve
from ztfvo.products import request, writers

STAR = LightCurve(
    "dr19", "dr19", False, 1722107400005560, 254.4, -35.3, 1722, 27, 1, "zg", (), None
)

FORMAT = '''
"""Only how many epochs there are."""
NAMES = ("count", "text/x-count")
EXTENSION = "count"
CONTENT_TYPE = "text/x-count; charset=utf-8"
TITLE = "Number of epochs"
ORDER = 99


def write(product):
    return b"%d" % sum(map(len, product.curves))
'''

LINK = """
from ztfvo.links.model import Link

ORDER = 25


def links(curve):
    yield Link(f"https://a.example/{curve.oid}", "#auxiliary", "Added", local_semantics="added")
"""

COMMAND = """
import typer


app = typer.Typer()


@app.command()
def added(name: str) -> None:
    typer.echo(f"added {name}")
"""


@pytest.fixture
def add(tmp_path, monkeypatch):
    """A function that adds a module to a package for the time of a test."""
    caches = (writers.writers, ofcurve._subjects)

    def put(package, name: str, text: str) -> None:
        (tmp_path / f"{name}.py").write_text(text)
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
        for cache in caches:
            cache.cache_clear()

    yield put
    monkeypatch.undo()
    for package in (commands, ofcurve, writers):
        for path in tmp_path.glob("*.py"):
            sys.modules.pop(f"{package.__name__}.{path.stem}", None)
    for cache in caches:
        cache.cache_clear()


def test_a_format_is_one_file(add):
    add(writers, "countform", FORMAT)
    by_extension = request.wanted(request.Asked(["680113300005170.count"]))
    by_name = request.wanted(request.Asked(parameters=Parameters([("responseformat", "count")])))
    assert by_extension == by_name
    assert by_name.content_type == "text/x-count; charset=utf-8"
    (link,) = (one for one in ofcurve.links(STAR) if one.local_semantics == "count")
    assert link.url.endswith("/dr19/lc/1722107400005560.count")
    assert (link.semantics, link.content_type) == ("#derivation", "text/x-count")
    (described,) = (one for one in processing.parameters() if one.name == "RESPONSEFORMAT")
    assert described.options[-1] == "count"


def test_a_link_of_light_curves_is_one_file(add):
    before = [link.url for link in ofcurve.links(STAR)]
    add(ofcurve, "added", LINK)
    after = [link.url for link in ofcurve.links(STAR)]
    assert set(after) - set(before) == {"https://a.example/1722107400005560"}
    assert after[0] == before[0]


def test_a_command_is_one_file(add):
    add(commands, "added", COMMAND)
    done = CliRunner().invoke(cli.app, ["added", "x"])
    assert (done.exit_code, done.output) == (0, "added x\n")
