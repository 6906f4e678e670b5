"""Settings that bound queries, jobs and answers."""

from __future__ import annotations

from pydantic import BaseModel, Field

from ztfvo.machine import processors


class Queries(BaseModel):
    """Settings that bound queries, jobs and answers."""

    connections_per_address: int = Field(
        default_factory=lambda: max(32, 8 * processors()),
        ge=4,
        description="Requests at a time from one address; default eight for each processor, at "
        "least 32.",
    )
    tap_jobs: int = Field(
        default_factory=lambda: max(4, 2 * processors()),
        ge=1,
        description="Asynchronous TAP jobs running at a time, per site, of which one address has "
        "half; default two for each processor, at least 4.",
    )
    sync_per_address: int = Field(
        default_factory=lambda: max(4, 2 * processors()),
        ge=1,
        description="Synchronous TAP queries at a time from one address; default as for jobs.",
    )
    sync_seconds: int = Field(default=60, description="Time limit of a synchronous TAP query.")
    async_seconds: int = Field(default=3600, description="Time limit of an asynchronous TAP query.")
    sql_seconds: int = Field(default=15, description="Time limit of a cone search or form query.")
    max_cone_radius: float = Field(default=1.0, gt=0, le=180, description="Cone limit in degrees.")
    longest_query: int = Field(default=1_000_000, description="Characters of an ADQL query.")
    longest_query_words: int = Field(
        default=600,
        description="Words and signs of an ADQL query, without lists of literals after IN; parsing "
        "takes a second for so many.",
    )
    default_rows: int = Field(default=20_000, description="TAP rows without MAXREC or TOP.")
    max_rows: int = Field(default=20_000_000, description="TAP rows at most.")
    upload_mb: int = Field(default=100, description="MB of a TAP upload, asynchronous.")
    sync_upload_mb: int = Field(default=20, description="MB of a TAP upload, synchronous.")
    upload_urls: bool = Field(
        default=False,
        description="Whether TAP fetches uploads from addresses that visitors give; public ones of "
        "http and https only.",
    )
    upload_seconds: int = Field(
        default=20, ge=1, le=600, description="Time limit of fetching such an upload."
    )
    jobs: int = Field(
        default=1000, ge=1, description="Asynchronous TAP jobs that wait or run at a time."
    )
    jobs_per_address: int = Field(
        default=50, ge=1, description="Asynchronous TAP jobs from one address at a time."
    )
    jobs_kept_per_address: int = Field(
        default=1000,
        ge=1,
        description="Asynchronous TAP jobs of one address that are kept, ended ones included.",
    )
    job_days: int = Field(
        default=7, ge=1, le=365, description="Days that an asynchronous job is kept at most."
    )
    result_mb: int = Field(default=8_000, ge=1, description="MB of one TAP result.")
    results_mb: int = Field(
        default=100_000, ge=1, description="MB of all asynchronous results and uploads."
    )
    results_mb_per_address: int = Field(
        default=20_000, ge=1, description="MB of asynchronous results and uploads of one address."
    )
    least_free_mb: int = Field(
        default=2_000, ge=0, description="MB of disk that TAP leaves free: below, it takes no jobs."
    )
    spool_mib: int = Field(
        default=2048, ge=64, description="MiB of one answer that nginx keeps for a slow client."
    )
