"""The columns of the CSV files of the SNAD Viewer (Malanchev et al. 2023), in its order.

Rows of all light curves are ordered by time.
"""

from __future__ import annotations

import numpy as np

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
