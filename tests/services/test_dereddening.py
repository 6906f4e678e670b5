"""DEREDDEN of /lc: the extinction that /extinction has is taken off, and is said."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from astropy.io.votable import parse
from support import service

from ztfvo.dust import reading
from ztfvo.settings import get_settings

G, R = service.HZ_HER_OIDS[:2]


def extinction(ask, oid: int) -> tuple[float, float]:
    """A of a light curve's band, and E(B-V), as /extinction has them."""
    (one,) = ask("/extinction", ID=oid, MAP="simulated").json()["maps"]
    (answer,) = one["answers"]
    band = {1: "zg", 2: "zr", 3: "zi"}[oid // 10**11 % 10]
    return answer["extinction"][band], answer["ebv"]


def columns(ask, oid: int = G, **parameters) -> dict[str, np.ndarray]:
    """Columns of a light curve of CSV, by name."""
    answer = ask(f"/lc/{oid}.csv", **parameters)
    assert answer.status_code == 200, answer.text
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    numbers = [name for name in rows[0] if name != "filter"]
    return {name: np.array([float(row[name] or "nan") for row in rows]) for name in numbers}


@pytest.mark.parametrize("oid", [G, R])
@pytest.mark.parametrize("word", ["yes", "simulated", "YES"])
def test_magnitudes_and_fluxes_are_corrected_by_what_extinction_has(ask, oid, word):
    a, _ = extinction(ask, oid)
    assert a > 0.05
    plain, corrected = columns(ask, oid), columns(ask, oid, DEREDDEN=word)
    assert set(corrected["extinction"]) == {a}
    expected = (plain["mag"].astype(np.float32).astype(float) - a).astype(np.float32)
    np.testing.assert_array_equal(corrected["mag"].astype(np.float32), expected)
    np.testing.assert_allclose(corrected["flux"], plain["flux"] * 10 ** (0.4 * a), rtol=1e-12)
    np.testing.assert_allclose(corrected["fluxerr"], plain["fluxerr"] * 10 ** (0.4 * a), rtol=1e-12)
    np.testing.assert_array_equal(corrected["magerr"], plain["magerr"])
    np.testing.assert_array_equal(corrected["hmjd"], plain["hmjd"])


def test_without_it_nothing_is_corrected(ask):
    plain, no = (ask(f"/lc/{G}.csv", **given).text for given in ({}, {"DEREDDEN": "no"}))
    assert no == plain
    assert "extinction" not in plain.split("\n")[0]


def test_differences_are_those_of_corrected_fluxes(ask):
    a, _ = extinction(ask, G)
    given = {"QUANTITY": "diffflux", "REFMAG": f"{G}:14.2:0.02"}
    plain, corrected = columns(ask, **given), columns(ask, **given, DEREDDEN="yes")
    for name in ("diffflux", "diffflux_err"):
        np.testing.assert_allclose(corrected[name], plain[name] * 10 ** (0.4 * a), rtol=1e-9)
    there = np.isfinite(plain["diffmag"])
    assert there.any()
    np.testing.assert_allclose(corrected["diffmag"][there], plain["diffmag"][there] - a, atol=1e-9)


def test_bins_are_of_corrected_epochs(ask):
    a, _ = extinction(ask, G)
    plain, corrected = columns(ask, BIN=30), columns(ask, BIN=30, DEREDDEN="yes")
    np.testing.assert_allclose(corrected["mag"], plain["mag"] - a, atol=2e-6)
    assert set(corrected["extinction"]) == {a}


def test_each_format_says_map_coefficient_and_colour_excess(ask):
    _, ebv = extinction(ask, G)
    edition = reading.installed_as(get_settings(), "simulated").edition
    (note,) = ask(f"/lc/{G}.json", DEREDDEN="yes").json()["notes"]
    assert f"E(B-V) = {ebv:.6f} mag times 3.2259 in zg" in note
    assert f"(map simulated, edition {edition})" in note
    document = parse(io.BytesIO(ask(f"/lc/{G}.vot", DEREDDEN="yes").content))
    infos = {info.name: info.value for info in document.resources[0].infos}
    assert infos["note"] == note
    assert note in ask(f"/lc/{G}.tbl", DEREDDEN="yes").text.replace("\\n", " ")
    field = document.get_first_table().get_field_by_id_or_name("extinction")
    assert (str(field.unit), field.ucd) == ("mag", "phys.absorption;em.opt")


def test_several_light_curves_have_their_own_extinction(ask):
    rows = list(csv.DictReader(io.StringIO(ask(f"/lc/{G},{R}.csv", DEREDDEN="yes").text)))
    found = {int(row["oid"]): float(row["extinction"]) for row in rows}
    assert found == {oid: extinction(ask, oid)[0] for oid in (G, R)}


@pytest.mark.parametrize(
    ("parameters", "status", "sentence"),
    [
        ({"DEREDDEN": "csfd"}, 503, "Operators enter: ztfvo dust fetch csfd"),
        ({"DEREDDEN": "maybe"}, 400, "DEREDDEN=maybe is not one of no, yes, csfd"),
        ({"DEREDDEN": "yes", "LAYOUT": "irsa"}, 400, "DEREDDEN=yes means nothing with LAYOUT"),
    ],
)
def test_what_cannot_be_done_is_said(ask, parameters, status, sentence):
    answer = ask(f"/lc/{G}.csv", **parameters)
    assert (answer.status_code, sentence in answer.text) == (status, True), answer.text


def test_a_figure_is_drawn_of_corrected_magnitudes(ask):
    answer = ask(f"/lc/{G}.png", DEREDDEN="yes")
    assert answer.status_code == 200
    assert b"corrected for extinction" in answer.content
