"""Light curves of stars at chosen places, as bulk files of a release made for a test."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from ztfvo.dust.reading import Installed
from ztfvo.sources.find import Method, find
from ztfvo.sources.run import clear, finish, plan, remove_stale, run

from .files import write_bulk

METHOD = Method(1.5, 0.5)

Epoch = tuple[float, float, float, int]
"""hmjd, mag, magerr, catflags."""
EPOCHS: tuple[Epoch, ...] = ((58300.25, 18.0, 0.1, 0), (58301.25, 18.5, 0.1, 0))


def write_stars(
    folder: Path, curves: Iterable[tuple[int, float, float, Sequence[Epoch]]]
) -> list[Path]:
    """Write light curves (OID, right ascension, declination in deg, epochs), a file a channel."""
    channels = defaultdict(list)
    for curve in curves:
        channels[curve[0] // 10**8].append(curve)
    paths = []
    for channel, some in channels.items():
        field, filterid = channel // 10**4, channel // 10**3 % 10
        rcid = 4 * (channel // 10 % 100 - 1) + channel % 10 - 1
        some.sort()
        number = len(some)
        hmjd, mag, magerr, catflags = (
            [[epoch[part] for epoch in epochs] for _, _, _, epochs in some] for part in range(4)
        )
        rows = {
            "objectid": [oid for oid, _, _, _ in some],
            "filterid": [filterid] * number,
            "fieldid": [field] * number,
            "rcid": [rcid] * number,
            "objra": [ra for _, ra, _, _ in some],
            "objdec": [dec for _, _, dec, _ in some],
            "nepochs": [len(times) for times in hmjd],
            "hmjd": hmjd,
            "mag": mag,
            "magerr": magerr,
            "clrcoeff": [[time % 1 for time in times] for times in hmjd],
            "catflags": catflags,
        }
        name = f"ztf_{field:06d}_z{'_gri'[filterid]}_c{channel // 10 % 100:02d}_q{channel % 10}_x"
        paths.append(write_bulk(folder / f"{name}.parquet", rows))
    return paths


def find_stars(
    release,
    workers: int = 1,
    again: bool = False,
    method: Method = METHOD,
    dust: Installed | None = None,
) -> int:
    """Find the stars of a release as the command does; returns how many cells were done."""
    todo = plan(release.connection, release.name, method, again)
    if todo.whole:
        with release.connection.transaction():
            clear(release.connection, release.name)
    remove_stale(release.connection, release.name, todo.stale)
    finding = partial(find, method=method, dust=dust)
    run(release.name, todo.todo, finding, release.settings, workers, lambda found: None)
    finish(release.connection, release.name, lambda what: None)
    return len(todo.todo)


def stars_of(release) -> list[set[int]]:
    """OIDs of each star, from the table of light curves' stars."""
    found = defaultdict(set)
    for oid, source in release.rows("SELECT oid, source_id FROM objects ORDER BY oid"):
        found[source].add(oid)
    return list(found.values())


def random_field(number: int, seed: int = 1) -> list[tuple[int, float, float, Sequence[Epoch]]]:
    """Crowded stars across several cells, in three catalogues of two filters each."""
    chance = np.random.default_rng(seed)
    ra, dec = chance.uniform(-0.02, 0.02, (2, number))
    curves = []
    for star in range(number):
        for channel in (5_001_01_1, 5_002_01_1, 6_001_01_1):
            place = np.array([ra[star], dec[star]]) + chance.normal(0, 0.2 / 3600, 2)
            curves.append((channel * 10**8 + star, place[0] % 360, place[1], EPOCHS))
    return curves
