"""What a request for a fit means, and what figures show of its answer."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from support import dust

from ztfvo.analysis import fitted
from ztfvo.dust import installing, reading
from ztfvo.dust.maps.simulated import make
from ztfvo.errors import HTTPError
from ztfvo.outside.model import State
from ztfvo.photometry import ab_to_jansky
from ztfvo.settings import load_settings

CRAB = SimpleNamespace(curve=SimpleNamespace(ra=83.6331, dec=22.0145))


@pytest.mark.parametrize(
    ("lowest", "highest", "bounds"),
    [
        (None, None, (0.01, 0.3)),
        (0.1, None, (0.1, 0.3)),
        (None, 1.0, (0.01, 1.0)),
        (0.0, 2.0, (0.0, 2.0)),
        (0.5, 0.5, (0.5, 0.5)),
    ],
)
def test_bounds_of_the_redshift_have_defaults(lowest, highest, bounds):
    assert fitted._redshift(lowest, highest) == bounds


@pytest.mark.parametrize(("lowest", "highest"), [(0.2, 0.1), (0.5, None), (None, 0.005)])
def test_bounds_that_are_reversed_are_refused(lowest, highest):
    with pytest.raises(HTTPError, match=r"MIN_Z=\S+ is above MAX_Z=") as caught:
        fitted._redshift(lowest, highest)
    assert caught.value.status == 400


def of_dust(settings, simulated, given=None):
    """The dust that a fit at the Crab Nebula takes."""
    return fitted._dust(settings, SimpleNamespace(simulated=simulated), CRAB, given)


def test_dust_is_that_of_the_first_map_on_the_scale_of_extinctions(tmp_path):
    settings = load_settings(var=tmp_path / "var")
    nothing = of_dust(settings, simulated=True)
    assert (nothing.state, nothing.ebv, nothing.origin) == (State.UNAVAILABLE, 0.0, "none")
    assert "ztfvo dust fetch csfd" in nothing.reason and "EBV" in nothing.reason
    installing.install(settings, make(tmp_path))
    assert of_dust(settings, simulated=True).map.map.name == "simulated"
    assert of_dust(settings, simulated=False).state is State.UNAVAILABLE  # it is no measurement
    here = installing.install(settings, [dust.csfd(tmp_path)])
    found = of_dust(settings, simulated=False)
    assert (found.state, found.map.map.name, found.reason) == (State.FOUND, "csfd", "")
    assert found.of_map == pytest.approx(0.5432, abs=1e-6)
    assert found.ebv == pytest.approx(0.86 * 0.5432, abs=1e-6)
    given = of_dust(settings, simulated=False, given=0.03)
    assert (given.ebv, given.map, given.origin) == (0.03, None, "given by EBV")
    (here.folder / reading.NOTE).write_text("{")
    damaged = of_dust(settings, simulated=False)
    assert (damaged.state, damaged.ebv) == (State.MALFORMED, 0.0)
    assert "ztfvo dust status" in damaged.reason and str(here.folder) not in damaged.reason


def epochs(oid, mag, filterid):
    """Two epochs of a light curve."""
    curve = SimpleNamespace(oid=oid, filterid=filterid)
    return fitted.Epochs(curve, np.array([58300.0, 58310.0]), np.array(mag), np.array([0.1, 0.2]))


def test_epochs_become_flux_less_the_reference_whose_error_they_share():
    curves = [epochs(1, [20.0, 20.5], 1), epochs(2, [19.0, 19.5], 2)]
    job = fitted._job(
        curves,
        [(21.0, 0.05), (np.nan, np.nan)],
        model=None,
        bands=None,
        redshift=(0.0, 1.0),
        ebv=0.0,
    )
    reference, error = ab_to_jansky(21.0, 0.05)
    first, firsterr = ab_to_jansky([20.0, 20.5], [0.1, 0.2])
    second, _ = ab_to_jansky([19.0, 19.5], [0.1, 0.2])
    np.testing.assert_allclose(job.flux, [*(first - reference), *second])
    np.testing.assert_allclose(job.fluxerr[:2], firsterr)
    np.testing.assert_allclose(job.common, [error, 0.0])
    assert (job.curve.tolist(), job.filterid.tolist()) == ([0, 0, 1, 1], [1, 1, 2, 2])


def test_a_reference_without_flux_or_error_is_none():
    assert fitted._reference(np.inf, 0.1) == (0.0, 0.0)
    assert fitted._reference(np.nan, np.nan) == (0.0, 0.0)
    flux, error = fitted._reference(20.0, np.nan)
    assert (flux, error) == (pytest.approx(3.630780548e-05), 0.0)
