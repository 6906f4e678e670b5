"""Configuration files from templates below ``etc``: ``@NAME@`` stands for a value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from ztfvo.settings import Settings
from ztfvo.site.identity import own_file

_PLACEHOLDER = re.compile(r"@([A-Z][A-Z0-9_]*)@")


def fill(template: str, values: Mapping[str, object]) -> str:
    """Replace every ``@NAME@`` of `template`.

    Raises
    ------
    KeyError
        When a name has no value.
    """
    return _PLACEHOLDER.sub(lambda match: str(values[match[1]]), template)


def read_template(settings: Settings, name: str) -> str:
    """Return the text of the template `name`, which is in ``etc/templates`` or ``etc/nginx``."""
    folder = "nginx" if (settings.root / "etc" / "nginx" / name).exists() else "templates"
    return (settings.root / "etc" / folder / name).read_text(encoding="utf-8")


def render(
    settings: Settings,
    name: str,
    target: Path,
    values: Mapping[str, object],
    mode: int = 0o644,
    group: str | None = None,
) -> bool:
    """Write a template to `target`, and return whether that changed anything."""
    return write(settings, target, fill(read_template(settings, name), values), mode, group=group)


def quoted(value: object) -> str:
    """Return a value as it stands in a file of settings."""
    text = " ".join(map(str, value)) if isinstance(value, list) else str(value)
    text = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{text}'"


def write(
    settings: Settings,
    target: Path,
    text: str,
    mode: int = 0o644,
    part: str | None = None,
    group: str | None = None,
) -> bool:
    """Write `text` to `target` unless it is there already; return whether it was not.

    The folder of `target` must not be one that a service may change.

    Parameters
    ----------
    part
        Whose user owns the file; by default root.
    group
        The part whose group may read it, as far as `mode` says.
    """
    if target.exists() and target.read_text(encoding="utf-8") == text:
        own_file(settings, target, mode, part, group)
        return False
    fresh = target.with_name(f".{target.name}.new")
    fresh.touch(mode=0o600)
    fresh.write_text(text, encoding="utf-8")
    own_file(settings, fresh, mode, part, group)
    fresh.replace(target)
    return True
