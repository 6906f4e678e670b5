"""The application that uvicorn serves: ``ztfvo.web.app:app``."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path

import drf_spectacular_sidecar
from anyio import to_thread
from fastapi import FastAPI, Response
from fastapi.staticfiles import StaticFiles

from ztfvo.plugins import modules
from ztfvo.settings import get_settings
from ztfvo.web import desk, errors, routes, tap
from ztfvo.web.pages import SCHEMA, SWAGGER
from ztfvo.web.routes import lightcurves

OFTEN = lightcurves
"""Routes that are asked for most: they are tried first."""


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings = get_settings()
    to_thread.current_default_thread_limiter().total_tokens = settings.app_threads
    async with desk.opened(app, settings), tap.opened(app, settings):
        yield


def make_app() -> FastAPI:
    """Return the application with the routes of all modules in ``routes/``."""
    settings = get_settings()
    app = FastAPI(
        title=settings.site_name,
        description=settings.site_description,
        version=version("ztfvo"),
        docs_url=None,
        redoc_url=None,
        openapi_url=SCHEMA,
        openapi_tags=[
            {"name": name}
            for name in ("Light curves", "Analysis", "Images", "Outside", "Drop-in", "Site")
        ],
        servers=[{"url": settings.url}],
        default_response_class=Response,
        redirect_slashes=False,
        lifespan=_lifespan,
    )
    for module in sorted(modules(routes.__name__).values(), key=lambda one: one is not OFTEN):
        # As routes of the application's own: a router within it would look for its own again.
        app.router.routes += module.router.routes
    app.mount(SWAGGER, StaticFiles(directory=_swagger()))
    errors.install(app)
    return app


def _swagger() -> Path:
    folder = Path(drf_spectacular_sidecar.__file__).parent
    return folder / "static" / "drf_spectacular_sidecar" / "swagger-ui-dist"


app = make_app()
