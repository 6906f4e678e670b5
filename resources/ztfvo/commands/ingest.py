"""``ztfvo ingest``: load a release."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from psycopg import Connection

from ztfvo.console import console, counting, show_error
from ztfvo.db import connect
from ztfvo.declarations import Declaration, declared
from ztfvo.ingest.finish import finish, is_finished
from ztfvo.ingest.plan import Job, jobs
from ztfvo.ingest.readers import readers
from ztfvo.ingest.run import Outcome, run
from ztfvo.settings import Settings, get_settings
from ztfvo.site.locks import alter
from ztfvo.store.schemas import create_common, create_release

app = typer.Typer(add_completion=False)


@app.command()
def ingest(
    release: Annotated[str, typer.Argument(help="Name of a release, like dr19.")],
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Files to load; default: all of the release's folder."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only report what would be done.")
    ] = False,
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Let a changed file take the place of its former self."),
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
    outcomes = _ingest(found, files or [], settings, dry_run, replace, workers)
    if not dry_run and any(outcome.action != "unchanged" for outcome in outcomes):
        _write_report(settings.var / "log" / "ingest", release, outcomes)
    if any(outcome.action == "refused" for outcome in outcomes):
        raise typer.Exit(1)


def _ingest(
    release: Declaration,
    files: list[Path],
    settings: Settings,
    dry_run: bool,
    replace: bool,
    workers: int | None,
) -> list[Outcome]:
    name = release.name
    layout = readers()[release.layout]
    todo = jobs(settings.data / name, settings.inputs / name, files, whole=layout.MERGES)
    with connect(settings, autocommit=True) as connection:
        if not dry_run:
            alter(connection, lambda: _create(connection, name))
        outcomes = _with_progress(name, todo, settings, dry_run, replace, workers)
        if not dry_run and not is_finished(connection, release):
            finish(connection, release, lambda what: console.print(f"  done: {what}"))
    _summarise(release, outcomes)
    return outcomes


def _create(connection: Connection, name: str) -> None:
    create_common(connection)
    create_release(connection, name)


def _with_progress(
    name: str,
    todo: list[Job],
    settings: Settings,
    dry_run: bool,
    replace: bool,
    workers: int | None,
) -> list[Outcome]:
    counted = "files, {task.fields[detections]:,} detections, {task.fields[rate]:,.0f}/s"
    with counting(counted) as progress:
        task = progress.add_task(name, total=len(todo), detections=0, rate=0.0)

        def done(outcome: Outcome) -> None:
            if outcome.action == "refused":
                show_error(f"refused {outcome.message}", progress.console)
            elif dry_run:
                progress.console.print(f"would {outcome.action}: {outcome.key} {outcome.message}")
            state = progress.tasks[task]
            total = state.fields["detections"] + outcome.detections
            progress.update(task, advance=1, detections=total, rate=total / (state.elapsed or 1))

        return run(
            name,
            todo,
            settings,
            replace=replace,
            dry_run=dry_run,
            workers=workers or settings.workers,
            done=done,
        )


def _summarise(release: Declaration, outcomes: list[Outcome]) -> None:
    counts = Counter(outcome.action for outcome in outcomes)
    changed = [o for o in outcomes if o.action in ("loaded", "replaced", "load", "replace")]
    console.print(
        f"{release.name}: "
        + ", ".join(f"{n} {action}" for action, n in sorted(counts.items()))
        + f"; {sum(o.lightcurves for o in changed):,} light curves,"
        f" {sum(o.detections for o in changed):,} detections"
    )


def _write_report(folder: Path, release: str, outcomes: list[Outcome]) -> None:
    """Write what became of each file to the log folder, and say where."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{release}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    path.write_text(json.dumps([outcome.as_dict() for outcome in outcomes], indent=1) + "\n")
    console.print(f"Report: {path}")
