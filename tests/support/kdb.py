"""The knowledge database under test: its environment, visitors and records."""

from __future__ import annotations

import itertools
import json
import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
from django.test import Client
from psycopg import sql

from ztfvo.settings import get_settings
from ztfvo.site.identity import own_file

API = "/api/v1/"
PASSWORD = "correct-Horse-7-battery"
"""Of all users that tests make."""

NAME = f"kdb_test_{os.getpid()}"
"""Of the database of this run."""

MIGRATED = f"{NAME}_migrated"
"""Of one with its tables and nothing else, for copies."""

ROLES = ("anonymous", "reader", "expert", "editor", "administrator")
_numbers = itertools.count(1)


def dsn(name: str, user: str) -> str:
    """Connection string of a database of the test cluster."""
    settings = get_settings()
    return f"host={settings.socket_folder} port={settings.postgres_port} dbname={name} user={user}"


def create_database(name: str, template: str = "template1") -> None:
    """Make a database as set-up does, or a copy of one, and the two roles where they are missing.

    A database to be copied must have no connections.
    """
    with psycopg.connect(dsn("postgres", "postgres"), autocommit=True) as connection:
        for role in ("kdb", "kdb_public"):
            known = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", (role,))
            if not known.rowcount:
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
        made = sql.SQL("CREATE DATABASE {} OWNER kdb TEMPLATE {}")
        connection.execute(made.format(sql.Identifier(name), sql.Identifier(template)))


def drop_database(name: str) -> None:
    """Remove a database, whoever is still connected."""
    with psycopg.connect(dsn("postgres", "postgres"), autocommit=True) as connection:
        gone = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        connection.execute(gone)


def write_key(folder: Path) -> Path:
    """Write a good secret key."""
    path = folder / "kdb-secret-key"
    path.touch(mode=0o600)
    path.write_text(secrets.token_urlsafe(60))
    # Commands give up root's rights before they read it.
    own_file(get_settings(), path, 0o600, "kdb")
    folder.chmod(0o711)
    return path


_folder = tempfile.TemporaryDirectory(prefix="kdb-test-")
KEY = write_key(Path(_folder.name))
"""The file of this run's secret key."""


def environment(name: str, key: Path, **settings: str) -> dict[str, str]:
    """What a process of the service needs to know; settings are given without KDB_."""
    given = {f"KDB_{setting.upper()}": value for setting, value in settings.items()}
    required = {"KDB_DSN": dsn(name, "kdb"), "KDB_SECRET_KEY_FILE": str(key)}
    return {"DJANGO_SETTINGS_MODULE": "kdb.config.settings"} | required | given


def manage(known: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """Run a management command in a process of its own."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("KDB_")}
    return subprocess.run(
        [sys.executable, "-m", "kdb", *words],
        capture_output=True,
        text=True,
        env=bare | known,
        check=False,
    )


def new_oid() -> int:
    """An OID that no other test has."""
    return 633_207_400_000_000 + next(_numbers)


class Visitor:
    """Someone who talks to the API in JSON."""

    def __init__(self, user: Any = None, token: str | None = None, **options: Any) -> None:
        headers = {"HTTP_AUTHORIZATION": f"Token {token}"} if token else {}
        self._login = user if token is None else None
        self._client = Client(HTTP_HOST="localhost", **headers, **options)

    @property
    def client(self) -> Client:
        """The client, logged in when it is first used."""
        if self._login is not None:
            self._client.force_login(self._login, "django.contrib.auth.backends.ModelBackend")
            self._login = None
        return self._client

    def get(self, path: str, headers: dict[str, str] | None = None, **parameters: Any) -> Any:
        """GET a path below the API's root; a list is a repeated parameter."""
        query = "?" + urlencode(parameters, doseq=True) if parameters else ""
        return self.client.get(API + path + query, headers=headers)

    def send(self, method: str, path: str, data: Any = None, **options: Any) -> Any:
        """Send JSON by another method."""
        body = data if isinstance(data, str | bytes) else json.dumps(data)
        kind = {"content_type": "application/json"} | options
        return self.client.generic(method, API + path, body, **kind)

    def post(self, path: str, data: Any = None, **options: Any) -> Any:
        """POST JSON."""
        return self.send("POST", path, data, **options)

    def patch(self, path: str, data: Any = None) -> Any:
        """PATCH with JSON."""
        return self.send("PATCH", path, data)

    def annotate(self, oid: int, *tags: str, **fields: Any) -> Any:
        """Record something that must be accepted; returns what the API made of it."""
        body = {"oid": oid, "release": "dr19", "tags": list(tags)} | fields
        if not tags and not fields.get("deleted"):
            body.setdefault("description", "No tag fits.")
        answer = self.post("annotations/", body)
        assert answer.status_code == 201, answer.content
        return answer.json()

    def oids(self, path: str = "objects/", **parameters: Any) -> list[int]:
        """OIDs of a list, in its order."""
        answer = self.get(path, **parameters)
        assert answer.status_code == 200, answer.content
        return [row["oid"] for row in answer.json()["results"]]
