"""Refresh hosted catalogs that are due, such as the Transient Name Server's once a day.

`watch` looks for them.  Fetching and loading are commands of their own, as the user who loads data,
beside which `watch` goes on.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import psycopg

from ztfvo.catalogs import Catalog, declared, store
from ztfvo.db import DatabaseDown, connect
from ztfvo.errors import BadFile
from ztfvo.settings import Settings
from ztfvo.site import catalogs
from ztfvo.site.errors import SiteError
from ztfvo.site.identity import DATA, as_user, base_environment

AGAIN = 3600.0
"""Seconds after which a catalog that could not be refreshed is tried again."""

COMMAND = "from ztfvo.cli import main; main()"


class Refresher:
    """Refreshes one catalog at a time, in a thread."""

    def __init__(self) -> None:
        self._tried: dict[str, float] = {}
        self._work: threading.Thread | None = None

    def look(self, settings: Settings, say: Callable[[str], None]) -> None:
        """Begin to refresh a catalog that is due, unless another one is being refreshed."""
        if self._work and self._work.is_alive():
            return
        now = time.monotonic()
        for catalog in due(settings):
            if now - self._tried.get(catalog.name, -AGAIN) >= AGAIN:
                self._tried[catalog.name] = now
                self._work = threading.Thread(
                    target=refresh, args=(catalog, settings, say), daemon=True
                )
                self._work.start()
                return

    def wait(self) -> None:
        """Wait until what was begun has ended."""
        if self._work:
            self._work.join()


def due(settings: Settings) -> list[Catalog]:
    """Return the catalogs that are older here than they may be.

    Those of a service that does not know this site are not: they are refreshed where its settings
    are there.
    """
    known = [one for one in declared(settings.catalogs).values() if _is_refreshed(one, settings)]
    if not known:
        return []
    with connect(settings) as connection:
        there = store.loaded(connection)
    now = datetime.now(UTC)
    return [
        one
        for one in known
        if one.name not in there
        or there[one.name].simulated
        or now - there[one.name].loaded_at >= timedelta(hours=one.download.hours)
    ]


def refresh(catalog: Catalog, settings: Settings, say: Callable[[str], None]) -> None:
    """Fetch, load and publish a catalog; a failure is reported, and leaves what there was."""
    try:
        for words in (("fetch", catalog.name), ("load", catalog.name, "--no-publish", "--replace")):
            _run(settings, *words)
        catalogs.publish(settings, [catalog.name])
        say(f"Catalog {catalog.name} is refreshed")
    except (SiteError, BadFile, DatabaseDown, OSError, psycopg.Error) as error:
        say(f"Catalog {catalog.name} could not be refreshed: {error}")


def _is_refreshed(catalog: Catalog, settings: Settings) -> bool:
    place = catalog.download
    return bool(place and place.hours and (place.service != "tns" or settings.tns_id))


def _run(settings: Settings, *words: str) -> None:
    """Run a command on catalogs as the user who loads data.

    The key of TNS is no setting that services see: it is read where the operator has put it.
    """
    own = Settings(_env_file=settings.var / "settings.env", var=settings.var)
    known = settings.model_copy(update={"tns_key": settings.tns_key or own.tns_key})
    values = known.model_dump(mode="json", exclude_none=True)
    named = {f"ZTFVO_{name.upper()}": _text(value) for name, value in values.items()}
    done = subprocess.run(
        as_user(settings, DATA, [sys.executable, "-I", "-c", COMMAND, "catalog", *words]),
        cwd=settings.var,
        env=base_environment(settings, DATA) | named,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    if done.returncode:
        last = " ".join(done.stdout.strip().splitlines()[-3:])
        raise SiteError(last, f"try by hand: ztfvo catalog {' '.join(words)}")


def _text(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
