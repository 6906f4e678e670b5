"""At SIGHUP read everything again.

DaCHS forgets its descriptors then, and fails on names that it does not have before it comes to its
configuration and to what the site says of itself.
"""

from __future__ import annotations

from collections.abc import Callable

from gavo import base
from gavo.base import config, meta

OPTIONAL = True

after: list[Callable[[], None]] = []
"""What is called when all has been forgotten."""


def install_in_server() -> None:
    """Apply the repair, once in a process."""
    from twisted.internet import reactor

    reactor.callWhenRunning(_replace)


def _replace() -> None:
    from gavo.user import serve

    serve._reloadConfig = reload


def reload() -> None:
    """Forget descriptors, and read configuration and metadata again."""
    from gavo.rscdef.common import getIvoidsForRDId

    config.loadConfig()
    meta.makeFallbackMeta(reload=True)
    base.caches.clearCaches()
    getIvoidsForRDId.cache_clear()
    for call in after:
        call()
