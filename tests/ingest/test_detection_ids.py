"""Every detection has an identifier of its own, by which it is found again."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest
from support.curves import light_curves
from support.files import SHARED, needs_shared
from support.releases import temporary_release

from ztfvo.dal import Parameters
from ztfvo.errors import HTTPError
from ztfvo.images.epoch import Moment, epoch_of, read_moment
from ztfvo.images.finder import Found
from ztfvo.images.products import Image
from ztfvo.ingest.load import Source, insert_file, load
from ztfvo.ingest.repeats import number_repeats
from ztfvo.ingest.unite import write_exposures
from ztfvo.links import ofdetection
from ztfvo.products import produce, request
from ztfvo.store.schemas import use_schema
from ztfvo.store.times import TIMES

DR5 = SHARED / "ztf-dr-bulk/lc_dr5/0/field0250/ztf_000250_zg_c01_q1_dr5.parquet"
FIRST = 58300.125
"""A whole number of ticks of every kind."""


def epoch(time, exposure):
    """An epoch in an exposure, which is known by its clrcoeff."""
    return time, 15 + exposure / 8, 0.1, exposure / 64, 0


def made(times):
    """Three exposures of one time and one of another; light curves have some, in any order."""
    later = FIRST + 20
    orders = [(1, 2, 3, 4), (1, 2, 3, 4), (2, 3, 4), (1, 4), (3, 1, 2, 4), (2, 2, 4)]
    epochs = [[epoch(FIRST if k < 4 else later, k) for k in order] for order in orders]
    return light_curves(epochs, ticks_per_day=TIMES[times].ticks_per_day, ra=[247.4] * 6)


@pytest.fixture(scope="module", params=TIMES)
def repeats(request, database, tmp_path_factory):
    """A release of light curves with several epochs of one time, and these light curves."""
    curves = made(request.param)
    folder = tmp_path_factory.mktemp("repeats")
    with temporary_release("t_repeats", folder, times=request.param) as release:
        connection = release.connection
        with connection.transaction():
            use_schema(connection, release.name)
            file = insert_file(connection, curves, Source("made", 0, "", "made"))
            load(connection, curves, file)
            write_exposures(connection, [(633, 27, 2)])
            connection.execute(
                "INSERT INTO ztf_store.release (name, title, description, simulated, layout)"
                " VALUES (%s, 'a test', '', true, 'none')",
                (release.name,),
            )
        release.times = request.param
        yield release, curves


def identifiers(release) -> list[tuple]:
    return release.rows("SELECT oid, hmjd, mag, detection_id FROM detections")


def test_no_two_detections_have_the_same_identifier(repeats):
    release, curves = repeats
    rows = identifiers(release)
    assert len({row[-1] for row in rows}) == len(rows) == curves.detections


def test_identifiers_number_the_repeats_and_nothing_else(repeats):
    release, curves = repeats
    for index, oid in enumerate(curves.oid.tolist()):
        found = release.rows("SELECT mag, detection_id FROM detections WHERE oid = %s", oid)
        times = curves.hmjd[curves.offsets[index] : curves.offsets[index + 1]].tolist()
        repeated = len(times) - 1
        endings = ["", *(f"-{number}" for number in range(2, repeated + 1)), ""]
        assert [row[1] for row in found] == [
            f"{oid}-{time:.6g}".replace("58300.1", f"{FIRST}").replace("58320.1", f"{FIRST + 20}")
            + ending
            for time, ending in zip(times, endings, strict=True)
        ]
        mags = curves.mag[curves.offsets[index] : curves.offsets[index + 1]]
        assert [row[0] for row in found] == mags.tolist()


def test_an_epoch_is_found_by_what_its_identifier_says(repeats):
    """Also where two exposures cannot be told by time; coarse times identify no image at all."""
    release, _ = repeats
    if release.times == "float32":
        with pytest.raises(HTTPError, match="too coarse to identify the image"):
            epoch_of(release.connection, release.name, identifiers(release)[0][0], Moment(FIRST))
        return
    with release.connection.transaction(force_rollback=True):
        release.connection.execute(
            "INSERT INTO ztf_store.image (filefracday, obsmjd, exptime, fieldid, rcid, filterid,"
            " simulated, source) SELECT 20180700000000 + clrcoeff * 64, obsmjd, exptime, fieldid,"
            f" rcid, filterid, true, 'metadata' FROM {release.name}_store.exposure"
        )
        release.connection.execute(
            f"UPDATE {release.name}_store.exposure SET filefracday = 20180700000000 + clrcoeff * 64"
        )
        for oid, _, mag, identifier in identifiers(release):
            asked = read_moment(identifier.partition("-")[2])
            found = epoch_of(release.connection, release.name, oid, asked)
            assert f"{found.oid}-{found.moment}" == identifier
            assert found.filefracday == 20180700000000 + round((mag - 15) * 8)


def test_the_link_of_a_detection_delivers_that_one_alone(repeats):
    release, _ = repeats
    for oid, hmjd, mag, identifier in identifiers(release):
        found = Found(
            *(release.name, True, oid, 247.4, 0.0, read_moment(identifier.partition("-")[2])),
            *(hmjd, hmjd, "estimated", 30.0, "assumed", Image(633, 27, 2, 20180701000000), "irsa"),
        )
        this = next(ofdetection.links(release.name, found))
        assert this.semantics == "#this"
        address = urlsplit(this.url)
        asked = request.Asked(
            [release.name], Parameters(parse_qsl(address.query, strict_parsing=True))
        )
        assert address.path == f"/{release.name}/lc"
        (curve,) = produce.fetch(request.read(asked, request.wanted(asked))).curves
        assert (curve.oid, curve.columns["hmjd"].tolist()) == (oid, [hmjd])
        assert curve.columns["mag"].tolist() == [mag]


def test_a_number_beyond_the_epochs_of_a_time_is_refused_with_how_many_there_are(repeats):
    release, curves = repeats
    oid = int(curves.oid[0])
    with pytest.raises(HTTPError, match=rf"has 3 epochs at HMJD {FIRST}, not 4") as refused:
        epoch_of(release.connection, release.name, oid, Moment(FIRST, 4))
    assert refused.value.status == 404
    with pytest.raises(HTTPError, match=r"has 1 epoch at HMJD 58320.125, not 2"):
        epoch_of(release.connection, release.name, oid, Moment(FIRST + 20, 2))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("58300.125", Moment(58300.125)),
        ("58300.125-2", Moment(58300.125, 2)),
        ("58216.381972775795", Moment(58216.381972775795)),
        ("58300", Moment(58300.0)),
        ("peak", "peak"),
    ],
)
def test_what_names_an_epoch_is_read_and_written_alike(text, moment):
    assert read_moment(text) == moment
    assert str(moment) == text


@pytest.mark.parametrize(
    "text", ["58300-", "58300-0", "-58300", "58300-2-3", "58300-x", "5830٣", ""]
)
def test_what_names_no_epoch_is_refused(text):
    with pytest.raises(HTTPError, match="is not an HMJD") as refused:
        read_moment(text)
    assert refused.value.status == 400


def test_repeats_of_releases_that_an_earlier_version_loaded_are_numbered_alike(repeats):
    release, _ = repeats
    expected = identifiers(release)
    with release.connection.transaction(force_rollback=True) as _:
        use_schema(release.connection, release.name)
        number_repeats(release.connection)
        query = "SELECT oid, again FROM lightcurve ORDER BY oid"
        before = release.connection.execute(query).fetchall()
        release.connection.execute("UPDATE lightcurve SET again = NULL")
        bare = release.connection.execute("SELECT detection_id FROM detections").fetchall()
        assert len(set(bare)) < len(bare)
        number_repeats(release.connection)
        assert release.connection.execute(query).fetchall() == before
    assert identifiers(release) == expected
    assert [again for _, again in before] == [
        *([2, 3, -2, -3], [2, 3, -2, -3], [2, -2], None, [2, 3, -2, -3], [2, -2]),
    ]


@needs_shared
def test_detections_of_dr5_have_identifiers_of_their_own(coarse_release):
    assert coarse_release.ingest(DR5)[0].action == "loaded"
    rows = np.array(
        coarse_release.rows(
            "SELECT oid, hmjd, detection_id, oid || '-' || hmjd FROM detections ORDER BY 1, 2, 3"
        ),
        object,
    )
    given, before = rows[:, 2], rows[:, 3]
    assert len(set(given)) == len(given) == 106_588
    assert len(set(before)) < len(before)
    changed = given != before
    assert changed.sum() == len(before) - len(set(before))
    assert all(new.startswith(f"{old}-") for new, old in rows[changed][:, 2:])
