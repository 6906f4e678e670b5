"""``ztfvo ingest``: load a release."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from psycopg import Connection
from rich.console import Console

from ztfvo.console import console, counting, show_error
from ztfvo.db import connect
from ztfvo.declarations import Declaration, declared
from ztfvo.ingest.outcome import Options, Outcome
from ztfvo.ingest.plan import Job, jobs
from ztfvo.ingest.readers import readers
from ztfvo.ingest.state import is_empty, is_finished
from ztfvo.settings import Settings, get_settings
from ztfvo.site.locks import alter
from ztfvo.store.schemas import create_common, create_release

NAMED = 20
"""Files that are named on the screen for each kind of outcome; the report has all."""

app = typer.Typer(add_completion=False)


@app.command()
def ingest(
    release: Annotated[str, typer.Argument(help="Name of a release, like dr19.")],
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Files to load; default: all of the release's folder."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read and check, and only report what would be done.")
    ] = False,
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Let a changed file take the place of its former self."),
    ] = False,
    allow: Annotated[
        bool,
        typer.Option("--allow", help="Load and count values that the survey can hardly have."),
    ] = False,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes; default: a setting.")
    ] = None,
) -> None:
    """Load light curves of a release from its folder or from named files.

    Every file is loaded whole or not at all. What is loaded already is skipped, so that an
    interrupted ingest is completed by the same command.
    """
    settings = get_settings()
    found = declared(release, settings.inputs)
    options = Options(replace, allow, dry_run)
    outcomes = _ingest(found, files or [], settings, options, workers or settings.workers)
    if not dry_run and any(outcome.action != "unchanged" for outcome in outcomes):
        _write_report(settings.var / "log" / "ingest", release, outcomes)
    if any(outcome.action in ("loaded", "replaced") for outcome in outcomes):
        console.print(f"Which light curves are of one star: ztfvo sources {release}")
    if any(outcome.action == "refused" for outcome in outcomes):
        raise typer.Exit(1)


def _ingest(
    release: Declaration, files: list[Path], settings: Settings, options: Options, workers: int
) -> list[Outcome]:
    from ztfvo.ingest.finish import finish  # takes a second to import
    from ztfvo.ingest.unload import left

    name, folder = release.name, settings.data / release.name
    layout = readers()[release.layout]
    todo = jobs(folder, settings.inputs / name, files, whole=layout.MERGES)
    with connect(settings, autocommit=True) as connection:
        if not options.dry_run:
            alter(connection, lambda: _create(connection, release))
        outcomes = _with_progress(release, todo, settings, options, workers)
        without = not options.dry_run and is_empty(connection, release)
        if not (options.dry_run or without or is_finished(connection, release)):
            finish(connection, release, lambda what: console.print(f"  done: {what}"))
        if not files:
            outcomes += left(connection, release, folder, outcomes)
    _summarise(release, outcomes)
    if without:
        show_error(f"No file was loaded, so there is still no release {name}.")
    return outcomes


def _create(connection: Connection, release: Declaration) -> None:
    create_common(connection)
    create_release(connection, release.name, release.times)


def _with_progress(
    release: Declaration, todo: list[Job], settings: Settings, options: Options, workers: int
) -> list[Outcome]:
    from ztfvo.ingest.run import run  # takes a second to import

    counted = "files, {task.fields[detections]:,} detections, {task.fields[rate]:,.0f}/s"
    with counting(counted) as progress:
        number = sum(not job.ignored for job in todo)
        task = progress.add_task(release.name, total=number, detections=0, rate=0.0)

        shown: Counter[str] = Counter()

        def report(outcome: Outcome) -> None:
            if outcome.action == "ignored":
                return
            line = _line(outcome)
            shown[outcome.action] += bool(line)
            if line and (options.dry_run or shown[outcome.action] <= NAMED):
                refused = outcome.action == "refused"
                (show_error if refused else _show)(line, progress.console)
            state = progress.tasks[task]
            total = state.fields["detections"] + outcome.detections
            progress.update(task, advance=1, detections=total, rate=total / (state.elapsed or 1))

        return run(release, todo, settings, options, workers=workers, report=report)


def _line(outcome: Outcome) -> str:
    """What a person should see of a file; in a dry run also what would be done."""
    if outcome.action == "refused":
        return f"refused {outcome.message}"
    why = f": {outcome.message}" if outcome.message else ""
    if outcome.action in ("load", "replace"):
        return f"would {outcome.action}: {outcome.key}{why}"
    return f"{outcome.action} {outcome.key}{why}" if outcome.doubtful else ""


def _show(line: str, where: Console = console) -> None:
    where.print(line, markup=False)


def _summarise(release: Declaration, outcomes: list[Outcome]) -> None:
    """Show what became of the files, and once for all of them what is not kept."""
    _name(outcomes, "ignored", "Ignored, as their names are not those of files of light curves")
    unload = f"ztfvo release unload {release.name} FILE"
    _name(outcomes, "left", f"Loaded, but not in the folder (to take one out: {unload})")
    dropped = dict.fromkeys(column for outcome in outcomes for column in outcome.dropped)
    if dropped:
        _show(f"Columns that are not kept: {', '.join(dropped)}")
    counts = Counter(outcome.action for outcome in outcomes)
    changed = [o for o in outcomes if o.action in ("loaded", "replaced", "load", "replace")]
    doubtful = sum(outcome.doubtful for outcome in outcomes)
    console.print(
        f"{release.name}: "
        + ", ".join(f"{n} {action}" for action, n in sorted(counts.items()))
        + f"; {sum(o.lightcurves for o in changed):,} light curves,"
        f" {sum(o.detections for o in changed):,} detections"
        + (f", {doubtful:,} values that are hardly possible" if doubtful else "")
    )


def _name(outcomes: list[Outcome], action: str, what: str) -> None:
    """Name the first files of which something became."""
    keys = [outcome.key for outcome in outcomes if outcome.action == action]
    if keys:
        more = f" and {len(keys) - NAMED:,} more" if len(keys) > NAMED else ""
        _show(f"{what}: {', '.join(keys[:NAMED])}{more}")


def _write_report(folder: Path, release: str, outcomes: list[Outcome]) -> None:
    """Write what became of each file to the log folder, and say where."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{release}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    path.write_text(json.dumps([outcome.as_dict() for outcome in outcomes], indent=1) + "\n")
    console.print(f"Report: {path}")
