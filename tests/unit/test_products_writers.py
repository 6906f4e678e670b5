"""Formats of light curves carry the same numbers."""

import csv
import io
import json
import math
import re

import numpy as np
import orjson
import pyarrow.parquet
import pytest
from astropy.io.votable import parse
from astropy.table import Table

from ztfvo.photometry import ZERO_FLUX
from ztfvo.products import writers
from ztfvo.products.columns import COLUMNS, FACTS
from ztfvo.products.derive import derive
from ztfvo.products.model import Curve, Product, Request
from ztfvo.products.writers import votableform
from ztfvo.settings import get_settings
from ztfvo.store.times import TIMES

OIDS = (680113300005170, 680213300009232)


def curve(oid: int, size: int, refmag: float = np.nan) -> Curve:
    """A light curve of random values that use all digits of their types."""
    random = np.random.default_rng(oid)
    raw = {
        "hmjd": np.sort(random.uniform(58178, 60000, size)),
        "mag": random.uniform(12, 22, size).astype(np.float32),
        "magerr": random.uniform(0.005, 0.3, size).astype(np.float32),
        "clrcoeff": random.normal(0, 1e-3, size).astype(np.float32),
        "catflags": random.choice([0, 1, 32768, 65535], size).astype(np.int32),
    }
    raw["clrcoeff"][: size // 4] = np.nan
    filterid = oid // 10**11 % 10
    return Curve(
        *("demo", oid, 254.4575500488281, -35.34236145019531, 680, 50, filterid),
        *(("zg", "zr", "zi")[filterid - 1], 0.25, refmag, 0.01),
        columns=raw,
    )


def product(*curves: Curve, times: str = "five-decimals", **asked) -> Product:
    """A derived product of these light curves."""
    request = Request(
        release="ztf", oids=tuple(c.oid for c in curves) or OIDS, format="csv", **asked
    )
    return derive(Product(request, "demo", "Simulated <demo> & more", True, times, curves))


def written(what: Product, form: str) -> bytes:
    """The document of a product in a format."""
    known = (*writers.writers(), votableform.TABLEDATA)
    (writer,) = (writer for writer in known if form in writer.names)
    return writer.write(what)


def of_json(document: bytes) -> dict[int, dict[str, list]]:
    return {found["oid"]: found for found in json.loads(document)["lightcurves"]}


def of_csv(document: bytes) -> dict[int, dict[str, list]]:
    found: dict[int, dict[str, list]] = {}
    for row in csv.DictReader(io.StringIO(document.decode(), newline="")):
        one = found.setdefault(int(row["oid"]), {name: [] for name in row})
        for name, text in row.items():
            one[name].append(text)
    return found


def of_parquet(document: bytes) -> dict[int, dict[str, list]]:
    table = pyarrow.parquet.read_table(io.BytesIO(document))
    oids = table.column("oid").to_numpy()
    return {
        int(oid): {
            name: table.filter(oids == oid).column(name).to_pylist() for name in table.column_names
        }
        for oid in dict.fromkeys(oids)
    }


def of_votable(document: bytes) -> dict[int, dict[str, list]]:
    found = {}
    for table in parse(io.BytesIO(document), verify="exception").iter_tables():
        (oid,) = [int(param.value) for param in table.params if param.name == "oid"]
        found[oid] = {field.name: table.array[field.ID].data for field in table.fields}
    return found


def of_tsv(document: bytes) -> dict[int, dict[str, list]]:
    assert b"," not in document
    return of_csv(document.replace(b"\t", b","))


def of_ipac(document: bytes) -> dict[int, dict[str, list]]:
    table = Table.read(document.decode(), format="ascii.ipac")
    return {
        int(oid): {
            name: table[name][table["oid"] == oid].filled(np.nan)
            if table[name].dtype.kind == "f" and hasattr(table[name], "filled")
            else table[name][table["oid"] == oid]
            for name in table.colnames
        }
        for oid in dict.fromkeys(table["oid"])
    }


READERS = {
    "json": of_json,
    "csv": of_csv,
    "tsv": of_tsv,
    "ipac": of_ipac,
    "parquet": of_parquet,
    **dict.fromkeys(("votable", "votable/td"), of_votable),
}


def as_numbers(values, dtype: str) -> np.ndarray:
    """Values of a format as numbers of the column's type; nothing is not a number."""
    return np.array([np.nan if value in (None, "") else value for value in values], dtype)


ASKED = {
    "as stored": {},
    "folded": {"period": 1.7, "cycles": 2},
    "binned": {"bin": 50.0},
    "differences": {"quantity": "diffmag"},
    "everything": {"quantity": "diffflux", "period": 3.3, "bin": 0.1, "cycles": 3},
}


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("form", READERS)
def test_every_format_gives_the_same_bits_of_every_column(form, name):
    what = product(curve(OIDS[0], 300, 17.0), curve(OIDS[1], 7), **ASKED[name])
    found = READERS[form](written(what, form))
    assert list(found) == list(OIDS)
    for one in what.curves:
        for column, values in one.columns.items():
            dtype = COLUMNS[column].dtype
            given = as_numbers(found[one.oid][column], dtype)
            expected = values
            if form == "json" and dtype != "int32":
                expected = np.where(np.isfinite(values), values, np.nan).astype(dtype)
            np.testing.assert_array_equal(given, expected, err_msg=f"{form} {column}")


def noted(document: bytes, form: str) -> list[str]:
    """The notes on all light curves in a document."""
    if form == "json":
        return json.loads(document)["notes"]
    if form == "parquet":
        return orjson.loads(pyarrow.parquet.read_schema(io.BytesIO(document)).metadata[b"notes"])
    (resource,) = parse(io.BytesIO(document)).resources
    return [info.value for info in resource.infos if info.name == "note"]


@pytest.mark.parametrize("form", ["json", "parquet", "votable"])
def test_every_format_with_room_for_it_says_what_bins_are_averages_of(form):
    """7 of 300 made-up epochs have room for chance: counts are those of the flags."""
    one, other = curve(OIDS[0], 300, 17.0), curve(OIDS[1], 7)
    unusable = [int(np.sum(each.columns["catflags"] >= 32768)) for each in (one, other)]
    assert all(0 < number < len(each) for number, each in zip(unusable, (one, other), strict=True))
    left_out = sum(unusable)
    document = written(product(one, other, bin=50.0), form)
    assert noted(document, form) == [
        f"Averages of {307 - left_out} epochs in bins of 50 d; {left_out} epochs were left out, for"
        " catflags of 32768 and above or an error that is not positive."
    ]
    assert noted(written(product(one, other), form), form) == []


def test_each_light_curve_in_bins_says_how_many_epochs_it_has():
    one = curve(OIDS[0], 300)
    unusable = int(np.sum(one.columns["catflags"] >= 32768))
    what = product(one, bin=50.0, period=3.0)
    (found,) = json.loads(written(what, "json"))["lightcurves"]
    assert (found["averaged"], found["left_out"]) == (300 - unusable, unusable)
    (table,) = parse(io.BytesIO(written(what, "votable"))).iter_tables()
    (info,) = table.infos
    assert info.name == "note"
    assert f"of {300 - unusable} epochs in bins of 50 d; {unusable} epochs were left" in info.value
    good = int(np.sum(one.columns["catflags"] == 0))
    (table,) = parse(
        io.BytesIO(written(product(one, bin=5.0, good_only=True), "votable"))
    ).iter_tables()
    assert f"of {good} epochs" in table.infos[0].value
    assert "left out, for catflags other than 0 or an error that" in table.infos[0].value
    (table,) = parse(
        io.BytesIO(written(product(one, bin=5.0, bad_catflags_mask=0), "votable"))
    ).iter_tables()
    assert table.infos[0].value == "Averages of 300 epochs in bins of 5 d; no epoch was left out."


@pytest.mark.parametrize("form", ["json", "parquet", "votable"])
@pytest.mark.parametrize("quantity", ["diffmag", "diffflux", "mag"])
def test_differences_without_a_reference_are_said_to_be_empty_and_why(form, quantity):
    known, unknown = curve(OIDS[0], 5, 17.0), curve(OIDS[1], 5)
    assert math.isnan(unknown.refmag)
    found = noted(written(product(known, unknown, quantity=quantity), form), form)
    expected = (
        f"No reference magnitude is known of {OIDS[1]}, so that differences are empty: give one by"
        f" REFMAG={OIDS[1]}:20.5, say."
    )
    assert found == ([expected] if quantity != "mag" else [])


def test_a_votable_of_many_notes_has_no_identifier_twice():
    document = written(
        product(curve(OIDS[0], 9), curve(OIDS[1], 9), bin=1.0, times="float32"), "votable"
    )
    identifiers = re.findall(rb' ID="([^"]*)"', document)
    assert len(identifiers) == len(set(identifiers))
    assert document.count(b'name="note"') == 4


@pytest.mark.parametrize("form", ["json", "parquet", "votable"])
def test_coarse_times_are_said_of_the_whole_and_of_their_column(form):
    said = {}
    for times in ("five-decimals", "float32"):
        document = written(product(curve(OIDS[0], 5), times=times), form)
        said[times] = noted(document, form)
        if form == "json":
            described = json.loads(document)["columns"]["hmjd"]["description"]
        elif form == "parquet":
            schema = pyarrow.parquet.read_schema(io.BytesIO(document))
            described = schema.field("hmjd").metadata[b"description"].decode()
        else:
            (table,) = parse(io.BytesIO(document)).iter_tables()
            described = table.get_field_by_id_or_name("hmjd").description
        assert ("steps of 1/256 d" in described) is (times == "float32")
        assert described.startswith("Heliocentric MJD")
    assert said == {"five-decimals": [], "float32": [TIMES["float32"].note]}


def test_a_figure_has_the_notes_among_its_facts_for_programs():
    what = product(curve(OIDS[0], 5), times="float32", bin=10.0)
    for form in ("png", "pdf"):
        document = written(what, form)
        assert b"steps of 1/256 d" in document.replace(b"\\", b"")


def test_differences_in_the_test_are_infinite_somewhere_and_unknown_elsewhere():
    what = product(curve(OIDS[0], 300, 17.0), curve(OIDS[1], 7), quantity="diffmag")
    assert np.isinf(what.curves[0].columns["diffmag"]).any()
    assert np.isnan(what.curves[1].columns["diffmag"]).all()


def test_csv_prints_float32_in_the_fewest_digits_and_nothing_for_nothing():
    one = curve(OIDS[0], 4)
    one.columns["mag"][:] = np.float32(13.434878)
    lines = written(product(one), "csv").decode().splitlines()
    assert lines[0] == "oid,filter,hmjd,mag,magerr,flux,fluxerr,clrcoeff,catflags"
    fields = lines[1].split(",")
    assert (fields[0], fields[1], fields[3], fields[7]) == (str(OIDS[0]), "zg", "13.434878", "")


def test_lines_of_csv_all_end_alike():
    document = written(product(curve(OIDS[0], 3), curve(OIDS[1], 2)), "csv")
    assert document.count(b"\r\n") == document.count(b"\r") == document.count(b"\n") == 6


def test_json_describes_columns_frame_and_release():
    document = orjson.loads(written(product(curve(OIDS[0], 3)), "json"))
    assert document["release"] == {
        "name": "demo",
        "title": "Simulated <demo> & more",
        "simulated": True,
        "times": "five-decimals",
    }
    assert document["request"] == f"{get_settings().url}/lc?ID={OIDS[0]}&RESPONSEFORMAT=csv"
    assert document["frame"]["time"] == {
        "scale": "UTC",
        "reference_position": "HELIOCENTER",
        "origin": 2400000.5,
        "unit": "d",
        "point": "middle of the exposure",
    }
    assert document["columns"]["flux"]["unit"] == "Jy"
    (one,) = document["lightcurves"]
    assert set(one) - {"nrows"} == set(document["columns"])
    assert (one["ra"], one["dec"], one["nrows"]) == (254.4575500488281, -35.34236145019531, 3)
    assert one["refmag"] is None


def test_parquet_fields_have_units_and_the_file_says_whence_it_comes():
    table = pyarrow.parquet.read_table(
        io.BytesIO(written(product(curve(OIDS[0], 3, 17.5)), "parquet"))
    )
    assert table.schema.field("hmjd").metadata[b"unit"] == b"d"
    assert table.schema.field("flux").metadata[b"unit"] == b"Jy"
    assert str(table.schema.field("mag").type) == "float"
    metadata = table.schema.metadata
    assert (metadata[b"release"], metadata[b"simulated"]) == (b"demo", b"true")
    (facts,) = orjson.loads(metadata[b"lightcurves"])
    assert (facts["oid"], facts["refmag"]) == (OIDS[0], 17.5)


def test_votable_has_a_table_for_each_light_curve_with_its_frames():
    document = parse(
        io.BytesIO(written(product(curve(OIDS[0], 3), curve(OIDS[1], 2)), "votable")),
        verify="exception",
    )
    (resource,) = document.resources
    assert [table.name for table in resource.tables] == [f"lc_{oid}" for oid in OIDS]
    (system,) = resource.time_systems
    assert (system.timescale, system.refposition) == ("UTC", "HELIOCENTER")
    assert float(system.timeorigin) == 2400000.5
    for table in resource.tables:
        assert table.get_field_by_id_or_name("hmjd").ref == system.ID
        references = {param.name: param.ref for param in table.params}
        assert references["ra"] == references["dec"] == resource.coordinate_systems[0].ID
        assert set(FACTS) <= set(references)
    infos = {info.name: info for info in resource.infos}
    assert infos["QUERY_STATUS"].value == "OK"
    assert (infos["release"].value, infos["simulated"].value) == ("demo", "true")
    address = f"/lc?ID={OIDS[0]}%2C{OIDS[1]}&RESPONSEFORMAT=csv"
    assert infos["request"].value == get_settings().url + address


def test_votable_shows_the_calibration_of_each_band_for_all_that_is_measured_in_it():
    what = product(curve(OIDS[0], 3, 17.0), curve(OIDS[1], 2), quantity="diffflux")
    document = parse(io.BytesIO(written(what, "votable")), verify="exception")
    for table, svo_id, wavelength in zip(
        document.iter_tables(),
        ("Palomar/ZTF.g", "Palomar/ZTF.r"),
        (4.746e-7, 6.366e-7),
        strict=True,
    ):
        (group,) = table.groups
        calibrated = {field.name for field in table.fields if field.ref == group.ID}
        assert calibrated == {"mag", "flux", "diffmag", "diffflux"}
        values = {param.name: param.value for param in group.entries}
        assert values["filterIdentifier"] == svo_id
        assert values["magnitudeSystem"] == "AB"
        assert values["effectiveWavelength"] == wavelength
        assert values["zeroPointFlux"] == ZERO_FLUX


@pytest.mark.parametrize("form", ["json", "csv", "parquet"])
def test_no_light_curve_is_a_document_without_rows(form):
    assert READERS[form](written(product(), form)) == {}


def test_no_light_curve_is_a_votable_with_an_empty_table():
    (table,) = parse(io.BytesIO(written(product(), "votable")), verify="exception").iter_tables()
    assert len(table.array) == 0
    assert [field.name for field in table.fields][:3] == ["hmjd", "mag", "magerr"]


@pytest.mark.parametrize("form", READERS)
def test_a_light_curve_without_epochs_is_no_fault(form):
    document = written(product(curve(OIDS[0], 0)), form)
    found = READERS[form](document)
    assert all(len(one["hmjd"]) == 0 for one in found.values())


def test_formats_have_different_names_and_extensions():
    all_writers = writers.writers()
    names = [name for writer in all_writers for name in writer.names]
    assert len(set(names)) == len(names)
    assert len({writer.extension for writer in all_writers}) == len(all_writers)
    assert len({writer.order for writer in all_writers}) == len(all_writers)
    assert [writer.extension for writer in all_writers if writer.semantics == "#this"] == ["vot"]
    assert {"votable", "csv", "json", "parquet", "png", "pdf"} <= set(names)
    assert all(name == "".join(name.lower().split()) for name in names)
