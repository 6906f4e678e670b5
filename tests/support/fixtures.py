"""What tests of the running service share."""

from __future__ import annotations

import pytest
import pyvo
import requests

from ztfvo.outside.cache import Cache
from ztfvo.settings import get_settings

from . import service
from .image_archive import ImageArchive
from .outside import Outside


@pytest.fixture(scope="session")
def site():
    """Address of the running service, with the demo release published."""
    return service.start()


@pytest.fixture(scope="session")
def real(site):
    """A release of real light curves, published; ask for it where the real data are."""
    service.publish_real("irsa")


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


@pytest.fixture(scope="session")
def archive(site):
    """The stand-ins of the image archive, at the addresses that the site's proxy asks."""
    mirrors = get_settings().archive_mirrors
    if not all(address.startswith("http://127.0.0.1:") for address in mirrors):
        pytest.fail("ZTFVO_ARCHIVE_MIRRORS names no stand-ins: run the tests with scripts/test.")
    with ImageArchive.at(mirrors) as started:
        yield started


@pytest.fixture(scope="session")
def outside_of_site():
    """The stand-in of all services outside, where the running site asks it."""
    address = get_settings().outside_gateway or ""
    if not address.startswith("http://127.0.0.1:"):
        pytest.fail("ZTFVO_OUTSIDE_GATEWAY names no stand-in: run the tests with scripts/test.")
    with Outside(int(address.rpartition(":")[2])) as started:
        yield started


@pytest.fixture
def others(site, outside_of_site):
    """The stand-in, with nothing registered, of a site that has nothing of others."""
    outside_of_site.recover()
    requests.get(f"{site}/outside", timeout=60)  # the file is made by its owner, not by tests
    Cache(get_settings().outside_cache, 10**9).clear()
    yield outside_of_site
    outside_of_site.recover()
    Cache(get_settings().outside_cache, 10**9).clear()  # others expect that nobody answers
