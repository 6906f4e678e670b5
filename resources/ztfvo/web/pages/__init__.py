"""Pages for people, from the templates."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ztfvo.settings import get_settings

HTML = "text/html; charset=utf-8"
FOLDER = Path(__file__).parents[1]
STATIC = "/static/site"
"""Address of style sheets and scripts, which nginx has from the folder ``static``."""
SWAGGER = "/static/swagger"
"""Address of the program that shows the API."""
SCHEMA = "/api/openapi.json"


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page(template: str, **values: object) -> bytes:
    """Fill a template; values are escaped.

    Parameters
    ----------
    template
        Name of its file.
    values
        What it shows; ``site`` and ``static`` are there in all templates.
    """
    known = {"site": get_settings(), "static": STATIC}
    return _environment().get_template(template).render(known | values).encode()
