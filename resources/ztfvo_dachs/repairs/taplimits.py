"""Declare in TAP's capabilities what jobs and uploads may have (TAPRegExt 1.0, section 2.5).

DaCHS declares what they have where nothing is asked for, and that uploads may be as large in a
synchronous query as in a job.
"""

from __future__ import annotations

from typing import Any

from gavo import base
from gavo.registry import capabilities
from gavo.registry.model import TR

from ztfvo.settings import get_settings


def install() -> None:
    """Apply the repair, once in a process."""
    original = capabilities.TAPCapabilityMaker._makeCapability

    def make(self: Any, publication: Any) -> Any:
        capability = original(self, publication)
        settings = get_settings()
        seconds = {
            TR.retentionPeriod: settings.job_days * 86_400,
            TR.executionDuration: settings.async_seconds,
        }
        for kind, most in seconds.items():
            (element,) = capability.iterChildrenOfType(kind)
            element[TR.hard[str(most)]]
        (uploads,) = capability.iterChildrenOfType(TR.uploadLimit)
        uploads._children.insert(
            0, TR.default(unit="byte")[str(base.getConfig("web", "maxSyncUploadSize"))]
        )
        return capability

    capabilities.TAPCapabilityMaker._makeCapability = make
