"""The app of what all parts share."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created

from kdb.config.options import UnsafeSetting


class SharedConfig(AppConfig):
    """Watches the role the service connects with."""

    name = "kdb.config"
    label = "shared"

    def ready(self) -> None:
        """Look at every new connection."""
        connection_created.connect(refuse_superuser)


def refuse_superuser(connection: Any, **_: Any) -> None:
    """Refuse to work as a superuser, to whom the append-only tables are not closed.

    Raises
    ------
    UnsafeSetting
        When the connection's role is one.
    """
    if connection.connection.info.parameter_status("is_superuser") == "on":
        connection.close()
        raise UnsafeSetting(
            "KDB_DSN connects with a superuser's role: use the role that owns the database"
        )
