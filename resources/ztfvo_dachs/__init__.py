"""What DaCHS loads besides the resource descriptors; the one place that imports gavo.

`install_or_end` is called from ``etc/userconfig.rd`` in every process that reads it: the
servers, the runners of asynchronous TAP jobs, and the ``dachs`` command.
"""

from __future__ import annotations

import os
import sys
import traceback


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

    udfs.install()
    geometry.install()
    sampling.install()
    columnar.install()
    shortaddresses.install()
    repairs.install()
    if "gavo.web.root" in sys.modules:
        from ztfvo_dachs import dlmeta, scs, sia

        repairs.install_in_server()
        scs.install()
        dlmeta.install()
        sia.install()
