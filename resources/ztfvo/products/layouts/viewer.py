"""The columns of the CSV files of the SNAD Viewer (Malanchev et al. 2023), in its order.

Rows of all light curves are ordered by time.
"""

from __future__ import annotations

import csv
import io

import numpy as np

from ztfvo.products.beside import Beside
from ztfvo.products.columns import COLUMNS as OWN
from ztfvo.products.columns import FACTS, Column
from ztfvo.products.model import Curve
from ztfvo.times import HELIOCENTRIC_FRAME

NEEDS = ()
ORDER = ("mjd",)
FRAMES = {"mjd": HELIOCENTRIC_FRAME}

COLUMNS = (
    FACTS["oid"],
    Column("filter", "str", None, FACTS["filter"].ucd, FACTS["filter"].description, width=2),
    Column("mjd", "float64", "d", OWN["hmjd"].ucd, OWN["hmjd"].description),
    *(OWN[name] for name in ("mag", "magerr", "clrcoeff")),
    Column("ref", "float64", "mag", FACTS["refmag"].ucd, FACTS["refmag"].description),
    Column("ref_err", "float64", "mag", FACTS["refmagerr"].ucd, FACTS["refmagerr"].description),
)


def values(curve: Curve) -> dict[str, np.ndarray]:
    """Return the columns of a light curve."""
    once = {
        "oid": curve.oid,
        "filter": curve.filter,
        "ref": curve.refmag,
        "ref_err": curve.refmagerr,
    }
    return {
        **{name: np.full(len(curve), value) for name, value in once.items()},
        "mjd": curve.columns["hmjd"],
        **{name: curve.columns[name] for name in ("mag", "magerr", "clrcoeff")},
    }


def of_others(one: Beside) -> str:
    """Return the light curve of another survey as CSV: oid, mjd, mag, magerr, filter, by time.

    mjd is heliocentric MJD (UTC) of mid-exposure, mag is of the AB system; limits are left out.
    """
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(("oid", "mjd", "mag", "magerr", "filter"))
    columns = one.columns
    for row in np.flatnonzero(~columns["limit"].astype(bool)):
        numbers = (float(columns[name][row]) for name in ("hmjd", "mag", "magerr"))
        written = ("" if np.isnan(number) else repr(number) for number in numbers)
        writer.writerow((one.facts()["object"], *written, columns["filter"][row]))
    return file.getvalue()
