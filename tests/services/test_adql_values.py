"""Queries of all kinds have the values of the demo's own files, each kind in every format."""

from __future__ import annotations

import io
import re
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import requests
from astropy.table import Table
from support.adql import LIST, QUERIES, of_every_kind
from support.demo_files import demo_files
from support.results import FORMATS, TYPED, key, read, same


@pytest.fixture(scope="module")
def upload() -> bytes:
    """A table with columns that such a list has, and some that PostgreSQL keeps for itself."""
    table = Table(
        {
            "oid": np.array(LIST),
            "number": np.arange(4, dtype=np.int32),
            "ctid": np.arange(10, 14, dtype=np.int32),
            "user": np.arange(20, 24, dtype=np.int32),
            "alpha": [25.0] * 4,
            "delta": [-30.0] * 4,
            "radius": np.ma.array([1.0, -1.0, -90.0, 0.0], mask=[0, 0, 0, 1]),
        }
    )
    file = io.BytesIO()
    table.write(file, format="votable")
    return file.getvalue()


def run(site: str, query: str, kind: str, upload: bytes) -> requests.Response:
    data = {"LANG": "ADQL", "QUERY": query, "RESPONSEFORMAT": kind}
    files = {}
    if "TAP_UPLOAD" in query:
        data["UPLOAD"], files["t"] = "list,param:t", upload
    return requests.post(f"{site}/tap/sync", data=data, files=files, timeout=120)


def compare(site: str, upload: bytes, query: str, expected: list[tuple], kinds: tuple) -> None:
    """Ask a query in some formats: each has the expected rows, in any order but a queried one."""
    expected = [tuple(row) for row in expected]
    in_order = "ORDER BY" in re.sub(r"\(.*\)", "", query)
    if not in_order:
        expected.sort(key=key)
    with ThreadPoolExecutor(2) as pool:  # as many as one address may have at a time
        answers = pool.map(lambda kind: run(site, query, kind, upload), kinds)
    for kind, answer in zip(kinds, answers, strict=True):
        assert answer.status_code == 200, (kind, answer.text)
        found = read(answer.content, kind)
        if not in_order:
            found.sort(key=key)
        assert len(found) == len(expected), kind
        for row, wanted in zip(found, expected, strict=True):
            assert all(map(same, row, wanted)), (kind, row, wanted)


EVERY_KIND = of_every_kind()
OTHERS = [query for query in QUERIES if query not in EVERY_KIND]


@pytest.mark.parametrize("query", EVERY_KIND)
def test_each_kind_of_result_has_the_values_of_the_files_in_every_format(site, upload, query):
    compare(site, upload, query, QUERIES[query](demo_files()), FORMATS)


@pytest.mark.parametrize(("number", "query"), list(enumerate(OTHERS)))
def test_a_query_has_the_values_of_the_files_in_formats_with_types_in_turn(
    site, upload, number, query
):
    kinds = (TYPED[number % len(TYPED)],)
    compare(site, upload, query, QUERIES[query](demo_files()), kinds)


def test_there_are_many():
    assert len(QUERIES) >= 220
    assert set(EVERY_KIND) < set(QUERIES)
