"""Benchmark sets: simulated bulk Parquet files of any number of detections.

A set is written file by file by several processes and kept in ``var/bench/<detections>``; the
file ``set.json``, written last, shows that it is complete.
"""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from bench.skyplan import CHANNELS_OF_AREA, SEED, Area, areas, schedule, stars
from skysim.catalogue import catalogue
from skysim.schedule import LIMITING_MAGNITUDE
from skysim.stars import stars_on
from skysim.writer import write_channel

RELEASE = "bench"
DETECTIONS_OF_CURVE = 200
CURVES_OF_FILE = 8000
_DONE = "set.json"
_VERSION = 1


@dataclass(frozen=True)
class Dataset:
    """A complete set of files."""

    folder: Path
    files: int
    lightcurves: int
    detections: int
    bytes: int

    @property
    def paths(self) -> list[Path]:
        """The files, sorted."""
        return sorted(self.folder.glob("**/*.parquet"))


def plan(detections: int) -> tuple[list[Area], int]:
    """Areas of a set, and the stars in each of their quadrants.

    Raises
    ------
    ValueError
        If there is not enough sky for so many detections.
    """
    curves = detections / DETECTIONS_OF_CURVE
    wanted = max(CHANNELS_OF_AREA, curves / CURVES_OF_FILE)
    chosen: list[Area] = []
    channels = 0
    for area in areas():
        chosen.append(area)
        channels += len(area.channels)
        if channels >= wanted:
            break
    else:
        raise ValueError(f"{detections:.3g} detections are too many. Ask for at most 1e10.")
    return chosen, max(1, round(curves / channels))


def write_area(folder: Path, area: Area, count: int) -> tuple[int, int, int, int]:
    """Simulate an area; returns the numbers of files, light curves, detections and bytes."""
    drawn = stars(area, count)
    total = np.zeros(4, np.int64)
    for channel in area.channels:
        exposures = schedule()[channel.field, channel.filterid]
        rng = np.random.default_rng([SEED, 4, *channel.footprint, channel.filterid])
        sources = catalogue(
            channel,
            stars_on(channel, drawn),
            len(exposures),
            LIMITING_MAGNITUDE[channel.filterid],
            rng,
        )
        path, rows, found = write_channel(folder, RELEASE, channel, sources, exposures, rng)
        total += (1, rows, found, path.stat().st_size)
    return tuple(total.tolist())


def dataset(
    base: Path, detections: int, workers: int = 1, say: Callable[[str], None] = print
) -> Dataset:
    """Take a set from `base`, or write it there.

    Parameters
    ----------
    base
        Folder of all sets.
    detections
        Wanted number; the set has it to some per cent.
    workers
        Processes to use.
    say
        Called with progress.
    """
    folder = base / str(detections)
    known = _read(folder)
    if known:
        return known
    chosen, count = plan(detections)
    say(f"writing {sum(len(a.channels) for a in chosen)} files to {folder}")
    totals = np.zeros(4, np.int64)
    for number, part in enumerate(_written(folder, chosen, count, workers), start=1):
        totals += part
        say(f"  {number} of {len(chosen)} areas, {totals[2]:,} detections")
    made = Dataset(folder, *totals.tolist())
    content = {k: v for k, v in asdict(made).items() if k != "folder"} | {"version": _VERSION}
    (folder / _DONE).write_text(json.dumps(content) + "\n")
    return made


def _written(folder: Path, chosen: list[Area], count: int, workers: int):
    """Counts of each area as it is written."""
    if min(workers, len(chosen)) == 1:
        yield from (write_area(folder, area, count) for area in chosen)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(workers, len(chosen)), mp_context=context) as pool:
        for future in as_completed([pool.submit(write_area, folder, a, count) for a in chosen]):
            yield future.result()


def _read(folder: Path) -> Dataset | None:
    """The set in a folder, if it is complete."""
    try:
        content = json.loads((folder / _DONE).read_text())
    except FileNotFoundError:
        return None
    if content.pop("version") != _VERSION:
        return None
    return Dataset(folder, **content)
