"""Light curves of one star: those nearer to each other than sources of a channel ever are."""

from __future__ import annotations

import pytest
from support.files import bulk_rows, write_bulk

from ztfvo.links.curves import read

RA, DEC = 10.0, 5.0
"""deg; positions of bulk files, which are float32, have steps of 0.002 arcsec in declination."""


@pytest.mark.parametrize(("arcsec", "same"), [(0.0, True), (1.49, True), (1.51, False)])
def test_light_curves_within_one_and_a_half_arcsec_are_one_stars(release, tmp_path, arcsec, same):
    rows = bulk_rows()
    rows["objra"], rows["objdec"] = [RA, RA], [DEC, DEC + arcsec / 3600]
    release.ingest(write_bulk(tmp_path / "pair.parquet", rows), allow=True)
    for asked, other in (rows["objectid"], rows["objectid"][::-1]):
        relatives = read(release.name, [asked])[asked].relatives
        found = {each.oid: each.separation for each in relatives if each.release == release.name}
        assert found == ({other: pytest.approx(arcsec, abs=0.003)} if same else {})
