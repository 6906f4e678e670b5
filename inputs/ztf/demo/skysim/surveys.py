"""What the hosted catalogs would say of the demo release's named stars: simulated rows.

Names and positions are those of ``stars.csv``; types, periods and magnitudes are those that the
light curves were simulated with.  All else is left out or made.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

GCVS_TYPES = {
    "RRAB": "RRAB", "RRC": "RRC", "DCEP": "DCEP", "EW": "EW", "EA": "EA/SD", "ROT": "BY",
    "XRB": "XPRM", "CV": "UGSU", "NOVA": "NR", "YSO": "INS", "M_dwarf_flare": "UV",
}  # fmt: skip
"""Types in the words of GCVS and VSX, by classes of the star list."""

ATLAS_CLASSES = {"RRAB": "PULSE", "RRC": "PULSE", "EW": "CBF", "EA": "DBF", "DCEP": "PULSE",
                 "ROT": "SINE", "YSO": "IRR"}  # fmt: skip

CHEN_TYPES = {"RRAB": "RR", "RRC": "RRc", "DCEP": "CEP", "EW": "EW", "EA": "EA", "ROT": "BYDra"}

Row = dict[str, Any]


@dataclass(frozen=True)
class Star:
    """A named star of the demo release."""

    oid: int
    name: str
    kind: str
    """Class of its simulated light curve."""
    ra: float
    dec: float
    """In deg."""
    period: float | None
    """In d."""
    epoch: float | None
    """Of phase zero, or of the first event (MJD)."""
    g: float
    r: float
    i: float
    """Mean magnitudes."""
    amplitude: float
    note: str


def read_stars(path: Path) -> list[Star]:
    """Return the variable stars of the list, each once."""
    stars: dict[str, Star] = {}
    with path.open(newline="") as rows:
        for row in csv.DictReader(rows):
            if row["class"] == "CONST" or row["name"] in stars:
                continue
            stars[row["name"]] = Star(
                int(row["oid"]),
                row["name"],
                row["class"],
                float(row["ra"]),
                float(row["dec"]),
                float(row["period"]) if row["period"] else None,
                float(row["epochs"].split()[0]) if row["epochs"] else None,
                *(float(row[f"mag_{band}"]) for band in ("zg", "zr", "zi")),
                float(row["amplitude"]),
                row["note"],
            )
    return list(stars.values())


def coordinate_name(star: Star) -> str:
    """Return a name made of the position: hours, minutes, seconds; degrees and so on."""
    hours, minutes, seconds = sexagesimal(star.ra / 15, 2)
    degrees, arcmin, arcsec = sexagesimal(abs(star.dec), 1)
    sign = "-" if star.dec < 0 else "+"
    return f"J{hours:02d}{minutes:02d}{seconds:05.2f}{sign}{degrees:02d}{arcmin:02d}{arcsec:04.1f}"


def sexagesimal(value: float, decimals: int) -> tuple[int, int, float]:
    """Return whole parts, minutes and seconds of a value that is not negative."""
    total = round(value * 3600 * 10**decimals)
    seconds, scale = total % (60 * 10**decimals), 10**decimals
    minutes = total // (60 * scale)
    return minutes // 60, minutes % 60, seconds / scale


def _gcvs(star: Star) -> Row | None:
    named = len(star.name) < 10 and star.name[0].isalpha()
    if star.kind not in GCVS_TYPES or star.r > 17 or not named:
        return None
    return {
        "gcvs": star.name,
        "vartype": GCVS_TYPES[star.kind],
        "magmax": round(star.g - star.amplitude, 2),
        "min1": round(star.g + star.amplitude, 2),
        "magcode": "g",
        "epoch": None if star.epoch is None else round(star.epoch + 0.5, 4),
        "period": star.period,
    }


def _vsx(star: Star) -> Row | None:
    if star.kind not in GCVS_TYPES:
        return None
    return {
        "oid": star.oid % 10**7,
        "name": f"ZTF {coordinate_name(star)}" if star.name.isdigit() else star.name[:30],
        "status": 0,
        "type": GCVS_TYPES[star.kind],
        "max_mag": round(star.g - star.amplitude, 2),
        "max_band": "g",
        "min_mag": round(star.g + star.amplitude, 2),
        "min_band": "g",
        "epoch": None if star.epoch is None else round(star.epoch + 2400000.5, 4),
        "period": star.period,
    }


def _atlas(star: Star) -> Row | None:
    if star.kind not in ATLAS_CLASSES or not 14 < star.r < 18:
        return None
    return {
        "ato_id": f"J{star.ra:08.4f}{star.dec:+08.4f}",
        "fp_lsper": star.period,
        "class": ATLAS_CLASSES[star.kind],
    }


def _chen(star: Star) -> Row | None:
    if star.kind not in CHEN_TYPES or star.dec < -28:
        return None
    return {
        "id": f"ZTF{coordinate_name(star)}",
        "source_id": star.oid % 10**6,
        "period": star.period,
        "r21": 0.3,
        "phi21": 1.57,
        "t_0": star.epoch,
        "gmag": star.g,
        "rmag": star.r,
        "per_g": star.period,
        "per_r": star.period,
        "num_g": 100,
        "num_r": 120,
        "r21_g": 0.3,
        "r21_r": 0.3,
        "phi21_g": 1.57,
        "phi21_r": 1.57,
        "r2_g": 0.95,
        "r2_r": 0.94,
        "amp_g": round(2 * star.amplitude, 3),
        "amp_r": round(1.6 * star.amplitude, 3),
        "log_fap_g": -20.0,
        "log_fap_r": -21.0,
        "type": CHEN_TYPES[star.kind],
        "delta_min_g": 0.0,
        "delta_min_r": 0.0,
    }


def _suspected(star: Star) -> Row | None:
    if star.kind not in ("YSO", "CV", "XRB", "ROT"):
        return None
    period = star.period or 1.0
    return {
        "id": f"ZTF{coordinate_name(star)}",
        "gmag": star.g,
        "rmag": star.r,
        "per_g": period,
        "per_r": period,
        "amp_g": round(2 * star.amplitude, 3),
        "amp_r": round(2 * star.amplitude, 3),
        "num_g": 100,
        "num_r": 120,
        "log_fap_g": -4.0,
        "log_fap_r": -5.0,
    }


def _spicy(star: Star) -> Row | None:
    if star.kind != "YSO":
        return None
    return {"spicy": star.oid % 10**5, "class": "ClassII", "ztf_rmag": star.r, "variable": 1}


def _ogle(star: Star) -> Row | None:
    if not star.name.startswith("OGLE"):
        return None
    return {
        "id": star.name,
        "field": "BLG100.1",
        "star_id": str(star.oid % 10**5),
        "type": "RRLyr",
        "subtype": "RRab",
        "i_mag": star.i,
        "v_mag": round((star.g + star.r) / 2, 3),
        "period": star.period,
        "amplitude": star.amplitude,
        "remarks": "simulated",
    }


def _sdss(star: Star) -> Row | None:
    if star.kind != "AGN":
        return None
    return {
        "sdss_name": coordinate_name(star)[1:],
        "plate": 7000 + star.oid % 900,
        "mjd": 56000 + star.oid % 900,
        "fiber": 1 + star.oid % 999,
        "is_qso": 1,
        "class_person": 3,
        "redshift": round(0.3 + star.oid % 100 / 50, 3),
        "source_z": "VI",
        "zwarning": 0,
        "umag": round(star.g + 0.2, 3),
        "gmag": star.g,
        "rmag": star.r,
        "imag": star.i,
        "zmag": round(star.i - 0.1, 3),
    }


def _tns(star: Star) -> Row | None:
    names = [word.strip() for word in star.note.split(",")]
    iau = next((word for word in [*names, star.name] if word.startswith("AT")), None)
    if iau is None:
        return None
    supernova = star.kind == "SN"
    return {
        "objid": star.oid % 10**6,
        "name_prefix": "SN" if supernova else "AT",
        "name": iau.removeprefix("AT").strip(),
        "redshift": 0.05 if supernova else None,
        "typeid": 3 if supernova else None,
        "type": "SN Ia" if supernova else None,
        "reporting_groupid": 1,
        "reporting_group": "simulated",
        "source_groupid": 48,
        "source_group": "ZTF",
        "discoverydate": "2018-04-08 09:45:49.000",
        "discoverymag": star.g,
        "discmagfilter": 110,
        "filter": "g",
        "reporters": "simulated",
        "time_received": "2018-04-09 00:00:00",
        "internal_names": ", ".join(word for word in names if word.startswith("ZTF")) or None,
        "creationdate": "2018-04-09 00:00:00",
        "lastmodified": "2018-05-01 00:00:00",
    }


def _snad(star: Star) -> Row | None:
    if not star.name.startswith("SNAD"):
        return None
    iau = next((word for word in star.note.split(",") if word.startswith("AT")), "")
    return {
        "name": star.name,
        "oid": star.oid,
        "discovery": "2018-04-08 09:45:49",
        "mag": star.g,
        "err_down": 0.27,
        "err_up": 0.36,
        "refmag": star.r,
        "referr": 0.06,
        "tns": iau.replace("AT", "AT ") or None,
        "type": "AGN" if star.kind == "AGN" else "PSN",
        "comments": "simulated",
    }


SURVEYS: dict[str, Callable[[Star], Row | None]] = {
    "gcvs": _gcvs,
    "vsx": _vsx,
    "atlas_var": _atlas,
    "ztf_periodic": _chen,
    "ztf_suspected": _suspected,
    "ogle3": _ogle,
    "spicy": _spicy,
    "sdss_dr16q": _sdss,
    "tns": _tns,
    "snad": _snad,
}
"""What a catalog has of a star, by its columns here; None where it has not the star."""


def rows(stars: list[Star], name: str) -> Iterator[Row]:
    """Yield the rows of a catalog, with positions."""
    for star in stars:
        if (row := SURVEYS[name](star)) is not None:
            yield {**row, "ra": star.ra, "dec": star.dec}
