"""The display cutout: its plain solution agrees with the archive's, and says what it is."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.wcs import WCS
from matplotlib.image import imread
from support.sky_images import (
    CUTOUTS,
    PIXEL,
    SIDE,
    Known,
    cut,
    found_of,
    known_images,
    made_header,
    made_image,
    whole_image,
)

from ztfvo.errors import HTTPError
from ztfvo.images import cutout, picture, tangent
from ztfvo.images.products import cutout_query

needs_images = pytest.mark.skipif(not CUTOUTS.is_dir(), reason=f"no real cutouts in {CUTOUTS}")


@pytest.fixture(scope="module")
def known() -> Known:
    return made_image()


@pytest.fixture(scope="module")
def whole(known) -> bytes:
    return whole_image(known.header, known.path)


def part(whole: bytes, known: Known, arcsec: float = 60, ra: float | None = None) -> bytes:
    """The archive's cutout about a position, the object's by default."""
    return cut(whole, cutout_query(known.ra if ra is None else ra, known.dec, arcsec))


def read(content: bytes, known: Known) -> cutout.Cutout:
    return cutout.read(content, found_of(known), known.path)


def worst(archive: WCS, plain: WCS, side: int) -> float:
    """Largest separation of two solutions at the pixels of a square, arcsec."""
    step = max(1, side // 60)
    y, x = (grid.ravel() for grid in np.mgrid[1 : side + 1 : step, 1 : side + 1 : step])
    first, second = (
        SkyCoord(*solution.all_pix2world(x, y, 1), unit="deg") for solution in (archive, plain)
    )
    return first.separation(second).arcsec.max()


@needs_images
@pytest.mark.parametrize(("side", "limit"), [(28, 0.00015), (120, 0.0025), (300, 0.0155)])
def test_plain_solutions_agree_with_the_48_real_ones_over(side, limit):
    found = []
    for known in known_images():
        header = known.header.copy()
        for axis in (1, 2):
            header[f"CRPIX{axis}"] += (side - 28) / 2
        archive = WCS(header)
        fitted = tangent.fit(archive, (side, side), known.ra, known.dec)
        found.append(worst(archive, fitted.wcs(), side))
        assert worst(archive, fitted.wcs(), side) <= fitted.error
    assert len(found) == 48
    assert limit / 3 < max(found) < limit


@needs_images
def test_real_cutouts_become_files_that_say_the_same_of_every_pixel():
    for known in known_images():
        content = (CUTOUTS / f"{known.oid}.fits").read_bytes()
        made = read(content, known)
        archive = WCS(known.header)
        assert worst(archive, WCS(made.header), 28) < 1.5e-4
        assert np.allclose(made.tangent.pixel, archive.all_world2pix(known.ra, known.dec, 1))
        assert np.array_equal(made.pixels, fits.getdata(io.BytesIO(content)), equal_nan=True)
        kept = ("OBSMJD", "FILTER", "EXPTIME", "FIELDID", "CCDID", "QID", "MAGZP", "SEEING", "GAIN")
        assert [made.header[name] for name in kept] == [known.header[name] for name in kept]


def test_the_file_is_plain_and_shows_the_object_and_its_origin(known, whole):
    file = io.BytesIO()
    made = read(part(whole, known), known)
    fits.PrimaryHDU(made.pixels, made.header).writeto(file)
    file.seek(0)
    with fits.open(file) as hdus:
        hdus.verify("exception")
        header = hdus[0].header
        assert hdus[0].data.dtype == np.dtype(">f4")
    text = header.tostring(sep="\n")
    assert "PV1_" not in text
    assert "--TPV" not in text
    assert (header["CTYPE1"], header["CTYPE2"]) == ("RA---TAN", "DEC--TAN")
    assert (header["RADESYS"], header["OID"]) == ("ICRS", str(known.oid))
    assert (header["CRVAL1"], header["CRVAL2"]) == (known.ra, known.dec)
    assert header["ARCHFILE"] == "ztf_20190314432616_000633_zr_c07_o_q4_sciimg.fits"
    assert "TAN solution about the object" in text
    archive = fits.getheader(io.BytesIO(part(whole, known)))
    pixel = np.array(WCS(archive).all_world2pix(known.ra, known.dec, 1))
    assert np.allclose((header["OBJPIX1"], header["OBJPIX2"]), pixel, atol=1e-6)
    assert np.allclose((header["CRPIX1"], header["CRPIX2"]), pixel, atol=header["TANERR"] / PIXEL)


def test_positions_survive_writing_the_numbers(known, whole):
    made = read(part(whole, known, 300), known)
    written = fits.Header.fromstring(made.header.tostring())
    assert worst(made.tangent.wcs(), WCS(written), 298) < 1e-7


def test_the_brightest_pixel_is_at_the_objects_pixel(known, whole):
    made = read(part(whole, known), known)
    row, column = np.unravel_index(np.nanargmax(made.pixels), made.pixels.shape)
    assert np.hypot(column + 1 - made.tangent.pixel[0], row + 1 - made.tangent.pixel[1]) < 1.5


def test_a_cutout_over_the_edge_of_the_image_keeps_the_object_in_its_place(known, whole):
    shift = (SIDE / 2 - 12) * PIXEL / 3600 / np.cos(np.radians(known.dec))
    for ra in (known.ra + shift, known.ra - shift):
        moved = Known(known.oid, known.path, ra, known.dec, known.header)
        content = part(whole, moved, 60)
        made = read(content, moved)
        assert made.pixels.shape[0] == 60
        assert made.pixels.shape[1] < 45
        assert worst(WCS(fits.getheader(io.BytesIO(content))), WCS(made.header), 30) < 1e-3


def test_an_object_off_the_cutout_is_refused(known, whole):
    away = Known(known.oid, known.path, known.ra, known.dec + 50 / 3600, known.header)
    with pytest.raises(HTTPError, match="off the image ztf_20190314432616") as refused:
        cutout.read(part(whole, known), found_of(away), known.path)
    assert refused.value.status == 404


@pytest.mark.parametrize(
    ("x", "y", "on"), [(1, 0.6, True), (1, 0.4, False), (0.6, 30, True), (0.4, 30, False)]
)
def test_an_object_less_than_a_pixel_off_the_cutout_is_refused(known, whole, x, y, on):
    content = part(whole, known)
    solution = WCS(fits.getheader(io.BytesIO(content)))
    ra, dec = (float(value) for value in solution.all_pix2world(x, y, 1))
    edge = Known(known.oid, known.path, ra, dec, known.header)
    if on:
        cutout.read(content, found_of(edge), known.path)
        return
    with pytest.raises(HTTPError, match="off the image"):
        cutout.read(content, found_of(edge), known.path)


@pytest.mark.parametrize(("ra", "dec"), [(0.0, 0.0), (359.99999, 60.0), (123.4, 89.9)])
def test_solutions_agree_at_right_ascension_0_and_near_the_pole(ra, dec):
    header = made_header()
    header["CRVAL1"], header["CRVAL2"] = ra, dec
    header["CRPIX1"], header["CRPIX2"] = 40.5, 60.5
    archive = WCS(header)
    fitted = tangent.fit(archive, (120, 120), ra, dec)
    assert worst(archive, fitted.wcs(), 120) < 0.01


def test_integers_with_blanks_come_out_as_numbers_and_nan(known):
    header = known.header.copy()
    header["BLANK"], header["BSCALE"], header["BZERO"] = -32768, 0.5, 100.0
    hdu = fits.PrimaryHDU(np.arange(SIDE * SIDE).reshape(SIDE, SIDE).astype("i2"), None)
    hdu.data[3, 4] = -32768
    hdu.header.update(header)
    file = io.BytesIO()
    hdu.writeto(file)
    made = read(file.getvalue(), known)
    assert np.isnan(made.pixels[3, 4])
    assert "BLANK" not in made.header


def text_image(**changes) -> bytes:
    header = fits.Header()
    header.update(changes)
    file = io.BytesIO()
    fits.PrimaryHDU(np.zeros((20, 20), "f4"), header).writeto(file)
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>Please log in</html>",
        b"SIMPLE  =                    T" + b" " * 2850,
        text_image(),
        text_image(CTYPE1="GLON-TPV", CTYPE2="DEC--TPV"),
        text_image(CTYPE1="RA---TPV", CTYPE2="DEC--TPV", CRVAL1=67.0, CRVAL2=-24.8, CD1_1=0.0003),
        text_image(CTYPE1="RA---TPV", CTYPE2="DEC--TPV", CRVAL1=67.0, CRVAL2=-24.8),
    ],
    ids=["nothing", "html", "cut short", "no sky", "mixed axes", "singular", "far away"],
)
def test_what_is_no_image_of_the_sky_around_the_object_is_refused(known, content):
    with pytest.raises(HTTPError) as refused:
        read(content, known)
    assert refused.value.status in (404, 502)
    assert "ztf_20190314432616_000633_zr_c07_o_q4_sciimg.fits" in refused.value.message


@pytest.mark.filterwarnings("ignore:File may have been truncated")
def test_a_truncated_image_is_refused(known, whole):
    with pytest.raises(HTTPError, match="no FITS image") as refused:
        read(part(whole, known)[:9000], known)
    assert refused.value.status == 502


def size_of(png: bytes) -> tuple[int, int]:
    """Width and height in the PNG's own header."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", png[16:24])


def test_the_picture_shows_the_star_inside_the_open_mark(known, whole):
    made = read(part(whole, known), known)
    png, (x, y) = picture.draw(made.pixels, made.tangent.pixel)
    rows, columns = made.pixels.shape
    assert size_of(png) == (5 * columns, 5 * rows)
    shown = (imread(io.BytesIO(png))[..., :3] * 255).round().astype(int)
    assert (shown[round(y), round(x)] == 255).all()
    mark = np.argwhere((shown == picture.MARK).all(axis=-1)) - (round(y), round(x))
    assert np.abs(mark).max() in (picture.OUTER, picture.OUTER - 1)
    assert np.hypot(*mark.T).min() >= picture.INNER - 1
    blank = np.argwhere((shown == picture.BLANK).all(axis=-1))
    bad = np.argwhere(np.isnan(made.pixels))
    assert sorted(set(blank[:, 1] // 5)) == sorted(set(bad[:, 1]))


def test_the_picture_is_upright():
    pixels = np.zeros((40, 30), "f4") + np.arange(30)
    pixels[35, 3] = 1000.0
    png, place = picture.draw(pixels, (4.0, 36.0))
    factor = size_of(png)[0] // 30
    assert place == (3.5 * factor, 4.5 * factor)
    shown = imread(io.BytesIO(png))
    assert shown[round(place[1]), round(place[0]), 0] == 1.0


@pytest.mark.parametrize(
    "pixels",
    [
        np.full((20, 30), np.nan),
        np.zeros((20, 30)),
        np.ones((1, 1)),
        np.array([[1.0, np.nan], [np.inf, 2.0]]),
    ],
    ids=["blank", "even", "one pixel", "hardly any"],
)
def test_pictures_without_contrast_are_drawn(pixels):
    png, _ = picture.draw(pixels.astype("f4"), (1.0, 1.0))
    width, height = size_of(png)
    assert max(width, height) >= picture.SMALLEST
    assert width / height == pixels.shape[1] / pixels.shape[0]


def test_greys_grow_with_brightness_and_are_zero_where_there_is_nothing():
    pixels = np.array([np.nan, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, np.inf])
    greys = picture.levels(pixels)
    assert greys.dtype == np.uint8
    assert greys[0] == 0
    assert (np.diff(greys[1:8].astype(int)) > 0).all()
    assert (greys[1], greys[7]) == (0, 255)


@pytest.mark.parametrize("arcsec", [0.0, -5.0, 1.9, 901.0, float("nan"), float("inf")])
def test_sizes_out_of_range_are_refused_before_anything_is_asked(known, arcsec):
    with pytest.raises(HTTPError, match="give a side of 2 to 900 arcsec") as refused:
        cutout.fits(found_of(known), arcsec)
    assert refused.value.status == 400
