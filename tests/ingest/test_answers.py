"""Answers of the light-curve service are the same light curves in all their forms."""

from __future__ import annotations

import gzip
import warnings

import numpy as np
import pytest
from astropy.io import votable
from astropy.table import MaskedColumn, Table
from support.files import API_HEADER, SHARED, api_row, needs_shared, write_api

from ztfvo.errors import BadFile
from ztfvo.ingest.checks import check
from ztfvo.ingest.folder import survey
from ztfvo.ingest.readers import read_file
from ztfvo.ingest.readers.irsa_api import preview

LATE = {"hjd": "2458310.9802463101", "mjd": "58310.4830440001", "mag": "17.125"}
FORMS = ("tsv", "tbl", "xml", "binary.xml", "quoted.csv", "bom.csv", "crlf.csv")
ERROR = """<?xml version="1.0"?>
<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE type="results">
<INFO name="QUERY_STATUS" value="ERROR">invalid
 TAP query</INFO></RESOURCE></VOTABLE>"""


def in_form(source, form):
    """Write the CSV answer `source` in another form beside it."""
    path = source.with_name(f"{source.stem}.{form}")
    lines = source.read_text().splitlines()
    cells = [line.split(",") for line in lines]
    if form == "tsv":
        path.write_text("".join("\t".join(row) + "\n" for row in cells))
    elif form == "quoted.csv":
        path.write_text("".join(",".join(f'"{cell}"' for cell in row) + "\n" for row in cells))
    elif form == "bom.csv":
        path.write_bytes(b"\xef\xbb\xbf" + source.read_bytes())
    elif form == "crlf.csv":
        path.write_bytes(source.read_bytes().replace(b"\n", b"\r\n"))
    else:
        write_table(path, dict(zip(cells[0], zip(*cells[1:], strict=True), strict=False)), cells[0])
    return path


def write_table(path, columns, names):
    """Write columns of texts as IPAC table or VOTable, numbers as numbers."""
    table = Table()
    for name in names:
        texts = columns.get(name, ())
        for kind in (np.int64, np.float64, str):
            try:
                table[name] = np.array(texts, str).astype(kind)
                break
            except ValueError:
                continue
    with warnings.catch_warnings(action="ignore"):
        if path.suffix == ".tbl":
            table.write(path, format="ascii.ipac", overwrite=True)
        else:
            form = "binary2" if "binary" in path.name else "tabledata"
            votable.writeto(votable.from_table(table), str(path), tabledata_format=form)


@pytest.fixture
def answer(tmp_path):
    rows = [api_row(**LATE), api_row(oid=604216400003189, filtercode="zr", ccdid="0x10", qid="4")]
    return write_api(tmp_path / "a.csv", *rows, api_row())


def assert_same(one, other):
    for name in vars(one):
        if name not in ("origin", "exposures"):
            assert np.array_equal(getattr(one, name), getattr(other, name)), name
    for name in ("obsmjd", "exptime", "filefracday"):
        assert np.array_equal(getattr(one.exposures, name), getattr(other.exposures, name)), name


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"exptime": "-30"}, "exptime is -30.0, expected 1 to 3600 s (epoch 2 of 2)"),
        ({"exptime": "0"}, "exptime is 0.0, expected 1 to 3600 s"),
        ({"exptime": "nan"}, "exptime is nan, expected"),
        ({"mjd": "2458296.98"}, "mjd is 2458296.98, expected 50000 to 70000"),
        ({"mjd": "nan"}, "mjd is nan, expected"),
        ({"filefracday": "20181399483032"}, "filefracday is 20181399483032, expected a date"),
        ({"filefracday": "20180229483032"}, "filefracday is 20180229483032, expected a date"),
        ({"filefracday": "1"}, "filefracday is 1, expected a date and six digits"),
        ({"clrcoeff": "nan"}, "clrcoeff is nan"),
    ],
)
def test_facts_of_exposures_that_cannot_be_are_refused(tmp_path, changes, cause):
    path = write_api(tmp_path / "a.csv", api_row(), api_row(**LATE | changes))
    _, curves = read_file(path)
    with pytest.raises(BadFile) as refused:
        check(curves, path)
    assert f"row 2 (OID 604103100006917): {cause}" in str(refused.value).replace("row 1", "row 2")


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_light_curves_of_the_csv(answer, form, packed):
    path = in_form(answer, form)
    if packed:
        content = path.read_bytes()
        path.unlink()
        path = path.with_name(f"{path.name}.gz")
        path.write_bytes(gzip.compress(content))
    with warnings.catch_warnings(action="error"):
        reader, curves = read_file(path)
    check(curves, path)
    assert reader.NAME == "irsa-api"
    assert_same(curves, read_file(answer)[1])
    assert curves.hmjd.tolist() == [58296.48025, 58310.48025, 58296.48025]
    assert curves.mag.tolist() == [np.float32("16.917614"), 17.125, np.float32("16.917614")]
    assert curves.rcid.tolist() == [8, 63]
    assert preview(path).dropped[:3] == ("expid", "chi", "sharp")
    assert path in survey(path.parent).files


@pytest.mark.parametrize("form", [*FORMS, "csv"])
def test_an_empty_answer_of_every_form_is_no_light_curves(tmp_path, form):
    path = write_api(tmp_path / "none.csv")
    path = path if form == "csv" else in_form(path, form)
    curves = read_file(path)[1]
    assert (len(curves), curves.detections) == (0, 0)


@pytest.mark.parametrize(
    ("form", "row"), [("csv", 3), ("tsv", 3), ("tbl", 6), ("xml", 2), ("binary.xml", 2)]
)
def test_a_bad_row_of_every_form_is_named(tmp_path, form, row):
    """The row is the line of text files, and the row of VOTables."""
    path = write_api(tmp_path / "a.csv", api_row(), api_row(**LATE, field=605))
    path = path if form == "csv" else in_form(path, form)
    with pytest.raises(BadFile, match=r"fieldid is 605, other rows of this OID differ") as caught:
        read_file(path)
    assert caught.value.row == row


@pytest.mark.parametrize("form", ["tbl", "xml", "binary.xml", "tsv"])
@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"mag": "bright"}, "bright"),
        ({"filtercode": "g"}, "column filtercode holds 'g'"),
        ({"catflags": "1.5"}, "1.5"),
    ],
)
def test_a_bad_value_of_every_form_is_named(tmp_path, form, changes, cause):
    path = in_form(write_api(tmp_path / "a.csv", api_row(), api_row(**changes)), form)
    with pytest.raises(BadFile, match=cause) as caught:
        read_file(path)
    assert "np." not in str(caught.value)
    assert ".." not in caught.value.cause


@pytest.mark.parametrize("form", ["tbl", "xml"])
def test_a_missing_value_is_named_with_its_row(answer, form):
    path = in_form(answer, form)
    table = Table.read(path, format="ascii.ipac" if form == "tbl" else "votable")
    table["mag"] = MaskedColumn(table["mag"], mask=[False, True, False])
    with warnings.catch_warnings(action="ignore"):
        table.write(path, format="ascii.ipac" if form == "tbl" else "votable", overwrite=True)
    with pytest.raises(BadFile, match="column mag is empty") as caught:
        read_file(path)
    assert caught.value.row == (6 if form == "tbl" else 2)


def test_a_report_of_an_error_is_refused_with_what_it_says(tmp_path):
    path = tmp_path / "a.xml"
    path.write_text(ERROR)
    with pytest.raises(
        BadFile, match=r"the service reports an error: invalid TAP query\. Ask it again\."
    ):
        read_file(path)


@pytest.mark.parametrize("form", ["csv", "tsv", "tbl", "xml"])
def test_a_missing_column_is_named(tmp_path, form):
    path = tmp_path / "a.csv"
    path.write_text(write_api(path, api_row()).read_text().replace("clrcoeff", "other"))
    path = path if form == "csv" else in_form(path, form)
    with pytest.raises(BadFile, match=r"column missing: .*clrcoeff"):
        read_file(path)


@pytest.mark.parametrize(
    ("name", "content", "cause"),
    [
        ("a.csv.gz", gzip.compress(API_HEADER.encode() * 50, mtime=0)[:60], "unknown layout"),
        (
            "a.csv.gz",
            gzip.compress(API_HEADER.encode() + b"\n" * 10**6, mtime=0)[:-9],
            "cannot be unpacked",
        ),
        ("a.xml", b"<html><body>Not found</body></html>", "unknown layout"),
        ("a.xml", b"<?xml version='1.0'?><VOTABLE><RESOURCE>", "unknown layout"),
        ("a.tbl", b"\\fixlen = T\n|a|b|\n", "unknown layout"),
    ],
)
def test_what_is_no_answer_is_refused(tmp_path, name, content, cause):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadFile, match=cause):
        read_file(tmp_path / name)


@pytest.mark.parametrize("form", ["a.tbl", "a.xml", "a.binary.xml", "a.csv.gz", "a.tsv"])
def test_random_damage_never_ends_in_another_error(answer, form):
    if form == "a.csv.gz":
        sound = answer.with_name(form)
        sound.write_bytes(gzip.compress(answer.read_bytes()))
    else:
        sound = in_form(answer, form.removeprefix("a."))
    content = sound.read_bytes()
    chance = np.random.default_rng(7)
    refused = 0
    for trial in range(60):
        damaged = bytearray(content)
        for _ in range(1 + trial % 3):
            damaged[chance.integers(len(damaged))] = chance.integers(256)
        if trial % 5 == 0:
            del damaged[chance.integers(len(damaged)) :]
        sound.write_bytes(damaged)
        try:
            check(read_file(sound)[1], sound)
        except BadFile as error:
            refused += 1
            assert str(sound) in str(error)
    assert refused > 10


@needs_shared
@pytest.mark.parametrize("form", FORMS)
def test_real_answers_of_every_form_are_read_alike(tmp_path, form):
    source = SHARED / "ztf-lc-api" / "panelcast-wd" / "3984115430179696128.csv"
    copy = tmp_path / source.name
    copy.write_bytes(source.read_bytes())
    assert_same(read_file(in_form(copy, form))[1], read_file(source)[1])
