"""Releases are loaded twice at once, switched and dropped while visitors are at work."""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ztfvo.bench.faults.base import Fault, Site

RELEASE = "bench"


def load_twice(site: Site, root: Path) -> tuple[list[int], int, int]:
    """Load some files of the demo release as a release of its own, twice at once.

    Returns
    -------
    tuple
        Exit statuses, light curves that are there now, and those that the files have.
    """
    folder = root / "inputs" / "ztf" / RELEASE
    folder.mkdir(parents=True)
    (folder / "release.toml").write_text(
        f'title = "{RELEASE}"\ndescription = "Made by a benchmark"\n'
        'layout = "bulk-parquet"\nsimulated = true\n'
    )
    for path in (root, *root.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    files = sorted((site.settings.data / "demo").rglob("*.parquet"))[:4]

    def load(_: int) -> int:
        done = site.ztfvo("ingest", RELEASE, *files, ZTFVO_ROOT=str(root))
        if done.returncode:
            site.wrong.append(f"ingest: {done.stderr.strip()[-300:]}")
        return done.returncode

    with ThreadPoolExecutor(2) as pool:
        statuses = list(pool.map(load, range(2)))
    names = ", ".join(f"'{path.name}'" for path in files)
    ((there,),) = site.rows(f"SELECT count(*) FROM {RELEASE}_store.lightcurve")
    ((expected,),) = site.rows(
        "SELECT sum(nlightcurves)::bigint FROM demo_store.input_file"
        f" WHERE regexp_replace(path, '.*/', '') IN ({names})"
    )
    return statuses, there, expected


def _two_ingests(site: Site) -> None:
    with tempfile.TemporaryDirectory() as place:
        statuses, there, expected = load_twice(site, Path(place))
    site.notes.append(f"exit statuses {statuses}, {there} of {expected} light curves")
    if set(statuses) != {0} or there != expected:
        site.wrong.append("two ingests at once do not give what one gives")


def _dropped(site: Site) -> None:
    if not site.rows("SELECT FROM ztf_store.release WHERE name = 'bench'"):
        _two_ingests(site)
    done = site.ztfvo("release", "drop", RELEASE, "--yes")
    if done.returncode:
        site.wrong.append(f"release drop: {done.stderr.strip()[-200:]}")


def _switched(site: Site) -> None:
    ((name,),) = site.rows("SELECT name FROM ztf_store.release WHERE is_default")
    for _ in range(2):
        done = site.ztfvo("release", "default", name)
        if done.returncode:
            site.wrong.append(f"release default: {done.stderr.strip()[-200:]}")


FAULTS = [
    Fault("two-ingests", "the same release is loaded twice at once", _two_ingests),
    Fault("release-dropped", "a release is dropped", _dropped),
    Fault("release-switched", "the default release is set, twice", _switched),
]
