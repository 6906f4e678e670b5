"""Catalogs of other surveys that this site hosts: declared, fetched, loaded and searched.

What is known of a catalog is in one file, ``inputs/catalogs/NAME/catalog.toml``; its table, its
views, its descriptor, its part of ``/match`` (`ztfvo.match.hosted`), and the source that is asked
where it is not hosted (`ztfvo.outside.catalogs`) all follow from it.
"""

from ztfvo.catalogs.declaration import Catalog, Column
from ztfvo.catalogs.folder import declared, faults, find

__all__ = ("Catalog", "Column", "declared", "faults", "find")
