"""How our store answers and loads as it grows."""

from __future__ import annotations

from typing import Any

import numpy as np

from bench.database import bench_database
from bench.dataset import dataset
from bench.ours import Ours
from bench.report import database_facts, number, save, say, show
from bench.store import ask, load
from ztfvo.settings import Settings


def scaling(
    settings: Settings, sizes: list[int], requests: int, workers: int
) -> dict[str, dict[str, Any]]:
    """Load sets of several sizes, time requests, print the table, write the JSON file.

    Parameters
    ----------
    settings
        Those of the installation.
    sizes
        Wanted numbers of detections.
    requests
        Random requests of each kind.
    workers
        Processes for the generator and the ingest.
    """
    folder = settings.var / "bench"
    results: dict[str, dict[str, Any]] = {}
    facts: dict[str, Any] = {}
    for size in sizes:
        data = dataset(folder, size, workers, say)
        with bench_database(settings, "scaling") as own:
            ours = Ours(own, workers)
            try:
                result = load(ours, data)
                targets = ours.sample(requests, np.random.default_rng(7))
                result |= ask(ours, targets, scans=0)
                facts = database_facts(ours.connection)
            finally:
                ours.connection.close()
        results[str(data.detections)] = result | {"lightcurves": data.lightcurves}
    _show(results)
    save(folder / "results", "scaling", results, workers=workers, **facts)
    return results


def _show(results: dict[str, dict[str, Any]]) -> None:
    rows = [
        (
            f"{int(detections):,}",
            f"{result['lightcurves']:,}",
            number(result["load_rate"] / 1e6),
            number(result["lightcurve_bytes"]),
            number(result["bytes_in_all"]),
            *(
                f"{number(result[k]['p50'])} / {number(result[k]['p95'])}"
                for k in ("oid", "cone", "cone_curves")
            ),
        )
        for detections, result in results.items()
    ]
    columns = (
        "detections", "light curves", "load M/s", "B/det", "B/det in all", "OID ms", "cone ms",
        "cone + curves ms",
    )  # fmt: skip
    show("ztfvo by size; times p50 / p95", columns, rows)
