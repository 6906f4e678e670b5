"""When the telescope takes which exposure.

One telescope serves all fields: each field and filter asks for visits on the nights when it is up
and the weather allows, and the requests are put in order so that no two exposures overlap.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import observatory as palomar
from .geometry import field_centers
from .observatory import SECONDS_PER_DAY

FIRST_NIGHT, LAST_NIGHT = 58194, 60130
"""The survey, in MJD."""

FASTER_SURVEY = 59184
"""From this night on the public survey returns after two nights instead of three."""

READOUT_SECONDS = 8
"""Shortest pause between exposures."""

LIMITING_MAGNITUDE = {1: 20.8, 2: 20.6, 3: 19.9}
"""Typical five-sigma limit of a 30 s exposure, by filter number."""

_MOON_LOSS = {1: 1.0, 2: 0.7, 3: 0.35}
_LONG_EXPOSURES = np.array([60.0, 90.0, 120.0, 180.0, 240.0, 300.0])
_LOWEST_SINE = np.sin(np.radians(24.0))


@dataclass(frozen=True)
class Exposures:
    """Exposures of one field in one filter, in order of time; arrays of shape (n,).

    Attributes
    ----------
    start
        Start in whole seconds UTC since MJD 0.
    exptime
        Exposure time in seconds.
    vectors
        Palomar relative to the Sun at mid-exposure, in light days, shape (n, 3).
    limit
        Limiting magnitude of the exposure.
    cloudy
        True where the weather spoilt the photometry of the whole camera.
    """

    start: NDArray[np.int64]
    exptime: NDArray[np.float64]
    vectors: NDArray[np.float64]
    limit: NDArray[np.float64]
    cloudy: NDArray[np.bool_]

    @property
    def middle(self) -> NDArray[np.float64]:
        """Mid-exposure at Palomar, MJD UTC."""
        return (self.start + self.exptime / 2) / SECONDS_PER_DAY

    def __len__(self) -> int:
        return len(self.start)


@dataclass(frozen=True)
class Weather:
    """The nights of the survey; arrays of shape (nights,)."""

    night: NDArray[np.int64]
    is_open: NDArray[np.bool_]
    haze: NDArray[np.float64]
    start: NDArray[np.float64]
    end: NDArray[np.float64]
    moon: NDArray[np.float64]


@dataclass(frozen=True)
class _Requests:
    """Visits asked for: wished start (MJD UTC) and index of the night; shape (n,)."""

    wish: NDArray[np.float64]
    night: NDArray[np.int64]

    @classmethod
    def join(cls, parts: list["_Requests"]) -> "_Requests":
        """Concatenate lists of visits."""
        return cls(
            np.concatenate([part.wish for part in parts]),
            np.concatenate([part.night for part in parts]),
        )


def make_weather(rng: np.random.Generator) -> Weather:
    """Draw open nights and their haze (mag); closed spells last a few nights."""
    night = np.arange(FIRST_NIGHT, LAST_NIGHT + 1)
    season = 0.18 * np.cos(2 * np.pi * (night - 58150) / 365.25)
    smooth = np.convolve(rng.standard_normal(len(night) + 2), np.ones(3) / np.sqrt(3), "valid")
    start, end = palomar.dark_windows(night)
    return Weather(
        night=night,
        is_open=smooth < 0.75 - season,
        haze=rng.exponential(0.12, len(night)),
        start=start,
        end=end,
        moon=palomar.moon_illumination(night + 0.3246),
    )


def _visible(field: int, weather: Weather) -> tuple[NDArray, NDArray]:
    """Start and end (MJD) of the field's visibility in each night; empty when start > end."""
    ra, dec = field_centers()[field]
    lat, lat_field = np.radians(palomar.LATITUDE), np.radians(dec)
    cosine = _LOWEST_SINE - np.sin(lat) * np.sin(lat_field)
    cosine /= np.cos(lat) * np.cos(lat_field)
    half = min(np.degrees(np.arccos(np.clip(cosine, -1, 1))), 100.0) / 360.9856
    middle = (weather.start + weather.end) / 2
    away = (ra - palomar.sidereal_degrees(middle) + 180.0) % 360.0 - 180.0
    transit = middle + away / 360.9856
    return np.maximum(weather.start, transit - half), np.minimum(weather.end, transit + half)


def _cadence(field: int, filterid: int, weather: Weather, rng: np.random.Generator) -> NDArray:
    """Nights (bool, shape (nights,)) on which the survey wants the field in the filter.

    The public survey returns to primary-grid fields (below 1000) every three, later every two
    nights, rarely to the secondary grid; the i band is taken every fourth night around full
    Moon, which leaves a gap at each new Moon.
    """
    days = weather.night - FIRST_NIGHT + rng.integers(12)
    if filterid == 3:
        wanted = (days % 4 == 0) & (weather.moon > 0.35)
        return wanted & (rng.random(len(days)) < 0.9)
    step = np.where(weather.night < FASTER_SURVEY, 3, 2)
    share = 0.5 if field < 1000 else 0.14
    extra = 0.04 if field < 1000 else 0.01
    chance = rng.random(len(days))
    return ((days % step == 0) & (chance < share)) | (chance > 1 - extra)


def _routine(field: int, filterid: int, weather: Weather, rng: np.random.Generator) -> _Requests:
    """Ask for the visits of a field that the cadence wants and the sky allows."""
    begin, end = _visible(field, weather)
    usable = weather.is_open & (end - begin > 0.04)
    index = np.flatnonzero(usable & _cadence(field, filterid, weather, rng))
    again = index[rng.random(len(index)) < (0.05, 0.3, 0.1)[filterid - 1]]
    index = np.concatenate([index, again])
    spread = rng.beta(2.0, 2.0, len(index))
    return _Requests(begin[index] + spread * (end[index] - begin[index] - 0.002), index)


def _burst(start: float, count: int) -> _Requests:
    """Ask for consecutive exposures from a moment (MJD UTC) on."""
    night = np.full(count, int(start) - FIRST_NIGHT)
    return _Requests(start + np.arange(count) * 1e-6, night)


def _in_sequence(wish: NDArray, exptime: NDArray, rng: np.random.Generator) -> NDArray[np.int64]:
    """Turn wished starts (MJD, ascending) into whole seconds without overlaps."""
    seconds = np.floor(wish * SECONDS_PER_DAY).astype(np.int64)
    pause = READOUT_SECONDS + rng.choice(4, len(wish), p=(0.35, 0.4, 0.2, 0.05))
    taken = exptime.astype(np.int64) + pause
    before = np.concatenate([[0], np.cumsum(taken)[:-1]])
    return np.maximum.accumulate(seconds - before) + before


def make_schedule(
    fields: Iterable[tuple[int, int]],
    seed: int,
    bursts: Mapping[tuple[int, int], Iterable[tuple[float, int]]] | None = None,
) -> dict[tuple[int, int], Exposures]:
    """Plan the whole survey.

    Parameters
    ----------
    fields
        Pairs of field and filter number.
    seed
        Seed; the result depends on it and on the set of pairs only.
    bursts
        High-cadence runs by (field, filter): start (MJD UTC) and number of exposures of each.

    Returns
    -------
    schedule
        Exposures by (field, filter).
    """
    rng = np.random.default_rng([seed, 1])
    weather = make_weather(rng)
    pairs = sorted(set(fields))
    parts = [
        _Requests.join(
            [
                _routine(*pair, weather, np.random.default_rng([seed, 2, *pair])),
                *(_burst(start, count) for start, count in (bursts or {}).get(pair, ())),
            ]
        )
        for pair in pairs
    ]
    owner = np.repeat(np.arange(len(pairs)), [len(part.wish) for part in parts])
    return _assign(pairs, weather, _Requests.join(parts), owner, rng)


def _assign(
    pairs: list[tuple[int, int]],
    weather: Weather,
    requests: _Requests,
    owner: NDArray,
    rng: np.random.Generator,
) -> dict[tuple[int, int], Exposures]:
    """Put all requests in sequence and hand each pair its exposures; owner is a pair's index."""
    order = np.argsort(requests.wish, kind="stable")
    wish, night, owner = requests.wish[order], requests.night[order], owner[order]
    rare = rng.random(len(wish)) < 0.003
    exptime = np.where(rare, rng.choice(_LONG_EXPOSURES, len(wish)), 30.0)
    start = _in_sequence(wish, exptime, rng)
    middle = (start + exptime / 2) / SECONDS_PER_DAY
    vectors = palomar.heliocentric_vectors(middle)
    passing = rng.exponential(0.1, len(wish))
    cloudy = rng.random(len(wish)) < 0.05
    passing += cloudy * rng.exponential(0.5, len(wish))
    schedule = {}
    for number, (field, filterid) in enumerate(pairs):
        own = owner == number
        sine = palomar.altitude_sine(*field_centers()[field], middle[own])
        loss = weather.haze[night[own]] + passing[own]
        loss += _MOON_LOSS[filterid] * weather.moon[night[own]] ** 2
        loss += 0.35 * (1 / np.maximum(sine, 0.2) - 1)
        gain = 1.25 * np.log10(exptime[own] / 30.0)
        schedule[field, filterid] = Exposures(
            start=start[own],
            exptime=exptime[own],
            vectors=vectors[own],
            limit=LIMITING_MAGNITUDE[filterid] + 0.45 - loss + gain,
            cloudy=cloudy[own],
        )
    return schedule
