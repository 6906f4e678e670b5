"""What tests of services outside share: a stand-in of all of them, and a desk that asks it."""

from __future__ import annotations

import asyncio

import pytest
from psycopg import sql
from support.outside import Outside

from ztfvo.match import hosted
from ztfvo.match.model import Catalog
from ztfvo.outside.ask import Desk, Question
from ztfvo.outside.cache import Cache
from ztfvo.outside.client import Pool
from ztfvo.outside.model import Answer
from ztfvo.settings import load_settings


@pytest.fixture(scope="session")
def outside_server():
    """The stand-in, for all tests."""
    with Outside() as started:
        yield started


@pytest.fixture
def outside(outside_server):
    """The stand-in, with nothing wrong and nothing asked."""
    outside_server.recover()
    yield outside_server
    outside_server.recover()


@pytest.fixture
def cache(tmp_path):
    """An empty cache of answers."""
    return Cache(tmp_path / "outside.sqlite", 10_000_000)


@pytest.fixture
def nothing_hosted(monkeypatch):
    """A site whose database is not asked which catalogs it hosts: none but its objects."""
    objects = Catalog(hosted._objects(), sql.Identifier("ztf", "objects"))
    monkeypatch.setattr(hosted, "known", lambda: {hosted.OBJECTS: objects})


@pytest.fixture
def ask(outside, cache):
    """A function that asks questions at the same time and returns their answers, in order."""

    def answers(*questions: Question) -> list[Answer]:
        async def run() -> list[Answer]:
            settings = load_settings(outside_gateway=outside.url, astro_colibri_uid="u-1")
            desk = Desk(Pool(settings), cache)
            try:
                return await asyncio.gather(*map(desk.answer, questions))
            finally:
                await desk.close()

        return asyncio.run(run())

    return answers
