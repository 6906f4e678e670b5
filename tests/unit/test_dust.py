"""Maps of dust: recognised by what is in them, read as dustmaps reads them, and refused."""

from __future__ import annotations

import errno
import json

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.io import fits
from support import dust
from support.files import SHARED

from ztfvo import placing
from ztfvo.dust import installing, library, reading
from ztfvo.dust.kinds import kinds
from ztfvo.dust.maps import maps
from ztfvo.dust.maps.simulated import make
from ztfvo.dust.model import DustError
from ztfvo.errors import BadFile, CannotBeDone
from ztfvo.settings import load_settings

SKY = 5000
REAL = SHARED / "dust"

needs_real = pytest.mark.skipif(not REAL.is_dir(), reason="the real data are not here")


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    """An installation with all maps."""
    folder = tmp_path_factory.mktemp("dust")
    settings = load_settings(var=folder / "var")
    for files in (dust.sfd(folder), [dust.csfd(folder)], [dust.bayestar(folder)], make(folder)):
        installing.install(settings, files)
    return settings


@pytest.fixture(scope="module")
def places():
    """Places all over the sky, with its poles and where right ascension begins."""
    rng = np.random.default_rng(1)
    ra, dec = rng.uniform(0, 360, SKY), np.degrees(np.arcsin(rng.uniform(-1, 1, SKY)))
    dec[:8] = 90, -90, 0, 0, 0, 27.128336, -27.128336, 89.9999
    ra[:8] = 0, 0, 0, 360, 359.99999, 192.859508, 12.859508, 180
    return ra, dec


@pytest.fixture(scope="module")
def folder(settings):
    """Where the files of the maps lie."""
    return settings.var.parent


def plain(name, folder, places):
    """E(B-V) of dustmaps' own class for a map, on the map's scale."""
    sky = SkyCoord(*(each * u.deg for each in places[:2]), frame="icrs")
    if name == "sfd":
        return library.module("sfd").SFDQuery(str(folder))(sky)
    if name == "csfd":
        path = str(folder / "csfd_ebv.fits")
        return library.module("csfd").CSFDQuery(path, path)(sky)
    query = library.module("bayestar").BayestarQuery(str(folder / "bayestar2019.h5"))
    near = SkyCoord(sky.ra, sky.dec, places[2] * u.pc, frame="icrs")
    return query(near, mode="best", return_flags=True)


@pytest.mark.parametrize("name", ["sfd", "csfd"])
def test_values_are_those_of_dustmaps(settings, folder, places, name):
    found = reading.at(reading.installed_as(settings, name), *places).ebv
    np.testing.assert_allclose(found, plain(name, folder, places), rtol=1e-6)
    assert np.ptp(found) > 0.3


def test_values_by_distance_are_those_of_dustmaps_with_its_flags(settings, folder, places):
    far = 10 ** np.random.default_rng(2).uniform(1.2, 5.2, SKY)  # on both sides of its steps
    found = reading.at(reading.installed_as(settings, "bayestar2019"), *places, far)
    value, flags = plain("bayestar2019", folder, (*places, far))
    np.testing.assert_allclose(found.ebv, 0.884 * value, rtol=1e-6)
    assert (found.reliable == (flags["converged"] & flags["reliable_dist"])).all()
    assert 0.2 < found.reliable.mean() < 0.8


def test_a_map_by_distance_has_no_values_outside_of_its_footprint(settings):
    one = reading.installed_as(settings, "bayestar2019")
    found = reading.at(one, [0.0, 0.0, 180.0], [-80.0, 80.0, -40.0], 1000.0)
    assert np.isnan(found.ebv).tolist() == [True, False, True]
    assert not found.reliable[[0, 2]].any()


def test_without_a_distance_all_dust_counts_and_nothing_is_said_of_it(settings, places):
    one = reading.installed_as(settings, "bayestar2019")
    whole, last = reading.at(one, *places), reading.at(one, *places, 1e5)
    np.testing.assert_array_equal(whole.ebv, last.ebv)
    assert whole.reliable is None and last.reliable is not None


@pytest.mark.parametrize("name", ["sfd", "csfd", "bayestar2019", "simulated"])
def test_one_place_has_what_it_has_among_many(settings, places, name):
    one = reading.installed_as(settings, name)
    many = reading.at(one, *places, 900.0).ebv
    for i in range(0, SKY, 600):
        (alone,) = reading.at(one, places[0][i], places[1][i], 900.0).ebv
        np.testing.assert_array_equal(alone, many[i])


@pytest.mark.parametrize("name", ["sfd", "csfd", "bayestar2019", "simulated"])
def test_what_is_no_place_has_no_value(settings, name):
    one = reading.installed_as(settings, name)
    ra, dec = [10, np.nan, 10, np.inf, 10, 10], [20, 20, np.nan, 20, 90.1, -90.1]
    found = reading.at(one, ra, dec).ebv
    assert np.isfinite(found).tolist() == [True, False, False, False, False, False]
    assert len(reading.at(one, [], []).ebv) == 0


@pytest.mark.parametrize("name", ["sfd", "csfd", "simulated"])
def test_right_ascensions_of_0_and_360_are_one_place(settings, name):
    one = reading.installed_as(settings, name)
    at_0, at_360 = reading.at(one, [0, 360], [12.3, 12.3]).ebv
    assert at_0 == at_360


def test_the_simulated_map_follows_its_formula(settings):
    one = reading.installed_as(settings, "simulated")
    lon, lat = np.array([30.0, 130.0, 250.0, 340.0]), np.array([60.0, 25.0, -35.0, -70.0])
    sky = SkyCoord(lon * u.deg, lat * u.deg, frame="galactic").icrs
    through = 1 / (np.sin(np.radians(np.abs(lat))) + 0.02)
    waves = 0.3 * np.sin(3 * np.radians(lon) + 1) + 0.1 * np.sin(7 * np.radians(lon)) * np.cos(
        4 * np.radians(lat)
    )
    north = 1 + 0.2 * np.sin(np.radians(lat))
    expected = 0.03 * 1.02 * through * (1 + np.cos(np.radians(lat)) ** 2 * waves) * north
    np.testing.assert_allclose(reading.at(one, sky.ra.deg, sky.dec.deg).ebv, expected, rtol=2e-3)


@needs_real
def test_a_piece_of_the_true_map_is_read_as_its_authors_have_it(tmp_path):
    piece = REAL / "sfdmap" / "SFD_dust_4096_ngp_cutout.fits"
    kind = kinds()["lambert"]
    assert kind.part(piece) == "ngp"
    kind.prepare({"ngp": piece, "sgp": make(tmp_path)[1]}, tmp_path)
    values = kind.load(tmp_path)
    data = fits.getdata(piece)
    x, y = np.random.default_rng(5).uniform(1, 98, (2, 200))
    # Schlegel et al. 1998, Appendix C: pixels from the pole are sqrt(1 - sin b) times the scale.
    dx, dy = (x + 1 + 951.5) / 2048, (y + 1 + 951.5) / 2048
    places = SkyCoord(
        np.degrees(np.arctan2(-dy, dx)) * u.deg,
        np.degrees(np.arcsin(1 - dx**2 - dy**2)) * u.deg,
        frame="galactic",
    )
    i, j = x.astype(int), y.astype(int)
    fx, fy = x - i, y - j
    expected = (1 - fy) * ((1 - fx) * data[j, i] + fx * data[j, i + 1]) + fy * (
        (1 - fx) * data[j + 1, i] + fx * data[j + 1, i + 1]
    )
    np.testing.assert_allclose(values(places)[0], expected, atol=2e-6)
    assert 0.03 < expected.min() < expected.max() < 0.08


@needs_real
def test_values_known_of_sfd_are_those_that_ned_has():
    ned = json.loads((REAL / "dustmaps" / "ned_output.json").read_text())
    sky = SkyCoord([one["equ"][0] for one in ned], [one["equ"][1] for one in ned], frame="icrs")
    for one in maps()["sfd"].known:
        place = SkyCoord(one.ra * u.deg, one.dec * u.deg)
        nearest = int(np.argmin(place.separation(sky)))
        assert place.separation(sky[nearest]).arcsec < 1
        # Landolt's V in table 6 of Schlafly & Finkbeiner (2011), for SFD's E(B-V)
        assert 2.742 * one.ebv == pytest.approx(ned[nearest]["sf11_Av"], abs=1e-3)


@pytest.mark.parametrize("name", ["csfd", "sfd", "bayestar2019", "simulated"])
def test_each_map_says_where_it_is_from(name):
    one = maps()[name]
    assert one.kind in kinds() and one.known and one.scale and one.licence
    assert one.make or all(file.url.startswith("https://") for file in one.files)
    assert one.simulated == (name == "simulated")


def test_maps_are_told_apart_by_what_is_in_them(settings):
    there = reading.installed(settings)
    assert list(there) == ["csfd", "sfd", "bayestar2019", "simulated"]
    assert there["csfd"].sources[0].startswith("csfd_ebv.fits ")
    assert len({one.edition for one in there.values()}) == 4
    assert there["bayestar2019"].bytes == sum(
        path.stat().st_size
        for path in there["bayestar2019"].folder.iterdir()
        if path.name != reading.NOTE
    )


def test_the_order_of_pixels_is_that_of_the_file(tmp_path):
    settings = load_settings(var=tmp_path / "var")
    ring = installing.install(settings, [dust.csfd(tmp_path)])
    at_ring = reading.at(ring, [30, 30], [10, 20]).ebv
    nested = installing.install(settings, [dust.csfd(tmp_path, nested=True)])
    assert ring.edition != nested.edition
    assert (at_ring != reading.at(nested, [30, 30], [10, 20]).ebv).any()


def refused(tmp_path, paths, **more):
    """Why files are refused; nothing is left of them."""
    settings = load_settings(var=tmp_path / "var")
    with pytest.raises(BadFile) as caught:
        installing.install(settings, paths, **more)
    assert not settings.dust.exists() or not list(settings.dust.iterdir())
    return str(caught.value)


def test_a_map_with_other_values_than_are_known_is_refused(tmp_path):
    path = dust.csfd(tmp_path)
    with fits.open(path, mode="update") as opened:
        opened[1].data["T"][:] = 0.1
    why = refused(tmp_path, [path])
    assert "csfd has E(B-V) = 0.5432 at 83.6331, 22.0145" in why and "0.1000" in why


def test_files_of_another_map_than_the_one_that_is_meant_are_refused(tmp_path):
    why = refused(tmp_path, make(tmp_path), only="sfd")
    assert "sfd has E(B-V) = 0.483961 at 75, 30" in why


def test_swapped_hemispheres_are_refused(tmp_path):
    north, south = dust.sfd(tmp_path)
    with fits.open(north, mode="update") as one, fits.open(south, mode="update") as other:
        for name in ("CRVAL2", "LAM_NSGP"):
            one[0].header[name], other[0].header[name] = other[0].header[name], one[0].header[name]
    why = refused(tmp_path, [north, south])
    assert "it has not the values that are known" in why
    assert "sfd has E(B-V) = 0.483961" in why and "simulated has" in why


def test_half_a_map_is_refused_with_what_is_missing(tmp_path):
    north, south = dust.sfd(tmp_path)
    assert "one of 2: ngp is missing" in refused(tmp_path, [south])
    assert "same part (ngp)" in refused(tmp_path, [north, north])
    assert "of another kind" in refused(tmp_path, [north, dust.csfd(tmp_path)])


@pytest.mark.parametrize("share", [0.001, 0.3, 0.95])
@pytest.mark.parametrize(
    "names",
    [["csfd_ebv.fits"], ["bayestar2019.h5"], ["SFD_dust_4096_ngp.fits", "SFD_dust_4096_sgp.fits"]],
)
def test_a_file_that_ends_early_is_refused(folder, tmp_path, names, share):
    paths = [tmp_path / name for name in names]
    for path in paths:
        path.write_bytes((folder / path.name).read_bytes())
    content = paths[0].read_bytes()
    paths[0].write_bytes(content[: int(share * len(content))])
    why = refused(tmp_path, paths)
    assert str(paths[0]) in why and ("damaged" in why or "no map of dust" in why)


def test_what_is_no_map_is_refused_with_its_name(tmp_path):
    for name, content in (("text.fits", b"no map"), ("empty.h5", b""), ("x.fits", b"SIMPLE  =")):
        path = tmp_path / name
        path.write_bytes(content)
        assert str(path) in refused(tmp_path, [path])
    assert "cannot be read" in refused(tmp_path, [tmp_path / "missing.fits"])
    assert "is a folder" in refused(tmp_path, [tmp_path])


def test_an_image_in_another_projection_is_no_map(tmp_path):
    path = tmp_path / "tan.fits"
    header = fits.Header({"CTYPE1": "GLON-TAN", "CTYPE2": "GLAT-TAN", "CRVAL2": 90.0})
    fits.PrimaryHDU(np.zeros((4, 4), "f4"), header).writeto(path)
    assert "no map of dust" in refused(tmp_path, [path])


def test_a_map_stays_where_another_file_is_refused(settings, folder, tmp_path):
    before = reading.installed_as(settings, "csfd")
    path = dust.csfd(tmp_path)
    path.write_bytes(path.read_bytes()[:-5000])
    with pytest.raises(BadFile):
        installing.install(settings, [path])
    assert reading.installed_as(settings, "csfd") == before
    assert sorted(path.name for path in settings.dust.iterdir()) == sorted(maps())


def test_a_full_disk_is_no_damage(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("ztfvo.dust.arrays.os.posix_fallocate", full)
    settings = load_settings(var=tmp_path / "var")
    with pytest.raises(CannotBeDone, match="There is no room for what is made of"):
        installing.install(settings, [dust.csfd(tmp_path)])
    assert list(settings.dust.iterdir()) == []


def test_one_command_at_a_time_changes_maps(tmp_path):
    settings = load_settings(var=tmp_path / "var")
    with placing.alone(settings.dust), pytest.raises(CannotBeDone, match="Another command"):
        installing.install(settings, [dust.csfd(tmp_path)])
    assert installing.install(settings, [dust.csfd(tmp_path)]).map.name == "csfd"


def test_what_a_killed_command_left_is_cleared_away(tmp_path):
    settings = load_settings(var=tmp_path / "var")
    for name in (".new", ".old"):
        (settings.dust / name).mkdir(parents=True)
        (settings.dust / name / "map.npy").write_bytes(b"half")
    installing.install(settings, [dust.csfd(tmp_path)])
    assert [path.name for path in settings.dust.iterdir()] == ["csfd"]


@pytest.mark.parametrize("name", ["map.npy", "order.json"])
def test_an_installed_map_that_is_damaged_is_reported(tmp_path, name):
    one = installing.install(load_settings(var=tmp_path / "var"), [dust.csfd(tmp_path)])
    reading._loaded.cache_clear()
    path = one.folder / name
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(DustError, match=f"{one.folder}.* cannot be read"):
        reading.at(one, 10, 20)


def test_a_damaged_note_is_reported(tmp_path):
    settings = load_settings(var=tmp_path / "var")
    one = installing.install(settings, [dust.csfd(tmp_path)])
    (one.folder / reading.NOTE).write_text("{")
    with pytest.raises(DustError, match=r"map\.json cannot be read"):
        reading.installed(settings)


def test_a_map_that_is_not_here_is_none(tmp_path):
    assert reading.installed(load_settings(var=tmp_path / "var")) == {}


def test_an_unknown_name_is_refused_with_those_there_are():
    with pytest.raises(CannotBeDone, match="csfd, sfd, bayestar2019, simulated"):
        installing.declared("planck")
