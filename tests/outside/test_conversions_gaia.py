"""Epoch photometry of Gaia in the site's terms: times, magnitudes, layouts."""

from __future__ import annotations

import io
import math
import zipfile

import numpy as np
import pytest
from support.cases import gaia_photometry
from support.curves import MAG, MS
from support.outside import Reply
from support.outside_cases import recorded

from ztfvo.outside.ask import curve_around, curve_of
from ztfvo.outside.model import Place, State
from ztfvo.outside.sources import sources

# Gaia: recorded rows in each of the three layouts.

GAIA = sources()["gaia_photometry"]
RAW = "gaia/hats-import_gaia_epoch_RAW.ecsv"
RAW_SOURCE, RAW_RA, RAW_DEC = 10655814178816, 45.176533, 0.260830
SECOND = 1 / 86400


def gaia_curve(ask, outside, body: bytes, source: int, ra: float, dec: float, kind="text/csv"):
    outside.answer(
        gaia_photometry.HOST,
        gaia_photometry.SYNC,
        gaia_photometry.table((source, ra, dec, 0.0, 0.0, 15.0, True, 0.0)),
    )
    outside.answer(gaia_photometry.HOST, gaia_photometry.DATA, Reply(body, kind))
    (answer,) = ask(curve_of(GAIA, str(source)))
    return answer


def wide() -> bytes:
    return recorded(gaia_photometry.WIDE)


def long_layout() -> bytes:
    """The recorded transits in the layout that was sent until the end of 2024."""
    import csv

    lines = [
        "source_id,transit_id,band,time,mag,flux,flux_error,flux_over_error,"
        "rejected_by_photometry,rejected_by_variability,other_flags,solution_id"
    ]
    stems = {"G": "g_transit_", "BP": "bp_", "RP": "rp_"}
    for row in csv.DictReader(io.StringIO(wide().decode())):
        for band, stem in stems.items():
            time = row["g_transit_time" if band == "G" else f"{stem}obs_time"]
            if time:
                values = [row[stem + name] for name in ("mag", "flux", "flux_error")]
                reject = row[f"variability_flag_{band.lower()}_reject"]
                lines.append(
                    ",".join(
                        [
                            row["source_id"],
                            row["transit_id"],
                            band,
                            time,
                            *values,
                            "1.0",
                            row["rejected_by_photometry"],
                            reject,
                            "0",
                            "1",
                        ]
                    )
                )
    return "\n".join(lines).encode()


@pytest.mark.parametrize("layout", [wide, long_layout])
@pytest.mark.parametrize(
    ("band", "time", "barycentric", "mag", "magerr", "vega"),
    [
        ("G", 1756.8137006432394, 56953.812708944, 13.8309837, 0.0029987, 13.7173059),
        ("BP", 1756.8139941058444, 56953.813002407, 13.9011999, 0.0035562, 13.8857866),
        ("RP", 1756.8140820892297, 56953.813090390, 13.7838869, 0.0032458, 13.4277987),
        ("G", 1808.3702083380067, 57005.369215828, 13.4693540, 0.0031022, 13.3556762),
    ],
)
def test_gaia_times_are_tcb_at_the_barycentre(
    ask, outside, layout, band, time, barycentric, mag, magerr, vega
):
    ra, dec = gaia_photometry.RA, gaia_photometry.DEC
    curve = gaia_curve(ask, outside, layout(), gaia_photometry.SOURCE, ra, dec).curve
    (place,) = np.flatnonzero(curve.native["time"] == time)
    sun = solar_delay(barycentric, ra, dec)
    assert abs(sun) < 5
    assert curve.hmjd[place] == pytest.approx(barycentric + sun * SECOND, abs=MS)
    assert curve.filter[place] == band
    assert curve.mag[place] == pytest.approx(mag, abs=MAG)
    assert curve.magerr[place] == pytest.approx(magerr, abs=MAG)
    assert curve.native["mag_vega"][place] == pytest.approx(vega, abs=MAG)


def solar_delay(mjd: float, ra: float, dec: float) -> float:
    """Seconds by which heliocentric time is ahead of barycentric, by astropy's own ephemeris."""
    from astropy import constants
    from astropy.coordinates import SkyCoord, get_body_barycentric
    from astropy.time import Time

    sun = get_body_barycentric("sun", Time(mjd, format="mjd", scale="utc")).xyz
    along = sun @ SkyCoord(ra, dec, unit="deg").cartesian.xyz
    return float(-(along / constants.c).to_value("s"))


@pytest.mark.parametrize(
    ("band", "time", "barycentric", "delay", "mag", "magerr"),
    [
        ("G", 1820.8582445068785, 57017.85725180, -0.7239, 20.934390, 0.057352),
        ("RP", 2013.824262814028, 57210.82325554, -1.3120, 19.832836, 0.146432),
    ],
)
def test_gaias_raw_layout_has_arrays(ask, outside, band, time, barycentric, delay, mag, magerr):
    answer = gaia_curve(ask, outside, recorded(RAW), RAW_SOURCE, RAW_RA, RAW_DEC)
    curve = answer.curve
    (place,) = np.flatnonzero(curve.native["time"] == time)
    assert curve.hmjd[place] == pytest.approx(barycentric + delay * SECOND, abs=MS)
    assert curve.filter[place] == band
    assert curve.mag[place] == pytest.approx(mag, abs=MAG)
    assert curve.magerr[place] == pytest.approx(magerr, abs=MAG)


@pytest.mark.parametrize(
    ("source", "rejected", "transits"),
    [
        (10655814178816, {"G": 0, "BP": 5, "RP": 3}, 16),
        (10892037246720, {"G": 2, "BP": 1, "RP": 2}, 23),
        (14263587225600, {"G": 0, "BP": 1, "RP": 1}, 23),
    ],
)
def test_truths_in_gaias_arrays_are_read_as_they_are_written(
    ask, outside, source, rejected, transits
):
    body = recorded(RAW)
    curve = gaia_curve(ask, outside, body, source, RAW_RA, RAW_DEC).curve
    row = next(line for line in body.decode().splitlines() if f",{source}," in line)
    assert f",{transits}," in row
    for band, count in rejected.items():
        mine = curve.filter == band
        # A transit without a time in a band is rejected too, and has no measurement to mark.
        missing = transits - int(mine.sum())
        assert int(curve.native["rejected_by_variability"][mine].sum()) == count - missing


def test_gaias_photometry_may_come_in_a_zip(ask, outside):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("XP_SAMPLED-Gaia DR3 1.csv", "a,b\n1,2\n")
        archive.writestr(f"EPOCH_PHOTOMETRY-Gaia DR3 {gaia_photometry.SOURCE}.csv", wide())
    place = gaia_photometry.RA, gaia_photometry.DEC
    answer = gaia_curve(
        ask, outside, packed.getvalue(), gaia_photometry.SOURCE, *place, "application/zip"
    )
    assert len(answer.curve) == 4


@pytest.mark.parametrize("body", [b"", b"\n", b"PK\x05\x06" + bytes(18)])
def test_a_gaia_source_without_epoch_photometry_is_empty(ask, outside, body):
    answer = gaia_curve(ask, outside, body, gaia_photometry.SOURCE, 1.0, 2.0)
    assert (answer.state, answer.curve) == (State.EMPTY, None)


def test_a_gaia_source_that_says_it_has_none_is_not_asked_for_it(ask, outside):
    gaia_photometry._none(outside)
    (answer,) = ask(curve_of(GAIA, str(gaia_photometry.SOURCE)))
    assert answer.state == State.EMPTY
    assert [asked.path for asked in outside.asked] == [gaia_photometry.SYNC]


NEXT_RELEASE = (
    b"solution_id,source_id,transit_id,band,obs_time_tcb,flux,flux_error,rejected\n"
    b"1,2328619740476096384,3,G,57000.5,61379.6,66.4,false\n",
    b"solution_id,source_id,transit_id,fov,ccd_row,g_obs_time,g_flux,g_flux_error,g_status\n"
    b"1,2328619740476096384,3,1,4,1756.8,61379.6,66.4,0\n",
    b"source_id,epoch_photometry_uri\n2328619740476096384,x\n",
)


@pytest.mark.parametrize("body", NEXT_RELEASE)
def test_the_layout_of_another_release_is_malformed(ask, outside, body):
    answer = gaia_curve(ask, outside, body, gaia_photometry.SOURCE, 1.0, 2.0)
    assert (answer.state, answer.curve) == (State.MALFORMED, None)
    assert "missing" in answer.reason or "none of the three" in answer.reason


def test_fluxes_with_another_zero_point_are_malformed(ask, outside):
    body = wide().replace(b"61379.645021363125", b"61300.0")
    answer = gaia_curve(ask, outside, body, gaia_photometry.SOURCE, 1.0, 2.0)
    assert answer.state == State.MALFORMED
    assert "do not belong together" in answer.reason


def test_photometry_of_another_source_is_malformed(ask, outside):
    answer = gaia_curve(ask, outside, wide(), 12345, 1.0, 2.0)
    assert answer.state == State.MALFORMED
    assert "source_id" in answer.reason


def test_a_fast_star_of_gaia_is_found_where_ztf_sees_it(ask, outside):
    """Barnard's star moves 10.4 arcsec a year: 41.6 arcsec in the four years from 2016 to 2020."""
    ra, dec, pmra, pmdec = 269.44850253, 4.73942005, -801.551, 10362.394
    row = (gaia_photometry.SOURCE, ra, dec, pmra, pmdec, 8.2, True, 0.0)
    outside.answer(gaia_photometry.HOST, gaia_photometry.SYNC, gaia_photometry.table(row))
    outside.answer(gaia_photometry.HOST, gaia_photometry.DATA, Reply(wide(), "text/csv"))
    east = 4 * pmra / 3.6e6 / math.cos(math.radians(dec))
    moved = Place(ra + east, dec + 4 * pmdec / 3.6e6, epoch=2020.0)
    near, far = ask(
        curve_around(GAIA, moved, 1.0), curve_around(GAIA, Place(moved.ra, moved.dec + 0.01), 5.0)
    )
    assert near.state == State.FOUND
    assert near.rows[0]["separation"] < 0.05
    assert near.rows[0]["separation_as_listed"] == pytest.approx(41.57, abs=0.1)
    assert far.state == State.EMPTY
