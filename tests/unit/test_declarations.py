"""What a release.toml has to say."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ztfvo.declarations import declared, layouts
from ztfvo.errors import BadFile
from ztfvo.ingest.readers import readers

LINES = {
    "title": '"A title"',
    "label": '"ZTF DR99"',
    "short_name": '"DR99"',
    "description": '"""\nTwo\n  lines."""',
    "created": "2026-11-22T12:00:00Z",
    "rank": "20",
    "layout": '"hats"',
    "times": '"double"',
    "simulated": "false",
}


@pytest.fixture
def declare(tmp_path):
    """A function that declares the release dr99 with some lines changed, or left out for None."""

    def write(**changed):
        lines = {name: line for name, line in (LINES | changed).items() if line is not None}
        (tmp_path / "dr99").mkdir()
        text = "".join(f"{name} = {line}\n" for name, line in lines.items())
        (tmp_path / "dr99" / "release.toml").write_text(text)
        return declared("dr99", tmp_path)

    return write


def test_texts_have_single_blanks_and_other_values_their_types(declare):
    release = declare()
    assert (release.name, release.title, release.label, release.short_name) == (
        *("dr99", "A title", "ZTF DR99", "DR99"),
    )
    assert release.description == "Two lines."
    assert release.created == datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert (release.rank, release.layout, release.times, release.simulated, release.windows) == (
        *(20, "hats", "double", False, {}),
    )


@pytest.mark.parametrize("name", LINES)
def test_a_value_that_is_missing_is_named(declare, name):
    with pytest.raises(BadFile, match=f"release.toml: the value {name} is missing"):
        declare(**{name: None})


@pytest.mark.parametrize(("name", "one"), [("times", "five-decimals"), ("layout", "hats")])
def test_what_has_few_values_is_missed_with_all_of_them(declare, name, one):
    with pytest.raises(BadFile, match=rf'is missing. It is one of .*"{one}"'):
        declare(**{name: None})


@pytest.mark.parametrize(
    ("name", "line", "sentence"),
    [
        ("title", "5", 'title = 5 is not like title = "words"'),
        ("created", '"soon"', "created = 'soon' is not like created = 2026-11-22T12:00:00Z"),
        ("rank", "true", "rank = True is not like rank = 30"),
        ("simulated", '"no"', "simulated = 'no' is not like simulated = false"),
        ("rank", "first", "is not TOML"),
        ("title", '"  "', "title is empty"),
        (
            "layout",
            '"bulk-parkett"',
            'layout = \'bulk-parkett\' is not one of "bulk-parquet", "hats", "irsa-api", "text".$',
        ),
        ("times", '"5"', 'times = \'5\' is not one of "float32", "five-decimals", "double"'),
        ("edition", "19", 'edition = 19 is not like edition = "words"'),
        ("columns", '"int8"', r"columns = 'int8' is not like columns = a table.*\[columns\]"),
        ("windows", "5", r"windows = 5 is not like windows = a table.*\[windows\]"),
        ("download", '"x"', r"download = 'x' is not like download = a table"),
        ("titel", '"x"', "the value titel is not known. Is title meant.* Known are: title, label"),
    ],
)
def test_a_value_of_another_type_is_refused_with_an_example(declare, name, line, sentence):
    with pytest.raises(BadFile, match=sentence):
        declare(**{name: line})


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ("[columns]\ncatflags = 'int31'", 'catflags = \'int31\' is not one of "int8", "int16"'),
        ("[download]\npath = 5", 'path = 5 is not like path = "words"'),
        ("[download]\nmax_radius = 'x'", "max_radius = 'x' is not like max_radius = 0.1667"),
        ("[download]\nchecksums = 'x'", "checksums = 'x' is not like checksums = "),
        ("[download]\npfad = 'x'", r"the value \[download\] pfad is not known"),
        ("[window]\nshort = [1, 2]", "the value window is not known. Is windows meant"),
        ("[windows]\nshort = [2, 1]", "the window short"),
    ],
)
def test_a_faulty_table_is_refused_by_name(declare, table, sentence):
    with pytest.raises(BadFile, match=sentence):
        declare(simulated=f"false\n{table}\n#")


def test_what_may_be_declared_besides_is_kept(declare):
    tables = "[columns]\nhmjd = 'float'\n[download]\nmax_radius = 1\n"
    release = declare(times="'float32'", simulated=f"false\n{tables}")
    assert (release.times, release.columns) == ("float32", {"hmjd": "float"})
    assert (release.edition, release.download) == ("dr99", {"max_radius": 1})


def test_layouts_are_those_of_the_readers():
    assert set(layouts()) == set(readers())
