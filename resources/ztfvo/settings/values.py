"""What the values of several settings have to be."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

#: Scheme, host (name, IPv4 or IPv6 in brackets), port and folders of an archive's mirror.
_MIRROR = re.compile(
    r"https?://(?:[A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9A-Fa-f:.]+\])(?::[1-9][0-9]{0,4})?"
    r"/(?:[A-Za-z0-9_~-][A-Za-z0-9_~.-]*/)*"
)

_EMAIL = re.compile(r"[^\s@<>\"'(),:;\\]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")


def is_email(text: str) -> bool:
    """Return whether a text can be an e-mail address."""
    return bool(_EMAIL.fullmatch(text))


def is_mirror(address: str) -> bool:
    """Return whether a text can be the address of a mirror of the image archive."""
    try:
        urlsplit(address).port  # noqa: B018 - it is checked when it is read
    except ValueError:
        return False
    return bool(_MIRROR.fullmatch(address))


def split(value: str | Iterable[str]) -> tuple[str, ...]:
    """Return the words of a list that is written with blanks or commas."""
    return tuple(value.replace(",", " ").split() if isinstance(value, str) else value)


def without_closing_slash(value: str | None) -> str | None:
    """Return an address without closing slash; none where it is empty."""
    return value.rstrip("/") if value else None
