"""What the ZTF archive keeps of each exposure, and where.

Paths are relative to the archive's root, as every mirror of it has them; `science_path` and its
fellows write them, `parse_science` reads them.  An image is named after its field, filter, CCD and
quadrant, and after a moment at or some seconds before its exposure's start: date and millionths of
the day, UTC, 14 digits that the archive calls filefracday.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from ztfvo.oid import FIELD_MAX, FILTER_IDS, FILTER_NAMES, ccd_and_quadrant, rcid_of

FITS = "application/fits"
FITS_IMAGE = "image/fits"
PLAIN = "text/plain"
TAR = "application/gzip"

FIRST_NAME, LAST_NAME = 2017_01_01_000000, 2100_01_01_000000
"""Bounds of filefracday; the survey's first images are of 2017."""

_MJD_OF_ORDINAL = date(1858, 11, 17).toordinal()


@dataclass(frozen=True)
class Kind:
    """One product that the archive has of every image."""

    description: str
    content_type: str


SCIENCE = {
    "sciimg.fits": Kind("Science image, calibrated, with TPV world coordinates", FITS_IMAGE),
    "mskimg.fits": Kind("Bit mask of the science image", FITS_IMAGE),
    "scimrefdiffimg.fits.fz": Kind(
        "Difference image, science less reference, tile-compressed", FITS_IMAGE
    ),
    "psfcat.fits": Kind("Catalogue of sources by PSF fit", FITS),
    "sexcat.fits": Kind("Catalogue of sources by SExtractor, in apertures", FITS),
    "sciimgdao.psf": Kind("Point-spread function of the science image, for DAOPHOT", PLAIN),
    "sciimgdaopsfcent.fits": Kind(
        "Point-spread function at the centre of the science image", FITS_IMAGE
    ),
    "diffimgpsf.fits": Kind("Point-spread function of the difference image", FITS_IMAGE),
    "alerts.tar.gz": Kind("Alert packets of the difference image", TAR),
    "sciimlog.txt": Kind("Log of the calibration", PLAIN),
    "diffimlog.txt": Kind("Log of the image subtraction", PLAIN),
    "log.txt": Kind("Log of the whole processing", PLAIN),
}
"""Products of one quadrant of an exposure, by the last part of the file's name."""

REFERENCE = {
    "refimg.fits": Kind("Reference image, the sum of many exposures", FITS_IMAGE),
    "refcov.fits": Kind("Number of exposures in each pixel of the reference image", FITS_IMAGE),
    "refunc.fits": Kind("Uncertainty of each pixel of the reference image", FITS_IMAGE),
    "refpsfcat.fits": Kind("Catalogue of the reference image by PSF fit", FITS),
    "refsexcat.fits": Kind("Catalogue of the reference image by SExtractor", FITS),
}
"""Products of the reference image of one field, filter and quadrant."""

_NAME = re.compile(
    r"ztf_(\d{14})_(\d{6})_(zg|zr|zi)_c(\d\d)_o_q([1-4])_("
    + "|".join(re.escape(suffix) for suffix in SCIENCE)
    + r")",
    re.ASCII,
)


_REFERENCE_NAME = re.compile(r"ztf_(\d{6})_(zg|zr|zi)_c(\d\d)_q([1-4])", re.ASCII)


@dataclass(frozen=True)
class Image:
    """One quadrant of one exposure in the archive.

    Raises
    ------
    ValueError
        If a number is out of its range; the message names it.
    """

    fieldid: int
    rcid: int
    filterid: int
    filefracday: int
    """Date and millionths of the day in the name: YYYYMMDDffffff, UTC."""

    def __post_init__(self) -> None:
        for name, low, high in (
            ("fieldid", 1, FIELD_MAX),
            ("rcid", 0, 63),
            ("filterid", 1, 3),
            ("filefracday", FIRST_NAME, LAST_NAME),
        ):
            value = getattr(self, name)
            if not low <= value <= high:
                raise ValueError(f"{name} {value} is not in {low} to {high}")
        name_mjd(self.filefracday)

    @property
    def ccdid(self) -> int:
        """CCD, 1 to 16."""
        return ccd_and_quadrant(self.rcid)[0]

    @property
    def qid(self) -> int:
        """Quadrant of the CCD, 1 to 4."""
        return ccd_and_quadrant(self.rcid)[1]

    @property
    def filter(self) -> str:
        """zg, zr or zi."""
        return FILTER_NAMES[self.filterid]


def is_name(filefracday: int) -> bool:
    """Whether a number can be date and fraction of day in the name of an image."""
    try:
        return FIRST_NAME <= filefracday <= LAST_NAME and name_mjd(filefracday) > 0
    except ValueError:
        return False


def name_mjd(filefracday: int) -> float:
    """Moment in an image's name, MJD, UTC; never later than the start of the exposure.

    Raises
    ------
    ValueError
        If the first eight digits are no date.
    """
    day, millionths = divmod(filefracday, 10**6)
    return night_mjd(f"{day:08d}") + millionths / 1e6


def night_mjd(day: str) -> int:
    """MJD of a UTC date written YYYYMMDD.

    Raises
    ------
    ValueError
        If it is no date.
    """
    try:
        return date.fromisoformat(day).toordinal() - _MJD_OF_ORDINAL
    except ValueError as error:
        raise ValueError(f"{day} is not a date written YYYYMMDD") from error


def night_folder(mjd: float) -> str:
    """Folder of a UTC day: ``sci/YYYY/MMDD/``."""
    day = date.fromordinal(int(mjd // 1) + _MJD_OF_ORDINAL)
    return f"sci/{day:%Y/%m%d}/"


def folder(image: Image) -> str:
    """Folder of an exposure: ``sci/YYYY/MMDD/ffffff/``."""
    return f"sci/{_moment_folder(image)}/"


def science_path(image: Image, suffix: str = "sciimg.fits") -> str:
    """Path of one of the products in `SCIENCE`.

    Raises
    ------
    KeyError
        If there is no such product.
    """
    SCIENCE[suffix]
    return f"{folder(image)}{_stem(image)}_o_q{image.qid}_{suffix}"


def raw_path(image: Image) -> str:
    """Path of the raw image of the whole CCD."""
    return f"raw/{_moment_folder(image)}/{_stem(image)}_o.fits.fz"


def reference_path(
    fieldid: int, filterid: int, ccdid: int, qid: int, suffix: str = "refimg.fits"
) -> str:
    """Path of one of the products in `REFERENCE`.

    Raises
    ------
    KeyError
        If there is no such filter or product.
    """
    REFERENCE[suffix]
    name = FILTER_NAMES[filterid]
    return (
        f"ref/{fieldid // 1000:03d}/field{fieldid:06d}/{name}/ccd{ccdid:02d}/q{qid}/"
        f"ztf_{fieldid:06d}_{name}_c{ccdid:02d}_q{qid}_{suffix}"
    )


def parse_reference(name: str) -> tuple[int, int, int]:
    """Read the name of a reference image, without the kind of product.

    Returns
    -------
    tuple
        Field, readout channel and number of the filter.

    Raises
    ------
    ValueError
        If it is no such name.
    """
    match = _REFERENCE_NAME.fullmatch(name)
    if not match:
        raise ValueError(
            f"{name!r} is not the name of a reference image, like ztf_000633_zr_c07_q4"
        )
    fieldid, filter_name, ccdid, qid = match.groups()
    return int(fieldid), rcid_of(int(ccdid), int(qid)), FILTER_IDS[filter_name]


def cutout_query(ra: float, dec: float, arcsec: float) -> str:
    """Query that makes the archive cut a square out of an image.

    Parameters
    ----------
    ra, dec
        Centre, ICRS, deg.
    arcsec
        Side of the square.
    """
    return f"center={ra:.7f},{dec:.7f}&size={arcsec:g}arcsec&gzip=false"


def parse_science(path: str) -> tuple[Image, str]:
    """Read the path or the file name of a science product.

    Parameters
    ----------
    path
        As `science_path` writes it, or any closing part of that which has the whole file name.

    Returns
    -------
    image : Image
    suffix : str
        Key of `SCIENCE`.

    Raises
    ------
    ValueError
        If it is no such path, or its folders belong to another moment than its name.
    """
    match = _NAME.fullmatch(path.rpartition("/")[2])
    if not match:
        raise ValueError(
            f"{path!r} is not the name of a science product, like "
            "ztf_20190314432616_000633_zr_c07_o_q4_sciimg.fits"
        )
    filefracday, fieldid, name, ccdid, qid, suffix = match.groups()
    image = Image(int(fieldid), rcid_of(int(ccdid), int(qid)), FILTER_IDS[name], int(filefracday))
    if not f"/{science_path(image, suffix)}".endswith(f"/{path}"):
        raise ValueError(f"{path!r} is not in the folders of its own name")
    return image, suffix


def _moment_folder(image: Image) -> str:
    digits = f"{image.filefracday:014d}"
    return f"{digits[:4]}/{digits[4:8]}/{digits[8:]}"


def _stem(image: Image) -> str:
    return f"ztf_{image.filefracday:014d}_{image.fieldid:06d}_{image.filter}_c{image.ccdid:02d}"
