"""Files of catalogs in all layouts, and those of the demo and the real ones."""

from __future__ import annotations

import gzip
import zipfile
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy.io import fits
from support.catalog_files import CSV, KNOWN, catalog, read
from support.catalogs import REAL, TNS_DUMP, write_demo

from ztfvo.catalogs import readers
from ztfvo.catalogs.load import layout_of
from ztfvo.errors import BadFile


def test_tables_of_fits_and_parquet_files_are_read_alike(tmp_path):
    names, ra, dec = ["a", "b"], [1.0, np.nan], [2.0, np.nan]
    mags = np.array([[1.0, 2.0], [3.0, -9999.0]])
    fits.BinTableHDU.from_columns(
        [
            fits.Column("NAME", "4A", array=names),
            fits.Column("RA", "D", array=ra),
            fits.Column("DEC", "D", array=dec),
            fits.Column("MAG", "2E", array=mags),
        ]
    ).writeto(tmp_path / "one.fits")
    pq.write_table(
        pa.table({"NAME": names, "RA": ra, "DEC": dec, "MAG": mags[:, 1]}),
        tmp_path / "one.parquet",
    )
    columns = '[layouts.one.columns]\nname = "NAME"\nra = "RA"\ndec = "DEC"\n'
    found = []
    for kind, mag in (
        ("fits", '{ from = "MAG", element = 1, null = ["-9999"] }'),
        ("parquet", '{ from = "MAG", null = ["-9999"] }'),
    ):
        one = catalog(
            '{ name = "mag", type = "real", description = "Mag" }',
            f'kind = "{kind}"\n{columns}mag = {mag}\n',
        )
        found.append(read(one, tmp_path / f"one.{kind}"))
    assert found[0] == found[1]
    assert found[0] == ([{"name": "a", "ra": 1.0, "dec": 2.0, "mag": 2.0}], [], 1)


def test_a_packed_file_is_read_and_a_damaged_one_is_refused(tmp_path):
    text = b"name,ra,dec\na,1,2\n"
    (tmp_path / "one.csv.gz").write_bytes(gzip.compress(text))
    with zipfile.ZipFile(tmp_path / "one.csv.zip", "w") as packed:
        packed.writestr("inside.csv", text)
    for ending in ("gz", "zip"):
        path = tmp_path / f"one.csv.{ending}"
        assert len(read(catalog("", CSV), path)[0]) == 1
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
        with pytest.raises(BadFile, match="cannot be read to its end"):
            read(catalog("", CSV), path)


def test_a_zip_file_with_several_files_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "one.csv.zip", "w") as packed:
        packed.writestr("a.csv", "x")
        packed.writestr("b.csv", "x")
    with pytest.raises(BadFile, match="holds 2 files"):
        read(catalog("", CSV), tmp_path / "one.csv.zip")


@pytest.mark.parametrize("kind", ["csv", "fits", "parquet"])
def test_a_file_that_lacks_a_column_is_refused_with_the_columns_there_are(tmp_path, kind):
    path = tmp_path / f"one.{kind}"
    if kind == "csv":
        path.write_text("name,ra\na,1\n")
    elif kind == "fits":
        fits.BinTableHDU.from_columns([fits.Column("ra", "D", array=[1.0])]).writeto(path)
    else:
        pq.write_table(pa.table({"ra": [1.0], "name": ["a"]}), path)
    layout = CSV if kind == "csv" else CSV.replace('"delimited"', f'"{kind}"')
    with pytest.raises(BadFile, match=r"the column (?:dec|name) is missing; .*ra"):
        read(catalog("", layout), path)


def test_a_file_by_another_name_is_refused_with_the_names_there_are(tmp_path):
    with pytest.raises(BadFile, match=r"not called like a file of vsx\. Such are called \*\.dat"):
        layout_of(KNOWN["vsx"], tmp_path / "vsx.csv")


@pytest.mark.parametrize(
    ("line", "moment"),
    [
        ('"2026-02-10 00:00:00"', datetime(2026, 2, 10, tzinfo=UTC)),
        ('"2026-02-10 00:00:00 - 23:59:59"', datetime(2026, 2, 10, 23, 59, 59, tzinfo=UTC)),
        (
            '"2026-02-10 00:00:00 - 2026-02-11 01:00:00"',
            datetime(2026, 2, 11, 1, tzinfo=UTC),
        ),
    ],
)
def test_the_first_line_of_a_dump_says_when_it_was_made(tmp_path, line, moment):
    path = tmp_path / "tns.csv"
    path.write_text(f"{line}\nobjid\n")
    assert readers.timestamp(path, KNOWN["tns"].layouts["dump"]) == moment


def test_a_dump_without_its_time_is_refused(tmp_path):
    path = tmp_path / "tns.csv"
    path.write_text("<html>\n")
    with pytest.raises(BadFile, match=r"row 1: a time was expected .* not '<html>'"):
        readers.timestamp(path, KNOWN["tns"].layouts["dump"])


def test_lines_in_the_layout_of_gcvs_are_read_by_their_bytes(tmp_path):
    """The layout of gcvs5.txt, by the byte positions of its description, counted by hand."""
    line = bytearray(b" " * 235)
    for first, text in (
        *((1, "860001 "), (9, "R     And "), (21, "002401.95"), (31, "+383437.4")),
        *((42, "M         "), (54, "  5.8 "), (63, " "), (65, " 15.2 "), (89, "V ")),
        *((92, "53820.     "), (112, " 409.2          "), (138, "S3,5e-S8,8e(M7e)")),
        *((180, "-0.020"), (187, "-0.034"), (194, "2000.000")),
    ):
        line[first - 1 : first - 1 + len(text)] = text.encode()
    blank = bytearray(line)
    blank[20:40] = b" " * 20
    path = tmp_path / "gcvs5.txt"
    path.write_bytes(b"header\n" + bytes(line) + b"\n" + bytes(blank) + b"\n")
    rows, bad, without = read(KNOWN["gcvs"], path)
    (row,) = rows
    assert (bad, without) == ([], 1)
    assert (row["gcvs"], row["vartype"], row["magcode"]) == ("R     And", "M", "V")
    assert (row["ra"], row["dec"]) == pytest.approx((6.008125, 38.577056), abs=1e-6)
    assert (row["period"], row["epoch"], row["spectral_type"]) == (
        *(409.2, 53820.0, "S3,5e-S8,8e(M7e)"),
    )
    assert (row["magmax"], row["min1"]) == pytest.approx((5.8, 15.2))
    assert (row["pmra"], row["pmdec"]) == pytest.approx((-0.02, -0.034))


def test_an_amplitude_in_place_of_a_minimum_is_moved_to_its_own_column(tmp_path):
    def line(limit: str, second: str) -> bytes:
        text = bytearray(b" " * 235)
        for first, value in (
            *((9, "V0999 And"), (21, "002401.95"), (31, "+383437.4"), (63, limit)),
            *((65, "  0.75"), (71, ":"), (76, second), (78, " 12.5 ")),
        ):
            text[first - 1 : first - 1 + len(value)] = value.encode()
        return bytes(text) + b"\n"

    path = tmp_path / "gcvs5.txt"
    path.write_bytes(b"header\n" + line("( ", " (") + line("<(", "<") + line("<", ""))
    rows, bad, _ = read(KNOWN["gcvs"], path)
    assert bad == []
    names = ("min1_limit", "min1", "amplitude", "min1_quality", "min2", "amplitude2")
    assert [tuple(row[name] for name in names) for row in rows] == [
        ("(", None, 0.75, ":", None, 12.5),
        ("<(", None, 0.75, ":", 12.5, None),
        ("<", 0.75, None, ":", 12.5, None),
    ]


def test_an_offset_is_subtracted_from_values_that_are_larger(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("name,ra,dec,x\na,1,2,2442995.405\nb,1,2,42995.405\nc,1,2,\n")
    column = '{ name = "x", type = "double precision", description = "x" },'
    layout = CSV + 'x = { from = "x", offset = 2400000.0 }\n'
    rows, bad, _ = read(catalog(column, layout), path)
    assert ([row["x"] for row in rows], bad) == ([42995.405, 42995.405, None], [])


def test_a_line_in_the_layout_of_vsx_is_read_by_its_bytes(tmp_path):
    """VSX 2345159 of CDS' layout, with the values of the known star ZTF18aagibwi."""
    line = bytearray(b" " * 160)
    for first, text in (
        *((1, "2345159"), (9, "ZTF18aagibwi"), (40, "0"), (42, "205.12345"), (52, "-15.54321")),
        *((62, "EA"), (95, "14.69"), (102, "g"), (111, "17.33"), (118, "g")),
        *((125, "2458898.6530"), (140, "      3.300495")),
    ):
        line[first - 1 : first - 1 + len(text)] = text.encode()
    path = tmp_path / "vsx.dat"
    path.write_bytes(bytes(line) + b"\n")
    ((row,), bad, _) = read(KNOWN["vsx"], path)
    assert bad == []
    assert (row["oid"], row["name"], row["type"]) == (2345159, "ZTF18aagibwi", "EA")
    assert (row["period"], row["epoch"], row["max_band"]) == (3.300495, 2458898.653, "g")
    assert (row["ra"], row["dec"]) == (205.12345, -15.54321)


@pytest.mark.parametrize("name", KNOWN)
def test_the_demo_has_a_file_of_each_catalog_without_bad_rows(tmp_path, name):
    path = write_demo(tmp_path, name)
    assert b"simulated" in path.read_bytes() or "simulated" in path.name
    rows, bad, without = read(KNOWN[name], path)
    assert rows
    assert (bad, without) == ([], 0)


@pytest.mark.skipif(not REAL.is_dir(), reason="the real catalogs are not here")
@pytest.mark.parametrize(
    ("name", "file", "count"),
    [
        ("gcvs", REAL / "gcvs.parquet", 59_099),
        ("spicy", REAL / "spicy.parquet", 117_446),
        ("snad", REAL / "snad_catalog.csv", 144),
        ("tns", TNS_DUMP, 3),
    ],
)
def test_every_row_of_the_real_files_is_good(name, file, count):
    rows, bad, without = read(KNOWN[name], file)
    assert (len(rows), bad, without) == (count, [], 0)
