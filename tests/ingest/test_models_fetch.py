"""Models of supernovae from stand-ins of where they are published, and from files."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace

import numpy as np
import pytest
from support import supernovae
from support.archive import Fault, StandIn

from ztfvo import placing
from ztfvo.errors import BadFile, CannotBeDone
from ztfvo.remote import NoAnswer, NotFound
from ztfvo.settings import load_settings
from ztfvo.supernovae import bandpasses, installing
from ztfvo.supernovae.declared import ALL, BANDS
from ztfvo.supernovae.kinds import kinds

SALT, NUGENT, SNF = "salt2", "nugent-sn1a", "snf-2011fe"


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Small files like those of models, by name of the model."""
    folder = tmp_path_factory.mktemp("models")
    return {
        SALT: [supernovae.salt2(folder)],
        NUGENT: [supernovae.nugent(folder)],
        SNF: [supernovae.snfactory(folder)],
        BANDS.name: list(supernovae.bands(folder)),
    }


@pytest.fixture
def archive(files, monkeypatch):
    """A stand-in of where they are published, and declarations of what it has."""
    with StandIn() as stand_in:
        for name, paths in files.items():
            declared = []
            for one, path in zip(ALL[name].files, paths, strict=True):
                content = path.read_bytes()
                stand_in.files[f"/{one.name}"] = content
                md5 = one.md5 and hashlib.md5(content).hexdigest()
                declared.append(replace(one, url=f"{stand_in.url}/{one.name}", md5=md5))
            monkeypatch.setitem(ALL, name, replace(ALL[name], files=tuple(declared)))
        yield stand_in


@pytest.fixture
def settings(tmp_path):
    """An installation without models."""
    return load_settings(var=tmp_path / "var")


def get(name, settings):
    """Ask for sizes and fetch; returns the files and the bytes that came."""
    which, sizes = installing.declared(name), []
    return installing.fetch(which, installing.published(which), settings, sizes.append), sum(sizes)


@pytest.mark.parametrize("name", [SALT, NUGENT, SNF])
def test_a_model_arrives_is_installed_and_has_the_light_that_was_put_in(archive, settings, name):
    which = installing.declared(name)
    (one,) = installing.published(which)
    assert one.bytes == len(archive.files[f"/{one.file.name}"])
    assert installing.installed_as(settings, name) is None
    paths, size = get(name, settings)
    assert size == one.bytes
    here = installing.install(settings, paths, name)
    assert here == installing.installed_as(settings, name)
    assert here.sources == (f"{paths[0].name} {hashlib.md5(paths[0].read_bytes()).hexdigest()}",)
    phases, wavelengths, flux = supernovae.spectra()
    source = kinds()[here.template.kind].load(here)
    if name == SALT:
        source.set(x0=1e12, x1=0.0, c=0.0)  # its unit
    found = source.flux(phases[2:-1], wavelengths[5:-5])
    expected = flux[2:-1, 5:-5]
    assert np.abs(found - expected).max() < 0.02 * expected.max()
    assert source.name == name


def test_curves_of_bands_take_the_place_of_approximate_ones(archive, settings):
    paths, _ = get(BANDS.name, settings)
    here = installing.install(settings, paths[::-1])  # in any order
    for filterid, (wavelength, transmission) in bandpasses.curves(here).items():
        lines = bandpasses.curves(None)[filterid]
        np.testing.assert_allclose([wavelength, transmission], lines)


def test_the_first_that_is_installed_is_taken(archive, settings):
    assert installing.preferred(settings).template.name == "hsiao-subsampled"
    for name, first in ((NUGENT, "hsiao-subsampled"), (SALT, SALT)):
        installing.install(settings, get(name, settings)[0], name)
        assert installing.preferred(settings).template.name == first


def test_an_interrupted_file_goes_on_where_it_stopped(archive, settings, waits):
    path = f"/{ALL[SALT].files[0].name}"
    which = installing.declared(SALT)
    files = installing.published(which)
    archive.faults[path] = [Fault(drop_after=n) for n in (5_000, 0, 0, 0, 0)]
    with pytest.raises(NoAnswer):
        installing.fetch(which, files, settings, lambda _: None)
    archive.requests.clear()
    paths, _ = get(SALT, settings)
    assert paths[0].read_bytes() == archive.files[path]
    assert "bytes=5000-" in [one.get("range") for one in archive.asked(path)]


def test_a_file_with_another_checksum_is_refused_and_deleted(archive, settings):
    path = f"/{ALL[SALT].files[0].name}"
    archive.files[path] = archive.files[path][:-1] + b"x"
    with pytest.raises(BadFile, match="is published; it was deleted"):
        get(SALT, settings)
    assert list(installing.arrived(settings, ALL[SALT]).iterdir()) == []


def test_what_is_not_published_any_more_is_reported(archive, settings):
    archive.files.clear()
    with pytest.raises(NotFound):
        get(NUGENT, settings)


def refused(settings, *paths, only=None):
    """Why files are refused; nothing is left of them."""
    with pytest.raises(BadFile) as caught:
        installing.install(settings, list(paths), only)
    assert not settings.models.exists() or not list(settings.models.iterdir())
    return str(caught.value)


def test_files_that_are_no_models_are_refused(archive, settings, files, tmp_path):
    other = tmp_path / "other.dat"
    other.write_text("1 2 3\n")
    assert "neither its name nor its MD5" in refused(settings, other)
    changed = tmp_path / ALL[SALT].files[0].name
    changed.write_bytes(b"something else")
    assert f"that of the model {ALL[SALT].files[0].md5}" in refused(settings, changed)
    assert "no file of salt3" in refused(settings, files[NUGENT][0], only="salt3")
    first, second, third = files[BANDS.name]
    assert "P48_I.dat is missing" in refused(settings, first, second)
    assert "it is the same as" in refused(settings, first, first)
    assert "of another model than" in refused(settings, first, files[NUGENT][0])
    assert "cannot be read" in refused(settings, tmp_path / "missing")
    assert third.name == "P48_I.dat"


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
@pytest.mark.parametrize("name", [NUGENT, SNF])
def test_a_file_that_ends_early_is_refused(archive, settings, files, tmp_path, name, share):
    path = tmp_path / files[name][0].name
    content = files[name][0].read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    assert "it is damaged" in refused(settings, path)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("0 1000 1\n0 2000 1\n1 1000 1\n", "it is damaged"),
        ("0 1000 1\n0 2000 nan\n1 1000 1\n1 2000 1\n", "that are no numbers"),
        ("1 1000 1\n1 2000 1\n0 1000 1\n0 2000 1\n", "do not ascend"),
        ("<html>moved</html>", "it is damaged"),
        ("", "it is damaged"),
    ],
)
def test_text_that_is_no_grid_of_spectra_is_refused(archive, settings, tmp_path, text, why):
    path = tmp_path / "sn1a_flux.v1.2.dat"  # unpacked
    path.write_text(text)
    assert why in refused(settings, path)


def test_curves_of_other_bands_are_refused(archive, settings, files, tmp_path, monkeypatch):
    monkeypatch.setitem(
        ALL, BANDS.name, replace(BANDS, files=tuple(replace(one, md5="") for one in BANDS.files))
    )
    swapped = {"P48_g.dat": 1, "P48_R.dat": 0, "P48_I.dat": 2}
    for name, number in swapped.items():
        shutil.copy(files[BANDS.name][number], tmp_path / name)
    assert "which is not ZTF g" in refused(settings, *(tmp_path / name for name in swapped))


def test_a_model_stays_where_another_file_is_refused(archive, settings, files, tmp_path):
    before = installing.install(settings, files[NUGENT])
    path = tmp_path / files[NUGENT][0].name
    path.write_bytes(files[NUGENT][0].read_bytes()[:-500])
    with pytest.raises(BadFile):
        installing.install(settings, [path])
    assert installing.installed_as(settings, NUGENT) == before
    assert [one.name for one in settings.models.iterdir()] == [NUGENT]


def test_one_command_at_a_time_changes_models(archive, settings, files):
    with placing.alone(settings.models), pytest.raises(CannotBeDone, match="Another command"):
        installing.install(settings, files[NUGENT])


def test_names_that_are_not_known_or_need_no_files_are_refused():
    with pytest.raises(CannotBeDone, match=r"no model 'magic'. There are: salt3, salt2"):
        installing.declared("magic")
    with pytest.raises(CannotBeDone, match="needs no files: it is always here"):
        installing.declared("hsiao-subsampled")
