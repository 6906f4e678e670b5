"""Small maps of dust in the layouts of the true ones, with what is known of these at its place."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import astropy.units as u
import h5py
import healpy
import numpy as np
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.wcs import WCS

from ztfvo.dust.maps import maps
from ztfvo.dust.maps.simulated import make
from ztfvo.dust.model import Known

MODULI = np.arange(4.0, 19.0, 0.125)
"""Distance moduli of Bayestar's steps, 120 of them."""


def galactic(one: Known) -> SkyCoord:
    """Where something is known of a map."""
    return SkyCoord(one.ra * u.deg, one.dec * u.deg, frame="icrs").galactic


def sfd(folder: Path) -> Sequence[Path]:
    """Write hemispheres like SFD's, 256 pixels wide, and return their files."""
    paths = []
    for path in make(folder):
        with fits.open(path) as opened:
            hdu = opened[0].copy()
        hdu.header["OBJECT"] = "E(B-V)"
        world = WCS(hdu.header)
        for one in maps()["sfd"].known:
            place = galactic(one)
            if (place.b.deg > 0) == (hdu.header["LAM_NSGP"] > 0):
                x, y = (int(each) for each in world.wcs_world2pix(place.l.deg, place.b.deg, 0))
                hdu.data[y : y + 2, x : x + 2] = one.ebv
        paths.append(folder / f"SFD_dust_4096_{path.stem[-3:]}.fits")
        hdu.writeto(paths[-1], overwrite=True)
        path.unlink()
    return paths


def csfd(folder: Path, nside: int = 64, nested: bool = False) -> Path:
    """Write a table by HEALPix pixel like CSFD's, and return its file."""
    values = np.random.default_rng(3).uniform(0.01, 0.6, 12 * nside**2)
    for one in maps()["csfd"].known:
        place = galactic(one)
        values[healpy.ang2pix(nside, place.l.deg, place.b.deg, nested, lonlat=True)] = one.ebv
    column = fits.Column("T", "1024D", array=values.reshape(-1, 1024))
    table = fits.BinTableHDU.from_columns([column], name="xtension")
    order = "NESTED" if nested else "RING"
    table.header.update({"PIXTYPE": "HEALPIX", "ORDERING": order, "NSIDE": nside, "COORDSYS": "G"})
    path = folder / "csfd_ebv.fits"
    table.writeto(path, overwrite=True)
    return path


def bayestar(folder: Path) -> Path:
    """Write reddening by distance like Bayestar's, in pixels of two sizes, and return its file.

    Below a declination of -31 degrees there are none.  Pixels are in no order, and some have no
    distances that are reliable.
    """
    rng = np.random.default_rng(4)
    pixels = [(nside, index) for nside in (8, 32) for index in _covered(nside)]
    pixels = [pixels[place] for place in rng.permutation(len(pixels))]
    kind = [
        ("nside", "i4"),
        ("healpix_index", "i8"),
        ("n_stars", "i4"),
        ("converged", "u1"),
        ("DM_reliable_min", "f4"),
        ("DM_reliable_max", "f4"),
    ]
    info = np.zeros(len(pixels), kind)
    info["nside"], info["healpix_index"] = np.transpose(pixels)
    info["converged"] = rng.random(len(info)) > 0.1
    info["DM_reliable_min"], info["DM_reliable_max"] = 6.0, rng.uniform(12, 15.5, len(info))
    info["DM_reliable_max"][::7] = np.nan
    steps = rng.exponential(0.01, (len(info), len(MODULI))).astype("f4")
    best = np.cumsum(steps, axis=1)
    for one in maps()["bayestar2019"].known:
        best[_pixel_of(galactic(one), info)] = one.ebv / maps()["bayestar2019"].to_ebv
    path = folder / "bayestar2019.h5"
    with h5py.File(path, "w") as file:
        table = file.create_dataset("pixel_info", data=info, chunks=True, compression="gzip")
        table.attrs["DM_bin_edges"] = MODULI
        file.create_dataset("best_fit", data=best, chunks=True, compression="gzip")
        samples = np.repeat(best[:, None], 2, axis=1)
        file.create_dataset("samples", data=samples, chunks=True, compression="gzip")
    return path


def _covered(nside: int) -> np.ndarray:
    """Pixels in declinations that the map has, of one size or the other by galactic latitude."""
    pixels = np.arange(12 * nside**2)
    lon, lat = healpy.pix2ang(nside, pixels, nest=True, lonlat=True)
    dec = SkyCoord(lon * u.deg, lat * u.deg, frame="galactic").icrs.dec.deg
    coarse, _ = divmod(pixels, (nside // 8) ** 2)
    wide = healpy.pix2ang(8, coarse, nest=True, lonlat=True)[1]
    of_this_size = np.abs(wide) >= 40 if nside == 8 else np.abs(wide) < 40
    return pixels[(dec > -31) & of_this_size]


def _pixel_of(place: SkyCoord, info: np.ndarray) -> int:
    there = healpy.ang2pix(info["nside"], place.l.deg, place.b.deg, nest=True, lonlat=True)
    (row,) = np.flatnonzero(there == info["healpix_index"])
    return row
