"""Fits of simulated supernovae: as the service makes them, and by sncosmo alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import anyio
import numpy as np
from anyio import to_process

from bench.report import number, save, say, show
from ztfvo.bands import BANDS
from ztfvo.photometry import ZERO_POINT
from ztfvo.settings import Settings
from ztfvo.supernovae import fitting, installing, library, work
from ztfvo.supernovae.declared import BANDS as CURVES
from ztfvo.supernovae.declared import MODELS
from ztfvo.supernovae.model import Fitted, Installed, Job

CARRIED = Installed(MODELS["hsiao-subsampled"], None, "", "", 0, ())
GALAXY = 0.05
"""E(B-V) of the Galaxy, mag."""
BRIGHTNESS = -19.2
"""Absolute magnitude in B at the peak, AB."""
FLOOR, SHARE = 1.5e-6, 0.02
"""Errors: Jy, and in units of the flux."""
EPOCHS = {1: 80, 2: 100, 3: 20}
"""By filterid."""
BOUNDS = (0.01, 0.3)
"""Of the redshift."""


def fits(settings: Settings, supernovae: int) -> None:
    """Measure, print the tables and write the JSON file.

    Parameters
    ----------
    supernovae
        Their number; redshifts are between 0.03 and 0.12.
    """
    work.ready()
    jobs = []
    for seed in range(supernovae):
        truth = {"z": 0.03 + 0.09 * seed / supernovae, "t0": 58310.0 + seed % 10}
        jobs.append(job(simulated(CARRIED, truth, seed, EPOCHS)))
    took, ours = anyio.run(_in_process, jobs)
    _plain(jobs[0], ours[0])
    plain, theirs = _timed(_plain, jobs, ours)
    better = sum(one.chi_square < other - 0.1 for one, other in zip(ours, theirs, strict=True))
    worse = sum(one.chi_square > other + 0.1 for one, other in zip(ours, theirs, strict=True))
    seconds = {"/fit (a process of the service)": took, "sncosmo.fit_lc": plain}
    show(
        f"Redshift, time and brightness of {supernovae} supernovae, {sum(EPOCHS.values())} epochs",
        ("", "seconds a fit", "fits a minute"),
        [(name, number(each), number(60 / each)) for name, each in seconds.items()],
    )
    say(f"Chi-square of /fit is lower for {better} of them, and higher for {worse}.")
    results: dict[str, Any] = {"seconds": seconds, "better": better, "worse": worse}
    here = installing.installed_as(settings, CURVES.name)
    if here:
        results["bands"] = off = _off(here)
        show(
            "Magnitudes by approximate bands less those by curves, type Ia, redshifts 0 to 0.3",
            ("band", "standard deviation", "largest"),
            [(name, number(one), number(other)) for name, (one, other) in off.items()],
        )
    save(settings.var / "bench" / "results", "fits", results, supernovae=supernovae)


async def _in_process(jobs: Sequence[Job]) -> tuple[float, list[Fitted]]:
    await to_process.run_sync(work.ready)
    began = time.perf_counter()
    found = [await to_process.run_sync(work.run, one) for one in jobs]
    return (time.perf_counter() - began) / len(jobs), found


def _timed(
    action: Callable[[Job, Fitted], float], jobs: Sequence[Job], ours: Sequence[Fitted]
) -> tuple[float, list[float]]:
    began = time.perf_counter()
    found = list(map(action, jobs, ours))
    return (time.perf_counter() - began) / len(jobs), found


def _plain(one: Job, ours: Fitted) -> float:
    """Chi-square of a fit of the epochs that the service's fit used, by sncosmo alone."""
    sncosmo, problem = library.sncosmo(), fitting._Fit(one)
    used = ours.used
    bands = np.array([problem.bandpasses[each] for each in one.filterid[used].tolist()], object)
    table = {
        "time": one.time[used],
        "band": bands,
        "flux": one.flux[used],
        "fluxerr": one.fluxerr[used],
        "zp": np.full(int(used.sum()), ZERO_POINT),
        "zpsys": np.full(int(used.sum()), "ab"),
    }
    found, _ = sncosmo.fit_lc(
        table, problem.model, ["z", "t0", "amplitude"], bounds={"z": one.redshift}
    )
    return float(found.chisq)


def _off(here: Installed) -> dict[str, tuple[float, float]]:
    """Standard deviation and largest of the differences that approximate bands make, mag."""
    model = library.sncosmo().Model(fitting._source(CARRIED))
    found = {}
    for filterid, band in BANDS.items():
        differences = []
        for redshift in (0.0, 0.02, 0.05, 0.1, 0.2, 0.3):
            model.set(z=redshift, t0=0.0, amplitude=1.0)
            times = np.arange(-15.0, 80.0, 5.0) * (1 + redshift)
            flux, curve = (
                model.bandflux(fitting._bandpasses(one)[filterid], times, ZERO_POINT, "ab")
                for one in (None, here)
            )
            differences.append(-2.5 * np.log10(flux / curve))
        every = np.concatenate(differences)
        found[band.name] = (float(np.std(every)), float(np.abs(every).max()))
    return found


def simulated(
    here: Installed,
    truth: Mapping[str, float],
    seed: int,
    epochs: Mapping[int, int],
    span: tuple[float, float] = (58270.0, 58420.0),
) -> dict[str, np.ndarray]:
    """Epochs of a supernova, as arguments of a `Job`, and its amplitude.

    Parameters
    ----------
    truth
        z, t0 and others of the model; its amplitude is that of `BRIGHTNESS`.
    epochs
        Their number by filterid.
    span
        MJD of the first and last epoch.
    """
    rng, sncosmo = np.random.default_rng(seed), library.sncosmo()
    model = sncosmo.Model(
        fitting._source(here),
        effects=[sncosmo.F99Dust(3.1), sncosmo.CCM89Dust()],
        effect_names=["mw", "host"],
        effect_frames=["obs", "rest"],
    )
    model.set(mwebv=GALAXY, **truth)
    model.set_source_peakabsmag(BRIGHTNESS, "bessellb", "ab")
    times, filterids, fluxes = [], [], []
    for filterid, many in epochs.items():
        moments = np.sort(rng.uniform(*span, many))
        band = fitting._bandpasses(None)[filterid]
        times.append(moments)
        filterids.append(np.full(many, filterid))
        fluxes.append(model.bandflux(band, moments, ZERO_POINT, "ab"))
    flux = np.concatenate(fluxes)
    error = np.hypot(FLOOR, SHARE * flux)
    filterid = np.concatenate(filterids)
    return {
        "time": np.concatenate(times),
        "flux": flux + rng.normal(0, error),
        "fluxerr": error,
        "filterid": filterid,
        "curve": np.unique(filterid, return_inverse=True)[1],
        "common": np.zeros(len(epochs)),
        "amplitude": np.float64(model[here.template.free[0]]),
    }


def job(data: Mapping[str, np.ndarray], here: Installed = CARRIED, **more: object) -> Job:
    """Return what fits simulated epochs."""
    arrays = {name: values for name, values in data.items() if name != "amplitude"}
    rest = {"redshift": BOUNDS, "ebv": GALAXY} | more
    return Job(model=here, bands=None, **arrays, **rest)
