"""Images by SIA 2: found by region, time, wavelength and all else, with the values of ObsCore."""

from __future__ import annotations

import io
import re

import astropy.units as u
import numpy as np
import pytest
import pyvo
import requests
from astropy.io.votable import parse
from astropy.time import Time
from support.schemas import faults
from support.sia import DEC, DID, HERE, NAMES, RA, STARTS, G
from support.stilts import NoStilts, ensure, java, stilts

from ztfvo.images.products import reference_path, science_path
from ztfvo_dachs import imagequery

pytestmark = pytest.mark.usefixtures("images")


def test_pyvo_finds_images_with_the_values_of_the_archive(site):
    found = pyvo.dal.SIA2Service(f"{site}/sia2").search(
        pos=(RA * u.deg, DEC * u.deg, 0.001 * u.deg),
        band=(500 * u.nm, 550 * u.nm),
        time=(Time(58556, format="mjd"), Time(58557, format="mjd")),
        exptime=(20 * u.s, 40 * u.s),
        collection="ZTF science images",
        facility="Palomar 48-inch",
        instrument="ZTF",
        data_type="image",
        calib_level=2,
        res_format="image/fits",
    )
    (row,) = found
    assert row.obs_id == NAMES["g"]
    assert row.access_url == f"{site}/archive/{science_path(G)}"
    assert (row.t_min.mjd, row.t_exptime) == (STARTS[G], 30 * u.s)
    assert row.obs_publisher_did == DID.format(f"images/{NAMES['g']}")
    links = next(found.iter_datalinks())
    (this,) = (link for link in links if link["semantics"] == "#this")
    assert this["access_url"] == row.access_url


def test_a_row_is_that_of_obscore(search, tap):
    (row,) = search(ID=DID.format(f"images/{NAMES['g']}"))
    known = tap.search(f"SELECT * FROM ivoa.obscore WHERE obs_id = '{NAMES['g']}'").to_table()
    for name in row.colnames:
        assert str(row[name]) == str(known[name][0]), name
    mandatory = {
        *("dataproduct_type", "calib_level", "obs_collection", "obs_id", "obs_publisher_did"),
        *("access_url", "access_format", "access_estsize", "target_name", "s_ra", "s_dec", "s_fov"),
        *("s_region", "s_xel1", "s_xel2", "s_resolution", "t_min", "t_max", "t_exptime", "t_xel"),
        *("t_resolution", "em_min", "em_max", "em_res_power", "em_xel", "o_ucd", "pol_states"),
        *("pol_xel", "facility_name", "instrument_name"),
    }
    assert mandatory <= set(row.colnames)


def test_a_reference_image_is_deeper_has_no_time_and_leads_to_its_products(site, search, ask):
    (row,) = search(POS=HERE, CALIB=3)
    path = reference_path(680, 1, 13, 3)
    assert row["access_url"] == f"{site}/archive/{path}"
    assert np.ma.is_masked(row["t_min"]) or np.isnan(row["t_min"])
    assert (row["em_min"], row["em_max"]) == pytest.approx((4.089e-7, 5.526e-7))
    links = ask("/ztf/ztf/products/dlmeta", ID=row["obs_publisher_did"])
    found = parse(io.BytesIO(links.content)).get_first_table().to_table()
    folder = f"{site}/archive/{path.removesuffix('refimg.fits')}"
    assert {str(one["access_url"]).removeprefix(folder): one["semantics"] for one in found} == {
        "refimg.fits": "#this",
        "refpsfcat.fits": "#derivation",
        "refsexcat.fits": "#derivation",
        "refcov.fits": "#weight",
        "refunc.fits": "#error",
    }


ALL, SCIENCE = {"g", "r", "reference"}, {"g", "r"}


def _shown(value: object) -> str:
    """A parameter in the name of its test: the same in each process that collects tests."""
    return "+".join(sorted(value)) or "nothing" if isinstance(value, set) else str(value)


PARAMETERS = [
    ({}, ALL),
    ({"BAND": "4.5e-7"}, {"g", "reference"}),
    ({"BAND": "5.55e-7"}, set()),
    ({"BAND": "7e-7 +Inf"}, {"r"}),
    ({"BAND": "-Inf 4.089e-7"}, {"g", "reference"}),
    ({"BAND": "-Inf 4.088e-7"}, set()),
    ({"BAND": "-1e300 1e300"}, ALL),
    ({"BAND": ["4.5e-7", "6.5e-7 6.6e-7"]}, ALL),
    ({"TIME": str(STARTS[G] + 29 / 86400)}, {"g"}),
    ({"TIME": str(STARTS[G] + 31 / 86400)}, set()),
    ({"TIME": "58556.9 58557.43263"}, {"r"}),
    ({"TIME": "58557 +inf"}, {"r"}),
    ({"TIME": "-Inf 58557"}, {"g"}),
    ({"TIME": "-Inf +Inf"}, SCIENCE),
    ({"TIME": "58556.432627 58557.432627", "BAND": "6e-7"}, {"r"}),
    ({"EXPTIME": "30"}, {"g"}),
    ({"EXPTIME": "31 +Inf"}, {"r"}),
    ({"TIMERES": "60 100"}, {"r"}),
    ({"FOV": "1.2 1.3"}, ALL),
    ({"FOV": "1.22"}, ALL),
    ({"FOV": "2 3"}, set()),
    ({"SPATRES": "0 1.9"}, set()),
    ({"SPATRES": "2"}, ALL),
    ({"SPECRP": "0 +Inf"}, set()),
    ({"POL": "I"}, set()),
    ({"CALIB": "2"}, SCIENCE),
    ({"CALIB": ["2", "3"]}, ALL),
    ({"CALIB": "0"}, set()),
    ({"ID": DID.format(f"images/{NAMES['r']}")}, {"r"}),
    ({"ID": DID.format(f"images/{NAMES['r']}").upper()}, {"r"}),
    ({"ID": DID.format(f"reference-images/{NAMES['reference']}")}, {"reference"}),
    ({"ID": "ivo://elsewhere/x"}, set()),
    ({"COLLECTION": "ZTF science images"}, SCIENCE),
    ({"COLLECTION": "ztf science images"}, set()),
    ({"COLLECTION": ["ZTF science images", "ZTF reference images"]}, ALL),
    ({"FACILITY": "Palomar 48-inch"}, ALL),
    ({"INSTRUMENT": "ZTF"}, ALL),
    ({"INSTRUMENT": "';--"}, set()),
    ({"DPTYPE": "image"}, ALL),
    ({"DPTYPE": "cube"}, set()),
    ({"TARGET": "HZ Her"}, set()),
    ({"FORMAT": "IMAGE/fits"}, ALL),
    ({"FORMAT": "application/x-votable+xml"}, set()),
    ({"band": "4.5e-7", "cAlib": "2"}, {"g"}),
    ({"BAND": "", "NOTHING": "1", "_TIMEOUT": "0.0001"}, ALL),
]


@pytest.mark.parametrize(("parameters", "expected"), PARAMETERS, ids=_shown)
def test_each_parameter_selects_as_the_standard_says(here, parameters, expected):
    assert here(**parameters) == expected


def test_light_curves_are_no_images(search):
    assert set(search(POS=f"CIRCLE {RA} {DEC} 0.1")["dataproduct_type"]) == {"image"}


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"POS": "254 35"}, "POS=254 35 is no region"),
        ({"POS": "CIRCLE 254 35"}, "is no circle"),
        ({"POS": "CIRCLE 254 35 abc"}, "'abc', which is no number"),
        ({"POS": "CIRCLE 254 95 1"}, "254 95, which is no place on the sky"),
        ({"POS": "CIRCLE -1 35 1"}, "-1 35, which is no place on the sky"),
        ({"POS": "CIRCLE 254 35 -1"}, "has no radius of 0 to 180 degrees"),
        ({"POS": "CIRCLE 254 35 Inf"}, "'Inf', which is no number"),
        ({"POS": "CIRCLE NaN 35 1"}, "'NaN', which is no number"),
        ({"POS": "RANGE 1 2 3"}, "is no range"),
        ({"POS": "RANGE 1 2 4 3"}, "southern end north of the northern"),
        ({"POS": "RANGE 1 2 3 95"}, "2 95, which is no place on the sky"),
        ({"POS": "RANGE +Inf 2 3 4"}, "inf 3, which is no place on the sky"),
        ({"POS": "POLYGON 1 1 2 2"}, "is no polygon"),
        ({"POS": "POLYGON 10 10 11 11 11 10 10 11"}, "a polygon whose sides cross"),
        ({"POS": "BOX 1 1 1 1"}, "is no region"),
        ({"POS": [HERE, "nonsense"]}, "POS=nonsense"),
        ({"BAND": "r"}, "BAND=r has 'r', which is no number"),
        ({"BAND": "7e-7 6e-7"}, "upper end before the lower one"),
        ({"BAND": "1 2 3"}, "is not one or two numbers"),
        ({"TIME": "2019-03-14"}, "TIME=2019-03-14 has '2019-03-14', which is no number"),
        ({"TIME": "+Inf"}, "which is no number"),
        ({"POL": "Z"}, "POL=Z is not one of I, Q, U, V"),
        ({"CALIB": "9"}, "CALIB=9 is not one of 0, 1, 2, 3, 4"),
        ({"DPTYPE": "spectrum"}, "DPTYPE=spectrum is not one of image, cube"),
        ({"MAXREC": "-1"}, "MAXREC=-1 is not a number of rows"),
        ({"RESPONSEFORMAT": "word"}, "RESPONSEFORMAT=word is not known here"),
        ({"EXPTIME": "<b>&"}, "<b>&"),
    ],
    ids=str,
)
def test_what_cannot_be_used_is_400_with_a_document_that_says_why(ask, parameters, sentence):
    answer = ask("/sia2", **parameters)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/x-votable+xml"
    (info,) = parse(io.BytesIO(answer.content)).resources[0].infos
    assert (info.name, info.value) == ("QUERY_STATUS", "ERROR")
    assert info.content.startswith("UsageFault: ")
    assert sentence in info.content
    assert faults(answer.content) == []


def status(document):
    """QUERY_STATUS of the results; the last one counts."""
    resource = parse(io.BytesIO(document)).resources[0]
    return [one.value for one in resource.infos if one.name == "QUERY_STATUS"][-1]


@pytest.mark.parametrize(
    ("most", "rows", "word"), [(2, 2, "OVERFLOW"), (3, 3, "OK"), (4, 3, "OK"), (0, 0, "OVERFLOW")]
)
def test_maxrec_cuts_and_says_so(ask, most, rows, word):
    answer = ask("/sia2", POS=HERE, MAXREC=most)
    assert len(parse(io.BytesIO(answer.content)).get_first_table().array) == rows
    assert status(answer.content) == word
    assert faults(answer.content) == []


def test_maxrec_0_describes_the_service(site, ask):
    document = parse(io.BytesIO(ask("/sia2", MAXREC=0).content))
    (described,) = [one for one in document.resources if one.name == "this"]
    values = {one.name: one.value for one in described.params}
    assert values["accessURL"] == f"{site}/sia2?"
    assert values["standardID"] == "ivo://ivoa.net/std/SIA#query-2.0"
    (group,) = described.groups
    inputs = {one.name.upper(): one for one in group.entries}
    assert set(inputs) >= set(imagequery.PARAMETERS) | {"MAXREC", "RESPONSEFORMAT"}
    band = inputs["BAND"]
    assert (band.datatype, band.arraysize, band.xtype, band.unit) == (
        *("double", "2", "interval"),
        u.m,
    )


def test_results_come_in_other_forms_and_by_post(site, ask):
    parameters = {"POS": HERE, "RESPONSEFORMAT": "CSV"}
    answer = ask("/sia2", **parameters)
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert len(answer.text.splitlines()) == 4
    assert requests.post(f"{site}/sia2", data=parameters, timeout=60).text == answer.text


def test_stilts_finds_images_and_nothing_wrong_in_results(site, ask, tmp_path):
    try:
        ensure(), java()
    except NoStilts as error:
        pytest.skip(str(error))
    found = stilts(
        *("cone", f"serviceurl={site}/sia2", "servicetype=sia2", f"lon={RA}", f"lat={DEC}"),
        *("radius=0.001", "out=-", "ofmt=csv(maxCell=1000)"),
    )
    assert found.status == 0, found.err
    assert all(name in found.out for name in NAMES.values())
    path = tmp_path / "found.vot"
    for parameters in ({"POS": HERE}, {"MAXREC": 0}, {"POS": "x"}):
        path.write_bytes(ask("/sia2", **parameters).content)
        checked = stilts("votlint", f"votable={path}")
        lines = (checked.out + checked.err).splitlines()
        known = r'xtype value "mjd"|Name \'Alias for .* already used in this VALUES'
        found = [line for line in lines if line.startswith(("WARNING", "ERROR"))]
        assert [line for line in found if not re.search(known, line)] == []


def test_the_registry_record_has_the_standard_and_the_short_address(site, ask):
    record = ask(
        "/oai.xml",
        verb="GetRecord",
        metadataPrefix="ivo_vor",
        identifier="ivo://ztfvo.local/ztf/ztf/sia",
    )
    assert faults(record.content) == []
    assert 'standardID="ivo://ivoa.net/std/SIA#query-2.0"' in record.text
    assert f">{site}/sia2?</accessURL>" in record.text
