"""A TAP service as the stand-in of services outside plays it: strict about names of columns."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from support.outside import Asked, Outside, Reply

VIZIER = ("tapvizier.cds.unistra.fr", "/TAPVizieR/tap/sync")
SIMBAD = ("simbad.cds.unistra.fr", "/simbad/sim-tap/sync")

_QUERY = re.compile(r"SELECT (?:TOP \d+ )?(?P<columns>.+?) FROM (?P<table>.+?) WHERE ", re.S)
_ITEM = re.compile(r'(?:"[^"]*"|\([^()]*(?:\([^()]*\)[^()]*)*\)|[^,])+')

Table = Mapping[str, Sequence[Any]]
"""Values by the names of columns, in the order in which the service answers them."""


@dataclass
class TapServer:
    """Answers of one service, by tables."""

    tables: dict[str, Callable[[Asked], Table]] = field(default_factory=dict)

    def __call__(self, asked: Asked) -> Reply:
        query = _QUERY.match(asked.values["QUERY"])
        names = [name for name in self.tables if name in query["table"].split()]
        if not names:
            return _refusal(f"unknown table {query['table']}")
        table = self.tables[names[0]](asked)
        try:
            columns = list(_columns(query["columns"], table))
        except KeyError as error:
            return _refusal(f"unknown column {error}")
        rows = list(zip(*(values for _, values in columns), strict=True))
        body = {"metadata": [{"name": name} for name, _ in columns], "data": rows}
        return Reply(json.dumps(body).encode())


def _columns(listed: str, table: Table) -> Iterator[tuple[str, Sequence[Any]]]:
    """Name and values of what a query selects; as in ADQL, plain names must be unambiguous."""
    length = len(next(iter(table.values())))
    for item in _ITEM.findall(listed):
        expression, _, alias = item.strip().partition(" AS ")
        if expression.startswith("DISTANCE"):
            yield alias, [0.0] * length
            continue
        name = expression.partition(".")[2] if re.match(r"\w\.", expression) else expression
        if name.startswith('"'):
            name = name.strip('"')
        else:
            same = [one for one in table if one.lower() == name.lower()]
            name = same[0] if len(same) == 1 else "ambiguous or unknown " + name
        yield alias or name, table[name]


def _refusal(message: str) -> Reply:
    body = (
        '<VOTABLE version="1.3" xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE'
        f' type="results"><INFO name="QUERY_STATUS" value="ERROR">{message}</INFO></RESOURCE>'
        "</VOTABLE>"
    )
    return Reply(body.encode(), "application/x-votable+xml", 400)


def answer(outside: Outside, place: tuple[str, str], name: str, table: Table) -> None:
    """Have a service answer a table; name is as queries have it."""
    known = outside.registered(*place)
    server = known if isinstance(known, TapServer) else TapServer()
    server.tables[name] = lambda _: table
    outside.answer(*place, server)


def empty(table: Table) -> Table:
    """Return a table without its rows."""
    return {name: [] for name in table}
