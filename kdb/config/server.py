"""Settings of gunicorn, which reads this file at its start and at every HUP.

The file that ``KDB_ENVIRONMENT`` names has the settings of the knowledge database, as lines
``NAME=value`` in a shell's quoting, and the number of its processes.
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path

raw_env = shlex.split(Path(os.environ["KDB_ENVIRONMENT"]).read_text(encoding="utf-8"))
workers = int(dict(line.split("=", 1) for line in raw_env)["ZTFVO_KDB_WORKERS"])
