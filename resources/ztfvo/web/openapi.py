"""What the OpenAPI document shows of a route, from the declarations that check its requests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any

from ztfvo.products.kinds import Parameter
from ztfvo.products.parameters import PARAMETERS


def path_parameter(
    name: str, description: str, example: str, options: Sequence[str] = ()
) -> dict[str, Any]:
    """Return a part of an address."""
    schema: dict[str, Any] = {"type": "string"} | ({"enum": list(options)} if options else {})
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": schema,
        "example": example,
    }


def query_parameter(
    name: str,
    description: str,
    schema: dict[str, Any],
    required: bool = False,
    example: str | None = None,
) -> dict[str, Any]:
    """Return a parameter behind the question mark."""
    made = {
        "name": name,
        "in": "query",
        "required": required,
        "description": description,
        "schema": schema,
    }
    return made | ({"example": example} if example else {})


def curve_parameters(names: Iterable[str] | None = None) -> list[dict[str, Any]]:
    """Return parameters of light curves as they are declared: those of some names, or all."""
    chosen = None if names is None else set(names)
    return declared_parameters(one for one in PARAMETERS if chosen is None or one.name in chosen)


def declared_parameters(parameters: Iterable[Parameter]) -> list[dict[str, Any]]:
    """Return parameters as they are declared."""
    return [
        query_parameter(
            one.name, f"{one.description}{f' ({one.unit})' if one.unit else ''}", one.schema()
        )
        for one in parameters
    ]


def operation(
    parameters: Iterable[dict[str, Any]], answers: dict[str, str], refusals: Iterable[int]
) -> dict[str, Any]:
    """Return what an operation takes and gives.

    Parameters
    ----------
    answers
        What it answers by media type.
    refusals
        Statuses besides 200.
    """
    content = {kind: {"schema": {"description": what}} for kind, what in answers.items()}
    others = {str(status): {"description": HTTPStatus(status).phrase} for status in refusals}
    return {
        "parameters": list(parameters),
        "responses": {"200": {"description": "Found", "content": content}, **others},
    }
