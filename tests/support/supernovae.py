"""Small files of models of supernovae, in the layouts of the true ones."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from astropy.io import fits

from bench.fits import CARRIED
from ztfvo.bands import BANDS
from ztfvo.supernovae import bandpasses, fitting

PHASES = np.arange(-20.0, 51.0, 5.0)
WAVELENGTHS = np.arange(2000.0, 9210.0, 50.0)


def spectra() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Times, wavelengths and fluxes of the model that is carried, fewer of them."""
    source = fitting._source(CARRIED)
    return PHASES, WAVELENGTHS, source.flux(PHASES, WAVELENGTHS)


def grid(phases: np.ndarray, wavelengths: np.ndarray, values: np.ndarray) -> bytes:
    """Text with a time, a wavelength and a value on each line."""
    lines = [
        f"{phase:.2f} {wavelength:.1f} {value:.7e}"
        for phase, row in zip(phases, values, strict=True)
        for wavelength, value in zip(wavelengths, row, strict=True)
    ]
    return ("# simulated\n" + "\n".join(lines) + "\n").encode()


def nugent(folder: Path, name: str = "sn1a_flux.v1.2.dat.gz") -> Path:
    """A packed file like Nugent's."""
    path = folder / name
    path.write_bytes(gzip.compress(grid(*spectra()), mtime=0))
    return path


def salt2(folder: Path, name: str = "salt2-4.tar.gz") -> Path:
    """A packed folder like that of SALT2: a supernova that is wider for larger x1."""
    phases, wavelengths, flux = spectra()
    first = 0.1 * np.gradient(flux, phases, axis=0) * phases[:, None]
    zero = np.zeros_like(flux)
    files = {
        "template_0": grid(phases, wavelengths, flux),
        "template_1": grid(phases, wavelengths, -first),
        "color_correction": b"4\n-0.5 0.3 -0.1 0.01\nSalt2ExtinctionLaw.version 1\n"
        b"Salt2ExtinctionLaw.min_lambda 2800\nSalt2ExtinctionLaw.max_lambda 7000\n",
        "color_dispersion": b"2000 0.02\n9200 0.02\n",
        "lc_dispersion_scaling": grid(phases, wavelengths, zero + 1),
        **{
            f"lc_relative_{each}": grid(phases, wavelengths, zero)
            for each in ("variance_0", "variance_1", "covariance_01")
        },
    }
    path = folder / name
    with tarfile.open(path, "w:gz") as packed:
        for each, content in files.items():
            _add(packed, f"salt2-4/salt2_{each}.dat", content)
        _add(packed, "salt2-4/._salt2_template_0.dat", b"what another system keeps of a file")
    return path


def snfactory(folder: Path) -> Path:
    """A packed folder of spectra like that of SN 2011fe."""
    phases, wavelengths, flux = spectra()
    path = folder / "SNfactory_Pereira_etal_2013_SN2011fe.tar.gz"
    with tarfile.open(path, "w:gz") as packed:
        for phase, values in zip(phases[1:], flux[1:], strict=True):
            file = io.BytesIO()
            hdu = fits.PrimaryHDU(values)
            hdu.header.update(
                {"CRPIX1": 1, "CRVAL1": wavelengths[0], "CDELT1": wavelengths[1] - wavelengths[0]}
            )
            hdu.writeto(file)
            sign = "M" if phase < 0 else "P"
            _add(packed, f"SN2011fe/SN2011fe_{sign}{abs(phase) * 10:03.0f}.fit", file.getvalue())
    return path


def bands(folder: Path) -> Sequence[Path]:
    """Curves of the bands: the approximate ones as files."""
    paths = []
    for letter, filterid in zip("gRI", BANDS, strict=True):
        lines = bandpasses.curves(None)[filterid]
        paths.append(folder / f"P48_{letter}.dat")
        np.savetxt(paths[-1], np.transpose(lines), header="Wavelength (A), transmission")
    return paths


def _add(packed: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    packed.addfile(member, io.BytesIO(content))
