"""Tables in the columns of other services."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from astropy.io.votable import parse
from astropy.table import Table

from ztfvo.products import flat, writers
from ztfvo.products.derive import derive
from ztfvo.products.layouts import layouts
from ztfvo.products.model import Curve, Product, Request
from ztfvo.store.times import TIMES

IRSA = (
    "oid,expid,hjd,mjd,mag,magerr,catflags,filtercode,ra,dec,chi,sharp,filefracday,field,ccdid,qid,"
    "limitmag,magzp,magzprms,clrcoeff,clrcounc,exptime,airmass,programid"
)
"""As the first line of IRSA's answers has them."""
ABSENT = [
    "expid",
    "chi",
    "sharp",
    "limitmag",
    "magzp",
    "magzprms",
    "clrcounc",
    "airmass",
    "programid",
]
FORMS = [writer.names[0] for writer in writers.writers() if writer.flat]


def curve(oid: int, rcid: int, hmjd: list[float], **columns) -> Curve:
    """A light curve of which these columns matter."""
    number, filterid = len(hmjd), oid // 10**11 % 10
    made = {
        "hmjd": np.array(hmjd),
        "mag": np.linspace(17, 18, number).astype("f4"),
        "magerr": np.full(number, 0.02, "f4"),
        "clrcoeff": np.full(number, -0.05, "f4"),
        "catflags": np.zeros(number, "i4"),
        "obsmjd": np.array(hmjd) - 0.003,
        "exptime": np.full(number, 30, "f4"),
        "exptime_source": np.full(number, "observed", "U8"),
        "filefracday": np.full(number, 20180327421505),
        **columns,
    }
    place = (254.25, -35.5, oid // 10**12, rcid, filterid, ("zg", "zr", "zi")[filterid - 1])
    return Curve("demo", oid, *place, 0.0, 17.5, 0.01, made)


LATER = curve(
    1722107400005560,
    27,
    [58001.5, 58003.5],
    exptime_source=np.array(["observed", "assumed"]),
    filefracday=np.array([20180327421505, -1]),
)
EARLIER = curve(680213300009232, 50, [58000.25, 58002.5])


def product(*curves: Curve, layout: str, times: str = "five-decimals", **asked) -> Product:
    """A derived product in a layout."""
    request = Request(
        release="ztf",
        oids=tuple(one.oid for one in curves) or (LATER.oid,),
        format="csv",
        layout=layout,
        columns=layouts()[layout].needs,
        **asked,
    )
    return derive(Product(request, "demo", "Demo", True, times, curves))


def rows(what: Product, form: str = "csv") -> list[dict[str, str]]:
    """Rows of a product written with commas."""
    (writer,) = (one for one in writers.writers() if one.names[0] == form)
    return list(csv.DictReader(io.StringIO(writer.write(what).decode(), newline="")))


def test_columns_of_irsa_have_their_names_order_and_values():
    found = rows(product(LATER, EARLIER, layout="irsa"))
    assert ",".join(found[0]) == IRSA
    assert [row["oid"] for row in found] == [str(EARLIER.oid)] * 2 + [str(LATER.oid)] * 2
    assert {row[name] for row in found for name in ABSENT} == {""}
    last = found[-1]
    assert (last["field"], last["ccdid"], last["qid"]) == ("1722", "7", "4")
    assert (last["filtercode"], last["ra"], last["dec"]) == ("zg", "254.25", "-35.5")
    assert (float(last["hjd"]), float(last["mjd"])) == (2458004.0, 58003.5 - 0.003)
    assert (last["mag"], last["magerr"], last["catflags"]) == ("18", "0.02", "0")
    assert last["clrcoeff"] == "-0.05"


def test_what_is_assumed_or_not_known_has_no_value_at_irsa():
    found = rows(product(LATER, layout="irsa"))
    assert [row["exptime"] for row in found] == ["30", ""]
    assert [row["filefracday"] for row in found] == ["20180327421505", ""]


def test_columns_of_the_viewer_are_ordered_by_time_over_all_light_curves():
    found = rows(product(LATER, EARLIER, layout="viewer"))
    assert ",".join(found[0]) == "oid,filter,mjd,mag,magerr,clrcoeff,ref,ref_err"
    assert [row["mjd"] for row in found] == ["58000.25", "58001.5", "58002.5", "58003.5"]
    assert [row["filter"] for row in found] == ["zr", "zg", "zr", "zg"]
    assert {(row["ref"], row["ref_err"]) for row in found} == {("17.5", "0.01")}


@pytest.mark.parametrize("layout", ["irsa", "viewer"])
@pytest.mark.parametrize("form", ["csv", "tsv", "ipac_table", "votable"])
def test_every_table_has_the_same_numbers_of_a_layout(layout, form):
    what = product(LATER, EARLIER, layout=layout)
    (writer,) = (one for one in writers.writers() if one.names[0] == form)
    document = writer.write(what)
    if form == "votable":
        read = parse(io.BytesIO(document), verify="exception").get_first_table().to_table()
    else:
        how = {"csv": "ascii.csv", "tsv": "ascii.tab", "ipac_table": "ascii.ipac"}[form]
        text = document.decode().replace("\r\n", "\n").replace("\r", "\n")
        read = Table.read(text, format=how)
    expected = flat.table(what)
    assert read.colnames == [column.name for column, _ in expected]
    for column, values in expected:
        given = read[column.name]
        missing = np.zeros(4, bool) | getattr(given, "mask", False)
        if given.dtype.kind == "f":
            missing |= np.isnan(np.ma.getdata(given))
        absent = np.isnan(values) if values.dtype.kind == "f" else values == column.null
        np.testing.assert_array_equal(missing, absent, err_msg=column.name)
        there = ~absent
        given = np.asarray(given)[there].astype(values.dtype)
        np.testing.assert_array_equal(given, values[there], err_msg=column.name)


def test_times_of_a_layout_say_what_they_are():
    (writer,) = (one for one in writers.writers() if one.names[0] == "votable")
    document = parse(io.BytesIO(writer.write(product(LATER, layout="irsa"))), verify="exception")
    (resource,) = document.resources
    systems = {
        one.ID: (one.timeorigin, one.timescale, one.refposition) for one in resource.time_systems
    }
    table = document.get_first_table()
    found = {field.name: systems[field.ref] for field in table.fields if field.ref in systems}
    assert found == {
        "hjd": (0.0, "UTC", "HELIOCENTER"),
        "mjd": (2400000.5, "UTC", "TOPOCENTER"),
    }
    assert all(field.ucd and field.description for field in table.fields)


def test_coarse_times_of_a_layout_are_called_so():
    note = TIMES["float32"].note
    for layout, names in (("irsa", {"hjd", "mjd"}), ("viewer", {"mjd"})):
        columns = [column for column, _ in flat.table(product(LATER, layout=layout))]
        assert not any(note in column.description for column in columns)
        coarse = flat.table(product(LATER, layout=layout, times="float32"))
        assert {column.name for column, _ in coarse if note in column.description} == names


@pytest.mark.parametrize("layout", ["irsa", "viewer"])
@pytest.mark.parametrize("form", ["csv", "tsv", "ipac_table"])
def test_no_light_curve_is_a_header_only(layout, form):
    (writer,) = (one for one in writers.writers() if one.names[0] == form)
    text = writer.write(product(layout=layout)).decode()
    lines = [line for line in text.splitlines() if not line.startswith("\\")]
    assert len(lines) == (4 if form == "ipac_table" else 1)
    assert lines[0].startswith("|") == (form == "ipac_table")


def test_values_of_ipac_tables_stand_below_their_names():
    (writer,) = (one for one in writers.writers() if one.names[0] == "ipac_table")
    lines = writer.write(product(LATER, EARLIER, layout="irsa")).decode().splitlines()
    names, types, _, nulls, *data = [line for line in lines if not line.startswith("\\")]
    bars = [place for place, letter in enumerate(names) if letter == "|"]
    assert {"long", "int", "double", "float", "char"} == set(types.replace("|", " ").split())
    assert set(nulls.replace("|", " ").split()) == {"null"}
    for line in data:
        assert len(line) == len(names)
        assert {line[place] for place in bars} == {" "}


def test_a_title_with_quotes_or_lines_does_not_break_an_ipac_table():
    what = product(LATER, layout="viewer")
    broken = Product(what.request, "demo", "a 'b'\n|c", True, what.times, what.curves)
    (writer,) = (one for one in writers.writers() if one.names[0] == "ipac_table")
    read = Table.read(writer.write(broken).decode(), format="ascii.ipac")
    assert len(read) == 2
    assert read.meta["keywords"]["title"]["value"] == "a b |c"
