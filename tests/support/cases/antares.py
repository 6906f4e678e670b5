"""ANTARES around an alert of asteroid 220: its listing as recorded, the locus made of its alerts.

The service is of the first generation here: it has nothing below /v2/.
"""

from __future__ import annotations

from support.outside import Outside, Reply
from support.outside_cases import Case, CurveCase, recorded
from ztfvo.outside.model import Place

HOST, LOCI, LOCUS = "api.antares.noirlab.edu", "/v1/loci", "ANT2026b78o35eau2gs"
LISTING = "brokers/skyportal/bodies/antares_get_alert.0.json"
EMPTY = b'{"data": [], "meta": {"count": 0}, "links": {}}'
HEADER = (
    b"time,alert_id,ant_mjd,ant_survey,ant_ra,ant_dec,ant_passband,ant_mag,ant_magerr,ant_maglim"
)


def _answer(outside: Outside) -> None:
    outside.answer(HOST, LOCI, recorded(LISTING))
    locus = recorded("derived/antares_v1_locus_rebuilt.json")
    outside.answer(HOST, f"{LOCI}/{LOCUS}", locus)


def _empty(outside: Outside) -> None:
    outside.answer(HOST, LOCI, EMPTY)


def _none(outside: Outside) -> None:
    body = b'{"data": {"id": "x", "attributes": {"lightcurve": "' + HEADER + b'\\n"}}}'
    outside.answer(HOST, f"{LOCI}/{LOCUS}", Reply(body))


CASE = Case(
    place=Place(59.7257233, 23.7619434),
    radius=5.0,
    answer=_answer,
    empty=_empty,
    rows=1,
    expected={"locus_id": LOCUS, "ztf_object_id": "ZTF26abeuijw", "num_mag_values": 1},
    renamed=(b'"ra": ', b'"RA": '),
    wrong=(b"59.725723300000006", b'"east"'),
    curve=CurveCase(
        path=f"{HOST}{LOCI}/{LOCUS}",
        look=LOCUS,
        points=3,
        good=3,
        first={
            "mag": 18.741300582885742,
            "filter": "zr",
            "limit": True,
            "difference": True,
            "mjd_start": 61224.483634300064,
            "alert_id": "ztf_upper_limit:ZTF26abeuijw-3470483630915",
        },
        renamed=(b"ant_mjd", b"ant_time"),
        wrong=(b"15.428149223327637,0.02", b"bright,0.02"),
        none=_none,
    ),
)
