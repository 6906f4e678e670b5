"""Catalogs in HATS: what of them is read, what of it is used, and what it becomes."""

from __future__ import annotations

from dataclasses import replace

import astropy.units as u
import numpy as np
import pytest
from astropy import constants
from astropy.coordinates import SkyCoord, get_body_barycentric
from astropy.time import Time
from astropy_healpix import HEALPix
from support.cases import _hats, tess, zubercal
from support.outside import Reply
from support.outside_cases import cases

from ztfvo.outside import hats
from ztfvo.outside.ask import curve_around, curve_of
from ztfvo.outside.model import Place, State
from ztfvo.outside.sources import sources

MS = 1e-3 / 86400
RA, DEC = 254.4575, 35.34236
HERE = Place(RA, DEC)
ANGLES = np.arange(0, 360, 15) * u.deg


def found(ask, outside, name: str, place: Place = HERE, radius: float = 1.0):
    cases()[name].answer(outside)
    (answer,) = ask(curve_around(sources()[name], place, radius))
    assert (answer.state, answer.reason) == (State.FOUND, "")
    return answer


def heliocentric(tdb: float) -> float:
    """Heliocentric MJD, UTC, of a barycentric one, TDB, at HZ Her, by astropy's own ephemeris."""
    time = Time(tdb, format="mjd", scale="tdb")
    sun = get_body_barycentric("sun", time).xyz
    delay = sun @ SkyCoord(RA, DEC, unit="deg").cartesian.xyz / constants.c
    return float(time.utc.mjd - delay.to_value("day"))


def test_tess_times_are_tdb_at_the_barycentre(ask, outside):
    curve = found(ask, outside, "tess").curve
    for place in (0, 9):
        raw = curve.native["btjd"][place]
        assert curve.hmjd[place] == pytest.approx(heliocentric(raw + 56999.5), abs=MS)
    assert (curve.native["btjd"][0] + 56999.5 - curve.hmjd[0]) * 86400 == pytest.approx(69.2, abs=5)


def test_all_sectors_of_tess_are_one_light_curve(ask, outside):
    curve = found(ask, outside, "tess").curve
    assert curve.native["sector"].tolist() == [25] * 5 + [26] * 5
    assert curve.good.tolist() == [True] * 6 + [False, False] + [True] * 2
    assert curve.native["quality"][6] == 128
    assert np.isnan(curve.mag[7]) and curve.native["sap_flux"][7] == -3
    expected = 20.44 - 2.5 * np.log10(15040 * 2631.88 / 3630.7805477)
    assert curve.mag[9] == pytest.approx(expected, abs=1e-6)
    assert curve.flux[9] == pytest.approx(10 ** (0.4 * (8.9 - expected)), rel=1e-9)


def test_zubercal_has_its_units_and_filters(ask, outside):
    curve = found(ask, outside, "zubercal").curve
    assert curve.filter.tolist() == ["zg", "zr", "zi"] * 2
    assert curve.mag.tolist() == [15 + 0.125 * number for number in range(6)]
    assert curve.magerr.tolist() == pytest.approx([0.01 + 0.0001 * number for number in range(6)])
    assert curve.hmjd[0] == pytest.approx(heliocentric(58200.25), abs=MS)
    assert "does not say where" in curve.notes[0]


def test_the_nearest_object_is_taken(ask, outside):
    other = found(ask, outside, "zubercal", Place(RA, DEC + 0.5 / 3600))
    assert other.curve.object == "150412544575000002"
    assert other.rows[0]["separation"] == pytest.approx(0.1, abs=1e-3)
    assert other.curve.hmjd[0] == pytest.approx(heliocentric(58200.75), abs=MS)


def test_zubercal_is_found_by_the_identifier_of_pan_starrs(ask, outside):
    zubercal.answer(outside)
    by_name, unknown = ask(
        curve_of(sources()["zubercal"], "150412544575000003"),
        curve_of(sources()["zubercal"], "150412544575000999"),
    )
    assert by_name.curve.object == "150412544575000003"
    assert by_name.curve.dec == pytest.approx(DEC + 8 / 3600)
    assert unknown.state == State.EMPTY


@pytest.mark.parametrize("name", ["150412544575000001", "000002544575000001", "215999999999990001"])
def test_an_identifier_of_pan_starrs_has_its_place(name):
    from ztfvo.outside.sources.zubercal import _locate

    place = _locate(name)
    assert 0 <= place.ra < 1000 and -90 <= place.dec <= 90
    assert int(np.floor((place.dec + 90) * 120)) == int(name[:5])


def test_only_the_partitions_row_groups_and_columns_needed_are_read(ask, outside):
    found(ask, outside, "zubercal")
    files = [asked for asked in outside.asked if asked.path.endswith(".parquet")]
    assert {asked.path for asked in files} == {zubercal.FILE}
    parts = [asked.headers["Range"] for asked in files]
    tails = [one for one in parts if one.startswith("bytes=-")]
    assert len(tails) == 2  # for positions, and for photometry
    file = _hats.FOLDER / "zubercal" / zubercal.FILE.removeprefix(f"{zubercal.PATH}/")
    size = file.stat().st_size
    for one in set(parts) - set(tails):
        start, end = map(int, one.removeprefix("bytes=").split("-"))
        assert 0 < end - start + 1 < size / 2


def test_the_list_of_partitions_is_kept(ask, outside):
    zubercal.answer(outside)
    source = sources()["zubercal"]
    ask(curve_around(source, HERE, 1.0))
    ask(curve_around(source, HERE, 0.9))
    listed = [asked for asked in outside.asked if asked.path.endswith("partition_info.csv")]
    assert len(listed) == 1


def test_no_more_bytes_are_sent_than_the_source_allows(ask, outside):
    zubercal.answer(outside)
    source = replace(sources()["zubercal"], most_bytes=65_600)
    (answer,) = ask(curve_around(source, HERE, 1.0))
    assert (answer.state, answer.reason) == (
        State.UNAVAILABLE,
        "Zubercal (ZTF DR20) would have to send more than 65,600 bytes",
    )
    sent = [asked.headers.get("Range") for asked in outside.asked]
    assert sent == [None, "bytes=-65536"]


@pytest.mark.parametrize("name", ["zubercal", "tess"])
def test_a_server_that_sends_whole_files_is_malformed(ask, outside, name):
    module = {"zubercal": zubercal, "tess": tess}[name]
    module.answer(outside)
    outside.answer(module.HOST, module.FILE, Reply(b"PAR1" + bytes(1000) + b"PAR1"))
    (answer,) = ask(curve_around(sources()[name], HERE, 1.0))
    assert answer.state == State.MALFORMED
    assert "not the part of a file" in answer.reason


@pytest.mark.parametrize("body", [b"", b"PAR1", bytes(5000), b"PAR1" + b"\xff" * 5000 + b"PAR1"])
def test_a_file_that_is_not_parquet_is_malformed(ask, outside, body):
    zubercal.answer(outside)
    respond = lambda asked: _hats.part(body, asked.headers["Range"])  # noqa: E731
    outside.answer(zubercal.HOST, zubercal.FILE, respond)
    (answer,) = ask(curve_around(sources()["zubercal"], HERE, 1.0))
    assert answer.state == State.MALFORMED
    assert "Parquet" in answer.reason or "part of a file" in answer.reason


def test_a_file_that_is_missing_is_unavailable(ask, outside):
    zubercal.answer(outside)
    missing = Place(0.0, 0.0)
    outside.answer(zubercal.HOST, f"{zubercal.PATH}/partition_info.csv", b"Norder,Npix\n0,4\n")
    (answer,) = ask(curve_around(sources()["zubercal"], missing, 1.0))
    assert (answer.state, answer.reason) == (
        State.UNAVAILABLE,
        "Zubercal (ZTF DR20) answers 404 Not Found",
    )


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"order,pixel\n0,1\n", "column Norder is missing"),
        (b"Norder,Npix\n0,x\n", "cannot be read"),
        (b"Norder,Npix\n30,1\n", "cells that are none"),
        (b"", "cannot be read"),
    ],
)
def test_a_list_of_partitions_that_is_none_is_malformed_and_not_kept(ask, outside, body, reason):
    zubercal.answer(outside)
    outside.answer(zubercal.HOST, f"{zubercal.PATH}/partition_info.csv", body)
    (answer,) = ask(curve_around(sources()["zubercal"], HERE, 1.0))
    assert answer.state == State.MALFORMED
    assert reason in answer.reason
    zubercal.answer(outside)
    outside._answers.pop((zubercal.HOST, f"{zubercal.PATH}/partition_info.csv"))
    (again,) = ask(curve_around(sources()["zubercal"], HERE, 0.9))
    assert again.state == State.FOUND


@pytest.mark.parametrize(
    ("ra", "dec", "radius"),
    [
        *((RA, DEC, 1.0), (0.0, 0.0, 1.0), (359.99999, 0.0, 5.0), (10.0, 90.0, 1.0)),
        *((10.0, -90.0, 1.0), (45.0, 41.8103, 2.0), (180.0, 89.9999, 10.0)),
    ],
)
def test_a_cone_is_covered_by_its_cells(ra, dec, radius):
    """Points at its rim are in the ranges, those far away are not."""
    ranges = hats.covering(Place(ra, dec), radius)
    centre = SkyCoord(ra, dec, unit="deg")
    cells = HEALPix(nside=2**29, order="nested")
    for distance, inside in ((0.0, True), (0.999 * radius, True), (radius + 30, False)):
        rim = centre.directional_offset_by(ANGLES, distance * u.arcsec)
        numbers = cells.lonlat_to_healpix(rim.ra, rim.dec)
        assert hats.reached(ranges, numbers, numbers + 1).all() == inside
        assert hats.reached(ranges, numbers, numbers + 1).any() == inside


def test_a_cone_at_an_edge_reaches_both_partitions():
    """Cells 0 and 1 of order 0 meet at right ascension 90 deg, north of 41.8 deg."""
    ranges = hats.covering(Place(90.0, 60.0), 2.0)
    scale = np.int64(4) ** 29
    cells = np.arange(12)
    touched = hats.reached(ranges, cells * scale, (cells + 1) * scale)
    assert np.flatnonzero(touched).tolist() == [0, 1]
