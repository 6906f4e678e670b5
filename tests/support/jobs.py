"""Long queries, and the processes of TAP jobs."""

from __future__ import annotations

import pyvo

from . import service
from .waiting import wait_until

SLOW = "SELECT COUNT(*) AS n FROM ztf.detections AS a JOIN ztf.detections AS b ON a.mag > b.mag + 1"
"""It takes longer than any test waits, and little memory."""


def process_of(job: pyvo.dal.AsyncTAPJob) -> int:
    """The process of a job that was asked to run, once it is at work."""
    row = "SELECT pid FROM tap_schema.tapjobs WHERE jobid = %s AND starttime IS NOT NULL"
    return wait_until(lambda: service.superuser(row, job.job_id), seconds=60)[0][0]
