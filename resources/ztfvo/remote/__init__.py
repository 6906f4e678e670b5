"""Ask other servers over HTTP: one that is configured, within limits, and nobody else.

A server needs a client, which stays, and mostly a pause::

    _pause = Pause(60.0)

    @lru_cache(maxsize=1)
    def _client(address: str) -> Client:
        return Client(address, name="IRSA", seconds=10.0, most_bytes=2_000_000, attempts=2)

    with _pause:
        body = _client(get_settings().irsa_url).get("TAP/sync", parameters)

Requests block: in asynchronous code give them to a thread (`ztfvo.web.turns`).  What strangers name
is fetched by `ztfvo.remote.public`; what other services know of a place is asked for by
`ztfvo.outside`.
"""

from ztfvo.remote.client import Client
from ztfvo.remote.errors import Failure, NoAnswer, NotFound, Refused, TooLarge
from ztfvo.remote.pause import Pause

__all__ = ("Client", "Failure", "NoAnswer", "NotFound", "Pause", "Refused", "TooLarge")
