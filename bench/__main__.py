"""``scripts/bench``: the benchmarks as commands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ztfvo.releases import EXAMPLE
from ztfvo.settings import get_settings

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    help="Measure the store and the service; results go to var/bench/results.",
)


def _count(text: str) -> int:
    """A whole number, also written like 1e7."""
    return int(float(text))


def _counts(text: str) -> list[int]:
    """Whole numbers separated by commas."""
    return [_count(part) for part in text.split(",")]


Count = Annotated[int, typer.Option(parser=_count, metavar="NUMBER")]
Requests = Annotated[int, typer.Option(min=1, help="Random requests of each kind.")]
Workers = Annotated[int | None, typer.Option(min=1, help="Processes; default: a setting.")]


@app.command()
def generate(detections: Count = 40_000_000, workers: Workers = None) -> None:
    """Write a set of simulated bulk files, which the others do where it is missing."""
    from bench.dataset import dataset
    from bench.report import say

    settings = get_settings()
    say(str(dataset(settings.var / "bench", detections, workers or settings.workers, say)))


@app.command()
def store(
    detections: Count = 40_000_000,
    requests: Requests = 300,
    workers: Workers = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave the database ztfvo_bench_store.")
    ] = False,
) -> None:
    """Compare the store with the original's layout in ClickHouse."""
    from bench.store import store as run

    settings = get_settings()
    run(settings, detections, requests, workers or settings.workers, keep)


@app.command()
def scaling(
    detections: Annotated[
        list, typer.Option(parser=_counts, metavar="NUMBERS", help="Separated by commas.")
    ] = "1e6,1e7,1e8",
    requests: Requests = 300,
    workers: Workers = None,
) -> None:
    """Show how the store answers and loads as it grows."""
    from bench.scaling import scaling as run

    settings = get_settings()
    run(settings, detections, requests, workers or settings.workers)


@app.command()
def sources(
    detections: Annotated[
        list, typer.Option(parser=_counts, metavar="NUMBERS", help="Separated by commas.")
    ] = "3e6,3e7",
    workers: Workers = None,
) -> None:
    """Show how fast stars are found, and in how much memory, as a release grows."""
    from bench.sources import sources as run

    settings = get_settings()
    run(settings, detections, workers or settings.workers)


@app.command()
def positions(
    objects: Count = 10_000_000,
    requests: Requests = 300,
    only: Annotated[str, typer.Option(help="Only indexes whose name has this.")] = "",
) -> None:
    """Compare indexes for position search."""
    from bench.positions import positions as run

    run(get_settings(), objects, requests, only)


@app.command()
def http(
    base: Annotated[str | None, typer.Argument(help="Address; default: this installation.")] = None,
    schema: Annotated[str, typer.Option(help="Schema of the release in TAP.")] = "ztf",
    requests: Requests = 300,
    seconds: Annotated[float, typer.Option(help="Limit of each measurement.")] = 30.0,
    rows: Count = 1_000_000,
    formats: Annotated[
        str, typer.Option(help="Of bulk answers, separated by commas; all if not given.")
    ] = "",
    turns: Annotated[
        int, typer.Option(min=1, help="Times each is fetched in turn; the quickest counts.")
    ] = 1,
) -> None:
    """Measure the running service: queries, bulk answers and light curves."""
    from bench.curves import curves
    from bench.service import http as run

    settings = get_settings()
    address = (base or settings.url).rstrip("/")
    run(settings, address, schema, requests, seconds, rows, wanted=formats, turns=turns)
    curves(settings, address, schema, min(seconds, 10.0))


@app.command()
def match(
    base: Annotated[str | None, typer.Argument(help="Address; default: this installation.")] = None,
    schema: Annotated[str, typer.Option(help="Schema of the release in TAP.")] = "ztf",
    positions: Count = 10_000,
    runs: Annotated[int, typer.Option(min=1, help="Of each kind.")] = 3,
) -> None:
    """Compare a list of positions with objects: by /match and by TAP upload."""
    from bench.match import match as run

    settings = get_settings()
    run(settings, (base or settings.url).rstrip("/"), schema, positions, runs)


@app.command()
def summary(
    base: Annotated[str | None, typer.Argument(help="Address; default: this installation.")] = None,
    schema: Annotated[str, typer.Option(help="Schema of the release in TAP.")] = "ztf",
    objects: Annotated[int, typer.Option(min=1, help="Objects that are asked about.")] = 50,
    turns: Annotated[int, typer.Option(min=1, help="Times each is asked for; each counts.")] = 4,
) -> None:
    """Measure summaries whose catalogues have all answered before, beside /match."""
    from bench.summary import summary as run

    settings = get_settings()
    if not run(settings, (base or settings.url).rstrip("/"), schema, objects, turns):
        raise typer.Exit(1)


@app.command()
def outside(
    base: Annotated[str | None, typer.Argument(help="Address; default: this installation.")] = None,
    schema: Annotated[str, typer.Option(help="Schema of the release in TAP.")] = "ztf",
    seconds: Annotated[float, typer.Option(help="Of each measurement.")] = 10.0,
    delay: Annotated[float, typer.Option(help="Seconds before each answer from outside.")] = 1.0,
    slow: Annotated[float, typer.Option(help="The same, of those that wait meanwhile.")] = 5.0,
    asking: Annotated[int, typer.Option(min=1, max=250, help="Requests that wait meanwhile.")] = 50,
    runs: Annotated[int, typer.Option(min=1, help="Requests for all of them.")] = 5,
) -> None:
    """Let all services outside be slow: how long they take together, and what queries feel."""
    from bench.outside import outside as run

    settings = get_settings()
    run(settings, (base or settings.url).rstrip("/"), schema, seconds, delay, slow, asking, runs)


@app.command()
def features(
    release: Annotated[str, typer.Argument(help="Name of a loaded release.")] = "ztf",
    curves: Count = 2_000,
    turns: Annotated[
        int, typer.Option(min=1, help="Times each is computed; the quickest counts.")
    ] = 3,
) -> None:
    """Compare the pipeline of features with the package by itself."""
    from bench.features import features as run

    if not run(get_settings(), release, curves, turns):
        raise typer.Exit(1)


@app.command()
def similar(
    curves: Count = 1_000_000,
    neighbours: Annotated[int, typer.Option(min=1, help="Of each light curve.")] = 20,
    requests: Annotated[int, typer.Option(min=1, help="Light curves they are looked for.")] = 100,
) -> None:
    """Find similar light curves among many, by the index and in memory."""
    from bench.similar import similar as run

    if not run(get_settings(), curves, neighbours, requests):
        raise typer.Exit(1)


@app.command()
def dust(positions: Count = 1_000_000) -> None:
    """Compare how fast positions get E(B-V) here, and by dustmaps alone."""
    from bench.dust import dust as run

    run(get_settings(), positions)


@app.command()
def page(
    oid: Annotated[int, typer.Option(help="Light curve of the default release.")] = EXAMPLE,
    radius: Annotated[float, typer.Option(help="arcsec, of its neighbours.")] = 1.0,
    period: Annotated[float, typer.Option(help="d, that the slider changes.")] = 1.700167,
    points: Annotated[int, typer.Option(help="Added for the slider.")] = 4_000,
) -> None:
    """Measure the page of light curves in Chromium."""
    from bench.page import page as run

    run(get_settings(), oid, radius, period, points)


@app.command()
def periods(
    points: Count = 1_000,
    frequencies: Count = 100_000,
    runs: Annotated[int, typer.Option(min=1, help="Of each; the quickest counts.")] = 7,
) -> None:
    """Compare libraries of periodograms."""
    from bench.periods import periods as run

    if not run(get_settings(), points, frequencies, runs):
        raise typer.Exit(1)


@app.command()
def fit(
    supernovae: Annotated[int, typer.Option(min=1, help="To fit, one after the other.")] = 20,
) -> None:
    """Fit simulated supernovae, as the service does and by sncosmo alone."""
    from bench.fits import fits as run

    run(get_settings(), supernovae)


@app.command()
def kdb(
    annotations: Count = 100_000,
    requests: Requests = 40,
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave the database ztfvo_bench_kdb.")
    ] = False,
) -> None:
    """Measure lists and pages of the knowledge database."""
    from bench.kdb import kdb as run

    run(get_settings(), annotations, requests, keep)


Json = Annotated[Path | None, typer.Option("--json", help="File for the results.")]


@app.command()
def visitors(
    clients: Annotated[int | None, typer.Option(min=1, max=200, help="Default 8.")] = None,
    minutes: Annotated[float, typer.Option(min=0.1, max=240, help="In quiet.")] = 15.0,
    seconds: Annotated[float, typer.Option(min=5, max=600, help="Of each attack.")] = 40.0,
    attack: Annotated[
        str | None, typer.Option(help="Attacks of one address meanwhile: a name, or all.")
    ] = None,
    json: Json = None,
) -> None:
    """Let ordinary visitors come to the running service, in quiet or under attack."""
    from bench.visitors.attacked import attacked
    from bench.visitors.quiet import visitors as run

    settings = get_settings()
    if attack:
        held = attacked(settings, attack, clients or 4, seconds, json)
    else:
        held = run(settings, clients or 8, minutes, json)
    if not held:
        raise typer.Exit(1)


@app.command()
def faults(
    names: Annotated[list[str] | None, typer.Argument(help="Default: all.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Break this installation.")] = False,
    json: Json = None,
) -> None:
    """Break a private installation in every way, and show what visitors saw of it."""
    from bench.faults.run import faults as run

    if not run(get_settings(), names or [], yes, json):
        raise typer.Exit(1)


if __name__ == "__main__":
    app()
