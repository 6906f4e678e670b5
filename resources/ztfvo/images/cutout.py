"""The display cutout: a small part of an image of an epoch, as FITS with a plain solution and as
PNG.

ZTF's images have a distorted projection (TPV) that browsers' viewers cannot show; the cutout has a
tangential one about the object in its place. Keywords of its own:

====================== ================================================================
OID, OIDRA, OIDDEC     light curve, and its position, ICRS, deg
OBJPIX1, OBJPIX2       pixel of the object by the archive's solution (first centre: 1)
HMJD, OBSMJD, EXPTIME  mid-exposure, heliocentric; start at Palomar (MJD, UTC); s
ARCHFILE               name of the image in the archive
TANERR                 largest difference of the two solutions in this cutout, arcsec
====================== ================================================================

The FITS convention for pixels is also that of `File.pixel` of FITS files; in PNG files it counts
from the upper left corner of the picture, in its own pixels.
"""

from __future__ import annotations

import io
import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from astropy.io import fits as fitsfile
from astropy.wcs import WCS

from ztfvo.addresses import archive
from ztfvo.errors import HTTPError
from ztfvo.images.picture import draw
from ztfvo.images.products import FITS_IMAGE, cutout_query, reference_path, science_path
from ztfvo.images.tangent import Tangent, fit
from ztfvo.remote import Client, NoAnswer, NotFound, Refused, TooLarge
from ztfvo.settings import Settings, get_settings

if TYPE_CHECKING:
    from ztfvo.images.finder import Found

SCIENCE, DIFFERENCE, REFERENCE = IMAGES = ("science", "difference", "reference")
"""Images of an epoch: that of the exposure, that less the reference, and the reference."""
DEFAULT_ARCSEC = 60.0
SMALLEST_ARCSEC = 2.0
PNG = "image/png"

#: What describes the archive's projection and encoding, and sums over what was replaced.
REPLACED = re.compile(
    r"(?:PV|PC|CD)\d+_\d+|(?:CTYPE|CUNIT|CRVAL|CRPIX|CDELT|CROTA)\d+|(?:A|B|AP|BP)_.*"
    r"|LONPOLE|LATPOLE|WCSAXES|WCSNAME|CHECKSUM|DATASUM|BLANK|BSCALE|BZERO"
)


@dataclass(frozen=True)
class File:
    """A cutout as it is delivered."""

    body: bytes
    content_type: str
    name: str
    pixel: tuple[float, float]
    """Pixel of the object, in the convention of the format, see above."""


@dataclass(frozen=True)
class Cutout:
    """Part of an image around an object."""

    pixels: np.ndarray
    """DN, shape (rows, columns); NaN where there are none."""
    header: fitsfile.Header
    tangent: Tangent


def fits(found: Found, arcsec: float = DEFAULT_ARCSEC, which: str = SCIENCE) -> File:
    """Make a FITS file of the image around the object of an epoch.

    Parameters
    ----------
    found
        The epoch and its image.
    arcsec
        Side of the square.
    which
        One of `IMAGES`.

    Raises
    ------
    HTTPError
        400 for a bad size; 404 where the archive has no such image or the object is off it; 502
        where the archive's answer is no image; 503 where it does not answer.
    """
    cutout = fetch(found, arcsec, which)
    file = io.BytesIO()
    fitsfile.PrimaryHDU(cutout.pixels, cutout.header).writeto(file)
    return File(file.getvalue(), FITS_IMAGE, _name(found, which, "fits"), cutout.tangent.pixel)


def png(found: Found, arcsec: float = DEFAULT_ARCSEC, which: str = SCIENCE) -> File:
    """Make a picture of the image around the object of an epoch, as the detector saw it.

    Parameters, errors
        Those of `fits`.
    """
    cutout = fetch(found, arcsec, which)
    body, place = draw(cutout.pixels, cutout.tangent.pixel)
    return File(body, PNG, _name(found, which, "png"), place)


def _name(found: Found, which: str, extension: str) -> str:
    kind = "" if which == SCIENCE else f"-{which}"
    return f"{found.oid}-{found.moment.hmjd:.5f}{found.moment.ending}{kind}.{extension}"


def _path(found: Found, which: str) -> str:
    """Where the archive has an image."""
    image = found.image
    if which == REFERENCE:
        channel = image.fieldid, image.filterid, image.ccdid, image.qid
        return reference_path(*channel, "refimg.fits")
    suffix = "scimrefdiffimg.fits.fz" if which == DIFFERENCE else "sciimg.fits"
    return science_path(image, suffix)


def fetch(found: Found, arcsec: float, which: str = SCIENCE) -> Cutout:
    """Get a cutout from the archive, by way of the site's own proxy.

    Parameters, errors
        Those of `fits`.
    """
    settings = get_settings()
    if not (math.isfinite(arcsec) and SMALLEST_ARCSEC <= arcsec <= settings.largest_cutout):
        raise HTTPError(
            400,
            f"SIZE {arcsec:g} is not possible: give a side of {SMALLEST_ARCSEC:g} to "
            f"{settings.largest_cutout} arcsec.",
        )
    path = _path(found, which)
    return read(ask(settings, path, found.ra, found.dec, arcsec), found, path)


@lru_cache(maxsize=1)
def _client(settings: Settings) -> Client:
    """Return a client of the site's proxy, which may ask each mirror in turn."""
    return Client(
        settings.local_url,
        name="The archive",
        seconds=len(settings.archive_mirrors) * (settings.archive_seconds + 10) + 5,
        # The largest cutout in double precision, with a header of a megabyte.
        most_bytes=8 * (settings.largest_cutout + 10) ** 2 + 2**20,
    )


def ask(settings: Settings, path: str, ra: float, dec: float, arcsec: float) -> bytes:
    """Ask the site's proxy for a cutout of the archive.

    Raises
    ------
    HTTPError
        As `fits`.
    """
    try:
        return _client(settings).get(f"{archive(path)}?{cutout_query(ra, dec, arcsec)}")
    except NotFound as error:
        raise HTTPError(
            404, f"The archive has no image {_last(path)}, or does not give it out: try another."
        ) from error
    except NoAnswer as error:
        raise HTTPError(503, f"{_down(path)} ({error})") from error
    except TooLarge as error:
        raise HTTPError(502, f"The archive's cutout of {_last(path)} is too large.") from error
    except Refused as error:
        if error.status == 400:
            raise _off(path) from error
        raise HTTPError(502, f"{error}, when asked for {_last(path)}.") from error


def _off(path: str) -> HTTPError:
    return HTTPError(404, f"The object is off the image {_last(path)}: try another epoch.")


def _down(path: str) -> str:
    return f"The archive does not answer now, to give {_last(path)}: try again in a minute."


def _last(path: str) -> str:
    return path.rpartition("/")[2]


def read(content: bytes, found: Found, path: str) -> Cutout:
    """Read the archive's cutout and give it a tangential solution about the object.

    Raises
    ------
    HTTPError
        404 where the object is off the cutout, 502 where the content is no image of the sky.
    """
    try:
        with fitsfile.open(io.BytesIO(content), memmap=False) as hdus:
            hdu = next(hdu for hdu in hdus if hdu.is_image and hdu.header["NAXIS"] == 2)
            pixels, header = np.asarray(hdu.data, np.float32), hdu.header.copy()
        wcs = WCS(header, fix=False)
        if not wcs.has_celestial:
            raise ValueError("it has no world coordinates")
        tangent = fit(wcs, pixels.shape, found.ra, found.dec)
    except (OSError, ValueError, StopIteration, KeyError, TypeError) as error:
        raise HTTPError(
            502,
            f"The archive's answer for {_last(path)} is no FITS image of the sky "
            f"({error or 'there is no image in it'}): report it to the operators if it stays so.",
        ) from error
    x, y = tangent.pixel
    if not (0.5 <= x <= pixels.shape[1] + 0.5 and 0.5 <= y <= pixels.shape[0] + 0.5):
        raise _off(path)
    return Cutout(pixels, describe(header, tangent, found, path), tangent)


def describe(header: fitsfile.Header, tangent: Tangent, found: Found, path: str) -> fitsfile.Header:
    """Return the archive's header with the plain solution and the object in place of TPV."""
    made = header.copy(strip=True)
    for name in [name for name in made if REPLACED.fullmatch(name)]:
        made.remove(name, ignore_missing=True, remove_all=True)
    made.update(tangent_cards(tangent))
    made["OID"] = (str(found.oid), "Light curve of the ZTF data release")
    made["OIDRA"] = (found.ra, "[deg] right ascension of the object, ICRS")
    made["OIDDEC"] = (found.dec, "[deg] declination of the object, ICRS")
    made["OBJPIX1"] = (tangent.pixel[0], "[pixel] object on axis 1, by the TPV solution")
    made["OBJPIX2"] = (tangent.pixel[1], "[pixel] object on axis 2, by the TPV solution")
    made["ARCHFILE"] = (_last(path), "cut in archive")
    made["TANERR"] = (round(tangent.error, 6), "[arcsec] largest error of the TAN solution")
    if not path.endswith("_refimg.fits"):  # of many exposures
        _describe_exposure(made, found)
    made.add_history("Cut out of the image ARCHFILE by the ZTF archive.")
    made.add_history("The TPV solution was replaced by a TAN solution about the object, which is")
    made.add_history("fitted to it in this cutout, for display; measure on the archive's own file.")
    return made


def _describe_exposure(made: fitsfile.Header, found: Found) -> None:
    made["HMJD"] = (found.moment.hmjd, "[d] mid-exposure, heliocentric MJD, UTC")
    if "OBSMJD" not in made:
        made["OBSMJD"] = (found.obsmjd, "[d] start of the exposure, MJD, UTC")
    if "EXPTIME" not in made:
        made["EXPTIME"] = (found.exptime, "[s] exposure time")


def tangent_cards(tangent: Tangent) -> fitsfile.Header:
    """Return the cards of a tangential solution."""
    cards = fitsfile.Header()
    cards["WCSAXES"] = (2, "Number of WCS axes")
    cards["WCSNAME"] = ("local TAN", "Fitted to the archive's TPV solution")
    cards["RADESYS"] = ("ICRS", "Coordinate reference system")
    places = zip(("RA---TAN", "DEC--TAN"), (tangent.ra, tangent.dec), tangent.crpix, strict=True)
    for axis, (ctype, value, pixel) in enumerate(places, 1):
        cards[f"CTYPE{axis}"] = (ctype, "Gnomonic projection about the object")
        cards[f"CUNIT{axis}"] = ("deg", "Unit of CRVAL and CD")
        cards[f"CRVAL{axis}"] = (value, "[deg] position of the object")
        cards[f"CRPIX{axis}"] = (pixel, "[pixel] object in this solution")
        for other in (1, 2):
            cards[f"CD{axis}_{other}"] = (float(tangent.cd[axis - 1, other - 1]), "WCS matrix")
    return cards
