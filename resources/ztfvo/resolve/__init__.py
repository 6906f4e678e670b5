"""What people write when they mean a star: read by one rule, and looked up by who knows it.

A module of ``resolve/rules/`` is one rule, with

- ``ORDER``: rules are tried by it; the first that reads a text has it;
- ``TITLE``: what it is, for people, and ``EXAMPLE``, a text that it reads;
- ``read(text: str) -> Any | None``: what the rule made of a text, None where it is not its own; it
  raises `ztfvo.position.BadPosition` for one of its kind that cannot be;
- ``async find(read: Any, desk: Desk) -> Outcome``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType
from typing import Any

from ztfvo.dal import BadParameter, shorten
from ztfvo.outside.ask import Desk
from ztfvo.plugins import in_order
from ztfvo.position import BadPosition
from ztfvo.resolve import rules
from ztfvo.resolve.model import Found, Outcome

LONGEST = 200
"""Characters of a name or position."""


@dataclass(frozen=True)
class Resolved:
    """What came of a text."""

    text: str
    rule: str
    """Name of the rule that read it."""
    title: str
    outcome: Outcome

    @property
    def found(self) -> tuple[Found, ...]:
        """The places, the likeliest first."""
        return self.outcome.found


@lru_cache(maxsize=1)
def all_rules() -> dict[str, ModuleType]:
    """Return the rules by name, in their order."""
    return in_order(rules.__name__)


def read(text: str) -> tuple[str, Any]:
    """Return the name of the rule that has a text, and what it made of it.

    Raises
    ------
    BadParameter
        400, when no rule can read it.
    """
    plain = " ".join(text.split())
    if not plain or len(plain) > LONGEST or not plain.isprintable():
        raise BadParameter("NAME", f"{_shown(plain)} is neither a name nor a position: {_what()}")
    for name, rule in all_rules().items():
        try:
            made = rule.read(plain)
        except BadPosition as error:
            raise BadParameter("NAME", str(error)) from error
        if made is not None:
            return name, made
    raise BadParameter("NAME", f"{_shown(plain)} is neither a name nor a position: {_what()}")


async def resolve(text: str, desk: Desk) -> Resolved:
    """Find what a text stands for.

    Raises
    ------
    BadParameter
        400, when it cannot be read.
    """
    name, made = read(text)
    rule = all_rules()[name]
    return Resolved(" ".join(text.split()), name, rule.TITLE, await rule.find(made, desk))


def _shown(text: str) -> str:
    return f"NAME={shorten(text)}" if text.isprintable() and text else "NAME"


def _what() -> str:
    """What can be read, with an example of each rule."""
    ways = "; ".join(f"{rule.TITLE}, as {rule.EXAMPLE}" for rule in all_rules().values())
    return f"write one of up to {LONGEST} letters, such as {ways}."
