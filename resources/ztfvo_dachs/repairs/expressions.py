"""Refuse conditions of forms that are too deep to be read.

DaCHS reads ``1 | 2 | 3`` as conditions within conditions, and takes some eighty for a fault of
its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gavo import base
from gavo.base import sqlmunge
from gavo.svcs import vizierexprs  # noqa: F401 - it has them registered

KINDS = ("vexpr-float", "vexpr-date", "vexpr-mjd", "vexpr-string")


def install() -> None:
    """Apply the repair, once in a process."""
    for kind in KINDS:
        sqlmunge.registerSQLFactory(kind, _bounded(sqlmunge._REGISTRED_SQL_FACTORIES[kind]))


def _bounded(make: Callable[..., Any]) -> Callable[..., Any]:
    def checked(field: Any, value: Any, parameters: dict[str, Any]) -> Any:
        try:
            return make(field, value, parameters)
        except RecursionError as error:
            raise base.ValidationError(
                "The condition has too many parts: write fewer, or a range.", field.name
            ) from error

    return checked
