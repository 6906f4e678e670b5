"""The project's store against the original's layout in ClickHouse, on the same files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from bench.cputime import own_seconds
from bench.database import bench_database
from bench.dataset import Dataset, dataset
from bench.ours import Ours
from bench.peer import Peer
from bench.report import database_facts, number, save, say, show
from bench.stores import Store
from bench.timing import quantiles, stopwatch, time_requests
from ztfvo.settings import Settings

SCANS = 3
"""How often each full scan is timed, after one that is not."""

SAMPLE = 200
"""Light curves and cones whose answers are compared value by value."""

Target = tuple[int, float, float]
"""OID and position (deg) of an object."""


class Different(Exception):
    """The two stores do not answer the same."""


def store(
    settings: Settings, detections: int, requests: int, workers: int, keep: bool = False
) -> dict[str, Any]:
    """Load both stores, compare their answers, time them, print the table, write the JSON file.

    Parameters
    ----------
    settings
        Those of the installation.
    detections
        Wanted number of detections.
    requests
        Random requests of each kind.
    workers
        Processes for the generator and the ingest.
    keep
        Leave the PostgreSQL database.
    """
    folder = settings.var / "bench"
    data = dataset(folder, detections, workers, say)
    with bench_database(settings, "store", keep) as own:
        ours, peer = Ours(own, workers), Peer(folder / "clickhouse")
        try:
            results = {s.name: load(s, data) for s in (ours, peer)}
            targets = ours.sample(max(requests, SAMPLE), np.random.default_rng(7))
            compare(ours, peer, targets[:SAMPLE])
            say(f"both answer the same to {SAMPLE} light curves and cones and two scans")
            for each in (ours, peer):
                results[each.name] |= ask(each, targets[:requests])
                say(f"asked {each.name}")
            facts = database_facts(ours.connection) | {"clickhouse": peer.version}
        finally:
            ours.connection.close()
            peer.close()
    _show(data, results)
    facts |= {"lightcurves": data.lightcurves, "detections": data.detections, "files": data.files}
    save(folder / "results", "store", results, workers=workers, **facts)
    return results


def load(each: Store, data: Dataset) -> dict[str, Any]:
    """Load a store from files in the page cache, and measure its size."""
    for path in data.paths:
        path.read_bytes()
    before = own_seconds()
    stages = each.load(data)
    cpu = own_seconds() - before + each.database_cpu
    size = each.size()
    total = sum(stages.values())
    say(f"{each.name} loaded {data.detections:,} detections in {total:.1f} s")
    return {
        "load_seconds": stages,
        "load_rate": data.detections / total,
        "load_cpu_seconds": cpu,
        "load_cpu_ns": cpu / data.detections * 1e9,
        "bytes": size.parts,
        "lightcurve_bytes": size.lightcurves / data.detections,
        "bytes_in_all": size.everything / data.detections,
    }


def compare(ours: Ours, peer: Peer, targets: Iterable[Target]) -> None:
    """Ask both stores the same.

    Raises
    ------
    Different
        At the first answer that differs.
    """
    for oid, ra, dec in targets:
        _same_curves(f"oid {oid}", ours, ours.curve(oid), peer, peer.curve(oid, "Arrow"))
        _same_curves(
            f"cone at {ra} {dec}",
            ours,
            ours.cone_curves(ra, dec),
            peer,
            peer.cone_curves(ra, dec, "Arrow"),
        )
        pair = ours.oids(ours.cone(ra, dec)), peer.oids(peer.cone(ra, dec, "Arrow"))
        if pair[0] != pair[1]:
            raise Different(f"cone at {ra} {dec}: {pair[0]} and {pair[1]}")
    if ours.bright() != peer.bright():
        raise Different(f"detections brighter than 15 mag: {ours.bright()} and {peer.bright()}")
    if not np.isclose(ours.mean(), peer.mean(), rtol=1e-7):
        raise Different(f"mean magnitude: {ours.mean()} and {peer.mean()}")


def _same_curves(what: str, ours: Ours, own: Any, peer: Peer, other: Any) -> None:
    """Compare light curves bit by bit."""
    own, other = ours.decode(own), peer.decode(other)
    if own.keys() != other.keys() or not own:
        raise Different(f"{what}: light curves {sorted(own)} and {sorted(other)}")
    for oid, curve in own.items():
        if not all(np.array_equal(a, b) for a, b in zip(curve, other[oid], strict=True)):
            raise Different(f"{what}: the light curve {oid} differs")


def ask(each: Store, targets: list[Target], scans: int = SCANS) -> dict[str, Any]:
    """Time all kinds of requests to a store."""
    oids = [(oid,) for oid, _, _ in targets]
    places = [(ra, dec) for _, ra, dec in targets]
    results = {}
    for name, scan in (("scan_count", each.bright), ("scan_mean", each.mean)):
        if scans:
            scan()
            results[name] = quantiles([stopwatch(scan) for _ in range(scans)]).as_dict()
    results["oid"] = time_requests(each.curve, oids).as_dict()
    if isinstance(each, Ours):
        results["oid_rows"] = time_requests(each.rows, oids).as_dict()
    results["cone"] = time_requests(each.cone, places).as_dict()
    results["cone_curves"] = time_requests(each.cone_curves, places).as_dict()
    return results


_TIMED = {
    "oid": "light curve by OID, ms",
    "oid_rows": "  the same as one row a detection, ms",
    "cone": "cone 1 arcsec, ms",
    "cone_curves": "cone 1 arcsec with light curves, ms",
    "scan_count": "scan: count of mag < 15, ms",
    "scan_mean": "scan: mean of mag, ms",
}


def _show(data: Dataset, results: dict[str, dict[str, Any]]) -> None:
    """Print the table; the last column shows how often ours is better."""
    own, other = results[Ours.name], results[Peer.name]
    rows = [
        _plain("load, million detections/s", own, other, "load_rate", 1e-6),
        _plain("load, ns of processor time/detection", own, other, "load_cpu_ns"),
        _plain("light-curve table, bytes/detection", own, other, "lightcurve_bytes"),
        _plain("everything, bytes/detection", own, other, "bytes_in_all"),
    ]
    flagless = other["bytes"]["olc without catflags"] / data.detections
    rows.insert(3, ("  without catflags (as DR24 there)", "-", number(flagless), ""))
    for key, title in _TIMED.items():
        times = [
            f"{number(r[key]['p50'])} / {number(r[key]['p95'])}" if key in r else "-"
            for r in (own, other)
        ]
        gain = f"{other[key]['p50'] / own[key]['p50']:.3g}" if key in other else ""
        rows.append((title, *times, gain))
    show(
        f"{data.lightcurves:,} light curves, {data.detections:,} detections; times p50 / p95",
        ("", Ours.name, Peer.name, "better by"),
        rows,
    )


def _plain(title: str, own: dict, other: dict, key: str, factor: float = 1.0) -> tuple[str, ...]:
    """A row of the table for one number of each store."""
    gain = own[key] / other[key] if key == "load_rate" else other[key] / own[key]
    return title, number(own[key] * factor), number(other[key] * factor), f"{gain:.3g}"
