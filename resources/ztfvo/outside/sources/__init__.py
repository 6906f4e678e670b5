"""Services outside: one module each, found by listing this folder; each has a ``SOURCE``.

Catalogs whose declaration has a table ``[vizier]`` are sources too: VizieR is asked for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from ztfvo import plugins
from ztfvo.catalogs import Catalog, declared
from ztfvo.outside.model import Source
from ztfvo.settings import get_settings


@lru_cache(maxsize=1)
def sources() -> dict[str, Source]:
    """Return all sources by name, in their order."""
    # It imports slow libraries, which those who want the names do without.
    from ztfvo.outside.catalogs import at_vizier

    modules = plugins.modules(__name__).items()
    found = [replace(module.SOURCE, name=name) for name, module in modules]
    found += map(at_vizier, _catalogs())
    found.sort(key=lambda source: (source.order, source.name))
    return {source.name: source for source in found}


def names() -> set[str]:
    """Return the names of all sources, importing none of them."""
    return {*plugins.names(__name__), *(catalog.name for catalog in _catalogs())}


def _catalogs() -> Iterator[Catalog]:
    return (one for one in declared(get_settings().catalogs).values() if one.vizier)
