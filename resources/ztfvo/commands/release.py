"""``ztfvo release``: list, publish and drop releases, unload files, choose the default one."""

from __future__ import annotations

from typing import Annotated

import typer
from psycopg import Connection, sql
from rich.table import Table

from ztfvo.addresses import CONE, TAP, absolute, of_release
from ztfvo.console import console, show_table
from ztfvo.db import connect
from ztfvo.declarations import declared
from ztfvo.errors import CannotBeDone
from ztfvo.ingest.state import describe, is_finished
from ztfvo.releases import Release, find_release, releases
from ztfvo.settings import get_settings
from ztfvo.site import publish as site
from ztfvo.site.identity import require_owner
from ztfvo.site.locks import alter
from ztfvo.store.discovery import prepare, show
from ztfvo.store.names import COMMON, schema_of
from ztfvo.store.schemas import create_common, create_release, set_default
from ztfvo.store.views import VIEWS

app = typer.Typer(
    help="List, publish and drop releases, unload files, choose the default one.",
    no_args_is_help=True,
)

Name = Annotated[str, typer.Argument(help="Name of a release, like dr19.")]


@app.command("list")
def list_() -> None:
    """Show the releases that are loaded."""
    table = Table(
        "release", "", "light curves", "detections", "exposures", "files", "HMJD", "loaded (UTC)"
    )
    with _connection() as connection:
        for one in releases(connection):
            counts = (one.nlightcurves, one.ndetections, one.nexposures, one.files)
            first, last = one.hmjd_first, one.hmjd_last
            table.add_row(
                one.name,
                "default" if one.is_default else "",
                *(f"{count:,}" for count in counts),
                "" if first is None else f"{first:.1f} - {last:.1f}",
                f"{one.loaded_at:%Y-%m-%d %H:%M}",
            )
    show_table(table)


@app.command()
def publish(name: Name) -> None:
    """Publish a loaded release, or bring its published metadata up to date."""
    with _connection() as connection:
        alone = _find(connection, name).is_default
        declaration = declared(name, get_settings().inputs)
        describe(connection, declaration)
        if not is_finished(connection, declaration):
            from ztfvo.ingest.finish import finish  # takes a second to import

            finish(connection, declaration, lambda what: console.print(f"  done: {what}"))
        if alone:
            prepare(connection, name, get_settings())
            alter(connection, lambda: show(connection, name, get_settings()))
    site.publish(name, *([site.DEFAULT_RD] if alone else []))
    console.print(f"{name} is at {absolute(of_release(name, CONE))} and in {absolute(TAP)}")


@app.command()
def default(name: Name) -> None:
    """Make a release the default one, in one transaction."""
    with _connection() as connection:
        _find(connection, name)
        prepare(connection, name, get_settings())
        alter(connection, lambda: set_default(connection, name))
    site.refresh(site.DEFAULT_RD)
    console.print(f"{name} is the default release")


@app.command()
def unload(
    name: Name,
    file: Annotated[
        str, typer.Argument(help="A loaded file: its path below the release's folder, or its name.")
    ],
) -> None:
    """Take one file out of a release, which is then as if it had never been loaded."""
    from ztfvo.ingest.unload import unload as unload_file  # takes a second to import

    settings = get_settings()
    release = declared(name, settings.inputs)
    with _connection() as connection:
        _find(connection, name)
        alter(connection, lambda: create_release(connection, name, release.times))
        key = unload_file(
            connection,
            release,
            file,
            settings.data / name,
            lambda what: console.print(f"  done: {what}"),
        )
    console.print(f"{key} is no longer in {name}", markup=False)
    console.print(f"Stars that lose a light curve: ztfvo sources {name}")
    console.print(f"Its coverage in the registry: ztfvo release publish {name}")


@app.command()
def drop(
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Take a release off line and delete it from the database; its files stay."""
    with _connection() as connection:
        is_default = _find(connection, name).is_default
        others = len(releases(connection)) - 1
        if is_default and others:
            raise CannotBeDone(
                f"{name} is the default release. First: ztfvo release default OTHER."
            )
        if not yes:
            typer.confirm(f"Delete release {name} from the database?", abort=True)
        if _is_published(connection, f"ztf_{name}"):
            site.unpublish(name)
        if is_default and _is_published(connection, "ztf"):
            site.unpublish(site.DEFAULT_RD)
        alter(connection, lambda: _delete(connection, name, is_default))
    console.print(f"{name} is deleted")


def _delete(connection: Connection, name: str, is_default: bool) -> None:
    if is_default:
        for view in (*VIEWS, "timeseries"):
            connection.execute(
                sql.SQL("DROP VIEW IF EXISTS {}").format(sql.Identifier(COMMON, view))
            )
    connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(schema_of(name))))
    connection.execute("DELETE FROM ztf_store.release WHERE name = %s", (name,))


def _is_published(connection: Connection, schema: str) -> bool:
    """Whether DaCHS has made its views in a schema, which is its own."""
    return connection.execute(
        "SELECT EXISTS (SELECT FROM pg_views WHERE schemaname = %s AND viewname = 'objects')",
        (schema,),
    ).fetchone()[0]


def _connection() -> Connection:
    require_owner(get_settings())
    connection = connect(autocommit=True)
    alter(connection, lambda: create_common(connection))
    return connection


def _find(connection: Connection, name: str) -> Release:
    schema_of(name)
    return find_release(connection, name)
