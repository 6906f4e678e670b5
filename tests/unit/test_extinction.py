"""Extinction in the bands of ZTF, compared with what others publish."""

from __future__ import annotations

import math

import numpy as np
import pytest
from astropy.io import ascii as tables
from lxml import etree
from support.files import SHARED

from ztfvo.bands import BANDS
from ztfvo.dust.extinction import COEFFICIENTS, extinctions
from ztfvo.dust.maps import maps

REAL = SHARED / "dust"
SFD = maps()["sfd"].recalibration

needs_real = pytest.mark.skipif(not REAL.is_dir(), reason="the real data are not here")


def test_coefficients_are_those_of_the_viewer():
    assert pytest.approx({"zg": 3.751, "zr": 2.6288, "zi": 1.9282}) == COEFFICIENTS


def test_extinction_is_of_the_recalibrated_reddening():
    found = extinctions([0.0, 0.5432, np.nan], SFD)
    assert found["zg"][:2] == pytest.approx([0.0, 3.751 * 0.86 * 0.5432])
    assert found["zr"][1] == pytest.approx(1.22805, abs=1e-5)
    assert all(math.isnan(each[2]) for each in found.values())
    assert extinctions(1.9033, maps()["bayestar2019"].recalibration)["zi"] == pytest.approx(
        3.66994, abs=1e-5
    )


@needs_real
def test_the_recalibration_is_that_of_irsa():
    document = etree.parse(REAL / "irsa_dust_dustm31.xml")
    sfd, recalibrated = (
        float(document.findtext(f".//{name}").split()[0])
        for name in ("refPixelValueSFD", "refPixelValueSandF")
    )
    assert SFD * sfd == pytest.approx(recalibrated, abs=1e-4)
    assert (sfd, recalibrated) == (0.6943, 0.5971)


@needs_real
@pytest.mark.parametrize("band", BANDS.values(), ids=lambda one: one.name)
def test_extinction_fits_between_that_of_other_filters_at_irsa(band):
    table = tables.read(REAL / "irsa_dust_dust_ext_detail.tbl", format="ipac")
    sloan = [str(name).startswith("SDSS") for name in table["Filter_name"]]
    ratio = np.interp(
        band.wavelength_eff * 1e6, table["LamEff"][sloan], table["A_over_E_B_V_SandF"][sloan]
    )
    assert extinctions(1.0, SFD)[band.name] == pytest.approx(ratio, rel=0.05)
