"""Every detection names its exposure, also where light curves have a set of their own."""

from __future__ import annotations

import csv
import io

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy.io.votable import parse
from support.curves import CHANNEL, light_curves, random_curves
from support.files import SHARED, needs_shared
from support.releases import temporary_release

from ztfvo.dal import Parameters
from ztfvo.declarations import declared
from ztfvo.errors import HTTPError
from ztfvo.ingest.finish import finish
from ztfvo.ingest.load import Source, insert_file, load
from ztfvo.products import produce, request
from ztfvo.products.columns import COLUMNS, OPTIONAL
from ztfvo.store.schemas import use_schema

BULK = sorted((SHARED / "ztf-dr-bulk").glob("lc_*/*/*/*.parquet"))


def store(release, curves, name="made"):
    """Load light curves without a file, and finish."""
    with release.connection.transaction():
        use_schema(release.connection, release.name)
        file = insert_file(release.connection, curves, Source(name, 0, name, "made"))
        load(release.connection, curves, file)
    done(release)


def done(release):
    finish(release.connection, declared(release.name, release.settings.inputs), lambda what: None)


def joined(release):
    """oid, hmjd, clrcoeff of detections; clrcoeff, mjd_mid and exposure_id of their exposures."""
    return release.rows(
        "SELECT d.oid, d.hmjd, d.clrcoeff, e.clrcoeff, e.mjd_mid, e.exposure_id"
        " FROM detections d LEFT JOIN exposures e USING (exposure_id) ORDER BY 1, 2, 3"
    )


def test_each_detection_joins_with_the_exposure_of_its_clrcoeff_and_time(release):
    curves = random_curves(number=60, exposures=80)
    store(release, curves)
    rows = joined(release)
    assert len(rows) == curves.detections
    assert all(own == of_exposure for _, _, own, of_exposure, *_ in rows)
    assert max(abs(hmjd - middle) for _, hmjd, _, _, middle, _ in rows) < 510 / 86400
    counts = release.rows(
        "SELECT e.ndetections, (SELECT count(*) FROM detections d"
        " WHERE d.exposure_id = e.exposure_id) FROM exposures e"
    )
    assert all(declared == found for declared, found in counts)
    in_arrays = release.rows("SELECT oid, unnest(exposure_id) FROM lightcurves ORDER BY 1, 2")
    assert sorted(in_arrays) == sorted((row[0], row[-1]) for row in rows)


def pair_at_one_time(time=58300.1):
    """Two exposures that share a time, in the order of most light curves, and in the other."""
    pair = [(time, 15, 0.1, 0.125, 0), (time, 16, 0.1, 0.25, 0)]
    later = [(time + 0.5, 15, 0.1, 0.125, 0)]
    return [[*pair, *later], [*pair, *later], pair, pair[::-1], [pair[0], pair[0], *later]]


@pytest.fixture
def choose(request):
    """The function that gives the fixture of a name."""
    return request.getfixturevalue


@pytest.mark.parametrize("ticks", [100_000, 256])
def test_light_curves_that_stand_alone_name_their_exposures_too(choose, ticks):
    release = choose("release" if ticks == 100_000 else "coarse_release")
    time = 58300.125
    curves = light_curves(pair_at_one_time(time), ticks_per_day=ticks)
    store(release, curves)
    alone = release.rows("SELECT count(*) FROM exposure_set WHERE mjd_mid IS NULL")
    assert alone == [(2,)]
    rows = joined(release)
    assert [own for _, _, own, *_ in rows] == [of_exposure for _, _, _, of_exposure, *_ in rows]
    by_exposure = {(of_exposure, round(middle)): number for *_, of_exposure, middle, number in rows}
    assert len(by_exposure) == 3
    assert len(set(by_exposure.values())) == 3
    assert len(rows) == curves.detections


def test_exposures_of_two_files_are_named_alike_whichever_came_first(release):
    epochs = [(58300.1 + k, 15, 0.1, k / 64, 0) for k in range(4)]
    oid = CHANNEL * 10**8
    first = light_curves([epochs[:3]], oid=[oid])
    second = light_curves([epochs[1:]], oid=[oid + 1])
    store(release, first, "first")
    before = {row[-1] for row in joined(release)}
    store(release, second, "second")
    rows = joined(release)
    assert len({row[-1] for row in rows}) == 4
    assert before < {row[-1] for row in rows}
    assert [row[-1] for row in rows[1:3]] == [row[-1] for row in rows[3:5]]


def test_identifiers_that_an_earlier_version_lacks_are_made_by_the_next_finish(release):
    store(release, light_curves(pair_at_one_time()))
    expected = joined(release)
    with release.connection.transaction():
        use_schema(release.connection, release.name)
        release.connection.execute("UPDATE exposure_set SET exposure_id = NULL")
        release.connection.execute("UPDATE input_file SET finished = false")
    assert {row[-1] for row in joined(release)} == {None}
    done(release)
    assert joined(release) == expected


def columns_of(body: bytes, form: str) -> dict[str, list]:
    """Columns of the one light curve of a document; None for no value."""
    if form == "json":
        return orjson.loads(body)["lightcurves"][0]
    if form == "parquet":
        return pq.read_table(pa.BufferReader(body)).to_pydict()
    if form == "csv":
        rows = csv.DictReader(io.StringIO(body.decode()))
        return {name: list(values) for name, values in _turned(rows).items()}
    table = parse(io.BytesIO(body), verify="exception").get_first_table()
    return {
        field.name: [
            None if value == field.values.null else value
            for value in table.array[field.ID].data.tolist()
        ]
        for field in table.fields
    }


def _turned(rows) -> dict[str, list]:
    found: dict[str, list] = {}
    for row in rows:
        for name, text in row.items():
            found.setdefault(name, []).append(text or None)
    return found


def answer(release, form: str, oid: int, **given: str) -> bytes:
    """What /lc sends of a light curve of a release."""
    asked = request.Asked([release.name, f"{oid}.{form}"], Parameters(given.items()))
    writer = request.wanted(asked)
    return produce.write(produce.fetch(request.read(asked, writer)), writer)


@pytest.fixture(scope="module")
def observed(database, tmp_path_factory):
    """A release of one light curve, the image of whose first exposure is known, and its OID."""
    folder = tmp_path_factory.mktemp("observed")
    with temporary_release("t_observed", folder) as release:
        curves = random_curves(number=5, exposures=30)
        store(release, curves)
        oid = int(curves.oid[0])
        release.connection.execute(
            f"UPDATE {release.name}_store.exposure SET filefracday = 20180701249000, exptime = 90,"
            " obsmjd_source = 'observed', exptime_source = 'observed' WHERE exposure_id ="
            f" (SELECT exposure_id[1] FROM {release.name}_store.lightcurves WHERE oid = %s)",
            (oid,),
        )
        yield release, oid


@pytest.mark.parametrize("form", ["vot", "json", "csv", "parquet"])
def test_columns_of_exposures_are_those_of_the_table(observed, form):
    release, oid = observed
    names = ", ".join(OPTIONAL)
    expected = release.rows(
        f"SELECT hmjd, {names} FROM detections JOIN exposures USING (exposure_id) WHERE oid = %s"
        " ORDER BY hmjd",
        oid,
    )
    assert len(expected) > 3
    assert expected[0][-1] == 20180701249000 and expected[1][-1] is None
    found = columns_of(answer(release, form, oid, COLUMNS=",".join(OPTIONAL)), form)
    assert list(found)[-len(OPTIONAL) :] == list(OPTIONAL)
    for place, name in enumerate(("hmjd", *OPTIONAL)):
        values = [row[place] for row in expected]
        if form == "json" and name == "exposure_id":
            assert all(isinstance(text, str) for text in found[name])
            found[name] = list(map(int, found[name]))
        if form == "csv":
            kind = {"str": str, "float64": float, "float32": float}.get(COLUMNS[name].dtype, int)
            found[name] = [None if text is None else kind(text) for text in found[name]]
        assert found[name] == values, name


def test_columns_of_exposures_follow_their_epochs(observed):
    """In a window, and in a folded light curve, whose epochs are in the order of phases."""
    release, oid = observed
    every = columns_of(answer(release, "json", oid, COLUMNS="mjd_mid,exposure_id"), "json")
    pairs = dict(
        zip(every["hmjd"], zip(every["exposure_id"], every["mjd_mid"], strict=True), strict=True)
    )
    middle = f"{every['hmjd'][2]} {every['hmjd'][-2]}"
    for given in ({"TIME": middle}, {"PERIOD": "1.7", "CYCLES": "2"}, {"QUALITY": "good"}):
        some = columns_of(
            answer(release, "json", oid, COLUMNS="mjd_mid,exposure_id", **given), "json"
        )
        assert len(some["hmjd"]) > 1
        assert [pairs[time] for time in some["hmjd"]] == list(
            zip(some["exposure_id"], some["mjd_mid"], strict=True)
        )
        assert "obsmjd" not in some


def test_times_at_palomar_refer_to_a_system_of_their_own(observed):
    release, oid = observed
    document = parse(io.BytesIO(answer(release, "vot", oid, COLUMNS="obsmjd,mjd_mid")))
    (resource,) = document.resources
    systems = {system.ID: system for system in resource.time_systems}
    fields = {field.name: field for field in resource.tables[0].fields}
    for name, place in (
        ("hmjd", "HELIOCENTER"),
        ("obsmjd", "TOPOCENTER"),
        ("mjd_mid", "TOPOCENTER"),
    ):
        system = systems[fields[name].ref]
        assert (system.timescale, system.refposition) == ("UTC", place)
        assert float(system.timeorigin) == 2400000.5
    assert "UTC, topocentric at Palomar" in fields["obsmjd"].description
    plain = parse(io.BytesIO(answer(release, "vot", oid)))
    assert len(plain.resources[0].time_systems) == 1


def test_exposures_that_are_being_loaded_are_unavailable_not_empty(observed):
    release, oid = observed
    table = f"{release.name}_store.exposure_set"
    release.connection.execute(f"CREATE TEMP TABLE kept AS SELECT id, exposure_id FROM {table}")
    try:
        for half in ("exposure_id[1:0]", "NULL"):
            release.connection.execute(f"UPDATE {table} SET exposure_id = {half}")
            with pytest.raises(HTTPError, match="are being loaded") as refused:
                answer(release, "json", oid, COLUMNS="exptime")
            assert refused.value.status == 503
            assert len(columns_of(answer(release, "json", oid), "json")["hmjd"]) > 3
    finally:
        release.connection.execute(
            f"UPDATE {table} s SET exposure_id = k.exposure_id FROM kept k WHERE k.id = s.id"
        )


@needs_shared
@pytest.mark.parametrize("number", [0, -1])
def test_detections_of_real_files_join_with_their_exposures(database, tmp_path, number):
    path = BULK[number]
    times = "float32" if "dr5" in path.name else "five-decimals"
    with temporary_release("t_ids", tmp_path, times=times) as release:
        assert release.ingest(path)[0].action == "loaded"
        (counts,) = release.rows(
            "SELECT count(*), count(e.exposure_id),"
            " count(*) FILTER (WHERE d.clrcoeff = e.clrcoeff),"
            " max(abs(d.hmjd - e.mjd_mid)) * 86400 FROM detections d"
            " LEFT JOIN exposures e USING (exposure_id)"
        )
        every, known, alike, away = counts
        assert every == known == alike > 30_000
        assert away < 500 + 86400 / 256 * (times == "float32")
        (wrong,) = release.rows(
            "SELECT count(*) FROM exposures e WHERE ndetections <>"
            " (SELECT count(*) FROM detections d WHERE d.exposure_id = e.exposure_id)"
            " AND exposure_id IN (SELECT exposure_id FROM exposures ORDER BY 1 LIMIT 3)"
        )
        assert wrong == (0,)
