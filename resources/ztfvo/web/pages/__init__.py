"""Pages for people, from the templates."""

from __future__ import annotations

from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ztfvo import addresses
from ztfvo.settings import Settings, get_settings

HTML = "text/html; charset=utf-8"
FOLDER = Path(__file__).parents[1]
STATIC = "/static/site"
"""Address of style sheets and scripts, which nginx has from the folder ``static``."""
VENDOR = "/static/vendor"
"""Address of the libraries that set-up installs."""
SEARCH_RADIUS = 2.0
"""arcsec, around what is searched for, unless another is given."""
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


def _pages(settings: Settings) -> list[tuple[str, str]]:
    """Return titles and addresses of the pages that all pages name."""
    known = [
        ("Find", f"/{addresses.FIND}"),
        ("TAP", addresses.TAP),
        ("Help", addresses.HELP),
        ("About", addresses.ABOUT),
    ]
    if settings.kdb_workers:
        known.append(("Experts", addresses.knowledge("/", settings)))
    return known


def page(template: str, settings: Settings | None = None, **values: object) -> bytes:
    """Fill a template; values are escaped.

    Parameters
    ----------
    template
        Name of its file.
    settings
        Those of the site; by default those of this process.
    values
        What it shows; of those in all templates it may give ``searched``, the text in the box at
        its head, ``here``, its own address, and ``simulated``, whether what it shows is.
    """
    settings = settings or get_settings()
    known = {
        "site": settings,
        "version": version("ztfvo"),
        "static": STATIC,
        "vendor": VENDOR,
        "addresses": addresses,
        "pages": _pages(settings),
        "here": None,
        "simulated": False,
        "searched": "",
        "searched_radius": f"{SEARCH_RADIUS:g}",
    }
    return _environment().get_template(template).render(known | values).encode()
