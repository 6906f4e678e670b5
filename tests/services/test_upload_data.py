"""Data of uploads: what VOTable 1.5 has is read, and what does not fit its columns is refused."""

from __future__ import annotations

import base64
import gzip
import io
import struct

import numpy as np
import pytest
import pyvo
import requests
from astropy.io.votable import parse
from astropy.table import Table
from support.hostile import LEAKS, sentence, upload, votable

TWO = '<FIELD name="a" datatype="int"/><FIELD name="b" datatype="int"/>'
TEXT = '<FIELD name="a" datatype="unicodeChar" arraysize="*"/><FIELD name="b" datatype="int"/>'
BOOLEAN = '<FIELD name="a" datatype="boolean"/>'


def stream(fields: str, data: bytes, kind: str = "BINARY") -> bytes:
    """A VOTable with a stream."""
    text = base64.b64encode(data).decode()
    return (
        f'<VOTABLE version="1.4"><RESOURCE><TABLE>{fields}<DATA><{kind}>'
        f'<STREAM encoding="base64">{text}</STREAM></{kind}></DATA></TABLE></RESOURCE></VOTABLE>'
    ).encode()


def rows(answer) -> list:
    assert answer.status_code == 200, answer.text[:500]
    return answer.json()["data"]


def test_a_table_of_truth_values_from_astropy_is_read(site):
    sent = Table({"n": [1, 2, 3], "good": [True, False, True]})
    found = pyvo.dal.TAPService(f"{site}/tap").search(
        "SELECT n FROM TAP_UPLOAD.list WHERE good = 'True' ORDER BY n", uploads={"list": sent}
    )
    assert list(found["n"]) == [1, 3]


@pytest.mark.parametrize("kind", ["BINARY", "BINARY2"])
def test_truth_values_of_streams_are_read_and_blanks_are_null(site, kind):
    flags = b"" if kind == "BINARY" else b"\0"
    data = b"".join(flags + value for value in (b"T", b"F", b" ", b"\0", b"?"))
    answer = upload(site, stream(BOOLEAN, data, kind), RESPONSEFORMAT="json")
    assert rows(answer) == [[True], [False], [None], [None], [None]]
    bits = b"".join(flags + value for value in (b"\x08", b"\0", b"\x80", b"\x01"))
    answer = upload(
        site, stream('<FIELD name="a" datatype="bit"/>', bits, kind), RESPONSEFORMAT="json"
    )
    assert rows(answer) == [[True], [False], [True], [True]]


@pytest.mark.parametrize("is_async", [False, True])
def test_a_table_without_rows_is_an_empty_table(site, is_async):
    service = pyvo.dal.TAPService(f"{site}/tap")
    sent = Table({"oid": np.array([], int), "ra": np.array([], float)})
    run = service.run_async if is_async else service.search
    query = "SELECT COUNT(*) AS n FROM TAP_UPLOAD.list NATURAL JOIN ztf.objects"
    assert list(run(query, uploads={"list": sent})["n"]) == [0]
    document = f"<VOTABLE><RESOURCE><TABLE>{TWO}</TABLE></RESOURCE></VOTABLE>".encode()
    assert rows(upload(site, document, RESPONSEFORMAT="json")) == []


REFUSED = {
    "too many cells": (
        votable(TWO, "<TR><TD>1</TD><TD>2</TD></TR><TR><TD>1</TD><TD>2</TD><TD>9</TD></TR>"),
        "row 2 has 3 cells, and there are 2 columns",
    ),
    "too few cells": (
        votable(TWO, "<TR><TD>1</TD></TR>"),
        "row 1 has 1 cells, and there are 2 columns",
    ),
    "no cells": (votable(TWO, "<TR></TR>"), "row 1 has 0 cells, and there are 2 columns"),
    "an element in a cell": (
        votable(TWO, "<TR><TD>1<B>2</B></TD><TD>2</TD></TR>"),
        "can be read: line 1, column ",
    ),
    "no XML": (b"<VOTABLE><", "can be read: "),
    "no table": (b"<VOTABLE><RESOURCE/></VOTABLE>", "there is no TABLE in it"),
    "compressed": (gzip.compress(votable(TWO)), "list is compressed: send the VOTable as it is."),
    "a stream cut behind a length": (
        stream(TEXT, struct.pack("!i2si", 1, b"\0a", 5) + struct.pack("!i", 1)),
        "its stream ends within row 2",
    ),
    "a stream cut in a number": (
        stream(TWO, struct.pack("!iii", 1, 2, 3) + b"\0\0"),
        "its stream ends within row 2",
    ),
    "a stream cut in the first number": (
        stream(TWO, struct.pack("!ii", 1, 2) + b"\0\0"),
        "its stream ends within row 2",
    ),
    "a stream cut in flags and numbers": (
        stream(TWO, b"\0" + struct.pack("!ii", 1, 2) + b"\0\0\0", "BINARY2"),
        "its stream ends within row 2",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_data_that_do_not_fit_their_columns_are_refused_with_the_place(site, name):
    document, said = REFUSED[name]
    answer = upload(site, document)
    text = sentence(answer)
    assert (answer.status_code, said in text) == (400, True), text
    assert not LEAKS.search(text)
    assert "internal" not in text and "object at" not in text


def test_a_count_of_an_array_is_a_number_of_values_and_no_magnitude(query):
    text = "SELECT TOP 1 arr_count(mag) AS n, arr_avg(catflags) AS f FROM ztf.lightcurves"
    table = parse(io.BytesIO(query(text, RESPONSEFORMAT="votable").content)).get_first_table()
    count, mean = table.fields
    assert (count.datatype, count.unit, count.ucd) == ("long", None, "meta.number")
    assert "agnitude" not in (count.description or "")
    assert mean.datatype == "double"


@pytest.mark.parametrize("form", ["", ";serialization=BINARY2", ";serialization=TABLEDATA"])
def test_characters_of_all_planes_come_and_go_as_they_are(site, form):
    texts = ["é😀z", "", "\U0001d538" * 3, "plain"]
    data = b"".join(
        struct.pack("!i", len(text.encode("utf-16be")) // 2)
        + text.encode("utf-16be")
        + struct.pack("!i", number)
        for number, text in enumerate(texts)
    )
    answer = upload(
        site,
        stream(TEXT, data),
        "SELECT a, b, a AS again FROM TAP_UPLOAD.list ORDER BY b",
        RESPONSEFORMAT=f"application/x-votable+xml{form}",
    )
    assert answer.status_code == 200, answer.text[:500]
    table = parse(io.BytesIO(answer.content)).get_first_table().to_table()
    assert [str(text) for text in table["again"]] == texts
    assert list(table["b"]) == [0, 1, 2, 3]


LEAST = {"short": -(2**15), "int": -(2**31), "unsignedByte": 0}


@pytest.mark.parametrize("form", ["votable", "votable/td", "votable/b2", "fits", "csv"])
def test_the_least_numbers_of_their_types_are_numbers_and_no_nulls(site, form):
    fields = "".join(f'<FIELD name="{kind}_" datatype="{kind}"/>' for kind in LEAST)
    cells = "".join(f"<TD>{value}</TD>" for value in LEAST.values())
    document = votable(fields, f"<TR>{cells}</TR><TR>{'<TD/>' * len(LEAST)}</TR>")
    text = (
        "SELECT u.*, CAST(short_ AS SMALLINT) AS a, int_ + 0 AS b, CASE WHEN int_ < 0 THEN int_ END"
        " AS c FROM TAP_UPLOAD.list AS u ORDER BY u.short_"
    )
    answer = upload(site, document, query=text, RESPONSEFORMAT=form)
    assert answer.status_code == 200, answer.text[:500]
    kind = {"csv": "ascii.csv", "fits": "fits"}.get(form, "votable")
    table = Table.read(io.BytesIO(answer.content), format=kind)
    first, second = ([None if cell is np.ma.masked else int(cell) for cell in row] for row in table)
    assert first == [*LEAST.values(), -(2**15), -(2**31), -(2**31)]
    assert second == [None] * 6


def test_integers_of_an_upload_keep_their_type_where_it_has_room_for_null(site):
    fields = '<FIELD name="a" datatype="short"/><FIELD name="b" datatype="int"/>'
    declared = fields.replace('"int"/>', '"int"><VALUES null="-2147483648"/></FIELD>')
    for document, low in (
        (votable(fields, "<TR><TD>-32767</TD><TD>-2147483647</TD></TR>"), -2147483647),
        (votable(declared, "<TR><TD>-32767</TD><TD>-2147483648</TD></TR>"), None),
    ):
        answer = upload(site, document, RESPONSEFORMAT="votable/td")
        found = parse(io.BytesIO(answer.content)).get_first_table()
        assert [field.datatype for field in found.fields] == ["short", "int"]
        (row,) = found.to_table()
        assert (row["a"], None if row["b"] is np.ma.masked else row["b"]) == (-32767, low)


def test_points_and_letters_of_an_upload_come_back_as_they_were(site):
    fields = (
        '<FIELD name="p" datatype="double" arraysize="2" xtype="point"/>'
        '<FIELD name="a" datatype="char" arraysize="*"/>'
        '<FIELD name="b" datatype="char" arraysize="*"/>'
    )
    row = "<TR><TD>1.123456789012 -2</TD><TD>\u00e9\U0001f600z</TD><TD>plain</TD></TR>"
    answer = upload(site, votable(fields, row), RESPONSEFORMAT="votable/td")
    found = parse(io.BytesIO(answer.content)).get_first_table()
    assert [field.datatype for field in found.fields] == ["double", "unicodeChar", "char"]
    (cells,) = found.to_table()
    # A turn of 1e-13 deg is 0.4 nanoarcsec.
    np.testing.assert_allclose(cells["p"], (1.123456789012, -2), rtol=0, atol=1e-13)
    assert (cells["a"], cells["b"]) == ("\u00e9\U0001f600z", "plain")


def test_two_files_of_one_name_are_refused(site):
    document = votable(TWO, "<TR><TD>1</TD><TD>2</TD></TR>")
    answer = requests.post(
        f"{site}/tap/sync",
        data={"LANG": "ADQL", "QUERY": "SELECT * FROM TAP_UPLOAD.list", "UPLOAD": "list,param:f"},
        files=[("f", ("one.vot", document)), ("f", ("two.vot", document))],
        timeout=60,
    )
    assert answer.status_code == 400
    assert "2 files are called f" in sentence(answer)
