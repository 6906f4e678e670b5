"""Parameters of light-curve requests: what they mean, and how bad ones are refused."""

import math
from urllib.parse import parse_qs, urlsplit

import pytest

from ztfvo.dal import Parameters
from ztfvo.errors import HTTPError
from ztfvo.products import request
from ztfvo.products.model import Request
from ztfvo.products.parameters import MAX_OIDS

OID = "680113300005170"
OTHER = 680213300009232


def read(*path, body=b"", content_type="", **parameters):
    """The request of a path and parameters, which may be lists."""
    given = {
        name: value if isinstance(value, list) else [value] for name, value in parameters.items()
    }
    pairs = [(name, value) for name, values in given.items() for value in values]
    asked = request.Asked(path, Parameters(pairs), body, content_type)
    return request.read(asked, request.wanted(asked))


def refusal(*path, **parameters) -> HTTPError:
    """How a question is refused."""
    with pytest.raises(HTTPError) as caught:
        read(*path, **parameters)
    return caught.value


@pytest.mark.parametrize(
    ("path", "release", "oids", "form"),
    [
        ((OID,), "ztf", (int(OID),), "votable"),
        ((f"{OID}.json",), "ztf", (int(OID),), "json"),
        (("dr19", f"{OID}.CSV"), "dr19", (int(OID),), "csv"),
        (("ztf", f"{OID},{OTHER}.parquet"), "ztf", (int(OID), OTHER), "parquet"),
    ],
)
def test_path_names_release_light_curves_and_format(path, release, oids, form):
    asked = read(*path)
    assert (asked.release, asked.oids, asked.format) == (release, oids, form)


def test_light_curves_of_path_and_parameters_are_united_and_each_kept_once():
    asked = read(OID, ID=[f"{OTHER}, {OID}", "1722107400005560"], OID=str(OTHER))
    assert asked.oids == (int(OID), OTHER, 1722107400005560)


def test_defaults_are_everything_unfolded_in_magnitudes():
    asked = read(OID)
    assert asked.filters == {1, 2, 3}
    assert (asked.hmjd_min, asked.hmjd_max, asked.window) == (-math.inf, math.inf, None)
    assert (asked.radius, asked.quantity, asked.good_only) == (0.0, "mag", False)
    assert (asked.period, asked.epoch, asked.cycles, asked.bin) == (None, 0.0, 1, None)
    assert (asked.bad_catflags_mask, asked.title, asked.caption) == (None, None, True)
    assert asked == Request(asked.release, asked.oids, asked.format), "the program's own defaults"


def test_values_are_read():
    asked = read(
        OID,
        RADIUS="1.5",
        BAND=["g", "ZI"],
        TIME="58194 59280.5",
        NUMBER="2",
        QUALITY="GOOD",
        BAD_CATFLAGS_MASK="32768",
        QUANTITY="diffmag",
        REFMAG=[f"{OID}:13.6:0.02", f"{OTHER}:inf"],
        PERIOD="1.7001674",
        EPOCH="58000.25",
        CYCLES="3",
        BIN="1e-1",
        TITLE=" HZ Her ",
        CAPTION="no",
    )
    assert (asked.radius, asked.filters) == (1.5, {1, 3})
    assert (asked.hmjd_min, asked.hmjd_max, asked.number) == (58194.0, 59280.5, 2)
    assert (asked.good_only, asked.bad_catflags_mask, asked.mask) == (True, 32768, 32768)
    assert asked.references == {int(OID): (13.6, 0.02), OTHER: (math.inf, 0.0)}
    assert (asked.period, asked.epoch, asked.cycles, asked.bin) == (1.7001674, 58000.25, 3, 0.1)
    assert (asked.quantity, asked.title, asked.caption) == ("diffmag", "HZ Her", False)


@pytest.mark.parametrize(
    ("text", "bounds", "window"),
    [
        ("-Inf 59280", (-math.inf, 59280.0), None),
        ("58194 +inf", (58194.0, math.inf), None),
        ("58194,58194", (58194.0, 58194.0), None),
        ("58194.25", (58194.25, 58194.25), None),
        ("short", (-math.inf, math.inf), "short"),
    ],
)
def test_time_is_a_range_or_a_window(text, bounds, window):
    asked = read(OID, TIME=text)
    assert ((asked.hmjd_min, asked.hmjd_max), asked.window) == (bounds, window)


@pytest.mark.parametrize(
    ("given", "columns"),
    [
        ("obsmjd", ("obsmjd",)),
        ("EXPTIME, ObsMJD", ("obsmjd", "exptime")),
        (["filefracday", "exposure_id,exptime"], ("exposure_id", "exptime", "filefracday")),
        ("obsmjd,obsmjd", ("obsmjd",)),
        ("", ()),
        (" , ", ()),
    ],
)
def test_columns_to_add_are_named_in_any_order_and_case(given, columns):
    asked = read(OID, COLUMNS=given)
    assert asked.columns == columns
    again = read(**parse_qs(urlsplit(request.address(asked)).query))
    assert again.columns == columns


@pytest.mark.parametrize(
    ("given", "named"),
    [("airmass", "airmass"), ("obsmjd,mag", "mag"), ("x" * 999, "x" * 20), ("'; --", "'; --")],
)
def test_a_column_that_cannot_be_added_is_named_with_those_that_can(given, named):
    with pytest.raises(HTTPError) as refused:
        read(OID, COLUMNS=given)
    assert refused.value.status == 400
    assert f"COLUMNS={named}" in refused.value.message
    assert refused.value.message.endswith(
        "is not among the columns that can be added: exposure_id, obsmjd, obsmjd_source, exptime,"
        " exptime_source, mjd_mid, ndetections, filefracday."
    )
    assert len(refused.value.message) < 400


def test_facts_of_exposures_mean_nothing_in_bins():
    with pytest.raises(HTTPError, match="COLUMNS=exptime means nothing in bins") as refused:
        read(OID, COLUMNS="exptime", BIN="1")
    assert refused.value.status == 400


def test_an_epoch_is_that_of_a_period_or_of_bins():
    assert read(OID, BIN="1", EPOCH="58000.5").epoch == 58000.5
    assert read(OID, PERIOD="1", EPOCH="58000.5").epoch == 58000.5


def test_parameters_without_a_value_count_as_not_given():
    assert read(OID, PERIOD="", BAND=["", " "], TIME=" ") == read(OID)


def test_figures_show_two_cycles_and_tables_one():
    assert read(f"{OID}.png", PERIOD="2").cycles == 2
    assert read(f"{OID}.csv", PERIOD="2").cycles == 1
    assert read(f"{OID}.png").cycles == 1


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ("text/csv", "csv"),
        ("TEXT/CSV; header=present", "csv"),
        ("application/x-votable+xml", "votable"),
        ("application/vnd.apache.parquet", "parquet"),
        ("JSON", "json"),
    ],
)
def test_formats_are_named_by_word_or_mime_type(value, form):
    assert read(OID, RESPONSEFORMAT=value).format == form


REFUSED = [
    ({"ID": "abc"}, "ID: 'abc' is not a ZTF OID"),
    ({"ID": "680113300005170'; DROP TABLE x --"}, "is not a ZTF OID"),
    ({"ID": "680413300005170"}, "filter 4 is not in 1 to 3"),
    ({"ID": "-1"}, "is not a ZTF OID"),
    ({"ID": "9" * 5000}, "is not a ZTF OID"),
    ({"RADIUS": "-1"}, "RADIUS=-1 is not a number from 0 to 60"),
    ({"RADIUS": "60.01"}, "RADIUS=60.01 is not a number from 0 to 60"),
    ({"RADIUS": "nan"}, "RADIUS=nan is not a number"),
    ({"RADIUS": ["1", "2"]}, "RADIUS is given 2 times (1, 2)"),
    ({"BAND": "u"}, "BAND=u is not a band of ZTF: use g, r or i"),
    ({"BAND": "5.5e-7 4.1e-7"}, "BAND=5.5e-7 4.1e-7 is not a range: give one or two wavelengths"),
    ({"BAND": "1 2 3"}, "BAND=1 2 3 is not a range"),
    ({"BAND": "g 4.1e-7"}, "BAND=g 4.1e-7 is not a band of ZTF"),
    ({"BANDNAME": "4"}, "BANDNAME=4 is not a band of ZTF: use g, r or i"),
    ({"BANDNAME": "g", "BAND": "r"}, "BANDNAME and BAND mean the same: give one of them"),
    ({"NOBS_MIN": "-1"}, "NOBS_MIN=-1 is not a whole number from 0"),
    ({"NOBS_MIN": "1", "NUM_OBS": "1"}, "NUM_OBS and NOBS_MIN mean the same"),
    ({"MAG": "18 17"}, "MAG=18 17 is not a range: give two magnitudes, the brighter first"),
    ({"MAG": "17 18 19"}, "MAG=17 18 19 is not a range"),
    ({"MAG": "nan"}, "MAG=nan is not a range"),
    ({"COLLECTION": "ztf-dr24"}, "COLLECTION=ztf-dr24 is not a collection: give ztf_ and the name"),
    ({"COLLECTION": "'; DROP"}, "COLLECTION='; DROP is not a collection"),
    ({"POS": "CIRCLE 1 2 0.001"}, f"ID={OID} means nothing with POS"),
    ({"LAYOUT": "x"}, "LAYOUT=x is not one of own, irsa, viewer"),
    ({"LAYOUT": "irsa", "PERIOD": "1"}, "PERIOD=1 means nothing with LAYOUT=irsa"),
    ({"LAYOUT": "irsa", "COLUMNS": "exptime"}, "COLUMNS=exptime means nothing with LAYOUT=irsa"),
    ({"LAYOUT": "irsa", "FORMAT": "json"}, "LAYOUT=irsa is one of tables: ask for votable, csv,"),
    ({"FORMAT": "csv", "RESPONSEFORMAT": "tsv"}, "RESPONSEFORMAT=tsv and FORMAT=csv mean the same"),
    ({"TIME": "59280 58194"}, "TIME=59280 58194 is not a range"),
    ({"TIME": "inf"}, "TIME=inf is not a range"),
    ({"TIME": "nan nan"}, "TIME=nan nan is not a range"),
    ({"TIME": "1 2 3"}, "TIME=1 2 3 is not a range"),
    ({"QUALITY": "best"}, "QUALITY=best is not one of all, good"),
    ({"BAD_CATFLAGS_MASK": "1.5"}, "BAD_CATFLAGS_MASK=1.5 is not a whole number"),
    ({"BAD_CATFLAGS_MASK": "2147483648"}, "is not a whole number from 0 to 2147483647"),
    ({"QUANTITY": "colour"}, "QUANTITY=colour is not one of mag, flux, diffmag, diffflux"),
    ({"REFMAG": "13.6"}, "REFMAG=13.6 cannot be used"),
    ({"REFMAG": f"{OID}:x"}, "it is not oid:mag or oid:mag:err"),
    ({"REFMAG": f"{OID}:nan"}, "it is not oid:mag or oid:mag:err"),
    ({"REFMAG": f"{OID}:-inf"}, "it is not oid:mag or oid:mag:err"),
    ({"REFMAG": f"{OID}:13:-0.1"}, "an error is neither negative"),
    ({"REFMAG": f"{OID}:13:inf"}, "an error is neither negative"),
    ({"REFMAG": f"{OID}:1e300"}, "a magnitude is not beyond 50"),
    ({"REFMAG": [f"{OID}:1", f"{OID}:2"]}, f"{OID} is given twice"),
    ({"PERIOD": "0"}, "PERIOD=0 is not a number from 0.00001 to 1000000"),
    ({"PERIOD": "1e999"}, "PERIOD=1e999 is not a number"),
    ({"PERIOD": "٣"}, "PERIOD=٣ is not a number"),
    ({"EPOCH": "inf"}, "EPOCH=inf is not a number from -1000000 to 2400000"),
    ({"PERIOD": "1", "EPOCH": "2458300.5"}, "EPOCH=2458300.5 looks like a JD"),
    ({"TIME": "2458300.5 2458400.5"}, "MJD = JD - 2400000.5, which gives TIME=58300"),
    ({"TIME": "58300 2458400.5"}, "TIME=2458400.5 looks like a JD"),
    ({"EPOCH": "58000"}, "EPOCH=58000 means nothing without PERIOD or BIN"),
    ({"CYCLES": "2"}, "CYCLES=2 means nothing without PERIOD: give that too"),
    ({"BIN": "1", "CYCLES": "2"}, "CYCLES=2 means nothing without PERIOD"),
    ({"PERIOD": "1", "CYCLES": "11"}, "CYCLES=11 is not a whole number from 1 to 10"),
    ({"BIN": "0"}, "BIN=0 is not a number from 0.00001"),
    ({"TITLE": "x" * 201}, "TITLE has 201 characters, 200 are the limit"),
    ({"CAPTION": "maybe"}, "CAPTION=maybe is not one of yes, no"),
    ({"RESPONSEFORMAT": "fits"}, "RESPONSEFORMAT=fits is not known here: use one of csv,"),
    ({"SR": "1"}, "There is no parameter SR. Known are: ID, OID, QUANTITY"),
    ({"RADIUS": "x" * 5000}, "x..."),
]


@pytest.mark.parametrize(("parameters", "sentence"), REFUSED)
def test_bad_values_are_refused_with_the_value_and_the_remedy(parameters, sentence):
    refused = refusal(**({"ID": OID} | parameters))
    assert refused.status == 400
    assert sentence in refused.message
    assert len(refused.message) < 500


def test_a_request_without_light_curves_says_how_to_name_one():
    assert "give ID, as in ID=680113300005170" in refusal().message


def test_more_than_the_limit_of_light_curves_are_refused():
    oids = [str(int(OID) + i) for i in range(MAX_OIDS + 1)]
    assert "101 light curves are named, 100 are the limit" in refusal(ID=",".join(oids)).message
    assert len(read(ID=oids[1:]).oids) == 100


@pytest.mark.parametrize("path", [(OID, OID), ("dr19", OID, "x"), (OID, "json"), ("DR19", OID)])
def test_other_paths_are_not_found(path):
    refused = refusal(*path)
    assert refused.status == 404
    assert "Light curves are at /lc/OID" in refused.message


def test_unknown_extension_is_not_found():
    refused = refusal(f"{OID}.exe")
    assert (refused.status, ".exe is not known here" in refused.message) == (404, True)


def test_extension_and_format_that_differ_are_refused():
    assert "give one of them" in refusal(f"{OID}.json", RESPONSEFORMAT="csv").message
    assert read(f"{OID}.json", RESPONSEFORMAT="json").format == "json"


def test_own_photometry_comes_as_json_with_figures():
    body = b'{"mine": [{"mjd": 58300, "mag": 17, "magerr": 0.1, "filter": "V"}]}'
    sent = {"body": body, "content_type": "application/json"}
    (own,) = read(f"{OID}.png", **sent).own
    assert (own.label, own.filter, own.mag.tolist()) == ("mine", "V", [17.0])
    with pytest.raises(HTTPError, match=r"in figures only: ask for .*png"):
        read(f"{OID}.csv", **sent)
    with pytest.raises(
        HTTPError, match="send a form, or own photometry as application/json"
    ) as not_ok:
        read(f"{OID}.png", **(sent | {"content_type": "text/plain"}))
    assert not_ok.value.status == 415


def test_address_of_a_request_gives_the_same_request_again():
    asked = read(
        "dr19",
        f"{OID}.csv",
        RADIUS="1.5",
        BAND="g,r",
        TIME="-inf 59280.5",
        QUALITY="good",
        BAD_CATFLAGS_MASK="6",
        QUANTITY="diffflux",
        REFMAG=f"{OID}:13.6:0.02",
        PERIOD="0.1",
        EPOCH="-3.5",
        CYCLES="2",
        BIN="0.02",
        TITLE="a & b ü",
    )
    parts = urlsplit(request.address(asked))
    release, address = parts.path.strip("/").split("/")
    assert address == "lc"
    assert read(release, **parse_qs(parts.query)) == asked
    assert request.address(read(OID)) == f"/lc?ID={OID}&RESPONSEFORMAT=votable"


CIRCLES = [
    ({"POS": "CIRCLE 254.5 -35.25 0.001"}, (254.5, -35.25, 0.001)),
    ({"POS": "circle -164.7 -5.8 0.1"}, (195.3, -5.8, 0.1)),
    ({"CIRCLE": "298.0025 29.87147 0.0014"}, (298.0025, 29.87147, 0.0014)),
    ({"POS": "CIRCLE 360 90 1e-9"}, (0.0, 90.0, 1e-9)),
    ({"POS": "CIRCLE 0 -90 0.1667"}, (0.0, -90.0, 0.1667)),
    ({"POS": "CIRCLE,1,2,0.1"}, (1.0, 2.0, 0.1)),
]


@pytest.mark.parametrize(("given", "circle"), CIRCLES)
def test_a_circle_is_in_place_of_light_curves(given, circle):
    asked = read(**given)
    assert asked.oids == ()
    assert asked.circle == pytest.approx(circle)
    assert read(**parse_qs(urlsplit(request.address(asked)).query)) == asked


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"POS": "254.5 35 0.001"}, "POS=254.5 35 0.001 is not a circle: it does not begin with"),
        ({"POS": "CIRCLE"}, "POS=CIRCLE is not a circle: it has not three numbers"),
        ({"POS": "CIRCLE 1 2"}, "it has not three numbers"),
        ({"POS": "CIRCLE 1 2 x"}, "it has not three numbers"),
        ({"POS": "CIRCLE nan 2 1"}, "it has not three numbers"),
        ({"POS": "CIRCLE 1 2 0.1 3"}, "it has not three numbers"),
        ({"POS": "RANGE 1 2 3 4"}, "it does not begin with CIRCLE"),
        ({"CIRCLE": "CIRCLE 1 2 0.1"}, "it has not three numbers"),
        ({"POS": "CIRCLE 361 2 0.1"}, "RA is not from -360 to 360"),
        ({"POS": "CIRCLE inf 2 0.1"}, "RA is not from -360 to 360"),
        ({"POS": "CIRCLE 1 90.01 0.1"}, "Dec is not from -90 to 90"),
        ({"POS": "CIRCLE 1 2 0"}, "the radius is not above 0, and at most 0.1667"),
        ({"POS": "CIRCLE 1 2 -1"}, "the radius is not above 0"),
        ({"POS": "CIRCLE 1 2 0.1668"}, "the radius is not above 0, and at most 0.1667"),
        ({"POS": ["CIRCLE 1 2 0.1", "CIRCLE 1 2 0.1"]}, "POS is given 2 times"),
        ({"POS": "CIRCLE 1 2 0.1", "CIRCLE": "1 2 0.1"}, "CIRCLE and POS mean the same"),
        ({"POS": "CIRCLE 1 2 0.1", "RADIUS": "1"}, "RADIUS=1 means nothing with POS"),
    ],
)
def test_a_circle_that_cannot_be_is_refused_with_an_example(parameters, sentence):
    refused = refusal(**parameters)
    assert (refused.status, sentence in refused.message) == (400, True), refused.message


@pytest.mark.parametrize(
    ("given", "filters"),
    [
        ({"BANDNAME": "g,i"}, {1, 3}),
        ({"BANDNAME": "1,2"}, {1, 2}),
        ({"BAND": "4.10e-7 5.50e-7"}, {1}),
        ({"BAND": "5.60e-7"}, {2}),
        ({"BAND": "5.55e-7"}, set()),
        ({"BAND": "7.1e-7 Inf"}, {2, 3}),
        ({"BAND": "0 1.4e-6"}, {1, 2, 3}),
        ({"BAND": "1.4e-6 Inf"}, set()),
    ],
)
def test_bands_are_names_numbers_or_wavelengths(given, filters):
    asked = read(OID, **given)
    assert asked.filters == filters
    assert read(**parse_qs(urlsplit(request.address(asked)).query)) == asked


@pytest.mark.parametrize(
    ("collection", "release"),
    [("ztf_dr24", "dr24"), ("ZTF_DR5", "dr5"), ("dr19", "dr19"), ("ztf", "ztf")],
)
def test_a_collection_is_a_release(collection, release):
    asked = read(ID=OID, COLLECTION=collection)
    assert asked.release == release
    path = "/lc" if release == "ztf" else f"/{release}/lc"
    assert urlsplit(request.address(asked)).path == path


def test_a_collection_other_than_the_release_of_the_address_is_refused():
    assert read("dr5", OID, COLLECTION="ztf_dr5").release == "dr5"
    assert "names release dr5 and COLLECTION dr4" in refusal("dr5", OID, COLLECTION="dr4").message
    assert "names release dr5 and COLLECTION ztf" in refusal("dr5", OID, COLLECTION="ztf").message


def test_a_layout_has_its_columns_and_is_kept_in_the_address():
    asked = read(ID=OID, LAYOUT="irsa", FORMAT="IPAC_TABLE", NUM_OBS="7", MAG="-Inf 17.5")
    assert asked.columns == ("obsmjd", "exptime", "exptime_source", "filefracday")
    assert (asked.lenient, asked.format, asked.nobs_min) == (True, "ipac_table", 7)
    assert asked.magnitudes == (-math.inf, 17.5)
    assert request.address(asked) == (
        f"/lc?ID={OID}&NOBS_MIN=7&MAG=-inf+17.5&LAYOUT=irsa&RESPONSEFORMAT=ipac_table"
    )
    assert read(**parse_qs(urlsplit(request.address(asked)).query)) == asked
    assert read(ID=OID, MAG="17").magnitudes == (17.0, 17.0)
    assert not read(ID=OID, LAYOUT="viewer").lenient


@pytest.mark.parametrize(
    ("given", "mask"),
    [({}, 32768), ({"BAD_CATFLAGS_MASK": "0"}, 0), ({"BAD_CATFLAGS_MASK": "6"}, 6)],
)
def test_bins_are_without_epochs_not_to_be_used_also_by_the_address_of_a_request(given, mask):
    asked = read(OID, BIN="1", **given)
    again = read(**parse_qs(urlsplit(request.address(asked)).query))
    assert (asked.mask, again.mask) == (mask, mask)
    assert read(OID).mask == 0
