"""The benchmark of periodograms."""

from __future__ import annotations

import json

from bench.periods import AIM, periods
from ztfvo.settings import load_settings


def test_a_thousand_points_on_a_hundred_thousand_frequencies_take_50_ms_of_a_core(tmp_path):
    assert periods(load_settings(var=tmp_path), 1_000, 100_000, 2)
    (path,) = (tmp_path / "bench" / "results").glob("periods-*.json")
    text = path.read_text()
    assert json.loads(text)
    assert "astropy, fast" in text
    assert AIM == 50
