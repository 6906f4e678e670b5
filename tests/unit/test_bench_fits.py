"""The benchmark of fits of supernovae."""

from __future__ import annotations

import json

from support import supernovae

from bench.fits import fits
from ztfvo.settings import load_settings
from ztfvo.supernovae import installing
from ztfvo.supernovae.declared import ALL, BANDS


def test_fits_are_as_good_as_those_of_sncosmo_alone(tmp_path, monkeypatch):
    settings = load_settings(var=tmp_path)
    bands = [file.__class__(file.name, file.url) for file in BANDS.files]
    monkeypatch.setitem(ALL, BANDS.name, BANDS.__class__(**vars(BANDS) | {"files": tuple(bands)}))
    installing.install(settings, supernovae.bands(tmp_path))
    fits(settings, 2)
    (path,) = (tmp_path / "bench" / "results").glob("fits-*.json")
    found = json.loads(path.read_text())["results"]
    assert found["worse"] == 0
    assert set(found["seconds"]) == {"/fit (a process of the service)", "sncosmo.fit_lc"}
    assert all(seconds > 0 for seconds in found["seconds"].values())
    assert all(largest < 1e-6 for _, largest in found["bands"].values())  # they are the same here
