"""``python -m ztfvo.site setup`` and ``serve``, behind the scripts of these names."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ztfvo.failures import Group
from ztfvo.settings import get_settings
from ztfvo.site import contact, health, kdb_tables, rolling, service
from ztfvo.site.errors import SiteError
from ztfvo.site.identity import require_owner
from ztfvo.site.install import install
from ztfvo.site.watch import watch
from ztfvo.status.report import show

console = Console(soft_wrap=True, highlight=False)
app = typer.Typer(cls=Group, no_args_is_help=True, add_completion=False)
serve = typer.Typer(no_args_is_help=True, help="Steer the service.")
app.add_typer(serve, name="serve")

Parts = Annotated[
    list[str] | None, typer.Argument(help="database, dachs, nginx or kdb; default all")
]


@app.command()
def setup() -> None:
    """Make database cluster, DaCHS root and configuration, or bring them up to date."""
    if not get_settings().contact and sys.stdin.isatty() and contact.ask(get_settings()):
        get_settings.cache_clear()
    settings = get_settings()
    install(settings, console.print)
    if not settings.contact:
        console.print(f"Warning: {contact.sentence(settings)}", markup=False)


@app.command("watch")
def watch_() -> None:
    """Look after the running service; the supervisor runs this."""
    watch(
        get_settings(), lambda sentence: print(f"{datetime.now(UTC):%F %T} {sentence}", flush=True)
    )


@serve.callback()
def steer() -> None:
    """Steer the service."""
    require_owner(get_settings())


@serve.command()
def start(part: Parts = None) -> None:
    """Start all parts, or those named with what they need, and wait until they work."""
    settings = get_settings()
    for name in service.start(settings, part):
        console.print(f"Note: {name} goes on as it was configured when it started")
    if part:
        console.print(f"Started: {', '.join(part)}")
    else:
        try:
            kdb_tables.recount(settings)
        except SiteError as error:
            console.print(f"Warning: {error}", markup=False)
        console.print(f"The service runs: {settings.url}/")


@serve.command()
def stop(part: Parts = None) -> None:
    """Stop all parts and the supervisor, or the parts named."""
    service.stop(get_settings(), part)
    console.print(f"Stopped{': ' + ', '.join(part) if part else ''}")


@serve.command()
def restart(part: Parts = None) -> None:
    """Take over configuration and code without a pause; parts that are named stop and start."""
    if part:
        stop(part)
        start(part)
        return
    settings = get_settings()
    rolling.restart(settings, console.print)
    console.print(f"The service runs: {settings.url}/")


@serve.command()
def reload() -> None:
    """Take over changed resource descriptors and metadata without a pause."""
    rolling.reload(get_settings())


@serve.command("status")
def status_(
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Show the parts, the image archive's mirrors, disk, jobs and backups; the exit status is 0
    when all parts work."""
    raise typer.Exit(show(get_settings(), as_json))


@serve.command()
def logs(
    part: Annotated[str | None, typer.Argument(help="a log, such as dachs-0 or nginx")] = None,
    lines: Annotated[int, typer.Option("-n", help="lines of each")] = 20,
) -> None:
    """Show the ends of the logs."""
    folder = get_settings().var / "log"
    files = {path.stem: [path] for path in sorted(folder.glob("*.log"))}
    for path in sorted(folder.glob("nginx/*.log")):
        files.setdefault(path.stem, []).append(path)
    for path in sorted(folder.glob("dachs-*/dcErrors")):
        files.setdefault(path.parent.name, []).append(path)
    if part and part not in files:
        raise SiteError(f"there is no log '{part}'", f"name one of: {', '.join(files) or 'none'}")
    for name in [part] if part else files:
        for path in files[name]:
            _print_tail(path, lines)


def _print_tail(path: Path, lines: int) -> None:
    tail = health.log_tail(path, lines)
    if tail:
        console.rule(str(path))
        console.print("\n".join(tail), markup=False)


if __name__ == "__main__":
    app()
