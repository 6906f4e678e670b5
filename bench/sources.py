"""How fast the stars of a release are found, and in how much memory, as it grows."""

from __future__ import annotations

import resource
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from typing import Any

from bench.cputime import database_seconds
from bench.database import bench_database
from bench.dataset import RELEASE, dataset
from bench.ours import Ours
from bench.report import database_facts, number, save, say, show
from ztfvo.db import connect
from ztfvo.settings import Settings
from ztfvo.sources.find import Found, Method
from ztfvo.sources.find import find as find_stars
from ztfvo.sources.run import finish, plan, run

_MB = 1024
"""ru_maxrss is in KiB."""


def sources(settings: Settings, sizes: list[int], workers: int) -> dict[str, dict[str, Any]]:
    """Load sets of several sizes, find their stars, print the table, write the JSON file.

    Parameters
    ----------
    settings
        Those of the installation.
    sizes
        Wanted numbers of detections.
    workers
        Processes for the generator, the ingest and the stars; of the latter two at least.
    """
    folder = settings.var / "bench"
    results: dict[str, dict[str, Any]] = {}
    facts: dict[str, Any] = {}
    for size in sizes:
        data = dataset(folder, size, workers, say)
        with bench_database(settings, "sources") as own:
            ours = Ours(own, workers)
            try:
                ours.load(data)
                facts = database_facts(ours.connection)
                results[str(data.detections)] = _measured(ours, workers)
            finally:
                ours.connection.close()
    _show(results)
    save(folder / "results", "sources", results, workers=workers, **facts)
    return results


def _measured(ours: Ours, workers: int) -> dict[str, Any]:
    """Find the stars in a process of its own, so that its memory and that of its workers show."""
    before = database_seconds(ours.connection)
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        result = pool.submit(find, ours.settings, max(workers, 2)).result()
    return result | {"database_cpu_seconds": database_seconds(ours.connection) - before}


def find(settings: Settings, workers: int) -> dict[str, Any]:
    """Find the stars of the benchmark's release.

    Returns
    -------
    dict
        Numbers of cells, stars, light curves and epochs, seconds, and MB that the largest worker
        and this process had at most.
    """
    found: list[Found] = []
    method = Method.of(settings)
    with connect(settings, autocommit=True) as connection:
        began = time.perf_counter()
        todo = plan(connection, RELEASE, method).todo
        finding = partial(find_stars, method=method)
        run(RELEASE, todo, finding, settings, workers, found.append)
        seconds = time.perf_counter() - began
        stars, curves = finish(connection, RELEASE, lambda what: None)
        finished = time.perf_counter() - began - seconds
    workers_use = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "cells": sum(portion.cells for portion in found),
        "stars": stars,
        "lightcurves": curves,
        "detections": sum(portion.epochs for portion in found),
        "seconds": seconds,
        "finish_seconds": finished,
        "worker_cpu_seconds": workers_use.ru_utime + workers_use.ru_stime,
        "worker_mb": workers_use.ru_maxrss / _MB,
        "main_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MB,
    }


def _show(results: dict[str, dict[str, Any]]) -> None:
    rows = [
        (
            f"{result['detections']:,}",
            *(f"{result[name]:,}" for name in ("lightcurves", "stars", "cells")),
            number(result["lightcurves"] / result["seconds"]),
            number(result["worker_cpu_seconds"] / result["lightcurves"] * 1e6),
            number(result["finish_seconds"]),
            number(result["worker_mb"]),
            number(result["main_mb"]),
        )
        for result in results.values()
    ]
    columns = (
        "detections", "light curves", "stars", "cells", "light curves/s", "CPU us/light curve",
        "indexes, counts s", "worker MB", "main MB",
    )  # fmt: skip
    show("stars of a release by its size", columns, rows)
