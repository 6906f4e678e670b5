"""Display cutouts by way of the site's proxy, and what they say when there is none."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS
from support.image_archive import reload_nginx
from support.sky_images import found_of, known_images, made_image

from ztfvo.errors import HTTPError
from ztfvo.images import cutout
from ztfvo.images.products import reference_path, science_path


@pytest.fixture
def found(archive):
    """An epoch on an image that nobody has asked for yet."""
    archive.recover()
    known = known_images()[0] if known_images() else made_image()
    epoch = found_of(known)
    moment = np.random.default_rng().integers(10**6)
    image = replace(epoch.image, filefracday=epoch.image.filefracday // 10**6 * 10**6 + int(moment))
    archive.add(science_path(image), known.ra, known.dec)
    return replace(epoch, image=image)


def refusal(found, arcsec: float = 60.0) -> HTTPError:
    with pytest.raises(HTTPError) as refused:
        cutout.fits(found, arcsec)
    return refused.value


def test_a_cutout_has_the_sky_of_the_archives_image_in_each_pixel(archive, found):
    answer = cutout.fits(found, 60.0)
    whole = fits.open(io.BytesIO(archive.holdings.content(science_path(found.image))))[0]
    part = fits.open(io.BytesIO(answer.body))[0]
    rows, columns = part.shape
    sky = WCS(part.header).all_pix2world([1, columns, columns / 2], [1, rows, rows / 3], 1)
    x, y = WCS(whole.header).all_world2pix(*sky, 0)
    for number, (column, row) in enumerate([(0, 0), (columns - 1, rows - 1)]):
        there = whole.data[round(float(y[number])), round(float(x[number]))]
        assert part.data[row, column] == there
    assert np.abs(x - np.round(x))[:2].max() < 1e-3
    pixel = WCS(part.header).all_world2pix(found.ra, found.dec, 1)
    assert np.allclose(answer.pixel, pixel, atol=2e-3)
    assert answer.content_type == "image/fits"


@pytest.mark.parametrize(
    ("which", "suffix"),
    [("difference", "scimrefdiffimg.fits.fz"), ("reference", "refimg.fits")],
)
def test_a_cutout_of_the_difference_or_reference_is_of_that_image(archive, found, which, suffix):
    image = found.image
    channel = image.fieldid, image.filterid, image.ccdid, image.qid
    path = (
        science_path(image, suffix)
        if which == "difference"
        else reference_path(*channel, "refimg.fits")
    )
    archive.add(path, found.ra, found.dec)
    answer = cutout.fits(found, 60.0, which)
    part = fits.open(io.BytesIO(answer.body))[0]
    assert part.header["ARCHFILE"] == path.rpartition("/")[2]
    assert ("HMJD" in part.header) == (which == "difference")
    assert answer.name.endswith(f"-{which}.fits")
    x, y = (round(one) for one in answer.pixel)
    whole = fits.open(io.BytesIO(archive.holdings.content(path)))[0]
    there = WCS(whole.header).all_world2pix(found.ra, found.dec, 0)
    assert part.data[y - 1, x - 1] == whole.data[round(float(there[1])), round(float(there[0]))]


def test_file_and_picture_are_one_request_of_the_archive(archive, found):
    cutout.fits(found, 60.0)
    picture = cutout.png(found, 60.0)
    cutout.fits(found, 60.0)
    assert picture.content_type == "image/png"
    assert len(archive.targets) == 1


def test_an_image_the_archive_has_not_is_reported(archive, found):
    image = replace(found.image, filefracday=20200101000000 + found.image.filefracday % 10**6)
    refused = refusal(replace(found, image=image))
    assert refused.status == 404
    assert "The archive has no image ztf_20200101" in refused.message


@pytest.mark.parametrize(("ra", "dec"), [(0.0, 0.2), (0.3, 0.0), (180.0, 0.0)])
def test_an_object_off_the_image_is_reported(found, ra, dec):
    refused = refusal(replace(found, ra=(found.ra + ra) % 360, dec=found.dec + dec))
    assert refused.status == 404
    assert "The object is off the image ztf_" in refused.message


def test_an_object_just_off_the_image_is_reported_though_there_is_a_cutout(archive, found):
    header = fits.getheader(io.BytesIO(archive.holdings.content(science_path(found.image))))
    ra, dec = (float(value) for value in WCS(header).all_pix2world(320, -4, 1))
    refused = refusal(replace(found, ra=ra, dec=dec))
    assert (refused.status, len(archive.targets)) == (404, 1)
    assert "The object is off the image ztf_" in refused.message


def test_an_archive_that_is_down_is_reported(archive, found):
    for mirror in archive.mirrors:
        mirror.stop()
    try:
        refused = refusal(found)
    finally:
        archive.recover()
        reload_nginx()
    assert refused.status == 503
    assert "The archive does not answer now" in refused.message
    assert cutout.fits(found, 60.0).content_type == "image/fits"


@pytest.mark.parametrize("content", [b"", b"<html>Please log in</html>", b"\x1f\x8b" + bytes(3000)])
def test_an_answer_that_is_no_image_is_reported(archive, found, content, monkeypatch):
    monkeypatch.setattr("support.sky_images.cut", lambda whole, query: content)
    refused = refusal(found)
    assert refused.status == 502
    assert "is no FITS image of the sky" in refused.message


def test_an_answer_that_is_too_large_is_reported(archive, found, monkeypatch):
    monkeypatch.setattr("support.sky_images.cut", lambda whole, query: bytes(9_000_000))
    refused = refusal(found)
    assert refused.status == 502
    assert "too large" in refused.message


def test_nothing_is_asked_for_a_size_out_of_range(archive, found):
    assert (refusal(found, 1e9).status, archive.targets) == (400, [])
