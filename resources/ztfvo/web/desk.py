"""Where the application's requests have services outside asked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request

from ztfvo.outside.ask import Desk
from ztfvo.outside.cache import Cache
from ztfvo.outside.client import Pool
from ztfvo.settings import Settings


def cache(settings: Settings) -> Cache:
    """Return the answers that the application keeps."""
    return Cache(settings.outside_cache, settings.outside_cache_mb * 10**6)


@asynccontextmanager
async def opened(app: FastAPI, settings: Settings) -> AsyncIterator[None]:
    """Have a desk while the application runs."""
    app.state.desk = Desk(Pool(settings), cache(settings))
    try:
        yield
    finally:
        await app.state.desk.close()


def desk_of(request: Request) -> Desk:
    """Return the desk that a request's questions are given to."""
    return request.app.state.desk
