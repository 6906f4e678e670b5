"""The form of ``/find``, made of the criteria as they are declared, and the first rows found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ztfvo import addresses
from ztfvo.dal import Parameters
from ztfvo.find import query
from ztfvo.find.criteria import CATALOG, CRITERIA, FEATURES, KNOWLEDGE, SOURCES, Criterion, Interval
from ztfvo.find.query import Found
from ztfvo.web.pages import page
from ztfvo.web.pages.results import query_form

MOST_SHOWN = 200
"""Rows on the page."""
GROUPS = {
    "Light curve": lambda one: one.table not in (SOURCES, CATALOG, KNOWLEDGE, FEATURES),
    "Star": lambda one: one.table in (SOURCES, KNOWLEDGE),
    "Class": lambda one: one.table == CATALOG,
    "Period": lambda one: one.table == FEATURES and not _is_feature(one),
    "Features": lambda one: _is_feature(one),
}
"""Parts of the form: which criteria are in them."""
HIDDEN = ("source_id",)
PLACEHOLDERS = {"POS": "CIRCLE 254.46 35.34 0.5", "CLASS": "RRAB, EW"}
DECIMALS = {"ra": 5, "dec": 5, "separation": 2}
"""Of columns; of others three."""


def form(
    given: Parameters,
    release: str,
    *,
    catalogs: Sequence[str],
    simulated: bool,
    found: Found | None = None,
    document: dict[str, Any] | None = None,
    fault: str = "",
) -> bytes:
    """Write the page.

    Parameters
    ----------
    given
        Criteria as they were sent.
    catalogs
        What CATALOG may be.
    found
        The query that they make; None where there is none.
    document
        The answer of TAP in JSON, of at most `MOST_SHOWN` rows.
    fault
        Why nothing is found, as a sentence.
    """
    groups = {
        title: [_field(one, given) for one in CRITERIA if chosen(one)]
        for title, chosen in GROUPS.items()
    }
    values: dict[str, Any] = {
        "groups": groups,
        "open": any(one["value"] for one in groups["Features"]),
        "catalogs": catalogs,
        "catalog": given.values(query.NAMED)[:1],
        "catalog_radius": " ".join(given.values(query.RADIUS)[:1]),
        "default_radius": query.DEFAULT_RADIUS,
        "rows_at_most": " ".join(given.values(query.MAXREC)[:1]),
        "default_rows": query.DEFAULT_ROWS,
        "most_rows": query.MOST_ROWS,
        "action": addresses.find(release, []),
        "fault": fault,
        "adql": found.adql if found else "",
    }
    if found and document:
        values |= _results(given, release, found, document)
    return page(
        "find.html",
        title="Find light curves",
        here=f"/{addresses.FIND}",
        simulated=simulated,
        **values,
    )


def _is_feature(one: Criterion) -> bool:
    return one.table == FEATURES and one.name.startswith("F_")


def _field(one: Criterion, given: Parameters) -> dict[str, Any]:
    """What the form shows of a criterion."""
    values = given.values(one.name)
    options = getattr(one, "options", ())
    return {
        "name": one.name,
        "description": one.description,
        "unit": one.unit,
        "value": ", ".join(values),
        "options": [(word, word in given.words(one.name)) for word in options],
        "placeholder": "from to" if isinstance(one, Interval) else PLACEHOLDERS.get(one.name, ""),
    }


def _results(
    given: Parameters, release: str, found: Found, document: dict[str, Any]
) -> dict[str, Any]:
    names = [column["name"] for column in document["columns"]]
    shown = [at for at, name in enumerate(names) if name not in HIDDEN]
    rows = document["data"]

    def address(form: str) -> str:
        return addresses.find(release, [*given.pairs(), ("RESPONSEFORMAT", form)])

    oid = names.index("oid")
    return {
        "columns": [document["columns"][at] for at in shown],
        "rows": [
            {
                "page": addresses.view(release, row[oid]),
                "picture": addresses.light_curve(release, row[oid], "svg"),
                "cells": [_written(names[at], row[at]) for at in shown],
            }
            for row in rows
        ],
        "more": document.get("queryStatus") == "OVERFLOW",
        "maxrec": found.maxrec,
        "tables": [("VOTable", address("votable")), ("CSV", address("csv"))],
        "table": addresses.absolute(address("votable")),
        "query_form": query_form(found.adql),
    }


def _written(name: str, value: Any) -> tuple[str, bool]:
    """Return a value as people read it, and whether it is a number."""
    if value is None:
        return "", False
    if isinstance(value, float):
        return f"{value:.{DECIMALS.get(name, 3)}f}", True
    return str(value), isinstance(value, int)
