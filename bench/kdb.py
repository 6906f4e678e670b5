"""The knowledge database under load: lists and pages with each filter, over many annotations."""

from __future__ import annotations

import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import psycopg
from psycopg import sql

from bench import cputime
from bench.annotations import AUTHORS, write_annotations
from bench.report import database_facts, number, save, say, show
from bench.timing import quantiles, stopwatch
from ztfvo.db import connect_superuser
from ztfvo.settings import Settings
from ztfvo.site import knowledge
from ztfvo.site.errors import SiteError

NAME = "ztfvo_bench_kdb"
AIM = 50.0
"""What the median is to stay below, ms."""

PATIENCE = 60.0
WARM = 3
ACCOUNTS = AUTHORS[:6]
"""Authors that have accounts; the others are names, as imported records have them."""

Parameters = list[tuple[str, str]]
Query = tuple[str, str, Parameters | dict[str, Any]]
"""Method, path below the prefix, and parameters or body."""


def kdb(settings: Settings, annotations: int, requests: int, keep: bool) -> dict[str, Any]:
    """Measure, print the table and write the JSON file.

    Parameters
    ----------
    settings
        Those of the installation, whose cluster gets a database of its own for this.
    annotations
        How many to make up.
    requests
        Requests of each kind.
    keep
        Leave the database for a look at it.
    """
    with tempfile.TemporaryDirectory(prefix="ztfvo-bench-kdb-") as name:
        folder = Path(name)
        with _database(settings, keep) as superuser:
            known = _environment(settings, folder)
            facts = _fill(settings, folder, known, superuser, annotations)
            with _server(settings, folder, known) as (client, server):
                kinds = queries(client, facts["oids"])
                processes = [*cputime.children(server), *_backends(superuser)]
                results = {
                    kind: _measure(client, made, requests, processes)
                    for kind, made in kinds.items()
                }
            facts = {name: value for name, value in facts.items() if name != "oids"}
            facts |= database_facts(superuser)
    _show(annotations, results)
    save(settings.var / "bench" / "results", "kdb", results, aim_ms=AIM, **facts)
    return results


def filters() -> dict[str, Parameters]:
    """Filters by name, with parameters that lists and pages both take."""
    return {
        "all": [],
        "tag, frequent": [("tag", "artefact")],
        "tag, rare": [("tag", "Lens")],
        "any of 3 tags": [("tag", "SN"), ("tag", "SNIa"), ("tag", "AGN")],
        "2 tags together": [("all_tags", "artefact"), ("all_tags", "ghost")],
        "2 tags, seldom together": [("all_tags", "SN"), ("all_tags", "QSO")],
        "without a tag": [("not_tag", "artefact")],
        "tag and not another": [("tag", "SN"), ("not_tag", "uncertain")],
        "author with account": [("author", AUTHORS[0])],
        "author, imported": [("author", AUTHORS[-1])],
        "author and tag": [("author", AUTHORS[-1]), ("tag", "SN")],
        "author, none": [("author", "Nobody")],
        "text, frequent": [("text", "superoutburst")],
        "text, rare": [("text", "wanted (99")],
        "text of 2 letters": [("text", "VS")],
        "text, none": [("text", "no such words")],
        "dates, one week": [
            ("changed_after", "2023-05-01T00:00:00Z"), ("changed_before", "2023-05-08T00:00:00Z"),
        ],
        "dates and tag": [("changed_before", "2022-01-01T00:00:00Z"), ("tag", "VAR")],
        "release": [("release", "dr3")],
        "not public": [("public", "false")],
        "sorted by OID": [("ordering", "oid")],
        "sorted by annotations": [("ordering", "-annotations")],
        "sorted by OID, tag": [("ordering", "oid"), ("tag", "QSO")],
    }  # fmt: skip


def queries(client: httpx.Client, oids: list[int]) -> dict[str, list[Query]]:
    """Return requests by kind; a kind that has several takes them in turn."""
    kinds: dict[str, list[Query]] = {}
    for where, path in {"objects": "api/v1/objects/", "annotations": "api/v1/annotations/"}.items():
        for name, parameters in filters().items():
            kinds[f"{where}: {name}"] = [("GET", path, parameters)]
        some = [[("oid", str(oid)) for oid in oids[i : i + 50]] for i in range(0, 500, 50)]
        kinds[f"{where}: 50 OIDs"] = [("GET", path, parameters) for parameters in some]
        kinds[f"{where}: deep page"] = [("GET", path, _deep(client, path))]
        kinds[f"{where}: CSV"] = [("GET", path, [("format", "csv")])]
    for name, parameters in filters().items():
        kinds[f"page: {name}"] = [("GET", "", parameters)]
    kinds["page: tags"] = [("GET", "tags", [])]
    kinds["page: record"] = [("GET", f"objects/{oid}", []) for oid in oids[:50]]
    kinds["one OID"] = [("GET", f"api/v1/objects/{oid}/", []) for oid in oids[:200]]
    kinds["history"] = [("GET", f"api/v1/objects/{oid}/history/", []) for oid in oids[:200]]
    kinds["log"] = [("GET", f"api/v1/objects/{oid}/log/", []) for oid in oids[:200]]
    kinds["query of 100 OIDs"] = [
        ("POST", "api/v1/objects/query/", {"oids": oids[i : i + 100]}) for i in range(0, 500, 100)
    ]
    kinds["tags"] = [("GET", "api/v1/tags/", [])]
    kinds["tags with counts"] = [("GET", "api/v1/tags/", [("counts", "true")])]
    return kinds


def _deep(client: httpx.Client, path: str) -> Parameters:
    """Parameters of the page after 5,000 rows."""
    parameters: Parameters = [("page_size", "1000")]
    for _ in range(5):
        following = _ask(client, ("GET", path, parameters)).json()["next"]
        if not following:
            break
        parameters = httpx.URL(following).params.multi_items()
    return [pair for pair in parameters if pair[0] != "page_size"]


def _ask(client: httpx.Client, query: Query) -> httpx.Response:
    method, path, given = query
    if isinstance(given, dict):
        answer = client.request(method, path, json=given)
    else:
        answer = client.request(method, f"{path}?{urlencode(given)}" if given else path)
    if answer.status_code != 200:
        raise SiteError(
            f"{answer.url} answers {answer.status_code}: {answer.text[:300]}",
            "see the last lines of what the server printed",
        )
    return answer


def _backends(superuser: psycopg.Connection) -> list[int]:
    """Ids of PostgreSQL's processes that work for the service."""
    found = superuser.execute(
        "SELECT pid FROM pg_stat_activity WHERE datname = %s AND application_name = 'kdb'", [NAME]
    )
    return [process for (process,) in found]


def _measure(
    client: httpx.Client, made: list[Query], requests: int, processes: list[int]
) -> dict[str, Any]:
    """Time requests of a kind, one after the other.

    The processor time shows the cost where others use the machine, too.
    """
    seconds = []
    spent = cputime.seconds_of(processes)
    for turn in range(WARM + requests):
        began = time.perf_counter()
        answer = _ask(client, made[turn % len(made)])
        seconds.append(time.perf_counter() - began)
    spent = (cputime.seconds_of(processes) - spent) / len(seconds) * 1e3
    times = quantiles(seconds[WARM:]).as_dict()
    return times | {"cpu_ms": spent, "bytes": len(answer.content)}


@contextmanager
def _database(settings: Settings, keep: bool) -> Iterator[psycopg.Connection]:
    """Make the database; lends a superuser's connection to it."""
    gone = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(NAME))
    with connect_superuser(settings) as connection:
        for role in (knowledge.OWNER, "kdb_public"):
            if not connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).rowcount:
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
        connection.execute(gone)
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(
                sql.Identifier(NAME), sql.Identifier(knowledge.OWNER)
            )
        )
    try:
        with psycopg.connect(settings.superuser_dsn, dbname=NAME, autocommit=True) as superuser:
            yield superuser
    finally:
        if not keep:
            with connect_superuser(settings) as connection:
                connection.execute(gone)


def _environment(settings: Settings, folder: Path) -> dict[str, str]:
    key = folder / "key"
    key.touch(mode=0o600)
    key.write_text(secrets.token_urlsafe(60))
    private = f"host={settings.socket_folder} port={settings.postgres_port}"
    return {
        "KDB_DSN": f"{private} dbname={NAME} user={knowledge.OWNER}",
        "KDB_SECRET_KEY_FILE": str(key),
        "KDB_PUBLIC_URL": "http://localhost",
        "KDB_ANONYMOUS_RATE": "1000000000/min",
        "KDB_TAP_URL": "",
    }


def _fill(
    settings: Settings,
    folder: Path,
    known: dict[str, str],
    superuser: psycopg.Connection,
    annotations: int,
) -> dict[str, Any]:
    def manage(*words: str) -> None:
        done = knowledge.manage(settings, words, quiet=True, **known)
        if done.returncode:
            raise SiteError(f"{words[0]} failed: {done.stderr[-500:]}", "see the lines above")

    manage("migrate", "--verbosity=0")
    manage("load_vocabulary")
    for place, author in enumerate(ACCOUNTS):
        manage("create_user", f"expert{place}", author, "--role=expert")
    file = folder / "annotations.csv"
    objects = write_annotations(file, annotations)
    load = stopwatch(lambda: manage("import_records", str(file)))
    say(f"{annotations:,} annotations of {objects:,} objects imported in {load:.1f} s")
    # As only the superuser may: records of those who have accounts are theirs.
    superuser.execute(
        "UPDATE annotation a SET author_id = u.id, author_name = '' FROM kdb_user u"
        " WHERE u.public_name = a.author_name"
    )
    superuser.execute("VACUUM FULL ANALYZE")
    size = superuser.execute("SELECT pg_database_size(current_database())").fetchone()[0]
    oids = superuser.execute(
        "SELECT oid FROM annotation_current ORDER BY hashint8(oid) LIMIT 500"
    ).fetchall()
    return {
        "annotations": annotations,
        "objects": objects,
        "import_seconds": load,
        "database_bytes": size,
        "oids": [oid for (oid,) in oids],
    }


@contextmanager
def _server(
    settings: Settings, folder: Path, known: dict[str, str]
) -> Iterator[tuple[httpx.Client, int]]:
    """Run the service with one process on a socket; lends a client and the server's id."""
    socket = folder / "http"
    command = [
        sys.executable, "-m", "gunicorn", "kdb.config.wsgi", "--workers=1",
        f"--bind=unix:{socket}", "--log-level=warning",
    ]  # fmt: skip
    process = subprocess.Popen(command, env={**knowledge.process_environment(settings), **known})
    try:
        transport = httpx.HTTPTransport(uds=str(socket))
        with httpx.Client(
            transport=transport, base_url="http://localhost/kdb/", timeout=PATIENCE
        ) as client:
            _wait(client, process)
            yield client, process.pid
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


def _wait(client: httpx.Client, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            client.get("api/v1/tags/")
            return
        except httpx.TransportError:
            time.sleep(0.2)
    raise SiteError("the server of the knowledge database does not start", "see what it printed")


def _show(annotations: int, results: dict[str, dict[str, Any]]) -> None:
    rows = [
        (
            name,
            number(times["p50"]),
            number(times["p95"]),
            number(times["cpu_ms"]),
            number(times["bytes"] / 1e3),
            "" if times["p50"] < AIM else "slower than the aim",
        )
        for name, times in results.items()
    ]
    title = f"{annotations:,} annotations, pages of 100 rows; the aim is {AIM:.0f} ms"
    show(title, ("", "p50 ms", "p95 ms", "cpu ms", "kB", ""), rows)
    slow = sum(times["p50"] >= AIM for times in results.values())
    say(f"{len(results)} kinds of requests, of which {slow} are slower than the aim.")
