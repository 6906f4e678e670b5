"""Execute DaCHS commands one after the other in one process, which reads each descriptor once.

``python -m ztfvo_dachs.commands "imp ztf/dr19" "pub ztf/dr19"``: each argument is a command.  The
first that fails is the last; its exit status is the process's.
"""

from __future__ import annotations

import shlex
import sys


def main() -> None:
    """Execute the commands on the command line."""
    from gavo import base
    from gavo.user import cli

    for command in sys.argv[1:]:
        sys.argv = ["dachs", *shlex.split(command)]
        try:
            cli.main()
        except SystemExit as ended:
            if ended.code:
                raise
        for listeners in base.ui.callbacks.values():  # the next command brings its own
            listeners.clear()


if __name__ == "__main__":
    main()
