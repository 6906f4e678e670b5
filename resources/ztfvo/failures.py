"""How commands fail: with a sentence and status 1, where somebody can put it right."""

from __future__ import annotations

import os
from pwd import getpwuid
from typing import Any

import psycopg
import typer
from typer.core import TyperGroup

from ztfvo.console import show_error
from ztfvo.db import DatabaseDown
from ztfvo.download.errors import DownloadError
from ztfvo.errors import BadFile, CannotBeDone, HTTPError
from ztfvo.remote import Failure, NoAnswer
from ztfvo.settings import get_settings
from ztfvo.site.errors import SiteError

KNOWN = (BadFile, CannotBeDone, DatabaseDown, DownloadError, Failure, HTTPError, SiteError)
"""Errors whose message says what to do."""


class Group(TyperGroup):
    """Commands that fail in this way; give it as ``cls`` to the outermost Typer object."""

    def invoke(self, context: typer.Context) -> Any:
        """Call the command that is asked for."""
        try:
            return super().invoke(context)
        except (*KNOWN, psycopg.Error, PermissionError) as error:
            show_error(f"Error: {_sentence(error)}")
            raise typer.Exit(1) from error


def _sentence(error: Exception) -> str:
    if isinstance(error, psycopg.Error):
        return f"the database stopped this: {error}\nRemedy: run the command again."
    if isinstance(error, PermissionError):
        user = getpwuid(os.geteuid()).pw_name
        return (
            f"the user '{user}', whose rights this command has, may not use {error.filename}.\n"
            "Remedy: chmod o+rX the file and the folders on the way, or put it below"
            f" {get_settings().data}."
        )
    if isinstance(error, NoAnswer):
        return f"{error}.\nRemedy: check the network and run the command again."
    return str(error)
