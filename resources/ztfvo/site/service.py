"""Start, stop and inspect the service."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ztfvo.settings import Settings
from ztfvo.site import health, outside, supervisor
from ztfvo.site.config import (
    make_folders,
    write_cluster_config,
    write_dachs_config,
    write_kdb_environment,
    write_service_config,
)
from ztfvo.site.dachs import is_outdated
from ztfvo.site.errors import SiteError
from ztfvo.site.postgres import cluster_folder
from ztfvo.site.supervisor import APP, DACHS, DATABASE, KDB, NGINX, WATCH

#: Seconds each part gets to answer, enough for crash recovery of a large database and for Python's
#: first start on a busy machine.
PATIENCE = {DATABASE: 300.0, DACHS: 300.0, APP: 300.0, NGINX: 10.0, KDB: 300.0, WATCH: 10.0}

CHECKS: dict[str, Callable[[Settings], bool]] = {
    DATABASE: health.database_answers,
    DACHS: health.dachs_answers,
    APP: health.app_answers,
    NGINX: health.proxy_answers,
    KDB: health.kdb_answers,
    WATCH: lambda settings: supervisor.is_running(settings, WATCH),
}

#: What has to run for a part to be of use.
NEEDS = {
    DATABASE: (),
    DACHS: (DATABASE,),
    APP: (DATABASE,),
    NGINX: (DATABASE, DACHS, APP),
    KDB: (DATABASE,),
    WATCH: (DATABASE, DACHS, APP),
}


def start(settings: Settings, wanted: list[str] | None = None) -> list[str]:
    """Start what is wanted, with all it needs, and wait until it works.

    What runs goes on, also where its supervisor was killed.

    Parameters
    ----------
    wanted
        Parts; all of them by default.  The database is waited for where the site has an existing
        one.

    Returns
    -------
    list of str
        Programs that run with a former configuration.

    Raises
    ------
    SiteError
        When set-up has not been done, a port is in use or a part fails.
    """
    if settings.dsn and wanted == [DATABASE]:
        health.wait_for(settings, DATABASE, CHECKS[DATABASE], PATIENCE[DATABASE])
        return []
    known = supervisor.parts(settings)
    unknown = [part for part in wanted or [] if part not in known]
    if unknown:
        raise SiteError(f"there is no part '{unknown[0]}'", f"name one of: {', '.join(known)}")
    chosen = {part for name in wanted or known for part in (name, *NEEDS[name])}
    needed = [part for part in known if part in chosen]
    _check_set_up(settings, needed)
    make_folders(settings)
    if not settings.dsn:
        write_cluster_config(settings)
    write_dachs_config(settings)
    write_service_config(settings)
    if not _serves(settings, KDB):
        write_kdb_environment(settings)
    check_ports(settings, needed)
    supervisor.ensure_up(settings)
    former = supervisor.reload_config(settings)
    # The database comes first; all others at once, so that one that fails keeps no other down.
    for stage in ([DATABASE], [part for part in known if part != DATABASE]):
        starting = [part for part in needed if part in stage]
        for part in starting:
            supervisor.start_program(settings, part)
        for part in starting:
            health.wait_for(settings, part, CHECKS[part], PATIENCE[part])
        if APP in needed and stage == [DATABASE]:
            outside.list_sources(settings)
    return former


def _serves(settings: Settings, part: str) -> bool:
    """Return whether a part runs, and does not only try to."""
    if part not in supervisor.kept(settings):
        return False
    if not supervisor.is_up(settings):
        return True
    return any(one.part == part and one.state == "RUNNING" for one in supervisor.programs(settings))


def _check_set_up(settings: Settings, needed: list[str]) -> None:
    made = cluster_folder(settings) / "PG_VERSION"
    if not settings.dsn and not made.exists():
        raise SiteError(f"there is no database cluster in {made.parent}", "run scripts/setup")
    if DACHS in needed and is_outdated(settings):
        raise SiteError(
            f"the DaCHS root in {settings.var} is unfinished, or of another version",
            "run scripts/setup",
        )


def check_ports(settings: Settings, wanted: list[str]) -> None:
    """Check that the ports of those parts are free that do not run yet.

    Raises
    ------
    SiteError
        When one is in use by something else.
    """
    kept = supervisor.kept(settings)
    if not supervisor.is_up(settings):
        supervisor.end_strays(settings, leave=kept)
    alive = {p.part for p in supervisor.programs(settings) if p.state in supervisor.RUNNING}
    alive |= {supervisor.part_of(name) for name in kept}
    health.check_ports(settings, [part for part in wanted if part not in alive])


def stop(settings: Settings, wanted: list[str] | None = None) -> None:
    """Stop the named parts, or everything and the supervisor."""
    if not wanted:
        supervisor.shut_down(settings)
        return
    for part in reversed(supervisor.parts(settings)):
        if part in wanted and supervisor.is_up(settings):
            supervisor.stop_program(settings, part)


@contextmanager
def database(settings: Settings) -> Iterator[None]:
    """Have the database running, and stop it afterwards if nothing ran before."""
    idle = not supervisor.is_up(settings) and not supervisor.kept(settings)
    if settings.dsn:
        yield
        return
    start(settings, [DATABASE])
    try:
        yield
    finally:
        if idle:
            stop(settings)


def status(settings: Settings) -> list[tuple[str, str, str]]:
    """Return (program, state, description) of all parts; the state "working" was tried."""
    rows = []
    answers = {part: CHECKS[part](settings) for part in supervisor.parts(settings)}
    for program in supervisor.programs(settings):
        works = program.state in ("STARTING", "RUNNING") and answers.get(program.part, False)
        state = "working" if works else program.state.lower()
        rows.append((program.name, state, program.description))
    return rows or _without_supervisor(settings)


def _without_supervisor(settings: Settings) -> list[tuple[str, str, str]]:
    kept = supervisor.kept(settings)
    return [
        (name, "running", "unwatched: scripts/serve start")
        if name in kept
        else (name, "stopped", "")
        for name in supervisor.names(settings)
    ]
