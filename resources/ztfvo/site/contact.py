"""Whom visitors can ask: set-up asks the operator for it where the settings name nobody."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import typer

from ztfvo.settings import Settings
from ztfvo.settings.values import is_email
from ztfvo.site.render import quoted

NAME_FIRST = "Name of a person or role that visitors can ask (Return: set it later)"
EMAIL_FIRST = "E-mail address"


def sentence(settings: Settings) -> str:
    """Return what an operator reads of the contact: who it is, or how to set it."""
    if settings.contact:
        return settings.contact
    return (
        "no contact is set, so that registry records, pages and requests to other servers name "
        f"nobody: put ZTFVO_CONTACT_NAME and ZTFVO_CONTACT_EMAIL into {file(settings)}, then "
        "scripts/serve restart"
    )


def file(settings: Settings) -> Path:
    """Return the file of the operator's own settings."""
    return settings.var / "settings.env"


def ask(settings: Settings, prompt: Callable[..., str] = typer.prompt) -> bool:
    """Ask for the contact and keep it among the settings; return whether it was given.

    Parameters
    ----------
    prompt
        Shows a text and returns what was written, as `typer.prompt` does.
    """
    name = prompt(NAME_FIRST, default="", show_default=False).strip()
    if not name:
        return False
    text = EMAIL_FIRST
    while not is_email(email := prompt(text, default="", show_default=False).strip()):
        text = f"{email!r} is not an e-mail address, such as ztf@example.org; {EMAIL_FIRST}"
    target = file(settings)
    target.parent.mkdir(parents=True, exist_ok=True)
    known = target.read_text("utf-8") if target.exists() else ""
    end = "" if known.endswith("\n") or not known else "\n"
    with target.open("a", encoding="utf-8") as opened:
        opened.write(
            f"{end}ZTFVO_CONTACT_NAME={quoted(name)}\nZTFVO_CONTACT_EMAIL={quoted(email)}\n"
        )
    return True
