"""The benchmark of maps of dust measures what it says, with values that agree."""

from __future__ import annotations

import json

from bench.dust import Sizes, dust
from ztfvo.settings import load_settings


def test_both_are_measured_on_the_same_maps(tmp_path, capsys, monkeypatch):
    here = lambda action, *words: action(*words)  # noqa: E731
    monkeypatch.setattr("bench.dust._apart", here)  # processes start in seconds
    results = dust(load_settings(var=tmp_path), 500, Sizes(image=64, nside=64, distances=8))
    assert list(results) == ["sfd", "csfd", "bayestar2019"]
    for one in results.values():
        for kind in ("ours", "dustmaps"):
            assert one[kind]["positions_per_second"] > 100
            assert one[kind]["first_seconds"] > 0
    (path,) = (tmp_path / "bench" / "results").iterdir()
    assert json.loads(path.read_text())["positions"] == 500
    assert "positions/s" in capsys.readouterr().out
    assert not (tmp_path / "bench" / "dust").exists()
