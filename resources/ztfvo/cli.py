"""The command ``ztfvo``: every module of `ztfvo.commands` is one of its parts.

A module has a Typer object ``app``, of one command or of several, and is imported when it is asked
for: all of them together take a second.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import typer

from ztfvo import commands
from ztfvo.failures import Group
from ztfvo.plugins import names


class _Parts(Mapping[str, Any]):
    """Commands by name."""

    def __iter__(self) -> Iterator[str]:
        return (name.replace("_", "-") for name in names(commands.__name__))

    def __len__(self) -> int:
        return len(names(commands.__name__))

    def __getitem__(self, name: str) -> Any:
        if name not in list(self):
            raise KeyError(name)
        module = import_module(f"{commands.__name__}.{name.replace('-', '_')}")
        command = typer.main.get_command(module.app)
        command.name = name
        return command


class _Commands(Group):
    def __init__(self, **known: Any) -> None:
        super().__init__(**known)
        self.commands = _Parts()


app = typer.Typer(
    name="ztfvo",
    cls=_Commands,
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)


@app.callback()
def _service() -> None:
    """Virtual Observatory service for the light curves of ZTF data releases."""


def main() -> None:
    """Run the command."""
    app(prog_name="ztfvo")
