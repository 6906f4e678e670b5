"""The command ``ztfvo``: every module of `ztfvo.commands` adds its part."""

from __future__ import annotations

import typer

from ztfvo import commands
from ztfvo.failures import Group
from ztfvo.plugins import modules

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
    for name, module in modules(commands.__name__).items():
        if hasattr(module, "register"):
            module.register(root)
        else:
            root.add_typer(module.app, name=name.replace("_", "-"))


add_commands(app)


def main() -> None:
    """Run the command."""
    app(prog_name="ztfvo")
