"""Chromium without a window, as people's browsers see the pages."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import lxml.html
import pytest

_CONSOLE = re.compile(r":CONSOLE[:(]\d+\)?\] (.*)")


@dataclass
class Shown:
    """A page when its scripts have run."""

    tree: lxml.html.HtmlElement
    messages: list[str]
    """Of the console: errors of scripts, and what the site's rules forbid."""


def show(address: str, folder: Path) -> Shown:
    """Open an address; the test is skipped where there is no Chromium.

    Parameters
    ----------
    folder
        For the browser's profile.
    """
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    done = subprocess.run(
        [
            *(program, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"),
            *("--enable-logging=stderr", f"--user-data-dir={folder}", address),
        ],
        capture_output=True,
        text=True,
        timeout=90,
        check=True,
    )
    return Shown(lxml.html.document_fromstring(done.stdout), _CONSOLE.findall(done.stderr))
