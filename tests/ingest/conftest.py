"""Fixtures of the downloads: a small published tree and a server of it."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest
import tenacity.nap
from support.archive import DR19, StandIn
from support.downloads import OTHER, ZG, ZR
from support.files import bulk_rows, write_bulk
from support.images import forgotten

from ztfvo.db import connect
from ztfvo.remote import client
from ztfvo.store.schemas import create_common


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """A small published tree: two filters of field 1722, one file of field 633."""
    folder = tmp_path_factory.mktemp("tree")
    write_bulk(folder / ZG)
    for path, shift, field in ((ZR, 10**11, 1722), (OTHER, -1089 * 10**12, 633)):
        rows = bulk_rows()
        rows["objectid"] = [oid + shift for oid in rows["objectid"]]
        rows["fieldid"] = [field] * 2
        rows["filterid"] = [2, 2] if field == 1722 else [1, 1]
        write_bulk(folder / path, rows)
    return folder


@pytest.fixture
def server(made):
    """The stand-in, with one checksum list at the root."""
    with StandIn() as server:
        server.publish(made, DR19)
        server.add_checksums(DR19, "checksum.md5")
        yield server


@pytest.fixture
def waits(monkeypatch):
    """Seconds that clients would have waited: between attempts, and to keep their pace."""
    noted = []
    clock = SimpleNamespace(sleep=noted.append, monotonic=time.monotonic)
    monkeypatch.setattr(tenacity.nap, "time", clock)
    monkeypatch.setattr(client, "time", clock)
    return noted


@pytest.fixture
def memory(database):
    """The table of image names, empty; what was there comes back afterwards."""
    with connect() as connection:
        create_common(connection)
    with forgotten() as connection:
        yield connection
