"""Zubercal around HZ Her: an invented catalog in its layout, made by hats-import."""

from __future__ import annotations

import pyarrow as pa

from support.cases import _hats
from support.outside import Outside
from support.outside_cases import Case, CurveCase
from ztfvo.outside.model import Place

HOST, PATH, NAME = "data.lsdb.io", "/hats/ztf_dr20/zubercal/zubercal", "zubercal"
OBJECT = 150412544575000001
FILE = f"{PATH}/dataset/Norder=1/Dir=0/Npix=9.parquet"


def answer(outside: Outside) -> None:
    """Serve the catalog."""
    _hats.serve(outside, HOST, PATH, NAME)


def _empty(outside: Outside) -> None:
    outside.answer(HOST, f"{PATH}/partition_info.csv", b"Norder,Npix\n0,11\n")


def _none(outside: Outside) -> None:
    """The errors of all epochs are nothing."""
    _hats.serve(outside, HOST, PATH, NAME, mag=pa.float32())


CASE = Case(
    place=Place(254.4575, 35.34236),
    radius=1.0,
    answer=answer,
    empty=_empty,
    rows=2,
    expected={"id": str(OBJECT), "ra": 254.4575, "dec": 35.34236, "nrows": 9},
    renamed=(b"objra", b"objRA"),
    wrong=lambda outside: _hats.serve(outside, HOST, PATH, NAME, objra=pa.string()),
    curve=CurveCase(
        path=f"{HOST}{FILE}",
        look=str(OBJECT),
        points=6,
        good=6,
        first={
            "mag": 15.0,
            "magerr": 0.01,
            "filter": "zg",
            "limit": False,
            "difference": False,
            "mjd_tdb": 58200.25,
            "magerr_count": 100,
        },
        renamed=(b"magerr", b"mag_er"),
        wrong=lambda outside: _hats.serve(outside, HOST, PATH, NAME, mjd=pa.string()),
        none=_none,
    ),
)
