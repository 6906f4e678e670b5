"""TESS around HZ Her: an invented catalog in its layout, made by hats-import."""

from __future__ import annotations

import pyarrow as pa

from support.cases import _hats
from support.outside import Outside
from support.outside_cases import Case, CurveCase
from ztfvo.outside.model import Place

HOST, PATH, NAME = "data.lsdb.io", "/hats/tess/tess_lightcurve/tess_lightcurve", "tess_lightcurve"
OBJECT = 341738544
FILE = f"{PATH}/dataset/Norder=0/Dir=0/Npix=2.parquet"
_LISTS = {name: pa.list_(pa.float64()) for name in ("sap_flux", "sap_flux_err", "quality")}
TEXTS = pa.struct([("time", pa.list_(pa.string())), *_LISTS.items()])
_FLAGS = {"quality": pa.list_(pa.int32())}
SAME = pa.struct([("time", pa.list_(pa.float64())), *(_LISTS | _FLAGS).items()])


def answer(outside: Outside) -> None:
    """Serve the catalog."""
    _hats.serve(outside, HOST, PATH, NAME)


def _empty(outside: Outside) -> None:
    outside.answer(HOST, f"{PATH}/partition_info.csv", b"Norder,Npix\n0,11\n")


def _none(outside: Outside) -> None:
    _hats.serve(outside, HOST, PATH, NAME, lightcurve=SAME)


CASE = Case(
    place=Place(254.4575, 35.34236),
    radius=1.0,
    answer=answer,
    empty=_empty,
    rows=1,
    expected={"id": str(OBJECT), "ra": 254.4575, "dec": 35.34236, "nrows": 2},
    renamed=(b"ra_obj", b"ra_OBJ"),
    wrong=lambda outside: _hats.serve(outside, HOST, PATH, NAME, ra_obj=pa.string()),
    curve=CurveCase(
        path=f"{HOST}{FILE}",
        look="",
        points=10,
        good=8,
        first={
            "mag": 10.349107,  # 20.44 - 2.5 lg 15000 + 2.5 lg (3630.7805477 / 2631.88)
            "magerr": 0.00108574,
            "filter": "TESS",
            "limit": False,
            "btjd": 1983.5,
            "sap_flux": 15000.0,
            "sector": 25,
            "quality": 0,
        },
        renamed=(b"sap_flux_err", b"sap_flux_ERR"),
        wrong=lambda outside: _hats.serve(outside, HOST, PATH, NAME, lightcurve=TEXTS),
        none=_none,
    ),
)
