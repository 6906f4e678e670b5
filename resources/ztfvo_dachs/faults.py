"""Error documents of services after DALI, whose messages begin with the kind of the fault."""

from __future__ import annotations

from typing import Any

from gavo import base
from twisted.web import server

from ztfvo import votable
from ztfvo_dachs import messages


def explained(failure: Any) -> tuple[int, str]:
    """Return status and sentence for what failed; a fault of the service's own is logged."""
    status, text = messages.explain(failure.value)
    if status >= 500:
        base.ui.notifyFailure(failure)
    return status, text


def refuse(request: Any, status: int, text: str) -> Any:
    """Answer a request by an error document (DataLink 1.1, section 3.4; SIA 2.0, section 4.2)."""
    if not request.client:
        return None
    kind = "UsageFault" if status < 500 else "TransientFault" if status == 503 else "FatalFault"
    request.setResponseCode(status)
    request.setHeader("content-type", votable.MEDIA_TYPE)
    request.write(votable.error(f"{kind}: {text}"))
    request.finish()
    return server.NOT_DONE_YET
