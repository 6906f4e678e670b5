"""How fast positions get E(B-V) from maps of dust: of this project, and of dustmaps alone.

The maps are made: SFD's two images of 4096 x 4096 pixels and CSFD's table of 50 million pixels, as
large as the true ones; one by distance has the steps of Bayestar2019, and pixels of one size.
"""

from __future__ import annotations

import multiprocessing
import shutil
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import astropy.units as u
import h5py
import numpy as np
from astropy.coordinates import SkyCoord
from astropy.io import fits

from bench.report import number, save, say, show
from ztfvo.dust import library, reading
from ztfvo.dust.kinds import kinds
from ztfvo.dust.maps import maps
from ztfvo.dust.maps.simulated import write_hemispheres
from ztfvo.dust.reading import Installed
from ztfvo.settings import Settings

PC = 2000.0
MOST = 1e-5
"""mag that values of both may differ by."""
_STEPS = np.arange(4.0, 19.0, 0.125)
_COLUMNS = [
    ("nside", "i4"),
    ("healpix_index", "i8"),
    ("converged", "u1"),
    ("DM_reliable_min", "f4"),
    ("DM_reliable_max", "f4"),
]


@dataclass(frozen=True)
class Sizes:
    """How large the maps are."""

    image: int = 4096
    """Pixels of a side."""
    nside: int = 2048
    """Of the table."""
    distances: int = 256
    """nside of the map by distance."""


def dust(settings: Settings, positions: int, sizes: Sizes = Sizes()) -> dict[str, dict[str, Any]]:
    """Measure, print the table and write the JSON file.

    Parameters
    ----------
    positions
        All over the sky, in one call.
    """
    folder = settings.var / "bench" / "dust"
    results = {}
    for name, make in (("sfd", _sfd), ("csfd", _csfd), ("bayestar2019", _bayestar)):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        say(f"Making a map like {name}")
        files = make(folder, sizes)
        arrays = folder / "arrays"
        arrays.mkdir()
        began = time.perf_counter()
        kinds()[maps()[name].kind].prepare(files, arrays)
        installing = time.perf_counter() - began
        here = Installed(maps()[name], arrays, "bench", "", 0, ())
        ours, plain = (
            _apart(_measure, kind, name, folder, here, positions) for kind in ("ours", "plain")
        )
        off = float(np.nanmax(np.abs(ours.pop("values") - plain.pop("values"))))
        if off > MOST:
            raise SystemExit(f"{name}: values differ by up to {off:g} mag, {MOST:g} are allowed")
        results[name] = {"install_seconds": installing, "ours": ours, "dustmaps": plain}
    shutil.rmtree(folder)
    _show(results, positions)
    save(settings.var / "bench" / "results", "dust", results, positions=positions)
    return results


def _apart(action: Callable[..., dict[str, Any]], *words: Any) -> dict[str, Any]:
    """Do something in a process of its own, so that its memory and first steps show."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=_send, args=(there, action, words)
    )
    process.start()
    there.close()
    try:
        return here.recv()
    finally:
        process.join()


def _send(where: Connection, action: Callable[..., dict[str, Any]], words: Any) -> None:
    where.send(action(*words))


def _measure(kind: str, name: str, folder: Path, here: Installed, positions: int) -> dict[str, Any]:
    for module in ("sfd", "healpix_map", "bayestar"):
        library.module(module)  # opening a map does not count it
    rng = np.random.default_rng(7)
    ra = rng.uniform(0, 360, positions)
    dec = np.degrees(np.arcsin(rng.uniform(-1, 1, positions)))
    before = _megabytes_of_data()
    began = time.perf_counter()
    if kind == "ours":
        ask = lambda ra, dec: reading.at(here, ra, dec, PC).ebv  # noqa: E731
    else:
        ask = _plain(name, folder)
    ask(ra[:1], dec[:1])
    first = time.perf_counter() - began
    data = _megabytes_of_data() - before
    seconds = min(_seconds(ask, ra, dec) for _ in range(3))
    one = min(_seconds(ask, ra[:1], dec[:1]) for _ in range(20))
    return {
        "values": ask(ra, dec),
        "positions_per_second": positions / seconds,
        "one_ms": one * 1e3,
        "first_seconds": first,
        "data_mb": data,
    }


def _plain(name: str, folder: Path) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    """Return what dustmaps answers with its own classes, on the same scale."""
    which = maps()[name]
    if name == "sfd":
        query = library.module("sfd").SFDQuery(str(folder))
    elif name == "csfd":
        path = str(folder / "csfd_ebv.fits")
        with fits.open(path) as opened:
            values = opened["xtension"].data[:]["T"].flatten()
        query = library.module("healpix_map").HEALPixQuery(values, False, "galactic")
    else:
        path = str(folder / "bayestar2019.h5")
        query = library.module("bayestar").BayestarQuery(path, max_samples=0)

    def ask(ra: np.ndarray, dec: np.ndarray) -> np.ndarray:
        if which.distances:
            near = SkyCoord(ra * u.deg, dec * u.deg, np.full(len(ra), PC) * u.pc, frame="icrs")
            value, _ = query(near, mode="best", return_flags=True)  # as here
            return which.to_ebv * value
        return query(SkyCoord(ra * u.deg, dec * u.deg, frame="icrs"))

    return ask


def _seconds(ask: Callable[..., Any], *words: Any) -> float:
    began = time.process_time()
    ask(*words)
    return time.process_time() - began


def _megabytes_of_data() -> float:
    """Data of this process, which its limit counts: what the kernel calls VmData."""
    (line,) = (
        line for line in Path("/proc/self/status").read_text().splitlines() if "VmData" in line
    )
    return int(line.split()[1]) / 1024


def _sfd(folder: Path, sizes: Sizes) -> dict[str, Path]:
    north, south = write_hemispheres(folder, "SFD_dust_4096", sizes.image)
    return {"ngp": north, "sgp": south}


def _csfd(folder: Path, sizes: Sizes) -> dict[str, Path]:
    values = np.random.default_rng(1).uniform(0, 1, 12 * sizes.nside**2)
    column = fits.Column("T", "1024D", array=values.reshape(-1, 1024))
    table = fits.BinTableHDU.from_columns([column], name="xtension")
    table.header.update({"PIXTYPE": "HEALPIX", "ORDERING": "RING"})
    path = folder / "csfd_ebv.fits"
    table.writeto(path)
    return {"map": path}


def _bayestar(folder: Path, sizes: Sizes) -> dict[str, Path]:
    rng = np.random.default_rng(2)
    pixels = rng.permutation(12 * sizes.distances**2)[: 9 * sizes.distances**2]
    info = np.zeros(len(pixels), _COLUMNS)
    info["nside"], info["healpix_index"] = sizes.distances, pixels
    info["converged"], info["DM_reliable_min"], info["DM_reliable_max"] = 1, 6, 14
    path = folder / "bayestar2019.h5"
    with h5py.File(path, "w") as file:
        table = file.create_dataset("pixel_info", data=info)
        table.attrs["DM_bin_edges"] = _STEPS
        best = file.create_dataset("best_fit", (len(pixels), len(_STEPS)), "f4", chunks=True)
        for begin in range(0, len(pixels), 100_000):
            some = rng.exponential(0.01, (len(pixels[begin : begin + 100_000]), len(_STEPS)))
            best[begin : begin + 100_000] = np.cumsum(some, axis=1)
        file.create_dataset("samples", (len(pixels), 1, len(_STEPS)), "f4", chunks=True)
    return {"map": path}


def _show(results: dict[str, dict[str, Any]], positions: int) -> None:
    rows = [
        (
            f"{name}, {kind}",
            number(one["positions_per_second"]),
            number(one["one_ms"]),
            number(one["first_seconds"]),
            number(one["data_mb"]),
        )
        for name, result in results.items()
        for kind, one in (("here", result["ours"]), ("dustmaps", result["dustmaps"]))
    ]
    show(
        f"E(B-V) of {positions:,} positions",
        ("", "positions/s of a core", "ms for one", "s to open", "MB of data"),
        rows,
    )
    for name, result in results.items():
        say(f"{name}: installed in {result['install_seconds']:.1f} s")


warnings.filterwarnings("ignore", module="dustmaps")
