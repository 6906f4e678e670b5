"""TOP and MAXREC: as many rows as are asked for, and a mark only where there are more."""

from __future__ import annotations

import io

import pytest
from astropy.io.votable import parse

ALL = 22_745
"""Objects of the demo release."""

CASES = [
    # TOP, MAXREC, rows, whether there are more
    (None, 5, 5, True),
    (5, 5, 5, False),
    (6, 5, 5, True),
    (10, 5, 5, True),
    (3, 5, 3, False),
    (None, 0, 0, True),
    (0, 5, 0, False),
    (None, None, 20_000, True),
    (22_000, None, 22_000, False),
    (30_000, None, ALL, False),
    (None, ALL, ALL, False),
    (None, ALL - 1, ALL - 1, True),
    (None, ALL + 1, ALL, False),
]


def asked(query, top: int | None, maxrec: int | None, kind: str):
    text = f"SELECT {'' if top is None else f'TOP {top}'} oid FROM ztf.objects"
    limit = {} if maxrec is None else {"MAXREC": maxrec}
    answer = query(text, RESPONSEFORMAT=kind, **limit)
    assert answer.status_code == 200, answer.text
    return answer


@pytest.mark.parametrize(("top", "maxrec", "rows", "more"), CASES)
@pytest.mark.parametrize("kind", ["votable", "votable/b2", "votable/td"])
def test_votables_have_the_rows_and_an_info_behind_them(query, top, maxrec, rows, more, kind):
    document = parse(io.BytesIO(asked(query, top, maxrec, kind).content))
    (resource,) = (one for one in document.resources if one.type == "results")
    assert len(resource.tables[0].array) == rows
    status = [info.value for info in resource.infos if info.name == "QUERY_STATUS"]
    assert status == ["OK", "OVERFLOW"] if more else status == ["OK"]


@pytest.mark.parametrize(("top", "maxrec", "rows", "more"), CASES)
def test_other_forms_have_the_rows_and_a_header(query, top, maxrec, rows, more):
    answer = asked(query, top, maxrec, "csv")
    assert len(answer.text.splitlines()) == rows + 1
    expected = f"OVERFLOW; MAXREC={rows}" if more else None
    assert answer.headers.get("X-Query-Status") == expected


@pytest.mark.parametrize("kind", ["csv", "tsv", "json", "fits", "parquet", "arrow", "votable"])
def test_every_form_says_in_a_header_that_it_was_cut(query, kind):
    assert asked(query, None, 3, kind).headers["X-Query-Status"] == "OVERFLOW; MAXREC=3"
    assert "X-Query-Status" not in asked(query, 3, 3, kind).headers


def test_a_negative_maxrec_is_refused(query):
    answer = query("SELECT oid FROM ztf.objects", MAXREC=-1)
    assert answer.status_code == 400
    assert "MAXREC=-1 is not a number of rows: give a whole number, 0 or more" in answer.text
