"""Fit a model of supernovae to epochs, by sncosmo and iminuit.

Redshift, time of the peak, what the model has of its own and, where it is asked for, the dust of
the host are found; the dust of the Galaxy is fixed.  First a matched filter finds where the model
fits best over a grid of times and redshifts; then chi-square is made least from the best time of
each redshift.  Epochs after the end of the model are left out; before its begin there is no light.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
from iminuit import Minuit

from ztfvo.bands import BANDS
from ztfvo.photometry import ZERO_POINT
from ztfvo.supernovae import library
from ztfvo.supernovae.bandpasses import APPROXIMATION, curves
from ztfvo.supernovae.kinds import kinds
from ztfvo.supernovae.model import CannotFit, Fitted, Installed, Job, Value

R_V = 3.1
BRIGHT = 5.0
"""Signal-to-noise ratio of the epochs around which a supernova is looked for."""
STARTS = 4
"""Redshifts that fits begin with."""
STEP = 2.0
"""d between times of the peak that are tried."""
AROUND = 20.0
"""d before and after bright epochs that a peak may be."""
SPARE = 2.0
"""d before the end of the model, by which a fit may move the peak."""
WANDER = 60.0
"""d that a fit may move the peak."""
MOST_TURNS = 6
"""Fits with other epochs, until they are those of the model's time."""
BOUNDS = {"hostebv": (0.0, 3.0), "x1": (-6.0, 6.0), "c": (-1.0, 1.5)}
FIRST_DUST = 0.1
"""E(B-V) of the host that fits begin with, mag."""
APART, CLOSE = 2.0, 4.0
"""Errors that another redshift is away at least, and by which chi-square is higher at most, to be
reported."""
NEAR = 0.01
"""Share of the width of bounds from which on a value is near one."""
POOR = 3.0
"""Chi-square by degree of freedom from which on it is said."""
TRIM = 1e-3
"""Share of the highest transmission below which bands end."""
STEPS = {"t0": 1.0, "z": 0.01, "x1": 0.5, "c": 0.1, "hostebv": 0.1}
"""First steps of a fit; others have a tenth of the value."""


def fit(job: Job) -> Fitted:
    """Fit a model.

    Returns
    -------
    Fitted
        ``t0`` is the time of the model's phase 0: of the peak in B for types Ia, and as its authors
        have it for others.

    Raises
    ------
    CannotFit
        Where nothing is bright enough, no band is in the model's range, or fewer epochs are in its
        time than there are parameters.
    ModelError
        Where the model cannot be read.
    """
    return _Fit(job).run()


@lru_cache(maxsize=4)
def _source(here: Installed) -> Any:
    return kinds()[here.template.kind].load(here)


@lru_cache(maxsize=4)
def _bandpasses(here: Installed | None) -> dict[int, Any]:
    kind = library.sncosmo().Bandpass
    return {
        filterid: kind(*curve, trim_level=TRIM, name=f"ztf{BANDS[filterid].name[1:]}")
        for filterid, curve in curves(here).items()
    }


class _Fit:
    """One fit, with its model and the epochs that it may use."""

    def __init__(self, job: Job) -> None:
        sncosmo = library.sncosmo()
        self.job, self.source = job, _source(job.model)
        self.model = sncosmo.Model(
            self.source,
            effects=[sncosmo.F99Dust(R_V), sncosmo.CCM89Dust()],
            effect_names=["mw", "host"],
            effect_frames=["obs", "rest"],
        )
        self.model.set(mwebv=job.ebv, hostebv=0.0, hostr_v=R_V)
        self.bandpasses = _bandpasses(job.bands)
        self.amplitude, *own = job.model.template.free
        self.free = [
            *(["z"] if job.redshift[1] > job.redshift[0] else []),
            "t0",
            self.amplitude,
            *own,
            *(["hostebv"] if job.host else []),
        ]
        self.covered = self._covered()
        self.calls = 0

    def _covered(self) -> list[int]:
        """Bands that the model has at all redshifts."""
        named = sorted(set(self.job.filterid.tolist()))
        redshifts = np.array(self.job.redshift)
        found = [
            each
            for each in named
            if self.model.bandoverlap(self.bandpasses[each], z=redshifts).all()
        ]
        if not found:
            raise CannotFit(
                f"The model {self.job.model.template.name} has no light in these bands at these"
                " redshifts: take another model or other bands, or a lower MAX_Z."
            )
        return found

    def run(self) -> Fitted:
        usable = np.isin(self.job.filterid, self.covered)
        starts = self._starts(usable)
        best = max(starts, key=lambda one: one["gain"])
        used = usable & self._in_time(best["t0"])
        quick = [self._least(one, used, strategy=0) for one in starts]
        minuit = min(quick, key=lambda one: one.fval)
        others = [(one.values["z"], one.fval - minuit.fval) for one in quick]
        for _ in range(MOST_TURNS):
            used = usable & self._in_time(minuit.values["t0"])
            minuit = self._least(minuit.values.to_dict(), used, strategy=1)
            if (usable & self._in_time(minuit.values["t0"]) == used).all():
                break
        minuit.hesse()
        return self._fitted(minuit, used, others)

    def _in_time(self, t0: float) -> np.ndarray:
        """Epochs that are not after the end of the model, at any redshift within the bounds: those
        for which there were none at some would make chi-square jump there."""
        lasts = (self.source.maxphase() - SPARE) * (1 + self.job.redshift[0])
        return self.job.time <= t0 + lasts

    def _light(self, values: Mapping[str, float], which: np.ndarray) -> np.ndarray:
        """Flux of the model at the epochs that are chosen (float64, Jy)."""
        self.calls += 1
        self.model.set(**values)
        times, filterids = self.job.time[which], self.job.filterid[which]
        there = (times >= self.model.mintime()) & (times <= self.model.maxtime())
        found = np.zeros(len(times))
        for each in self.covered:
            of_band = there & (filterids == each)
            if of_band.any():
                found[of_band] = self._flux(each, times[of_band])
        return found

    def _flux(self, filterid: int, times: np.ndarray) -> np.ndarray:
        return self.model.bandflux(self.bandpasses[filterid], times, ZERO_POINT, "ab")

    def _starts(self, usable: np.ndarray) -> list[dict[str, float]]:
        """Where the model fits best, for each redshift that fits begin with."""
        job = self.job
        bright = usable & (job.flux > BRIGHT * np.hypot(job.fluxerr, job.common[job.curve]))
        if not bright.any():
            raise CannotFit(
                f"No epoch is brighter than its reference by {BRIGHT:g} of its errors: there is no"
                " supernova to fit. Ask for a longer TIME, or give another reference by REFMAG."
            )
        first, last = job.time[bright].min() - AROUND, job.time[bright].max() + AROUND
        low, high = job.redshift
        shares = (np.arange(STARTS) + 0.5) / STARTS if high > low else np.zeros(1)
        found = [
            self._best(first, last, redshift, usable)
            for redshift in (low + shares * (high - low)).tolist()
        ]
        best = max((one for one in found if one), key=lambda one: one["gain"], default=None)
        if best is None:
            raise CannotFit(
                "The light curve does not brighten as a supernova does, at any time: there is"
                " nothing to fit."
            )
        return [one for one in found if one]

    def _best(
        self, first: float, last: float, redshift: float, usable: np.ndarray
    ) -> dict[str, float] | None:
        """The time where the model takes most off chi-square, and its amplitude there; None where
        it would have to be negative at all times."""
        job, best = self.job, None
        flux, weight = job.flux[usable], job.fluxerr[usable] ** -2.0
        time, filterid = job.time[usable], job.filterid[usable]
        self.model.set(**{"z": redshift, "t0": 0.0, self.amplitude: 1.0})
        ages = np.arange(self.model.mintime(), self.model.maxtime(), STEP)
        light_at = {each: self._flux(each, ages) for each in self.covered}
        for t0 in np.arange(first, last, STEP).tolist():
            light = np.zeros(len(time))
            for each, of_age in light_at.items():
                of_band = filterid == each
                light[of_band] = np.interp(time[of_band] - t0, ages, of_age, left=0, right=0)
            power = float(np.sum(weight * light**2))
            match = float(np.sum(weight * light * flux))
            if match > 0 and power > 0:
                gain = match**2 / power
                if best is None or gain > best["gain"]:
                    best = {"z": redshift, "t0": t0, self.amplitude: match / power, "gain": gain}
        return best

    def _least(self, start: Mapping[str, float], used: np.ndarray, strategy: int) -> Minuit:
        """Make chi-square least, from a start."""
        if (number := int(used.sum())) <= len(self.free):
            raise CannotFit(
                f"{number} epochs are in the time of the model, and it has {len(self.free)} free"
                f" parameters ({', '.join(self.free)}): ask for a longer TIME or for more light"
                " curves of the star, or fix the redshift by the same MIN_Z and MAX_Z."
            )
        names = ["z", "t0", self.amplitude, *self.job.model.template.free[1:], "hostebv"]
        first = {"hostebv": FIRST_DUST if self.job.host else 0.0}  # from a bound no fit moves off
        values = {name: float(start.get(name, first.get(name, 0.0))) for name in names}
        chi_square = self._chi_square(names, used)
        minuit = Minuit(chi_square, *values.values(), name=names)
        minuit.errordef, minuit.strategy = Minuit.LEAST_SQUARES, strategy
        bounds = BOUNDS | {
            "z": self.job.redshift,
            "t0": (values["t0"] - WANDER, values["t0"] + WANDER),
        }
        for name in names:
            minuit.fixed[name] = name not in self.free
            minuit.errors[name] = STEPS.get(name) or 0.1 * abs(values[name])
            if name in self.free and name in bounds:
                minuit.limits[name] = bounds[name]
        minuit.migrad()
        return minuit

    def _chi_square(self, names: Sequence[str], used: np.ndarray) -> Any:
        """Chi-square as a function of parameters.

        Errors that the epochs of a light curve have in common are a covariance of one number;
        its inverse is by the formula of Sherman and Morrison.
        """
        job = self.job
        flux, weight, curve = job.flux[used], job.fluxerr[used] ** -2.0, job.curve[used]
        number = len(job.common)
        shared = job.common**2 / (1 + job.common**2 * np.bincount(curve, weight, number))

        def chi_square(*values: float) -> float:
            off = flux - self._light(dict(zip(names, values, strict=True)), used)
            whole = np.sum(weight * off**2)
            return float(whole - np.sum(shared * np.bincount(curve, weight * off, number) ** 2))

        return chi_square

    def _fitted(
        self, minuit: Minuit, used: np.ndarray, others: Sequence[tuple[float, float]]
    ) -> Fitted:
        self.model.set(**minuit.values.to_dict())
        of_model = dict(zip(self.model.param_names, self.model.parameters.tolist(), strict=True))
        known = minuit.covariance is not None
        values = [
            Value(
                name,
                float(value),
                float(minuit.errors[name]) if known and name in self.free else None,
                name in self.free,
            )
            for name, value in of_model.items()
        ]
        free = [minuit.parameters.index(name) for name in self.free]
        covariance = np.array(minuit.covariance)[np.ix_(free, free)] if known else None
        first, last = self.model.mintime(), self.model.maxtime()
        times = np.linspace(first, last, self.job.points)
        fitted = Fitted(
            values=values,
            covariance=covariance,
            chi_square=float(minuit.fval),
            dof=int(used.sum()) - len(self.free),
            used=used,
            converged=bool(minuit.valid and known),
            message=self._message(minuit),
            calls=self.calls,
            time=times,
            flux={each: self._flux(each, times) for each in self.covered},
        )
        notes = [*self._notes(fitted, minuit), *self._as_good(minuit, others)]
        return replace(fitted, notes=notes)

    def _as_good(self, minuit: Minuit, others: Sequence[tuple[float, float]]) -> list[str]:
        """A sentence on the best other redshift, where chi-square is nearly as low."""
        if "z" not in self.free:
            return []
        found, error = minuit.values["z"], minuit.errors["z"]
        far = [one for one in others if abs(one[0] - found) > APART * error and one[1] < CLOSE]
        return [
            f"A redshift of {z:.3f} fits nearly as well: chi-square is {more:.1f} higher there. The"
            " error of z does not cover it."
            for z, more in sorted(far, key=lambda one: one[1])[:1]
        ]

    def _message(self, minuit: Minuit) -> str:
        if minuit.valid and minuit.covariance is not None:
            return ""
        state = minuit.fmin
        reasons = {
            "it took too many steps": state.has_reached_call_limit,
            "there is no least chi-square nearby": state.is_above_max_edm,
            "errors cannot be estimated": state.hesse_failed or minuit.covariance is None,
        }
        why = ", ".join(text for text, holds in reasons.items() if holds) or "it is not certain"
        return f"The fit did not converge: {why}."

    def _notes(self, fitted: Fitted, minuit: Minuit) -> list[str]:
        notes = [] if self.job.bands else [f"{APPROXIMATION}."]
        missing = sorted(set(self.job.filterid.tolist()) - set(self.covered))
        if missing:
            names = ", ".join(BANDS[each].name for each in missing)
            notes.append(
                f"The model has no light in {names} at these redshifts: they are left out."
            )
        late = int(np.isin(self.job.filterid, self.covered).sum() - fitted.used.sum())
        if late:
            notes.append(f"{late} epochs after the end of the model are left out.")
        for name in self.free:
            low, high = minuit.limits[name]
            value = minuit.values[name]
            margin = NEAR * (high - low)
            if math.isfinite(margin) and not low + margin < value < high - margin:
                notes.append(
                    f"{name} is at a bound, {low:g} to {high:g}: its error says little, and the"
                    " true value may lie beyond."
                )
        if fitted.chi_square > POOR * fitted.dof:
            ratio = fitted.chi_square / fitted.dof
            notes.append(
                f"Chi-square is {ratio:.3g} times the degrees of freedom: the light curve is not"
                " that of this model, or its errors are too small."
            )
        return notes
