"""Images like the archive's: with the headers of real cutouts, or with one made like them.

A header is TPV with PV terms in either case. Images are 641 pixels wide instead of 3072, their
pixels are simulated, and the object is in the middle.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from dataclasses import dataclass
from functools import cache
from urllib.parse import parse_qs

import numpy as np
from astropy.io import fits
from astropy.wcs import WCS

from support.files import SHARED
from ztfvo.images.epoch import Moment
from ztfvo.images.finder import Found
from ztfvo.images.products import Image, name_mjd, parse_science, science_path

CUTOUTS = SHARED / "ztf-images" / "cutouts"
NAMES = SHARED / "ztf-images" / "derived" / "cutout_headers.csv"
SIDE = 641
PIXEL = 1.012
"""Arcsec."""


@dataclass(frozen=True)
class Known:
    """A real image of which a cutout is in the real data."""

    oid: int
    path: str
    ra: float
    dec: float
    """As SNAD asked for the cutout: ICRS, deg."""
    header: fits.Header
    """Of the cutout of 28 pixels."""


@cache
def known_images() -> tuple[Known, ...]:
    """The images of all real cutouts; none where the real data are not present."""
    if not NAMES.exists():
        return ()
    with NAMES.open(encoding="ascii") as lines:
        return tuple(_known(row) for row in csv.DictReader(lines))


def _known(row: dict[str, str]) -> Known:
    header = fits.getheader(CUTOUTS / f"{row['oid']}.fits")
    path = science_path(parse_science(row["fits_name"])[0])
    ra, dec = header["OIDRA"], header["OIDDEC"]
    for added in ("OID", "OIDRA", "OIDDEC", "URL"):  # by SNAD
        del header[added]
    return Known(int(row["oid"]), path, ra, dec, header)


def found_of(known: Known) -> Found:
    """What the finder says of an epoch on a known image."""
    header = known.header
    return Found(
        release="dr19",
        simulated=False,
        oid=known.oid,
        ra=known.ra,
        dec=known.dec,
        moment=Moment(header["OBSMJD"] + 0.001),
        mjd_mid=header["OBSMJD"] + 15 / 86400,
        obsmjd=header["OBSMJD"],
        obsmjd_source="observed",
        exptime=header["EXPTIME"],
        exptime_source="observed",
        image=parse_science(known.path)[0],
        source="metadata",
    )


def made_image() -> Known:
    """An image with the made header, for tests without the real data."""
    path = "sci/2019/0314/432616/ztf_20190314432616_000633_zr_c07_o_q4_sciimg.fits"
    header = centred(made_header(), 247.4554285, 24.772822)
    header["OBSMJD"] = 58556.4326157
    return Known(633207400004730, path, 247.4554285, 24.772822, header)


def made_header() -> fits.Header:
    """A header of the form of the archive's: a corner of a distorted TPV image."""
    header = fits.Header()
    header["RADESYS"], header["EQUINOX"] = "ICRS", 2000.0
    header["CTYPE1"], header["CTYPE2"] = "RA---TPV", "DEC--TPV"
    header["CUNIT1"], header["CUNIT2"] = "deg", "deg"
    header["CRPIX1"], header["CRPIX2"] = -1200.5, 900.5
    header["CRVAL1"], header["CRVAL2"] = 100.0, 30.0
    header["CD1_1"], header["CD1_2"] = -2.8125e-4, -2.0e-6
    header["CD2_1"], header["CD2_2"] = 2.0e-6, -2.8125e-4
    terms = {0: -3e-5, 1: 1.00004, 2: -4e-5, 4: 3e-4, 5: -2e-4, 6: 1.5e-4, 7: -3e-4, 9: -3e-4}
    for axis, sign in ((1, 1), (2, -1)):
        for number, value in terms.items():
            header[f"PV{axis}_{number}"] = value if number == 1 else sign * value
    header["EXPTIME"], header["MAGZP"] = 30.0, 26.2
    return header


def widened(known: Known) -> fits.Header:
    """The header of a wider part of the same image, with the same middle."""
    header = known.header.copy()
    for number in (1, 2):
        header[f"CRPIX{number}"] += (SIDE - header[f"NAXIS{number}"]) // 2
    return header


def centred(header: fits.Header, ra: float, dec: float) -> fits.Header:
    """The header, turned on the sky such that a position is in the middle."""
    header = header.copy()
    header["CRPIX1"], header["CRPIX2"] = -1200.5, 900.5
    header["CRVAL1"], header["CRVAL2"] = ra, dec
    middle = (SIDE + 1) / 2
    for _ in range(20):
        there_ra, there_dec = WCS(header).all_pix2world(middle, middle, 1)
        header["CRVAL1"] = (header["CRVAL1"] + (ra - there_ra + 180) % 360 - 180) % 360
        header["CRVAL2"] += dec - float(there_dec)
    return header


def whole_image(header: fits.Header, path: str) -> bytes:
    """A whole image: sky, noise, a star in the middle and others, and a dead column."""
    seed = zlib.crc32(path.encode())
    if not path.startswith("ref/"):  # which are of many exposures
        image, suffix = parse_science(path)
        if suffix == "sciimg.fits":
            seed = image.filefracday
        for name, value in _names(image, path).items():
            header[name] = value
    random = np.random.default_rng(seed)
    pixels = random.normal(200.0, 8.0, (SIDE, SIDE))
    middle = (SIDE - 1) / 2
    _add_star(pixels, middle, middle, 900.0)
    for x, y in random.uniform(0, SIDE - 1, (40, 2)):
        _add_star(pixels, x, y, random.exponential(700.0))
    pixels[:, SIDE // 2 + 9] = np.nan
    file = io.BytesIO()
    fits.PrimaryHDU(pixels.astype(">f4"), header).writeto(file)
    return file.getvalue()


def _add_star(pixels: np.ndarray, x: float, y: float, height: float) -> None:
    """Add a round star of 3.5 pixels of width."""
    left, low = max(0, round(x) - 9), max(0, round(y) - 9)
    part = pixels[low : low + 19, left : left + 19]
    rows, columns = np.ogrid[: part.shape[0], : part.shape[1]]
    distance = (columns + left - x) ** 2 + (rows + low - y) ** 2
    part += height * np.exp(-distance / 4.5)


def _names(image: Image, path: str) -> dict[str, object]:
    return {
        "FILENAME": path.rpartition("/")[2],
        "FIELDID": image.fieldid,
        "CCDID": image.ccdid,
        "QID": image.qid,
        "FILTERID": image.filterid,
        "FILTER": f"ZTF_{image.filter[1]}",
        "OBSMJD": name_mjd(image.filefracday),
    }


def cut(content: bytes, query: str) -> bytes | None:
    """Cut an image as the archive does: clipped at the image's edge; None when it is off.

    The archive adds a pixel to the size; a gzipped file is the default.
    """
    words = {name: values[0] for name, values in parse_qs(query).items()}
    ra, dec = map(float, words["center"].split(","))
    size, unit = re.fullmatch(r"([0-9.]+)(pix|arcsec)", words["size"]).groups()
    side = round(float(size) / (PIXEL if unit == "arcsec" else 1.0)) + 1
    with fits.open(io.BytesIO(content)) as hdus:
        header, pixels = hdus[0].header.copy(), hdus[0].data
    place = np.ravel(WCS(header).all_world2pix(ra, dec, 0, quiet=True))
    if not np.isfinite(place).all():
        return None
    x, y = np.round(place).astype(int)
    spans = [
        (max(0, middle - side // 2), min(length, middle - side // 2 + side))
        for middle, length in ((x, pixels.shape[1]), (y, pixels.shape[0]))
    ]
    (x0, x1), (y0, y1) = spans
    if x0 >= x1 or y0 >= y1:
        return None
    header["CRPIX1"] -= x0
    header["CRPIX2"] -= y0
    file = io.BytesIO()
    fits.PrimaryHDU(pixels[y0:y1, x0:x1], header).writeto(file)
    plain = file.getvalue()
    return plain if words.get("gzip") == "false" else gzip.compress(plain, mtime=0)
