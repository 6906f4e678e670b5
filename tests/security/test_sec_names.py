"""Names of columns are data: in every format they come out as they are, or are refused."""

from __future__ import annotations

import csv
import io
import json
from xml.sax.saxutils import quoteattr

import pytest
from astropy.io.votable import parse_single_table
from astropy.table import Table
from support.hostile import LEAKS, NAMES, identifier, sentence, upload, votable

FORMATS = ("votable", "votable/td", "votable/b2", "csv", "tsv", "json", "fits", "html", "txt")


def name_in(answer, form):
    """The name of the only column of a document."""
    if form.startswith("votable"):
        return parse_single_table(io.BytesIO(answer.content)).fields[0].name
    if form == "json":
        return json.loads(answer.content)["columns"][0]["name"]
    if form == "csv":
        return next(csv.reader(io.StringIO(answer.content.decode(), newline="")))[0]
    if form == "fits":
        return Table.read(io.BytesIO(answer.content)).colnames[0]
    return None


@pytest.mark.parametrize("form", FORMATS)
def test_any_name_comes_out_as_it_is_or_is_refused(query, form):
    for name in NAMES:
        answer = query(
            f"SELECT TOP 1 nlightcurves AS {identifier(name)} FROM ztf.releases",
            RESPONSEFORMAT=form,
        )
        assert answer.status_code in (200, 400), (name, sentence(answer))
        assert not LEAKS.search(answer.text), name
        assert "<script>" not in answer.text or form not in ("html", *FORMATS[:3]), name
        if answer.status_code == 200 and (shown := name_in(answer, form)) is not None:
            # XML attributes have blanks for line ends and tabs (XML 1.0, section 3.3.3).
            plain = " ".join(name.split()) if form.startswith("votable") else name
            found = " ".join(shown.split()) if form.startswith("votable") else shown
            # DaCHS has brackets for its own use.
            assert found in (plain, plain.replace("(", "__").replace(")", "__")), form


def test_any_name_of_an_uploaded_column_comes_out_as_it_is_or_is_refused(site):
    for name in NAMES:
        document = votable(f'<FIELD name={quoteattr(name)} datatype="int"/>')
        for form in ("json", "votable"):
            answer = upload(site, document, RESPONSEFORMAT=form)
            assert answer.status_code in (200, 400), (name, sentence(answer))
            assert not LEAKS.search(answer.text), name
        asked = upload(
            site,
            document,
            query=f"SELECT {identifier(name)} + 1 AS n FROM TAP_UPLOAD.list",
            RESPONSEFORMAT="json",
        )
        if answer.status_code == 200 and name.split() == [name]:
            assert asked.json()["data"] == [[2]], name


def test_a_heading_in_html_is_text(query):
    answer = query(
        'SELECT TOP 1 name AS "<script>alert(1)</script>" FROM ztf.releases', RESPONSEFORMAT="html"
    )
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in answer.text
    assert "<script" not in answer.text
