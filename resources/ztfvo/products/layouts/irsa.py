"""The columns of IRSA's light-curve service, in its order.

Releases have a light curve's position, not that of each epoch, and neither expid, chi, sharp,
limitmag, magzp, magzprms, clrcounc, airmass nor programid, which have no value here.  Bounds of
time are of mjd, as there, and OIDs that a release has not leave nothing.
"""

from __future__ import annotations

import numpy as np

from ztfvo.oid import ccd_and_quadrant
from ztfvo.products.columns import COLUMNS as OWN
from ztfvo.products.columns import FACTS, Column
from ztfvo.products.model import Curve
from ztfvo.times import HELIOCENTRIC_FRAME, MJD_ORIGIN, PALOMAR_FRAME, START

NEEDS = ("obsmjd", "exptime", "exptime_source", "filefracday")
ORDER = ("oid", "hjd")
TIME = "obsmjd"
LENIENT = True
FRAMES = {
    "hjd": HELIOCENTRIC_FRAME | {"origin": 0.0},
    "mjd": PALOMAR_FRAME | {"point": START},
}

_ABSENT = "No value: the release has none"

COLUMNS = (
    Column("oid", "int64", None, "meta.id;meta.main", FACTS["oid"].description),
    Column("expid", "int64", None, "meta.id;obs.exposure", f"Exposure. {_ABSENT}", null=-1),
    Column(
        "hjd", "float64", "d", "time.epoch", "Heliocentric JD (UTC) of the middle of the exposure"
    ),
    Column("mjd", "float64", "d", "time.start;obs.exposure", OWN["obsmjd"].description),
    Column("mag", "float32", "mag", OWN["mag"].ucd, OWN["mag"].description),
    Column("magerr", "float32", "mag", OWN["magerr"].ucd, OWN["magerr"].description),
    Column("catflags", "int32", None, OWN["catflags"].ucd, OWN["catflags"].description),
    Column("filtercode", "str", None, FACTS["filter"].ucd, FACTS["filter"].description, width=2),
    Column("ra", "float64", "deg", FACTS["ra"].ucd, "Right ascension (ICRS) of the light curve"),
    Column("dec", "float64", "deg", FACTS["dec"].ucd, "Declination (ICRS) of the light curve"),
    Column("chi", "float32", None, "stat.fit.chi2", f"Chi of the PSF fit. {_ABSENT}"),
    Column("sharp", "float32", None, "stat.fit.param", f"Sharpness. {_ABSENT}"),
    Column(
        "filefracday",
        "int64",
        None,
        OWN["filefracday"].ucd,
        OWN["filefracday"].description,
        null=OWN["filefracday"].null,
    ),
    Column("field", "int32", None, FACTS["fieldid"].ucd, FACTS["fieldid"].description),
    Column("ccdid", "int32", None, "meta.id;instr.det", "CCD of the camera, 1 to 16"),
    Column("qid", "int32", None, "meta.id;instr.det", "Quadrant of the CCD, 1 to 4"),
    Column("limitmag", "float32", "mag", "phot.mag;stat.max", f"Limiting magnitude. {_ABSENT}"),
    Column("magzp", "float32", "mag", "phot.mag;arith.zp", f"Zero point. {_ABSENT}"),
    Column("magzprms", "float32", "mag", "stat.error;phot.mag", f"Scatter of magzp. {_ABSENT}"),
    Column("clrcoeff", "float32", None, OWN["clrcoeff"].ucd, OWN["clrcoeff"].description),
    Column("clrcounc", "float32", None, "stat.error", f"Error of clrcoeff. {_ABSENT}"),
    Column("exptime", "float32", "s", OWN["exptime"].ucd, "Exposure time, where it is known"),
    Column("airmass", "float32", None, "obs.airMass", f"Air mass. {_ABSENT}"),
    Column("programid", "int32", None, "meta.id", f"Programme. {_ABSENT}", null=-1),
)


def values(curve: Curve) -> dict[str, np.ndarray]:
    """Return the columns that the release has."""
    columns, number = curve.columns, len(curve)
    ccdid, qid = ccd_and_quadrant(curve.rcid)
    once = {
        "oid": curve.oid,
        "filtercode": curve.filter,
        "ra": curve.ra,
        "dec": curve.dec,
        "field": curve.fieldid,
        "ccdid": ccdid,
        "qid": qid,
    }
    known = columns["exptime_source"] == "observed"
    return {
        **{name: np.full(number, value) for name, value in once.items()},
        "hjd": columns["hmjd"] + MJD_ORIGIN,
        "mjd": columns["obsmjd"],
        "exptime": np.where(known, columns["exptime"], np.nan),
        **{name: columns[name] for name in ("mag", "magerr", "catflags", "clrcoeff")},
        "filefracday": columns["filefracday"],
    }
