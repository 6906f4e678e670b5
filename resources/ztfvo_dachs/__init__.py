"""What DaCHS loads besides the resource descriptors; the one place that imports gavo.

`install_or_end` is called from ``etc/userconfig.rd`` in every process that reads it: the
servers, the runners of asynchronous TAP jobs, and the ``dachs`` command.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable

_called: set[Callable[[], None]] = set()


def install_or_end() -> None:
    """Call `install`, and end the process where that fails: without the guards nothing is served.

    DaCHS would go on without them, and write a line into a log.
    """
    try:
        install()
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)


def install() -> None:
    """Register functions, guards and repairs with this process's DaCHS, once."""
    from ztfvo_dachs import columnar, geometry, repairs, sampling, shortaddresses, udfs

    for part in (udfs, geometry, sampling, columnar, shortaddresses, repairs):
        _once(part.install)
    if "gavo.web.root" in sys.modules:
        from ztfvo_dachs import dlmeta, face, scs, sia, tappage

        _once(repairs.install_in_server)
        for part in (scs, dlmeta, face, sia, tappage):
            _once(part.install)


def _once(call: Callable[[], None]) -> None:
    """Call a function that was not called before in this process; descriptors ask again."""
    if call not in _called:
        _called.add(call)
        call()
