"""Times of double precision, as DR8's files have them, are kept bit for bit and cost little."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy.io.votable import parse
from psycopg import sql
from support import full_times
from support.files import BULK_DR5, BULK_DR19, SHARED, needs_shared, write_bulk
from support.here import ztfvo_here
from support.releases import TABLES, temporary_release

from ztfvo.dal import Parameters
from ztfvo.images.epoch import Moment, epoch_of
from ztfvo.ingest.readers import read_file
from ztfvo.products import produce, request
from ztfvo.store.names import schema_of
from ztfvo.store.schemas import use_schema
from ztfvo.store.times import DOUBLE_TICKS
from ztfvo.store.unpack import read_range

CURVES = 10_000
VALUES = ("hmjd", "mag", "magerr", "clrcoeff", "catflags")


@pytest.fixture(scope="module")
def curves():
    return full_times.made(CURVES)


@pytest.fixture(scope="module")
def loaded(database, curves, tmp_path_factory):
    """A release of the file."""
    folder = tmp_path_factory.mktemp("full")
    with temporary_release("t_full", folder, times="double") as release:
        (outcome,) = release.ingest(full_times.write(folder / full_times.NAME, curves))
        assert outcome.action == "loaded", outcome.message
        yield release


def bits(values, dtype) -> np.ndarray:
    """Floating-point numbers as whole ones, by which alone they are the same."""
    values = np.array(values, dtype)
    return values.view(f"u{values.dtype.itemsize}") if values.dtype.kind == "f" else values


def test_the_made_times_are_those_of_double_precision(curves):
    """And not of five decimals, nor in steps that single precision has."""
    ticks = curves.hmjd * DOUBLE_TICKS
    assert np.array_equal(ticks, np.rint(ticks))
    assert np.mean(curves.hmjd == np.round(curves.hmjd, 5)) < 1e-4
    assert len(curves) == CURVES
    assert curves.detections > 400_000


def test_many_light_curves_read_at_once_have_each_value_bit_for_bit(loaded, curves):
    order = np.argsort(curves.oid)[:500]
    with loaded.connection.transaction():
        use_schema(loaded.connection, loaded.name)
        oids = curves.oid[order]
        batch = read_range(loaded.connection, int(oids[0]) - 1, int(oids[-1]), 0)
    np.testing.assert_array_equal(batch.oid, oids)
    for name in ("hmjd", "mag", "magerr", "catflags"):
        parts = [getattr(curves, name)[curves.offsets[i] : curves.offsets[i + 1]] for i in order]
        np.testing.assert_array_equal(getattr(batch, name), np.concatenate(parts))


def test_the_view_of_detections_has_each_value_bit_for_bit(loaded, curves):
    rows = loaded.rows(
        "SELECT oid, hmjd, mag, magerr, clrcoeff, catflags, detection_id FROM detections"
        " ORDER BY oid, hmjd"
    )
    oid, *columns, identifiers = zip(*rows, strict=True)
    assert np.array_equal(oid, np.repeat(curves.oid, curves.nepochs))
    for name, values in zip(VALUES, columns, strict=True):
        expected = getattr(curves, name)
        assert np.array_equal(bits(values, expected.dtype), bits(expected, expected.dtype)), name
    made = [f"{o}-{float(t)!r}" for o, t in zip(oid[:2000], curves.hmjd, strict=False)]
    assert list(identifiers[:2000]) == [text.removesuffix(".0") for text in made]


def test_objects_have_the_first_and_last_time_bit_for_bit(loaded, curves):
    rows = loaded.rows("SELECT hmjd_first, hmjd_last, duration FROM objects ORDER BY oid")
    first, last, duration = (np.array(column) for column in zip(*rows, strict=True))
    ends = curves.hmjd[curves.offsets[:-1]], curves.hmjd[curves.offsets[1:] - 1]
    assert np.array_equal(bits(first, float), bits(ends[0], float))
    assert np.array_equal(bits(last, float), bits(ends[1], float))
    assert np.array_equal(duration, ends[1] - ends[0])


def answer(loaded, form: str, *oids: int, **given: str) -> bytes:
    """What /lc sends of light curves of the release."""
    asked = request.Asked(
        [loaded.name, f"{','.join(map(str, oids))}.{form}"],
        Parameters(given.items()),
    )
    writer = request.wanted(asked)
    return produce.write(produce.fetch(request.read(asked, writer)), writer)


def one(curves, index: int, name: str) -> np.ndarray:
    return getattr(curves, name)[curves.offsets[index] : curves.offsets[index + 1]]


@pytest.mark.parametrize("form", ["vot", "json", "csv", "parquet"])
def test_files_of_light_curves_have_each_value_bit_for_bit(loaded, curves, form):
    for index in (0, 4711, CURVES - 1):
        body = answer(loaded, form, int(curves.oid[index]))
        if form == "vot":
            array = parse(io.BytesIO(body)).get_first_table().array
            columns = {name: np.asarray(array[name]) for name in VALUES}
        elif form == "json":
            columns = orjson.loads(body)["lightcurves"][0]
        elif form == "csv":
            rows = list(csv.DictReader(io.StringIO(body.decode())))
            columns = {name: [float(row[name]) for row in rows] for name in VALUES}
        else:
            columns = pq.read_table(pa.BufferReader(body)).to_pydict()
        for name in VALUES:
            expected = one(curves, index, name)
            kind = expected.dtype
            assert np.array_equal(bits(columns[name], kind), bits(expected, kind)), name


def test_phases_are_of_times_of_full_precision(loaded, curves):
    """A tick is 4.7e-6 of a cycle of 1e-4 d; times of five decimals would be up to 0.05 off."""
    body = answer(loaded, "json", int(curves.oid[5]), PERIOD="0.0001", EPOCH="58300")
    phase = np.array(orjson.loads(body)["lightcurves"][0]["phase"])
    expected = np.sort((one(curves, 5, "hmjd") - 58300) / 1e-4 % 1)
    assert phase == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("where", [0, -1])
def test_an_epoch_is_found_by_its_time(loaded, curves, where):
    hmjd = float(one(curves, 7, "hmjd")[where])
    oid = int(curves.oid[7])
    found = epoch_of(loaded.connection, loaded.name, oid, Moment(hmjd))
    assert found.moment == Moment(hmjd)
    assert found.obsmjd_source == "estimated"
    near = round(hmjd, 5)
    assert epoch_of(loaded.connection, loaded.name, oid, Moment(near)).moment == Moment(hmjd)


def test_exposures_are_those_of_the_schedule(loaded, curves):
    """Starts are whole seconds; the middles of the file are 15 s later to 5 ms."""
    rows = loaded.rows("SELECT obsmjd, mjd_mid, ndetections FROM exposures ORDER BY mjd_mid")
    start, middle, number = (np.array(column) for column in zip(*rows, strict=True))
    assert len(start) == len(np.unique(curves.clrcoeff)) == 80
    hours = start * 24
    assert hours == pytest.approx(np.rint(hours), abs=1e-5)
    assert (middle - start) * 86400 == pytest.approx(np.full(80, 15.0), abs=0.01)
    assert number.sum() == curves.detections


PAGE = 8192
"""Bytes by which PostgreSQL's tables grow."""


def size(release, *tables: str) -> int:
    """Bytes of tables with their indexes, without room that is kept for more."""
    for table in tables:
        name = sql.Identifier(schema_of(release.name), table)
        release.connection.execute(sql.SQL("VACUUM FULL {}").format(name))
    query = "SELECT sum(pg_total_relation_size(t::regclass)) FROM unnest(%s::text[]) t"
    return int(release.rows(query, list(tables))[0][0])


def test_the_store_is_no_more_than_a_byte_a_detection_larger(double_release, release, tmp_path):
    """Than that of the same times rounded to five decimals, with 200 epochs a light curve."""
    full = full_times.made(3000, exposures=300)
    rounded = replace(full, hmjd=np.round(full.hmjd, 5))
    assert full.detections > 180 * len(full)
    for one, curves in ((double_release, full), (release, rounded)):
        (outcome,) = one.ingest(full_times.write(tmp_path / full_times.NAME, curves))
        assert outcome.action == "loaded", outcome.message
    packed, all_ = ("lightcurve", "exposure_set"), TABLES[:4]
    for tables in (packed, all_):
        more = size(double_release, *tables) - size(release, *tables)
        assert more < full.detections + PAGE * len(tables), tables


def test_a_file_of_full_precision_is_refused_where_five_decimals_are_declared(release, tmp_path):
    few = full_times.made(3, exposures=5)
    (outcome,) = release.ingest(full_times.write(tmp_path / full_times.NAME, few))
    assert outcome.action == "refused"
    assert f"times are double, release {release.name} has five-decimals" in outcome.message
    assert f"or correct times in {release.declared.file}" in outcome.message


@pytest.mark.parametrize(
    ("times", "types", "found"),
    [("five-decimals", BULK_DR5, "float32"), ("float32", BULK_DR19, "five-decimals")],
)
def test_a_file_of_another_precision_than_declared_is_refused(
    request, tmp_path, times, types, found
):
    release = request.getfixturevalue("coarse_release" if times == "float32" else "release")
    path = write_bulk(tmp_path / "ztf_001722_zg_c07_q4_x.parquet", types=types)
    (outcome,) = release.ingest(path)
    assert outcome.message == (
        f"{path}: times are {found}, release {release.name} has {times}. Load it into the"
        f" release that it is of, or correct times in {release.declared.file}."
    )


def test_other_times_than_the_tables_hold_are_refused_with_the_remedy(loaded):
    path = loaded.settings.inputs / loaded.name / "release.toml"
    declared = path.read_text()
    path.write_text(declared.replace('"double"', '"five-decimals"'))
    try:
        file = loaded.root / full_times.NAME
        refused = ztfvo_here("ingest", loaded.name, file, ZTFVO_ROOT=str(loaded.root))
    finally:
        path.write_text(declared)
    assert refused.returncode == 1
    assert f"ztfvo release drop {loaded.name}" in " ".join(refused.stderr.split())


@needs_shared
def test_real_times_of_dr8_come_back_bit_for_bit(double_release, tmp_path):
    """Eight epochs of a light curve as DR8 has them."""
    with (SHARED / "ztf-dr-bulk/dr8/oid_633207400004730_zr_dr8.csv").open() as file:
        rows = list(csv.DictReader(file))
    real = replace(
        full_times.made(1, exposures=len(rows)),
        oid=np.array([633207400004730]),
        ra=np.array([247.45542907714844]),
        dec=np.array([24.7728214263916]),
        offsets=np.array([0, len(rows)]),
        **{name: np.array([float(row[name]) for row in rows]) for name in ("hmjd",)},
        **{
            name: np.array([row[name] for row in rows], np.float32)
            for name in ("mag", "magerr", "clrcoeff")
        },
        catflags=np.array([int(row["catflags"]) for row in rows], np.int32),
    )
    path = full_times.write(tmp_path / full_times.NAME, real)
    (outcome,) = double_release.ingest(path)
    assert outcome.action == "loaded", outcome.message
    assert read_file(path)[1].hmjd.tolist() == real.hmjd.tolist()
    assert double_release.rows("SELECT hmjd FROM lightcurves") == [(real.hmjd.tolist(),)]
