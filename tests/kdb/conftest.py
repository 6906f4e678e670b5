"""What the tests of the knowledge database share.

They run on a database of their own in the test cluster.  Each test is a transaction that is
rolled back, unless it takes `committed`.
"""

from __future__ import annotations

import json
import os
from unittest.mock import patch

import django
import pytest
from support import kdb, pages
from support.kdb import KEY, MIGRATED, NAME, PASSWORD

# Set while Django starts and not longer: what other tests start must not see it.
with patch.dict(os.environ, kdb.environment(NAME, KEY)):
    django.setup()

from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, transaction
from support import records

from kdb.config.options import get_options


@pytest.fixture(scope="session")
def kdb_database(database):
    """The migrated database of this test run."""
    kdb.create_database(NAME)
    try:
        call_command("migrate", verbosity=0)
        connection.close()
        kdb.create_database(MIGRATED, NAME)
        yield NAME
    finally:
        connection.close()
        kdb.drop_database(NAME)
        kdb.drop_database(MIGRATED)


@pytest.fixture(scope="session")
def quick_hashing():
    """Hash passwords with few rounds; yields the number of rounds of the service."""
    rounds = PBKDF2PasswordHasher.iterations
    PBKDF2PasswordHasher.iterations = 1000
    yield rounds
    PBKDF2PasswordHasher.iterations = rounds


@pytest.fixture(scope="session")
def password_hash(quick_hashing):
    """The hash of everyone's password."""
    return make_password(PASSWORD)


@pytest.fixture(autouse=True)
def clean(request, kdb_database):
    """Start each test with an empty database, full allowances and a connection that works."""
    cache.clear()
    if connection.connection and not connection.is_usable():  # the database was restarted
        connection.close()
    if "committed" in request.fixturenames:
        yield
        return
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def committed(kdb_database):
    """For tests that need several connections: all is committed, and removed afterwards."""
    yield
    records.remove_all()


@pytest.fixture
def people(password_hash):
    """One user of each role, and a second expert, by role."""
    return records.make_people(password_hash)


@pytest.fixture
def visitors(people):
    """Someone of each role, logged in, and someone who is not."""
    found = {role: kdb.Visitor(user) for role, user in people.items()}
    return found | {"anonymous": kdb.Visitor()}


@pytest.fixture
def browsers(people):
    """A browser of someone of each role, and of someone who is not logged in."""
    return {role: pages.Browser(user) for role, user in people.items()} | {
        "anonymous": pages.Browser()
    }


@pytest.fixture
def anyone(visitors):
    """Someone without login."""
    return visitors["anonymous"]


@pytest.fixture
def expert(visitors):
    """An expert."""
    return visitors["expert"]


@pytest.fixture
def editor(visitors):
    """A tag editor."""
    return visitors["editor"]


@pytest.fixture
def tags():
    """Some tags of the vocabulary, by name; the order is not that of the alphabet."""
    return records.make_tags()


@pytest.fixture
def option(monkeypatch):
    """A function that changes settings for this test."""

    def change(**values):
        for name, value in values.items():
            assert name in type(get_options()).model_fields
            monkeypatch.setitem(get_options().__dict__, name, value)

    return change


@pytest.fixture
def file(tmp_path):
    """A function that writes a file and returns its path."""

    def write(content, name="records.csv"):
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    return write
