"""Paths of the archive's products, on names known from the archive itself."""

from __future__ import annotations

import csv
import gzip

import pytest
from support.files import SHARED, needs_shared

from ztfvo.images import products
from ztfvo.images.products import Image
from ztfvo.oid import split

PAIRS = SHARED / "ztf-images" / "derived" / "fits_name_pairs.csv.gz"
HEADERS = SHARED / "ztf-images" / "derived" / "cutout_headers.csv"

KNOWN = {
    "sci/2019/0314/432616/ztf_20190314432616_000633_zr_c07_o_q4_sciimg.fits": Image(
        633, 27, 2, 20190314432616
    ),
    "sci/2020/0618/261214/ztf_20200618261214_000682_zr_c05_o_q1_sciimg.fits": Image(
        682, 16, 2, 20200618261214
    ),
    "sci/2018/0411/467847/ztf_20180411467847_000535_zr_c11_o_q3_sciimg.fits": Image(
        535, 42, 2, 20180411467847
    ),
    "sci/2019/0208/340613/ztf_20190208340613_000518_zr_c01_o_q1_sciimg.fits": Image(
        518, 0, 2, 20190208340613
    ),
}


@pytest.mark.parametrize("path", KNOWN)
def test_known_path_is_written_and_read(path):
    assert products.science_path(KNOWN[path]) == path
    assert products.parse_science(path) == (KNOWN[path], "sciimg.fits")
    assert products.parse_science(path.removeprefix("sci/")) == (KNOWN[path], "sciimg.fits")
    assert products.parse_science(path.rpartition("/")[2]) == (KNOWN[path], "sciimg.fits")
    assert products.folder(KNOWN[path]) == path.rpartition("/")[0] + "/"


def test_numbers_are_padded_to_six_digits_and_fields_of_a_thousand_have_folder_001():
    early = Image(9, 0, 1, 20180101000042)
    assert products.science_path(early, "mskimg.fits") == (
        "sci/2018/0101/000042/ztf_20180101000042_000009_zg_c01_o_q1_mskimg.fits"
    )
    assert products.raw_path(Image(1722, 63, 3, 20200229999999)) == (
        "raw/2020/0229/999999/ztf_20200229999999_001722_zi_c16_o.fits.fz"
    )
    reference = {
        (999, 1, 7, 4): "ref/000/field000999/zg/ccd07/q4/ztf_000999_zg_c07_q4_refimg.fits",
        (1000, 2, 16, 1): "ref/001/field001000/zr/ccd16/q1/ztf_001000_zr_c16_q1_refimg.fits",
    }
    for channel, path in reference.items():
        assert products.reference_path(*channel) == path
    assert products.reference_path(202, 1, 10, 1, "refpsfcat.fits") == (
        "ref/000/field000202/zg/ccd10/q1/ztf_000202_zg_c10_q1_refpsfcat.fits"
    )


def test_every_science_product_comes_back_from_its_path():
    image = Image(633, 27, 2, 20190314432616)
    assert len(products.SCIENCE) == 12
    for suffix in products.SCIENCE:
        assert products.parse_science(products.science_path(image, suffix)) == (image, suffix)
    with pytest.raises(KeyError, match=r"sciimg\.exe"):
        products.science_path(image, "sciimg.exe")
    with pytest.raises(KeyError):
        products.reference_path(633, 2, 7, 4, "sciimg.fits")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "../../etc/passwd",
        "sci/2019/0314/432616/",
        "sci/2019/0314/432617/ztf_20190314432616_000633_zr_c07_o_q4_sciimg.fits",
        "x/2019/0314/432616/ztf_20190314432616_000633_zr_c07_o_q4_sciimg.fits",
        "ztf_20190314432616_000633_zr_c07_o_q5_sciimg.fits",
        "ztf_20190314432616_000633_zr_c17_o_q4_sciimg.fits",
        "ztf_20190230432616_000633_zr_c07_o_q4_sciimg.fits",
        "ztf_20190314432616_000633_zr_c07_o_q4_sciimg.fits\n",
        "ztf_2019031443261\u0666_000633_zr_c07_o_q4_sciimg.fits",
        "ztf_20190314432616_633_zr_c07_o_q4_sciimg.fits",
    ],
)
def test_what_is_no_path_of_a_product_is_refused(path):
    with pytest.raises(ValueError, match="is not"):
        products.parse_science(path)


@pytest.mark.parametrize(
    ("channel", "said"),
    [
        ((0, 27, 2, 20190314432616), "fieldid 0"),
        ((633, 64, 2, 20190314432616), "rcid 64"),
        ((633, 27, 4, 20190314432616), "filterid 4"),
        ((633, 27, 2, 190314432616), "filefracday 190314432616"),
        ((633, 27, 2, 20191314432616), "20191314 is not a date"),
    ],
)
def test_impossible_image_is_refused_with_the_number(channel, said):
    with pytest.raises(ValueError, match=said):
        Image(*channel)


def test_moment_of_a_name_is_the_day_and_its_fraction():
    assert products.name_mjd(20190314432616) == pytest.approx(58556.432616, abs=1e-9)
    assert products.name_mjd(20180101000000) == 58119
    assert products.night_folder(58556.0) == "sci/2019/0314/"
    assert products.night_folder(58555.9999999) == "sci/2019/0313/"
    assert products.night_mjd("20200229") == 58908


def test_cutout_query_keeps_signs_and_small_numbers_readable():
    assert products.cutout_query(0.0, -1.25e-5, 30) == (
        "center=0.0000000,-0.0000125&size=30arcsec&gzip=false"
    )


@needs_shared
def test_all_recorded_pairs_of_light_curve_and_image_give_the_recorded_path():
    with gzip.open(PAIRS, "rt") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 23_935
    for row in rows:
        parts = split(int(row["oid"]))
        image = Image(parts.fieldid, parts.rcid, parts.filterid, int(row["filefracday"]))
        assert products.science_path(image) == f"sci/{row['fits_path']}"
        assert products.parse_science(row["fits_path"]) == (image, "sciimg.fits")


@needs_shared
def test_names_of_real_cutouts_carry_what_their_headers_say():
    with HEADERS.open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 48
    for row in rows:
        image, suffix = products.parse_science(row["fits_name"])
        said = tuple(int(row[name]) for name in ("field", "rcid", "filterid", "ccdid", "qid"))
        assert (image.fieldid, image.rcid, image.filterid, image.ccdid, image.qid) == said
        assert suffix == "sciimg.fits"
        earlier = (float(row["obsmjd"]) - products.name_mjd(image.filefracday)) * 86400
        assert -0.6 < earlier < 118.5
