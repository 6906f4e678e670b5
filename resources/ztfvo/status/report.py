"""Show how an installation is, to people and to programs."""

from __future__ import annotations

import json

from rich.console import Console
from rich.table import Column, Table

from ztfvo.console import show_table
from ztfvo.settings import Settings
from ztfvo.site import mirrors, service
from ztfvo.site.supervisor import NGINX
from ztfvo.status.facts import BAD, GOOD, NOTE, facts

WORKING = "working"
STYLES = {GOOD: "", NOTE: "yellow", BAD: "bold red"}


def show(settings: Settings, as_json: bool = False) -> int:
    """Print the state of parts and mirrors, and the facts; return the exit status.

    It is 0 when all parts work.
    """
    console = Console(soft_wrap=True, highlight=False)
    rows = service.status(settings)
    proxied = (NGINX, WORKING) in [row[:2] for row in rows]
    archive = mirrors.states(settings) if proxied else []
    known = facts(settings)
    if as_json:
        found = {
            "programs": [dict(zip(("name", "state", "note"), row, strict=True)) for row in rows],
            "mirrors": [dict(zip(("address", "state"), row, strict=True)) for row in archive],
            "facts": [dict(zip(("about", "state", "sentence"), row, strict=True)) for row in known],
        }
        print(json.dumps(found, indent=1))
    else:
        tables = (
            (Table("program", "state", ""), rows),
            (Table(Column("mirror of the image archive", overflow="fold"), "state"), archive),
        )
        for table, content in tables:
            for row in content:
                table.add_row(*row)
            if content:
                show_table(table)
        for about, state, sentence in known:
            console.print(f"{about}: {sentence}", style=STYLES[state], markup=False)
    return 0 if all(state == WORKING for _, state, _ in rows) else 1
