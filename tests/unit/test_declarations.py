"""What a release.toml has to say."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ztfvo.declarations import declared
from ztfvo.errors import BadFile

LINES = {
    "title": '"A title"',
    "label": '"ZTF DR99"',
    "short_name": '"DR99"',
    "description": '"""\nTwo\n  lines."""',
    "created": "2026-11-22T12:00:00Z",
    "rank": "20",
    "layout": '"hats"',
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
    assert (release.rank, release.layout, release.simulated, release.windows) == (
        *(20, "hats", False, {}),
    )


@pytest.mark.parametrize("name", LINES)
def test_a_value_that_is_missing_is_named(declare, name):
    with pytest.raises(BadFile, match=f"release.toml: the value {name} is missing"):
        declare(**{name: None})


@pytest.mark.parametrize(
    ("name", "line", "sentence"),
    [
        ("title", "5", 'title = 5 is not like title = "words"'),
        ("created", '"soon"', "created = 'soon' is not like created = 2026-11-22T12:00:00Z"),
        ("rank", "true", "rank = True is not like rank = 30"),
        ("simulated", '"no"', "simulated = 'no' is not like simulated = false"),
        ("rank", "first", "is not TOML"),
    ],
)
def test_a_value_of_another_type_is_refused_with_an_example(declare, name, line, sentence):
    with pytest.raises(BadFile, match=sentence):
        declare(**{name: line})
