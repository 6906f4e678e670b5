"""What the tests of the running service share."""

from __future__ import annotations

import pytest
import pyvo
import requests
from support import service


@pytest.fixture(scope="session")
def site():
    """Address of the running service, with the demo release on line."""
    return service.start()


@pytest.fixture(scope="session")
def tap(site):
    """The TAP service as pyvo sees it."""
    return pyvo.dal.TAPService(f"{site}/tap")


@pytest.fixture(scope="session")
def ask(site):
    """A function that gets a path with parameters, without following redirects."""

    def get(path: str, **parameters):
        return requests.get(site + path, params=parameters, timeout=120, allow_redirects=False)

    return get


@pytest.fixture(scope="session")
def query(site):
    """A function that posts an ADQL query to TAP sync."""

    def post(adql: str, **parameters):
        data = {"LANG": "ADQL", "QUERY": adql, **parameters}
        return requests.post(f"{site}/tap/sync", data=data, timeout=120)

    return post
