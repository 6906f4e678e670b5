"""Lists of positions against the objects of the running service, by /match and by TAP upload."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import httpx
import numpy as np
from astropy.io.votable import from_table
from astropy.table import Table

from bench.report import number, save, say, show
from bench.service import NotServed, sample
from bench.timing import stopwatch
from ztfvo.settings import Settings

SCATTER = 0.3
"""arcsec, in each direction, of the positions about those of objects."""
RADIUS = 2.0
"""arcsec"""
PATIENCE = 120.0
AIM = 5.0
"""Seconds for 10,000 positions."""

_JOIN = (
    "SELECT u.id, o.oid, o.ra, o.dec, o.filter FROM tap_upload.list AS u"
    f" JOIN {{schema}}.objects AS o ON DISTANCE(o.ra, o.dec, u.ra, u.dec) < {RADIUS / 3600:.9f}"
)


def match(settings: Settings, base: str, schema: str, positions: int, runs: int) -> dict[str, Any]:
    """Measure, print the table and write the JSON file.

    Parameters
    ----------
    base
        Address of the service, without closing slash.
    schema
        Schema of the release in TAP.
    positions
        Of the list.
    runs
        Of each kind, of which the median is shown.
    """
    table = _positions(base, schema, positions)
    csv, votable = _as_csv(table), _as_votable(table)
    kinds: dict[str, Callable[[], httpx.Response]] = {
        "POST to /match, CSV both ways": lambda: _post(base, csv, "text/csv", "csv"),
        "POST to /match, VOTable both ways": lambda: _post(
            base, votable, "application/x-votable+xml", "votable"
        ),
        "TAP upload, VOTable in, CSV out": lambda: _upload(base, schema, votable),
    }
    seconds = {name: [stopwatch(ask) for _ in range(runs)] for name, ask in kinds.items()}
    medians = {name: float(np.median(values)) for name, values in seconds.items()}
    show(
        f"{positions} positions within {RADIUS:g} arcsec of objects, s",
        ("", "median", "least", "most"),
        [
            (name, number(medians[name]), number(min(values)), number(max(values)))
            for name, values in seconds.items()
        ],
    )
    facts = {"base": base, "schema": schema, "positions": positions, "radius": RADIUS}
    save(settings.var / "bench" / "results", "match", seconds, **facts)
    return medians


def _positions(base: str, schema: str, count: int) -> Table:
    """Positions near objects, some several times, as in a list of transients."""
    targets = np.array([target[1:] for target in sample(base, schema, min(count, 2000))])
    generator = np.random.default_rng(11)
    chosen = targets[generator.integers(len(targets), size=count)]
    shift = generator.normal(0, SCATTER / 3600, (count, 2))
    dec = np.clip(chosen[:, 1] + shift[:, 1], -90, 90)
    ra = (chosen[:, 0] + shift[:, 0] / np.maximum(np.cos(np.radians(dec)), 1e-3)) % 360
    say(f"{base}: {count} positions at {len(targets)} objects of {schema}")
    return Table({"id": np.arange(1, count + 1), "ra": ra, "dec": dec})


def _as_csv(table: Table) -> bytes:
    lines = [f"{row['id']},{row['ra']:.7f},{row['dec']:.7f}" for row in table]
    return "\n".join(["id,ra,dec", *lines]).encode()


def _as_votable(table: Table) -> bytes:
    buffer = io.BytesIO()
    from_table(table).to_xml(buffer)
    return buffer.getvalue()


def _post(base: str, body: bytes, content_type: str, form: str) -> httpx.Response:
    return _checked(
        httpx.post(
            f"{base}/match",
            content=body,
            params={"RADIUS": RADIUS, "RESPONSEFORMAT": form},
            headers={"Content-Type": content_type},
            timeout=PATIENCE,
        )
    )


def _upload(base: str, schema: str, body: bytes) -> httpx.Response:
    asked = {
        "LANG": "ADQL",
        "QUERY": _JOIN.format(schema=schema),
        "RESPONSEFORMAT": "csv",
        "MAXREC": "1000000",
        "UPLOAD": "list,param:list",
    }
    files = {"list": ("list.vot", body, "application/x-votable+xml")}
    return _checked(httpx.post(f"{base}/tap/sync", data=asked, files=files, timeout=PATIENCE))


def _checked(answer: httpx.Response) -> httpx.Response:
    if answer.status_code != 200 or b'value="ERROR"' in answer.content[:5000]:
        raise NotServed(f"{answer.url} answers {answer.status_code}: {answer.text[:300]}")
    return answer
