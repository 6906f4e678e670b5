"""Light curves of services outside, alone and beside those of a release, in every format."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import numpy as np
import pyarrow.parquet
import pytest
from astropy.io.votable import parse
from astropy.table import Table

from ztfvo.outside.curves import light_curve
from ztfvo.outside.model import Answer, Column, Filter, Source, State
from ztfvo.outside.sources import sources
from ztfvo.photometry import ab_to_jansky
from ztfvo.products import beside, writers
from ztfvo.products.derive import derive
from ztfvo.products.figure import draw
from ztfvo.products.model import Curve, Product, Request
from ztfvo.products.notes import notes
from ztfvo.products.writers import votableform

OID = 680113300005170
TIMES = np.array([58001.25, 58000.5, 58003.0, 58002.125])
TEXTS = np.array(['a,b "c"', "plain", "", "Gl\u00fcck\n"])


async def _find(*_):
    return []


SOURCE = Source(
    name="survey",
    title="A survey",
    gives=("light curve",),
    hosts=("https://a.example",),
    radius=5.0,
    largest_radius=60.0,
    about="https://a.example/about",
    record="https://a.example/object?id={id}",
    citation="https://a.example/paper",
    licence="Free",
    columns=(Column("id", "str", None, "meta.id;meta.main", "Identifier"),),
    find=_find,
    filters={"u": Filter("A/B.u", 3.5e-7), "w": Filter("A/B.w", 9e-7)},
    native=(
        Column("bjd", "float64", "d", "time.epoch", "Time, TDB"),
        Column("label", "str", None, "meta.note", "A text"),
        Column("counts", "int64", None, "phot.count", "Counts"),
        Column("odd", "bool", None, "meta.code", "Whether it is odd"),
    ),
    frames={
        "bjd": {
            "scale": "TDB",
            "reference_position": "BARYCENTER",
            "origin": 2457000.0,
            "unit": "d",
            "point": "transit",
        }
    },
    times="TDB, at the barycentre",
    photometry="AB magnitudes",
)
CURVE = light_curve(
    SOURCE,
    identifier="star & <1>",
    position=(254.45755, 35.34236),
    hmjd=TIMES,
    filter=["w", "u", "u", "w"],
    mag=np.array([17.125, 18.0, 21.0, np.nan]),
    magerr=np.array([0.1, 0.2, np.nan, np.nan]),
    flux=np.array([*ab_to_jansky([17.125, 18.0, 21.0], 0.1)[0], -2e-5]),
    fluxerr=np.array([1e-5, 1e-5, np.nan, 1e-5]),
    limit=[False, False, True, False],
    difference=[False, False, False, True],
    good=[True, True, True, False],
    native={
        "bjd": TIMES - 56999.5,
        "label": TEXTS,
        "counts": np.array([2**53 + 1, 2, 3, 4]),
        "odd": np.array([True, False, True, False]),
    },
    notes=("It is approximate.",),
)
FOUND = Answer("survey", State.FOUND, ({"id": "star & <1>", "separation": 0.5},), CURVE)
EMPTY = Answer("survey", State.EMPTY)
DOWN = Answer(
    "survey", State.UNAVAILABLE, reason="A survey answers 500", since="2026-01-01T00:00:00+00:00"
)
WRONG = Answer("survey", State.MALFORMED, reason="column mag is missing; there are: x")
ANSWERS = {"found": FOUND, "empty": EMPTY, "unavailable": DOWN, "malformed": WRONG}


def asked(**given) -> Request:
    return Request(release="ztf", oids=(OID,), format="csv", **given)


def delivered(answer: Answer, request: Request, **given) -> beside.Beside:
    return beside.deliver(SOURCE, answer, request, radius=5.0, **given)


def alone(answer: Answer = FOUND, every: bool = True, **given) -> Product:
    request = replace(asked(**given), title="A survey")
    one = delivered(answer, request, every=every)
    address = "http://site/outside/survey/lc?ID=1"
    return Product(request, "", "", False, "", (), beside=(one,), address=address)


def with_ztf(*answers: Answer, **given) -> Product:
    request = asked(beside=("survey",), **given)
    columns = {
        "hmjd": np.array([58000.0, 58010.0]),
        "mag": np.array([16.1, 16.2], np.float32),
        "magerr": np.array([0.01, 0.02], np.float32),
        "clrcoeff": np.array([0.1, np.nan], np.float32),
        "catflags": np.array([0, 32768], np.int32),
    }
    fixed = (254.45755, 35.34236, 680, 50, 1, "zg", 0.0, np.nan, np.nan)
    curve = Curve("demo", OID, *fixed, columns=columns)
    return derive(
        Product(
            *(request, "demo", "Simulated", True, "five-decimals", (curve,)),
            beside=tuple(delivered(one, request) for one in answers),
        )
    )


def written(product: Product, form: str) -> bytes:
    (writer,) = (one for one in writers.writers() if form in one.names)
    return writer.write(product)


def tables(product: Product) -> dict:
    """Tables of the VOTable by name; the document is valid."""
    document = parse(io.BytesIO(written(product, "votable")), verify="exception")
    return {table.name: table for table in document.iter_tables()}


def column(table, name: str) -> list:
    """Values of a column of a VOTable."""
    (field,) = (field for field in table.fields if field.name == name)
    return table.array[field.ID].tolist()


def infos(table) -> dict[str, str]:
    return {info.name: info.value for info in table.infos}


def test_a_votable_has_a_table_for_each_filter_with_its_calibration_and_times():
    found = tables(alone())
    assert list(found) == ["survey_u", "survey_w"]
    for name, svo_id, wavelength in (("u", "A/B.u", 3.5e-7), ("w", "A/B.w", 9e-7)):
        table = found[f"survey_{name}"]
        (group,) = table.groups
        said = {entry.name: entry.value for entry in group.entries}
        assert (said["filterIdentifier"], said["effectiveWavelength"]) == (svo_id, wavelength)
        assert said["magnitudeSystem"] == "AB"
        refers = {field.name: field.ref for field in table.fields if field.ref}
        assert refers == {
            "hmjd": "hmjd_frame",
            "bjd": "survey_bjd_frame",
            "mag": group.ID,
            "flux": group.ID,
        }
    assert column(found["survey_u"], "hmjd") == [58000.5, 58003.0]
    assert column(found["survey_w"], "hmjd") == [58001.25, 58002.125]
    assert column(found["survey_u"], "limit") == [False, True]
    assert column(found["survey_w"], "difference") == [False, True]
    assert column(found["survey_w"], "counts") == [2**53 + 1, 4]
    assert column(found["survey_w"], "label") == ['a,b "c"', "Gl?ck\n"]
    assert column(found["survey_w"], "flux")[1] == -2e-5
    assert column(found["survey_w"], "mag") == [17.125, None]
    said = {param.name: param.value for param in found["survey_u"].params}
    assert (said["object"], said["separation"], said["source"]) == ("star ? ?1?", 0.5, "survey")
    assert infos(found["survey_u"])["record"] == "https://a.example/object?id=star%20%26%20%3C1%3E"


def test_native_times_have_their_own_system():
    document = parse(io.BytesIO(written(alone(), "votable")))
    systems = {one.ID: one for one in document.resources[0].time_systems}
    own, ours = systems["survey_bjd_frame"], systems["hmjd_frame"]
    assert (own.timescale, own.refposition, own.timeorigin) == ("TDB", "BARYCENTER", 2457000.0)
    assert (ours.timescale, ours.refposition, ours.timeorigin) == (
        "UTC",
        "HELIOCENTER",
        2400000.5,
    )


def test_frames_of_all_sources_are_those_that_votable_knows():
    """Terms of http://www.ivoa.net/rdf/timescale and http://www.ivoa.net/rdf/refposition."""
    for source in beside.curve_sources().values():
        assert source.frames, source.name
        for name, frame in source.frames.items():
            assert name in {one.name for one in source.native}
            assert frame["scale"] in {"UTC", "TAI", "TCB", "TDB", "TT"}
            assert frame["reference_position"] in {"TOPOCENTER", "BARYCENTER", "UNKNOWN"}


def test_no_source_has_a_column_that_all_have():
    common = {*beside.COLUMNS, "filter", "source", "object", "state", "note"}
    for source in beside.curve_sources().values():
        names = [one.name for one in source.native]
        assert not common & set(names), source.name
        assert len(names) == len(set(names))
        assert source.times and source.photometry and source.fetch


def test_json_has_all_that_is_known():
    (found,) = json.loads(written(alone(), "json"))["outside"]
    assert (found["source"], found["state"], found["nrows"]) == ("survey", "found", 4)
    rows = found["rows"]
    assert rows["hmjd"] == sorted(TIMES)
    assert rows["filter"] == ["u", "w", "w", "u"]
    assert rows["mag"] == [18.0, 17.125, None, 21.0]
    assert rows["label"] == ["plain", 'a,b "c"', "Gl\u00fcck\n", ""]
    assert rows["odd"] == [False, True, False, True]
    assert rows["good"] == [True, True, False, True]
    assert set(rows) == {"filter", *found["columns"]}
    assert found["filters"]["u"] == {"svo_id": "A/B.u", "wavelength_eff": 3.5e-7}
    assert found["native_times"]["bjd"]["scale"] == "TDB"
    assert found["notes"] == ["It is approximate."]


def test_csv_and_parquet_alone_have_every_column():
    rows = list(csv.DictReader(io.StringIO(written(alone(), "csv").decode(), newline="")))
    assert [row["label"] for row in rows] == ["plain", 'a,b "c"', "Gl\u00fcck\n", ""]
    assert [row["hmjd"] for row in rows] == ["58000.5", "58001.25", "58002.125", "58003"]
    assert [row["limit"] for row in rows] == ["false", "false", "false", "true"]
    assert rows[1]["counts"] == str(2**53 + 1)
    assert rows[2]["mag"] == ""
    table = pyarrow.parquet.read_table(io.BytesIO(written(alone(), "parquet")))
    assert table.column_names == list(rows[0])
    assert table.column("counts").to_pylist() == [2, 2**53 + 1, 4, 3]
    assert table.column("object").to_pylist() == ["star & <1>"] * 4
    assert table.schema.field("bjd").metadata[b"unit"] == b"d"
    (said,) = json.loads(table.schema.metadata[b"outside"])
    assert (said["state"], said["native_times"]["bjd"]["scale"]) == ("found", "TDB")


@pytest.mark.parametrize("state", ["empty", "unavailable", "malformed"])
@pytest.mark.parametrize("form", ["votable", "json", "csv", "tsv", "ipac", "parquet"])
def test_each_format_says_of_a_source_without_rows_why(form, state):
    product = with_ztf(ANSWERS[state])
    document = written(product, form)
    (sentence,) = beside.sentences(product.beside[0])
    assert sentence in notes_of(document, form)
    assert state in states_of(document, form)
    expected = {
        "empty": "A survey has nothing within 5 arcsec.",
        "unavailable": "A survey is unavailable, since 2026-01-01T00:00:00+00:00: A survey answers"
        " 500.",
        "malformed": "The answer of A survey is not as it should be: column mag is missing; there"
        " are: x.",
    }
    assert sentence == expected[state]


def states_of(document: bytes, form: str) -> list[str]:
    if form == "json":
        return [one["state"] for one in json.loads(document)["outside"]]
    if form == "votable":
        found = parse(io.BytesIO(document)).iter_tables()
        return [infos(table)["state"] for table in found if "state" in infos(table)]
    return rows_of(document, form, "state")


def notes_of(document: bytes, form: str) -> list[str]:
    if form == "json":
        return json.loads(document)["outside"][0]["notes"]
    if form == "votable":
        found = parse(io.BytesIO(document)).iter_tables()
        return [info.value for table in found for info in table.infos if info.name == "note"]
    return rows_of(document, form, "note")


def rows_of(document: bytes, form: str, name: str) -> list[str]:
    if form == "parquet":
        return pyarrow.parquet.read_table(io.BytesIO(document)).column(name).to_pylist()
    if form == "ipac":
        return Table.read(document.decode(), format="ascii.ipac")[name].tolist()
    lines = io.StringIO(document.decode(), newline="")
    return [row[name] for row in csv.DictReader(lines, delimiter="\t" if form == "tsv" else ",")]


def test_rows_of_other_sources_stand_below_those_of_ztf():
    document = written(with_ztf(FOUND, DOWN), "csv").decode()
    rows = list(csv.DictReader(io.StringIO(document, newline="")))
    assert [row["source"] for row in rows] == ["ztf"] * 2 + ["survey"] * 4
    assert [row["hmjd"] for row in rows] == ["58000", "58010", "58000.5", "58001.25", "58003", ""]
    assert [row["mag"] for row in rows] == ["16.1", "16.2", "18", "17.125", "21", ""]
    assert [row["oid"] for row in rows] == [str(OID)] * 2 + [""] * 4
    assert [row["object"] for row in rows][2:] == ["star & <1>"] * 3 + [""]
    assert [row["limit"] for row in rows] == ["", "", "false", "false", "true", ""]
    assert [row["filter"] for row in rows] == ["zg", "zg", "u", "w", "u", ""]
    assert rows[0]["catflags"] == "0" and rows[2]["catflags"] == ""


def test_flux_densities_stand_in_those_of_ztf():
    document = written(with_ztf(FOUND, quantity="diffflux"), "csv").decode()
    rows = list(csv.DictReader(io.StringIO(document, newline="")))
    assert float(rows[2]["flux"]) == pytest.approx(ab_to_jansky(18.0, 0.1)[0])
    assert rows[4]["flux"] == ""  # a limit


def test_other_tables_stand_beside_those_of_ztf():
    found = tables(with_ztf(FOUND, EMPTY))
    assert list(found) == [f"lc_{OID}", "survey_u", "survey_w", "survey"]
    assert infos(found["survey"])["state"] == "empty"
    assert len(found["survey"].array) == 0


def test_without_others_a_document_has_nothing_of_them():
    product = with_ztf()
    assert "outside" not in json.loads(written(product, "json"))
    assert list(tables(product)) == [f"lc_{OID}"]
    assert written(product, "csv").startswith(b"oid,filter,hmjd,")


def test_epochs_that_a_source_advises_against_are_left_out_and_counted():
    one = delivered(FOUND, asked())
    assert (len(one), one.left_out) == (3, 1)
    assert next(beside.sentences(one)) == (
        "Left out are epochs of A survey that it advises not to use, 1 in all:"
        " /outside/survey/lc?QUALITY=all has them."
    )
    every = delivered(FOUND, asked(), every=True)
    assert (len(every), every.left_out) == (4, 0)


def test_times_bound_other_light_curves_too():
    one = delivered(FOUND, asked(), bounds=(58000.5, 58001.25), every=True)
    assert one.columns["hmjd"].tolist() == [58000.5, 58001.25]
    assert one.columns["counts"].tolist() == [2, 2**53 + 1]


def test_other_light_curves_are_folded_too():
    product = with_ztf(FOUND, period=2.0, epoch=58000.0, cycles=2)
    (one,) = product.beside
    assert one.columns["phase"].tolist() == [0.25, 0.5, 0.625, 1.25, 1.5, 1.625]
    assert one.columns["hmjd"].tolist() == [58000.5, 58003.0, 58001.25] * 2
    assert "phase" in next(iter(csv.DictReader(io.StringIO(written(product, "csv").decode()))))


def test_figures_show_others_with_their_states():
    figure = draw(with_ztf(FOUND, EMPTY, DOWN))
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert labels[0].startswith(str(OID))
    assert labels[1:6] == [
        "A survey u, 1 point",
        "A survey u, 1 limit",
        "A survey w, 1 point",
        "A survey: nothing within 5 arcsec",
        "A survey: unavailable",
    ]
    drawn = [line.get_xdata().tolist() for line in figure.axes[0].lines]
    assert [58000.5] in drawn and [58003.0] in drawn and [58001.25] in drawn
    caption = figure.texts[-1].get_text()
    assert "those of other services were observed" in caption


@pytest.mark.parametrize("answer", [FOUND, EMPTY])
@pytest.mark.parametrize("form", ["png", "pdf"])
def test_a_figure_of_a_source_alone(answer, form):
    product = alone(answer)
    assert written(product, form)[:4] in (b"\x89PNG", b"%PDF")
    figure = draw(product)
    assert figure.texts[-1].get_text() == "Data: A survey."
    assert notes(product)


def test_the_text_of_a_source_does_not_break_a_votable():
    odd = replace(DOWN, reason="\x00]]>&<script> \ud800 é")
    found = tables(with_ztf(odd))
    assert infos(found["survey"])["reason"] == "?]]>&<script> ? é"


def test_every_source_of_light_curves_can_be_asked_for_by_its_name():
    from ztfvo.dal import Parameters
    from ztfvo.products import request

    (writer,) = (one for one in writers.writers() if one.extension == "csv")
    for words, expected in (
        ("all", tuple(beside.curve_sources())),
        ("gaia_photometry,antares", ("antares", "gaia_photometry")),
        ("GAIA_PHOTOMETRY", ("gaia_photometry",)),
    ):
        given = Parameters([("ID", str(OID)), ("WITH", words)])
        read = request.read(request.Asked(parameters=given), writer)
        assert read.beside == expected
        assert f"WITH={'%2C'.join(expected)}" in request.address(read)
    assert set(beside.curve_sources()) <= set(sources())


@pytest.mark.parametrize("form", ["tsv", "ipac"])
def test_plain_tables_have_the_same_rows_of_others_alone(form):
    known = rows_of(written(alone(), "csv"), "csv", "hmjd")
    there = rows_of(written(alone(), form), form, "hmjd")
    assert [float(one) for one in there] == [float(one) for one in known]


def test_a_votable_with_numbers_as_text_has_those_of_others_so_too():
    document = votableform.TABLEDATA.write(with_ztf(FOUND))
    assert (document.count(b"<TABLEDATA>"), document.count(b"<BINARY>")) == (3, 0)
    numbers = [table.array["hmjd"].tolist() for table in parse(io.BytesIO(document)).iter_tables()]
    binary = tables(with_ztf(FOUND)).values()
    assert numbers == [table.array["hmjd"].tolist() for table in binary]
