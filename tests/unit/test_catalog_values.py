"""What files of hosted catalogs have becomes typed values, or is a bad row with its reason."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest
from support.catalog_files import CSV, catalog, from_csv, read


@pytest.mark.parametrize(
    ("ra", "dec", "stored"),
    [
        ("0", "90", (0.0, 90.0)),
        ("360", "-90", (0.0, -90.0)),
        ("359.9999999", "+0.5", (359.9999999, 0.5)),
        ("1.5e2", "-.25", (150.0, -0.25)),
    ],
)
def test_positions_up_to_the_poles_and_to_a_whole_turn_are_stored(tmp_path, ra, dec, stored):
    rows, bad, without = from_csv(tmp_path, ["name,ra,dec", f"a,{ra},{dec}"])
    assert [(row["ra"], row["dec"]) for row in rows] == [stored]
    assert (bad, without) == ([], 0)


@pytest.mark.parametrize(
    ("ra", "dec", "reason"),
    [
        ("360.001", "1", "ra = 360.001 deg is not on the sky"),
        ("-0.001", "1", "ra = -0.001 deg is not on the sky"),
        ("1", "90.001", "dec = 90.001 deg is not on the sky"),
        ("1", "-91", "dec = -91 deg is not on the sky"),
        ("1", "", "dec is missing"),
        ("", "1", "ra is missing"),
        ("12h", "1", "ra = '12h' is not a number"),
        ("nan", "1", "ra = 'nan' is not a number"),
        ("inf", "1", "ra = 'inf' is not a number"),
        ("1e999", "1", "ra = inf deg is not on the sky"),
        ("1;DROP TABLE x", "1", "ra = '1;DROP TABLE x' is not a number"),
    ],
)
def test_a_row_without_a_place_on_the_sky_is_bad_and_the_others_stay(tmp_path, ra, dec, reason):
    rows, bad, without = from_csv(tmp_path, ["name,ra,dec", "a,1,2", f"b,{ra},{dec}", "c,3,4"])
    assert [row["name"] for row in rows] == ["a", "c"]
    assert (bad, without) == ([(3, reason)], 0)


def test_rows_without_any_position_are_counted_and_are_not_bad(tmp_path):
    rows, bad, without = from_csv(tmp_path, ["name,ra,dec", "a,,", "b,-99,-99", "c,1,2"])
    assert [row["name"] for row in rows] == ["c"]
    assert (bad, without) == ([], 2)


@pytest.mark.parametrize(
    ("kind", "text", "value", "reason"),
    [
        ("smallint", "32767", 32767, None),
        ("smallint", "32768", None, "x = '32768' is not a whole number up to 32,767"),
        ("integer", "+7", 7, None),
        ("integer", "7.0", 7, None),
        ("integer", "7.5", None, "x = '7.5' is not a whole number up to 2,147,483,647"),
        ("bigint", "9007199254740993", 9007199254740993, None),
        ("real", "1e-3", np.float32(0.001), None),
        ("real", "1,5", None, None),
        ("double precision", "0.1", 0.1, None),
        ("timestamp", "2018-08-28 09:25:55.200", datetime(2018, 8, 28, 9, 25, 55, 200000), None),
        ("timestamp", "2018-08-28", datetime(2018, 8, 28), None),
        (
            "timestamp",
            "2018-18-07 05:27:08",
            None,
            "x = '2018-18-07 05:27:08' is not a time like 2018-08-28 09:25:55",
        ),
        ("text", "  x  y ", "x  y", None),
        ("text", "", None, None),
        ("text", "-99", None, None),
        ("unicode", "α Ω", "α Ω", None),
    ],
)
def test_values_are_of_their_type_or_the_row_is_bad(tmp_path, kind, text, value, reason):
    declared_as = f'{{ name = "x", type = "{kind}", description = "X" }}'
    lines = ["name,ra,dec,x", f'a,1,2,"{text}"', "b,1,2,"]
    rows, bad, _ = from_csv(tmp_path, lines, declared_as, 'x = "x"\n')
    if text == "1,5":
        reason = "x = '1,5' is not a number"
    if reason:
        assert bad == [(2, reason)]
        assert [row["name"] for row in rows] == ["b"]
    else:
        assert bad == []
        assert [row["x"] for row in rows] == [value, None]


def test_a_required_value_that_is_missing_makes_the_row_bad(tmp_path):
    column = '{ name = "x", type = "integer", required = true, description = "X" }'
    _, bad, _ = from_csv(tmp_path, ["name,ra,dec,x", "a,1,2,"], column, 'x = "x"\n')
    assert bad == [(2, "x is missing")]


def test_rows_of_another_length_and_other_bytes_are_bad(tmp_path):
    path = tmp_path / "one.csv"
    path.write_bytes(b"name,ra,dec\na,1,2\nb,1\nc\xff,1,2\nd,1,2,3\n\ne,5,6\n")
    rows, bad, _ = read(catalog("", CSV), path)
    assert [row["name"] for row in rows] == ["a", "e"]
    assert bad == [
        (3, "has 2 values, not 3"),
        (4, "has bytes that are no text in the file's encoding"),
        (5, "has 4 values, not 3"),
    ]


def test_a_quoted_value_may_hold_delimiters_quotes_and_line_ends(tmp_path):
    rows, bad, _ = from_csv(tmp_path, ["name,ra,dec", '"a ""b"", c\nd",1,2', "e,x,4"])
    assert rows[0]["name"] == 'a "b", c\nd'
    assert bad == [(4, "ra = 'x' is not a number")]


@pytest.mark.parametrize(
    ("ra", "dec", "degrees"),
    [
        ("17:34:15.03", "-27:23:53.7", (263.562625, -27.398250)),
        ("17 34 15.03", "-27 23 53.7", (263.562625, -27.398250)),
        ("173415.03", "-272353.7", (263.562625, -27.398250)),
        ("00:00:00", "-00:00:36.0", (0.0, -0.01)),
        ("235959.9", "+90:00:00", (359.999583, 90.0)),
    ],
)
def test_sexagesimal_positions_keep_their_sign_and_need_no_separators(tmp_path, ra, dec, degrees):
    forms = CSV.replace('"ra"', '{ from = "ra", form = "hms" }').replace(
        '"dec"', '{ from = "dec", form = "dms" }'
    )
    path = tmp_path / "one.csv"
    path.write_text(f"name,ra,dec\na,{ra},{dec}\n")
    rows, bad, _ = read(catalog("", forms), path)
    assert bad == []
    assert (rows[0]["ra"], rows[0]["dec"]) == pytest.approx(degrees, abs=1e-6)


@pytest.mark.parametrize("ra", ["24:00:00.1", "12:60:00", "12:00:61", "12.5", "1:2:3:4"])
def test_what_is_no_sexagesimal_position_is_bad(tmp_path, ra):
    forms = CSV.replace('"ra"', '{ from = "ra", form = "hms" }')
    path = tmp_path / "one.csv"
    path.write_text(f"name,ra,dec\na,{ra},2\n")
    rows, bad, _ = read(catalog("", forms), path)
    assert rows == []
    assert [row for row, _ in bad] == [2]


def test_bytes_that_a_line_does_not_have_are_blank(tmp_path):
    layout = """kind = "fixed-width"
skip = 1
[layouts.one.columns]
name = [1, 4]
ra = [6, 10]
dec = [12, 16]
x = [18, 22]
"""
    path = tmp_path / "one.txt"
    path.write_bytes(b"header\nabcd 10.00 20.00 1.5\r\nef   11.00 -2.00\n\ngh\n")
    column = '{ name = "x", type = "real", description = "X" }'
    rows, bad, without = read(catalog(column, layout), path)
    assert [(row["name"], row["ra"], row["dec"], row["x"]) for row in rows] == [
        ("abcd", 10.0, 20.0, 1.5),
        ("ef", 11.0, -2.0, None),
    ]
    assert (bad, without) == ([], 1)
