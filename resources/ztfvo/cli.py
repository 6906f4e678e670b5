"""The command ``ztfvo``: every module of `ztfvo.commands` adds its part."""

from __future__ import annotations

import importlib
import pkgutil

import typer

from ztfvo import commands
from ztfvo.failures import Group

app = typer.Typer(
    name="ztfvo",
    cls=Group,
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    help="Virtual Observatory service for the light curves of ZTF data releases.",
)


def add_commands(root: typer.Typer) -> None:
    """Add each module of `ztfvo.commands` to `root`.

    A module has either a function ``register(app)`` or a Typer object ``app``,
    which becomes the sub-command of the module's name.
    """
    for module in pkgutil.iter_modules(commands.__path__):
        loaded = importlib.import_module(f"{commands.__name__}.{module.name}")
        if hasattr(loaded, "register"):
            loaded.register(root)
        else:
            root.add_typer(loaded.app, name=module.name.replace("_", "-"))


add_commands(app)


def main() -> None:
    """Run the command."""
    app(prog_name="ztfvo")
