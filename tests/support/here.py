"""Commands done in the tests' own process: a Python of their own takes a second to start."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from unittest.mock import patch

import typer
from typer.testing import CliRunner

from ztfvo import cli
from ztfvo.settings import get_settings


def run_here(
    app: typer.Typer, *words: str | Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Call a command, with settings that it reads itself.

    Parameters
    ----------
    environment
        All of it; by default that of the tests.
    """
    with patch.dict(os.environ, os.environ if environment is None else environment, clear=True):
        get_settings.cache_clear()
        try:
            done = CliRunner().invoke(app, [str(word) for word in words])
        finally:
            get_settings.cache_clear()
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return subprocess.CompletedProcess(words, done.exit_code, done.stdout, done.stderr)


def ztfvo_here(*words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Do what ``ztfvo`` does, with this process's rights: for what is refused, or only shown."""
    return run_here(cli.app, *words, environment=os.environ | environment | {"COLUMNS": "200"})
