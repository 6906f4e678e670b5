"""Parts of the tests, and the choice of the installation that this process tests.

``scripts/test`` makes one for each process of pytest-xdist, with its settings in ``test.env``.
"""

from __future__ import annotations

import os
from pathlib import Path

_number = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
if _number != "0":
    _file = Path(f"{os.environ['ZTFVO_VAR']}-{_number}") / "test.env"
    os.environ.update(line.split("=", 1) for line in _file.read_text().splitlines())
