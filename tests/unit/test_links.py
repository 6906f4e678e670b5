"""Links of light curves and detections: what they are, and what they say."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from ztfvo.images.epoch import Moment
from ztfvo.images.finder import Found
from ztfvo.images.products import SCIENCE, Image
from ztfvo.links import ofcurve, ofdetection, processing
from ztfvo.links.model import Fault, LightCurve, Relative
from ztfvo.links.ofcurve import elsewhere, family, forms, knowledge, outside, reference
from ztfvo.products import beside, writers
from ztfvo.products.parameters import NAMES
from ztfvo.records import Record, Records
from ztfvo.settings import get_settings

#: Terms of http://www.ivoa.net/rdf/datalink/core and of http://www.ivoa.net/rdf/product-type.
CORE = {
    *("this", "progenitor", "derivation", "auxiliary", "weight", "error", "noise", "calibration"),
    *("bias", "dark", "flat", "preview", "preview-image", "preview-plot", "thumbnail", "proc"),
    *("cutout", "documentation", "detached-header", "coderived", "counterpart", "package"),
}
PRODUCT_TYPES = {"image", "timeseries", "measurements"}

STAR = LightCurve(
    address="dr19",
    release="dr19",
    simulated=False,
    oid=1722107400005560,
    ra=254.45752,
    dec=-35.34238,
    fieldid=1722,
    rcid=27,
    filterid=1,
    filter="zg",
    relatives=(
        Relative("dr19", 1722107400005599, 1722, 27, 1, "zg", 12, 1.4),
        Relative("dr19", 680113300005170, 680, 50, 1, "zg", 336, 0.1),
        Relative("dr19", 1722207400009164, 1722, 27, 2, "zr", 127, 0.2),
        Relative("dr5", 1722107400005560, 1722, 27, 1, "zg", 50, 0.01),
    ),
    records=None,
)
HZ_HER = Record(
    *(680113300005170, "dr5", "EA#XRB", "first\nsecond", "A. B", datetime(2024, 5, 13, 23, 59), 3)
)
FOUND = Found(
    release="dr19",
    simulated=False,
    oid=633207400004730,
    ra=247.4554285,
    dec=24.772822,
    moment=Moment(58556.4343),
    mjd_mid=58556.4328,
    obsmjd=58556.432616,
    obsmjd_source="observed",
    exptime=30.0,
    exptime_source="observed",
    image=Image(633, 27, 2, 20190314432616),
    source="metadata",
)


def by_word(links):
    listed = list(links)
    found = {link.local_semantics: link for link in listed}
    assert len(found) == len(listed)
    return found


@pytest.fixture
def site():
    return get_settings().url


@pytest.mark.parametrize(
    "links", [list(ofcurve.links(STAR)), list(ofdetection.links("ztf", FOUND))]
)
def test_every_link_has_a_known_meaning_and_a_sentence(links):
    for link in links:
        assert link.semantics[0] == "#" and link.semantics[1:] in CORE, link
        assert (link.content_qualifier or "#image")[1:] in PRODUCT_TYPES, link
        assert len(link.description) > 10 and link.content_type and link.local_semantics
        assert urlsplit(link.url).netloc
    assert [link.semantics for link in links].index("#this") == 0
    assert [link.semantics for link in links].count("#this") == 1


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (None, {}),
        (Records(), {1722107400005560: "nothing recorded yet"}),
        (Records(unavailable="No answer"), {1722107400005560: "No answer"}),
        (
            Records({680113300005170: HZ_HER}),
            {
                1722107400005560: "nothing recorded yet",
                680113300005170: "EA, XRB; first second (A. B, 2024-05-13)",
            },
        ),
    ],
)
def test_records_are_found_missing_or_not_known(known, expected):
    found = list(knowledge.links(replace(STAR, records=known)))
    assert {link.url.rpartition("/")[2]: link.description.partition(": ")[2] for link in found} == {
        str(oid): text for oid, text in expected.items()
    }


def test_addresses_name_the_release_unless_it_is_the_default(site):
    named = by_word(ofcurve.links(replace(STAR, relatives=())))
    assert named["vot"].url == f"{site}/dr19/lc/1722107400005560.vot"
    assert named["page"].url == f"{site}/dr19/view/1722107400005560"
    default = by_word(ofcurve.links(replace(STAR, address="ztf", relatives=())))
    assert default["vot"].url == f"{site}/lc/1722107400005560.vot"
    assert default["page"].url == f"{site}/view/1722107400005560"
    assert processing.access_url(STAR) == f"{site}/dr19/lc"


def test_forms_have_the_types_that_the_writers_send():
    found = by_word(forms.links(STAR))
    sent = {one.extension: one.content_type.partition(";")[0] for one in writers.writers()}
    assert {name: link.content_type for name, link in found.items()} == sent


def test_light_curves_of_the_star_are_distinguished_by_release_band_field_and_channel(site):
    shown = [(link.local_semantics, link.url) for link in family.links(STAR)]
    assert shown == [
        ("same-channel", f"{site}/dr19/lc/1722107400005599.vot"),
        ("other-field", f"{site}/dr19/lc/680113300005170.vot"),
        ("other-band", f"{site}/dr19/lc/1722207400009164.vot"),
        ("other-release", f"{site}/dr5/lc/1722107400005560.vot"),
    ]
    described = next(iter(family.links(STAR))).description
    for part in ("OID 1722107400005599", "zg", "field 1722", "release dr19", "12 epochs", "1.40"):
        assert part in described


def test_relatives_in_the_default_release_keep_its_short_addresses(site):
    urls = [link.url for link in family.links(replace(STAR, address="ztf"))]
    assert urls[0] == f"{site}/lc/1722107400005599.vot"
    assert urls[3] == f"{site}/dr5/lc/1722107400005560.vot"


def test_reference_products_lie_where_the_archive_has_them(site):
    made = by_word(reference.links(STAR))
    folder = f"{site}/archive/ref/001/field001722/zg/ccd07/q4/ztf_001722_zg_c07_q4_"
    assert made["reference-image"].url == f"{folder}refimg.fits"
    assert made["reference-catalogue"].url == f"{folder}refpsfcat.fits"


def test_simulated_light_curves_say_so_and_have_no_reference_image():
    links = list(ofcurve.links(replace(STAR, simulated=True)))
    assert not any("/archive/" in link.url for link in links)
    for link in links:
        simulated = link.description.startswith("SIMULATED. ")
        assert simulated != (link.semantics == "#counterpart"), link
        assert "simulated" in link.description.lower(), link


def test_each_survey_with_light_curves_has_a_row_without_being_asked(site):
    made = by_word(outside.links(STAR))
    assert set(made) == {
        *("antares", "panstarrs_detections", "gaia_photometry"),
        *("alerce_lightcurve", "fink_lightcurve", "zubercal", "tess"),
    }
    for word, link in made.items():
        assert link.url == f"{site}/outside/{word}/lc?ID={STAR.oid}&RELEASE=dr19"
        assert link.semantics == "#counterpart"
        assert link.page == f"{site}/dr19/view/{STAR.oid}?WITH={word}"
    default = by_word(outside.links(replace(STAR, address="ztf")))
    assert default["antares"].url == f"{site}/outside/antares/lc?ID={STAR.oid}"


def test_a_source_of_light_curves_that_is_added_has_a_row(monkeypatch):
    from ztfvo.outside import sources

    known = sources.sources()
    new = replace(known["antares"], name="new", title="New survey")
    monkeypatch.setattr(beside, "sources", lambda: {**known, "new": new})
    beside.curve_sources.cache_clear()
    try:
        added = by_word(outside.links(STAR))["new"]
        assert "/outside/new/lc?" in added.url and "New survey" in added.description
    finally:
        beside.curve_sources.cache_clear()


def test_other_services_are_asked_for_the_position():
    pages = by_word(elsewhere.links(STAR))
    assert set(pages) == {"alerce", "antares-page", "fink", "lasair", "simbad", "vizier", "irsa"}
    asked = {word: parse_qs(urlsplit(link.url).query) for word, link in pages.items()}
    for word in ("alerce", "fink"):
        assert [asked[word][name] for name in ("ra", "dec", "radius")] == [
            ["254.4575200"],
            ["-35.3423800"],
            ["3"],
        ]
    assert asked["simbad"]["Coord"] == ["254.4575200 -35.3423800"]
    assert asked["vizier"]["-c"] == ["254.4575200 -35.3423800"]
    assert asked["irsa"]["POS"] == ["254.4575200,-35.3423800"]
    (cone,) = json.loads(asked["antares-page"]["query"][0])["filters"]
    assert cone["field"]["htm16"]["center"] == "254.4575200 -35.3423800"
    assert float(cone["field"]["distance"].split()[0]) == pytest.approx(3 / 3600, abs=1e-9)
    last = unquote(urlsplit(pages["lasair"].url).path).rpartition("/")[2]
    assert last == "254.4575200,-35.3423800,3"
    assert {link.content_type for link in pages.values()} == {"text/html"}


@pytest.mark.parametrize(("ra", "dec"), [(0.0, 90.0), (359.99999999, -90.0), (1e-9, -1e-9)])
def test_positions_at_the_edges_are_written_as_plain_numbers(ra, dec):
    for page in elsewhere.PAGES:
        address = unquote(page.url(ra, dec))
        assert "e-" not in address.partition("?")[2], address
        assert f"{ra:.7f}" in address


def test_every_parameter_described_is_one_of_the_service():
    named = {one.name for one in processing.parameters()}
    assert named <= set(NAMES)
    assert {"QUANTITY", "PERIOD", "EPOCH", "RADIUS", "BAND", "TIME", "QUALITY", "BIN"} <= named


def test_a_detection_is_linked_to_every_product_of_its_exposure(site):
    links = by_word(ofdetection.links("ztf", FOUND))
    folder = f"{site}/archive/sci/2019/0314/432616/"
    stem = f"{folder}ztf_20190314432616_000633_zr_c07_o_q4_"
    urls = {link.url for link in links.values()}
    assert {f"{stem}{suffix}" for suffix in SCIENCE} <= urls
    assert links["science-image"].url == f"{stem}sciimg.fits"
    assert links["science-image"].semantics == "#progenitor"
    assert links["directory"].url == folder
    cut = urlsplit(links["archive-cutout"].url)
    assert parse_qs(cut.query)["center"] == ["247.4554285,24.7728220"]
    here = f"{site}/epoch/633207400004730/58556.4343"
    assert links["cutout"].url == f"{here}/cutout.fits"
    assert links["cutout-figure"].url == f"{here}/cutout.png"


def test_links_of_a_simulated_image_are_the_same_and_say_so():
    links = by_word(ofdetection.links("ztf", replace(FOUND, simulated=True)))
    assert set(links) == set(by_word(ofdetection.links("ztf", FOUND)))
    assert all(link.description.startswith("SIMULATED. ") for link in links.values())


def test_the_detection_itself_is_one_epoch_of_its_light_curve(site):
    this = next(ofdetection.links("dr19", FOUND))
    assert this.url.startswith(f"{site}/dr19/lc?")
    asked = parse_qs(urlsplit(this.url).query)
    assert asked == {"ID": ["633207400004730"], "TIME": ["58556.4343 58556.4343"], "NUMBER": ["1"]}


@pytest.mark.parametrize(
    "text",
    [
        *("633207400004730-58556.4343", "633207400004730/58556.4343"),
        " 633207400004730-58556.4343 ",
    ],
)
def test_detections_are_read(text):
    assert ofdetection.read(text) == (633207400004730, "58556.4343")


def test_detections_of_full_precision_and_of_a_time_that_others_have_are_read():
    assert ofdetection.read("633207400004730-58216.381972775795") == (
        *(633207400004730, "58216.381972775795"),
    )
    assert ofdetection.read("633207400004730-58216.375-12") == (633207400004730, "58216.375-12")


def test_links_of_a_later_epoch_of_one_time_lead_to_that_one():
    found = replace(FOUND, moment=Moment(58556.4343, 3))
    links = by_word(ofdetection.links("dr19", found))
    assert links["cutout"].url.endswith("/dr19/epoch/633207400004730/58556.4343-3/cutout.fits")
    assert links["detection"].description.endswith("OID 633207400004730 at HMJD 58556.4343-3")


@pytest.mark.parametrize(
    "text",
    [
        *("633207400004730", "633207400004730-", "-58556.4", "633207400004730-nan"),
        *("633207400004730-1e5", "633207400004730-58556.4343;drop table", "x" * 5000),
        *("633207400004730-58556.4343-0", "633207400004730-58556.4343-", "633207400004730-1-2-3"),
        *("633207400004730-58556.4343\n-1", "633907400004730-58556.4343", "٦٣٣207400004730-1"),
        "../../etc/passwd",
    ],
)
def test_what_is_no_detection_is_a_usage_fault_that_shows_it_shortly(text):
    fault = ofdetection.read(text)
    assert isinstance(fault, Fault) and fault.kind == "UsageFault"
    assert len(fault.message) < 250
