"""Times and brightness of light curves outside, against values computed independently of the code.

Those of times are to 1 ms, of magnitudes to 1e-6 mag, and of flux densities to as many figures as
the source has.
"""

from __future__ import annotations

import json

import numpy as np
import pytest
from support.cases import alerce_lightcurve, antares, fink_lightcurve
from support.cases import panstarrs_detections as panstarrs
from support.curves import MAG, MS
from support.outside import Reply
from support.outside_cases import cases, recorded

from ztfvo.outside.ask import curve_around, curve_of
from ztfvo.outside.model import State
from ztfvo.outside.sources import sources


def curve_named(ask, outside, name: str):
    """The light curve of a source's case."""
    case = cases()[name]
    case.answer(outside)
    (answer,) = ask(curve_around(sources()[name], case.place, case.radius))
    assert (answer.state, answer.reason) == (State.FOUND, "")
    return answer.curve


# Pan-STARRS: the table of MAST's TAP for KQ UMa; hmjd and magnitudes computed by hand.


@pytest.mark.parametrize(
    ("detection", "band", "hmjd", "mag", "magerr", "good"),
    [
        ("153347716310000010", "ps_g", 55634.47898596, 14.107298, 0.001499, True),
        ("153441340410000012", "ps_r", 55635.41516314, 13.923312, 0.001230, True),
        ("183254354520000014", "ps_y", 55933.54697880, 14.150531, 0.003408, True),
        ("262040070370000016", "ps_g", 56721.40298269, 15.016506, 0.002195, True),
        ("265623008150000027", "ps_y", 56757.23047375, 14.390310, 0.002742, False),
        ("287265116630000028", "ps_y", 56973.65249738, 14.342331, 0.004521, True),
        ("183252627520000234", "ps_z", 55933.52971251, 17.644120, 0.022982, False),
    ],
)
def test_panstarrs_times_are_tai_at_haleakala(
    ask, outside, detection, band, hmjd, mag, magerr, good
):
    curve = curve_named(ask, outside, "panstarrs_detections")
    (place,) = np.flatnonzero(curve.native["detectID"] == detection)
    assert curve.filter[place] == band
    assert curve.hmjd[place] == pytest.approx(hmjd, abs=MS)
    assert curve.mag[place] == pytest.approx(mag, abs=MAG)
    assert curve.magerr[place] == pytest.approx(magerr, abs=MAG)
    assert curve.good[place] == good


@pytest.mark.parametrize(
    ("flux", "error", "mag", "magerr"),
    [
        (0.004172800108790398, 6.930919880687725e-06, 14.8489310474, 0.00180338153),
        (0.003500829916447401, 6.680390015390003e-06, 15.0395724710, 0.00207183481),
    ],
)
def test_panstarrs_fluxes_become_ab_magnitudes(ask, outside, flux, error, mag, magerr):
    panstarrs._answer(outside)
    row = panstarrs.rows("detection_kq_uma_truncated")[0] | {"filterID": "2"}
    row |= {"psfFlux": repr(flux), "psfFluxErr": repr(error)}
    outside.answer(panstarrs.HOST, panstarrs.DETECTION, lambda a: panstarrs.table(a, [row]))
    (answer,) = ask(curve_of(sources()["panstarrs_detections"], panstarrs.OBJECT))
    curve = answer.curve
    assert curve.mag[0] == pytest.approx(mag, abs=1e-9)
    assert curve.magerr[0] == pytest.approx(magerr, abs=1e-9)
    assert (curve.flux[0], curve.fluxerr[0]) == (flux, error)


@pytest.mark.parametrize(
    ("written", "points", "good"),
    [("-999.0", 0, 0), ('"None"', 0, 0), ("null", 0, 0), ("-1e-6", 1, 0)],
)
def test_panstarrs_has_four_ways_to_say_no_flux(ask, outside, written, points, good):
    panstarrs._answer(outside)
    rows = panstarrs.rows("detection_kq_uma_truncated")[:1]
    rows[0] |= {"filterID": "1", "psfFlux": written}
    outside.answer(panstarrs.HOST, panstarrs.DETECTION, lambda a: panstarrs.table(a, rows))
    (answer,) = ask(curve_of(sources()["panstarrs_detections"], panstarrs.OBJECT))
    assert answer.state == (State.FOUND if points else State.EMPTY)
    if points:
        assert (len(answer.curve), int(answer.curve.good.sum())) == (points, good)
        assert np.isnan(answer.curve.mag[0])


def test_panstarrs_rows_may_be_objects(ask, outside):
    by_arrays = curve_named(ask, outside, "panstarrs_detections")

    def as_objects(reply):
        table = json.loads(reply.body)
        names = [column["name"] for column in table["info"]]
        data = [dict(zip(names, row, strict=True)) for row in table["data"]]
        return Reply(json.dumps(table | {"data": data}).encode())

    outside.changes[panstarrs.HOST] = as_objects
    (answer,) = ask(curve_of(sources()["panstarrs_detections"], panstarrs.OBJECT))
    np.testing.assert_array_equal(answer.curve.hmjd, by_arrays.hmjd)


# Alerts: the start of an exposure at Palomar becomes the middle at the Sun.


def test_antares_times_are_starts_at_palomar(ask, outside):
    curve = curve_named(ask, outside, "antares")
    assert curve.hmjd[-1] == pytest.approx(61224.4860635, abs=1e-7)
    assert curve.native["mjd_start"][-1] == 61224.49046299979
    assert (curve.mag[-1], curve.magerr[-1]) == (15.428149223327637, 0.020089004188776016)
    assert curve.limit.tolist() == [True, True, False]
    assert set(curve.filter.tolist()) == {"zr"}


def test_antares_has_a_second_generation(ask, outside):
    by_first = curve_named(ask, outside, "antares")
    outside.recover()
    locus = recorded("derived/antares_v2_locus_rebuilt.json")
    listed = json.loads(locus)["data"] | {"lightcurve": None}
    path = f"/v2/loci/{antares.LOCUS}"
    listing = {"data": [listed], "meta": {}, "links": {"next": None}}
    outside.answer(antares.HOST, "/v2/loci", json.dumps(listing).encode())
    outside.answer(antares.HOST, path, locus)
    case = cases()["antares"]
    (answer,) = ask(curve_around(sources()["antares"], case.place, 3.0))
    assert [asked.path for asked in outside.asked] == ["/v2/loci", path]
    sent = json.loads(outside.asked[0].values["elasticsearch_query"])
    cone = sent["query"]["bool"]["filter"]["sky_distance"]
    assert cone == {"radius": "0.000833333 degree", "location": "59.7257233 23.7619434"}
    assert answer.rows[0]["ztf_object_id"] == "ZTF26abeuijw"
    np.testing.assert_array_equal(answer.curve.hmjd, by_first.hmjd)


def test_other_surveys_in_antares_are_left_out_and_counted(ask, outside):
    row = b"\\n2026-07-04 00:00:00,lsst:1,61225.0,4,59.7,23.7,y,20.0,0.1,\\n"
    antares._answer(outside)
    first = antares.recorded("derived/antares_v1_locus_rebuilt.json")
    outside.answer(
        antares.HOST,
        f"/v1/loci/{antares.LOCUS}",
        first.replace(b"18.01260757446289\\n", b"18.01260757446289" + row),
    )
    (answer,) = ask(curve_of(sources()["antares"], antares.LOCUS))
    assert len(answer.curve) == 3
    assert "1 measurements of other surveys than ZTF are left out." in answer.curve.notes


def alerce_curve(ask, outside, detections: list[dict], non_detections: list[dict]):
    alerce_lightcurve._answer(outside)
    body = {"detections": detections, "non_detections": non_detections}
    path = f"{alerce_lightcurve.OBJECTS}/{alerce_lightcurve.OBJECT}/lightcurve"
    outside.answer(alerce_lightcurve.HOST, path, json.dumps(body).encode())
    (answer,) = ask(curve_of(sources()["alerce_lightcurve"], alerce_lightcurve.OBJECT))
    return answer


def alerce_detections() -> list[dict]:
    return json.loads(recorded("brokers/skyportal/bodies/alerce_get_alert.1.json"))


def test_alerce_gives_total_magnitudes_where_it_corrects(ask, outside):
    limit = {"mjd": 58300.5, "fid": 3, "diffmaglim": 20.5}
    curve = alerce_curve(ask, outside, alerce_detections(), [limit]).curve
    assert curve.hmjd[[0, 2]] == pytest.approx([58288.3834847, 58347.1955507], abs=1e-7)
    assert curve.mag.tolist() == pytest.approx([15.501175, 20.5, 15.52994], abs=MAG)
    assert curve.magerr[[0, 2]].tolist() == [0.009777568, 0.008600273]
    assert curve.limit.tolist() == [False, True, False]
    assert curve.difference.tolist() == [False, True, False]
    assert curve.filter.tolist() == ["zg", "zi", "zg"]
    assert curve.native["candid"].tolist() == ["534377870115010099", "", "593191350115010084"]
    assert np.isnan(curve.native["sigmapsf_corr"]).all()


def test_what_alerce_does_not_correct_is_a_difference_with_its_sign(ask, outside):
    positive, negative = (
        alert | {"corrected": False, "isdiffpos": sign}
        for alert, sign in zip(alerce_detections(), (1, -1), strict=True)
    )
    curve = alerce_curve(ask, outside, [positive, negative], []).curve
    assert curve.difference.all()
    assert curve.mag[0] == 18.770634
    assert np.isnan(curve.mag[1])
    assert curve.flux[0] > 0 > curve.flux[1]
    assert -2.5 * np.log10(-curve.flux[1]) + 8.9 == pytest.approx(18.30812, abs=MAG)


@pytest.mark.parametrize(
    ("written", "sign"),
    [("t", 1), ("1", 1), (1, 1), (1.0, 1), ("f", -1), ("0", -1), (0, -1), (-1, -1), ("-1", -1)],
)
def test_signs_of_differences_are_written_in_several_ways(ask, outside, written, sign):
    alert = alerce_detections()[0] | {"corrected": False, "isdiffpos": written}
    curve = alerce_curve(ask, outside, [alert], []).curve
    assert np.sign(curve.flux[0]) == sign


def test_another_sign_is_malformed(ask, outside):
    answer = alerce_curve(ask, outside, [alerce_detections()[0] | {"isdiffpos": "x"}], [])
    assert (answer.state, answer.reason) == (
        State.MALFORMED,
        "column isdiffpos has 'x', which is not a sign",
    )


def test_fink_has_differences_limits_and_tags(ask, outside):
    from ztfvo.times import heliocentric_from_start

    curve = curve_named(ask, outside, "fink_lightcurve")
    newest = fink_lightcurve.alerts()[0]
    start = newest["i:jd"] - 2400000.5
    expected = heliocentric_from_start(start, 30.0, newest["i:ra"], newest["i:dec"])
    assert curve.hmjd[-1] == pytest.approx(float(expected), abs=MS)
    assert abs(curve.hmjd[-1] - start) * 86400 > 15
    assert curve.native["candid"][-1] == "3072410265715010069"
    assert curve.limit.tolist() == [True, False, False, False, False]
    assert curve.good.tolist() == [True, False, True, True, True]
    assert np.isnan(curve.mag[-1]) and curve.flux[-1] < 0
    assert -2.5 * np.log10(-curve.flux[-1]) + 8.9 == pytest.approx(14.903686, abs=MAG)
    assert (curve.mag[0], curve.mag[1]) == (20.1, 18.5)


@pytest.mark.parametrize("sentinel", [-999.0, "None", "nan", "", None])
def test_fink_has_several_ways_to_say_nothing(ask, outside, sentinel):
    alert = fink_lightcurve.alerts()[0] | {"i:magnr": sentinel, "d:tag": "valid"}
    fink_lightcurve._answer(outside)
    outside.answer(
        fink_lightcurve.HOST, f"{fink_lightcurve.API}/objects", json.dumps([alert]).encode()
    )
    (answer,) = ask(curve_of(sources()["fink_lightcurve"], fink_lightcurve.OBJECT))
    assert np.isnan(answer.curve.native["magnr"][0])


def test_finks_errors_are_no_json(ask, outside):
    body = b"{'status': 'error', 'text': \"Request needs objectId\"}"
    outside.answer(fink_lightcurve.HOST, fink_lightcurve.API, Reply(body, "text/html", status=400))
    (answer,) = ask(curve_of(sources()["fink_lightcurve"], fink_lightcurve.OBJECT))
    assert (answer.state, answer.reason) == (
        State.UNAVAILABLE,
        "Fink light curve answers 400 Bad Request",
    )
