"""Releases are loaded twice at once, switched and dropped while visitors are at work."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from bench.faults.base import Fault, Site

INPUTS = Path(__file__).parents[2] / "inputs" / "ztf"

RELEASE = "bench"


def load_twice(site: Site, root: Path) -> tuple[list[int], int, int]:
    """Load some files of the demo release as a release of its own, twice at once.

    Returns
    -------
    tuple
        Exit statuses, light curves that are there now, and those that the files have.
    """
    files = _files(site)[:4]
    _declare(root, RELEASE)
    with ThreadPoolExecutor(2) as pool:
        loading = [pool.submit(_load, site, root, RELEASE, files) for _ in range(2)]
        statuses = [one.result() for one in loading]
    names = ", ".join(f"'{path.name}'" for path in files)
    ((there,),) = site.rows(f"SELECT count(*) FROM {RELEASE}_store.lightcurve")
    ((expected,),) = site.rows(
        "SELECT sum(nlightcurves)::bigint FROM demo_store.input_file"
        f" WHERE regexp_replace(path, '.*/', '') IN ({names})"
    )
    return statuses, there, expected


def _files(site: Site) -> list[Path]:
    return sorted((site.settings.data / "demo").rglob("*.parquet"))


def _declare(root: Path, name: str) -> None:
    """Write the declaration of a release below a folder that stands for the checkout."""
    folder = root / "inputs" / "ztf" / name
    folder.mkdir(parents=True)
    for grid in ("fields.csv", "quadrants.csv"):
        shutil.copy(INPUTS / grid, folder.parent)
    (folder / "release.toml").write_text(
        f'title = "{name}"\nlabel = "{name}"\nshort_name = "{name}"\n'
        'description = "Made by a benchmark"\ncreated = 2026-11-22T12:00:00Z\nrank = 95\n'
        'layout = "bulk-parquet"\ntimes = "five-decimals"\nsimulated = true\n'
    )
    for path in (root, *root.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def _load(site: Site, root: Path, name: str, files: list[Path]) -> int:
    return site.steer("ingest", name, *files, ZTFVO_ROOT=str(root))


def _two_ingests(site: Site) -> None:
    with tempfile.TemporaryDirectory() as place:
        statuses, there, expected = load_twice(site, Path(place))
    site.notes.append(f"exit statuses {statuses}, {there} of {expected} light curves")
    if set(statuses) != {0} or there != expected:
        site.wrong.append("two ingests at once do not give what one gives")
    site.steer("release", "drop", RELEASE, "--yes")


@contextmanager
def _another(site: Site) -> Iterator[str]:
    """Load the demo's files as another release and publish it; it is dropped afterwards."""
    there = {name for (name,) in site.rows("SELECT name FROM ztf_store.release")}
    name = next(one for one in ("dr24", "dr19", "dr5") if one not in there)
    with tempfile.TemporaryDirectory() as place:
        _declare(Path(place), name)
        _load(site, Path(place), name, _files(site))
    try:
        site.steer("release", "publish", name)
        yield name
    finally:
        site.steer("release", "drop", name, "--yes")


def _dropped(site: Site) -> None:
    with _another(site) as name:
        site.notes.append(f"{name} was published")


def _switched(site: Site) -> None:
    ((former,),) = site.rows("SELECT name FROM ztf_store.release WHERE is_default")
    with _another(site) as name:
        for one in (name, former):
            site.steer("release", "default", one)


FAULTS = [
    Fault("two-ingests", "the same release is loaded twice at once", _two_ingests),
    Fault("release-dropped", "a release is loaded, published and dropped", _dropped),
    Fault("release-switched", "another release is the default one for a while", _switched),
]
