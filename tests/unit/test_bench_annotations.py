"""Annotations made up for the benchmark."""

from __future__ import annotations

import csv
from collections import Counter

import numpy as np
import pytest

from bench.annotations import (
    AUTHORS,
    OBJECTS_WITH_SO_MANY,
    OBJECTS_WITH_TAG,
    write_annotations,
)
from ztfvo.oid import is_valid


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    """20,000 rows."""
    path = tmp_path_factory.mktemp("bench") / "rows.csv"
    assert write_annotations(path, 20_000) == 10_000
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_the_same_seed_gives_the_same_rows_and_another_others(tmp_path):
    paths = [tmp_path / name for name in "abc"]
    for path, seed in zip(paths, (1, 1, 2), strict=True):
        write_annotations(path, 500, seed)
    texts = [path.read_text() for path in paths]
    assert texts[0] == texts[1] != texts[2]


def test_there_are_as_many_as_asked_for_on_half_as_many_objects(rows):
    assert len(rows) == 20_000
    assert len({row["oid"] for row in rows}) == 10_000


def test_oids_are_valid(rows):
    assert np.all(is_valid(np.array([int(row["oid"]) for row in rows])))


def test_tags_and_their_numbers_are_as_frequent_as_the_real_ones(rows):
    given = [tuple(filter(None, row["tags"].split("|"))) for row in rows]
    many = Counter(map(len, given))
    total = sum(OBJECTS_WITH_SO_MANY.values())
    for number in (1, 2, 3):
        assert many[number] / len(rows) == pytest.approx(
            OBJECTS_WITH_SO_MANY[number] / total, abs=0.02
        )
    counts = Counter(name for names in given for name in names)
    assert set(counts) <= set(OBJECTS_WITH_TAG)
    # The most frequent are a little rarer than real, as none is given twice in a row.
    assert [name for name, _ in counts.most_common(3)] == ["artefact", "bright_star", "uncertain"]
    share = counts["QSO"] / sum(counts.values())
    assert share == pytest.approx(265 / sum(OBJECTS_WITH_TAG.values()), rel=0.25)


def test_records_of_an_object_come_in_the_order_of_time_by_several_authors(rows):
    times = [row["time"] for row in rows]
    assert times == sorted(times)
    assert {row["author"] for row in rows} == set(AUTHORS)
    releases = [row["release"] for row in rows]
    assert releases[0] == "dr3"
    assert releases[-1] == "dr23"
