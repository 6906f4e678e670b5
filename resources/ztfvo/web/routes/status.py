"""How the site is: parts, disk, releases and versions."""

from __future__ import annotations

import platform
import shutil
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import orjson
from fastapi import APIRouter, Response

from ztfvo.addresses import STATUS
from ztfvo.db import DatabaseDown, reading
from ztfvo.parts import read_state
from ztfvo.releases import releases
from ztfvo.settings import Settings, get_settings
from ztfvo.web.forms import FORMAT, FORMAT_PARAMETER, JSON, form_of
from ztfvo.web.http import Reading, serve
from ztfvo.web.openapi import operation
from ztfvo.web.pages import HTML, page

router = APIRouter(tags=["Site"])


@serve(
    router,
    STATUS,
    summary="Parts, disk, releases and versions",
    openapi_extra=operation(
        [FORMAT_PARAMETER],
        {JSON: "The state of the site", "text/html": "The same as a page"},
        (400,),
    ),
)
def status(given: Reading) -> Response:
    """What works and since when, free disk, data releases, and versions of programs."""
    given.parameters.require_known([FORMAT])
    content_type = form_of(given)
    found = describe(get_settings())
    body = (
        page("status.html", title="Status", status=found)
        if content_type == HTML
        else orjson.dumps(found) + b"\n"
    )
    return Response(
        body, headers={"Cache-Control": "no-store", "Vary": "Accept"}, media_type=content_type
    )


def describe(settings: Settings) -> dict[str, Any]:
    """Return the state of the site."""
    usage = shutil.disk_usage(settings.var)
    versions = {
        "ztfvo": version("ztfvo"),
        "DaCHS": version("gavodachs"),
        "Python": platform.python_version(),
    }
    known: list[dict[str, Any]] = []
    try:
        with reading() as connection:
            (row,) = connection.execute("SHOW server_version").fetchall()
            versions["PostgreSQL"] = row[0].partition(" ")[0]
            known = [
                {
                    "name": one.name,
                    "title": one.title,
                    "is_default": one.is_default,
                    "simulated": one.simulated,
                    "nlightcurves": one.nlightcurves,
                    "ndetections": one.ndetections,
                    "loaded_at": one.loaded_at.isoformat(timespec="seconds"),
                }
                for one in releases(connection)
            ]
    except DatabaseDown:
        pass  # the state of the part says so
    return {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "parts": read_state(settings),
        "disk": {"free_bytes": usage.free, "total_bytes": usage.total},
        "releases": known,
        "versions": versions,
    }
