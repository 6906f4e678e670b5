"""What DaCHS loads besides the resource descriptors; the one place that imports gavo.

`install` is called from ``etc/userconfig.rd`` in every process that reads it: the
servers, the runners of asynchronous TAP jobs, and the ``dachs`` command.
"""

from __future__ import annotations

import sys


def install() -> None:
    """Register functions, guards and repairs with this process's DaCHS, once."""
    from ztfvo_dachs import geometry, repairs, sampling, udfs

    udfs.install()
    geometry.install()
    sampling.install()
    repairs.install()
    if "gavo.web.root" in sys.modules:
        from ztfvo_dachs import dlmeta, pages, scs

        repairs.install_in_server()
        scs.install()
        dlmeta.install()
        pages.install()
