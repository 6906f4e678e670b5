"""Light curves of one star: those of its source, and those near where there are no sources."""

from __future__ import annotations

import pytest
from support.files import bulk_rows, write_bulk
from support.stars import EPOCHS, find_stars, write_stars

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


def oids_of(release, asked, of=None):
    """OIDs of the relatives that a light curve has in a release."""
    relatives = read(release.name, [asked])[asked].relatives
    return {each.oid for each in relatives if each.release == (of or release).name}


def test_where_sources_are_found_they_say_what_is_of_one_star(release, twin):
    """Three light curves in a row, of which the outer ones are 2.8 arcsec apart; and another star
    1.3 arcsec away from one of them, which has a light curve of the same catalogue."""
    oids = [field * 10**12 + 101_100_000_001 for field in (501, 502, 503)]
    row = [(oid, RA, DEC + 1.4 * i / 3600, EPOCHS) for i, oid in enumerate(oids)]
    other = oids[0] + 1
    curves = [*row, (other, RA, DEC - 1.3 / 3600, EPOCHS)]
    for each in (release, twin):
        each.ingest(*write_stars(each.root / "files", curves), allow=True)
    assert oids_of(release, oids[0]) == {oids[1], other}
    find_stars(release)
    assert oids_of(release, oids[0]) == {oids[1], oids[2]}
    assert oids_of(release, oids[2]) == {oids[0], oids[1]}
    assert oids_of(release, other) == set()
    # the other release, which has none, goes by position; that which has some, by the nearest's
    assert oids_of(release, oids[0], of=twin) == {oids[0], oids[1], other}
    assert oids_of(twin, other, of=release) == {other}
    assert oids_of(twin, oids[2], of=release) == set(oids)
    assert oids_of(twin, oids[2]) == {oids[1]}
