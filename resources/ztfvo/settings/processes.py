"""Settings of processes, of their memory, and of logs."""

from __future__ import annotations

from pydantic import BaseModel, Field

from ztfvo.machine import processors


class Processes(BaseModel):
    """Settings of processes, of their memory, and of logs."""

    dachs_port: int = Field(
        default=8101, description="Port of the first DaCHS process on 127.0.0.1; others follow."
    )
    dachs_processes: int = Field(default=2, ge=1, le=64, description="Number of DaCHS processes.")
    dachs_threads: int = Field(default=30, description="Worker threads of one DaCHS process.")
    tap_threads: int = Field(
        default=16, ge=2, description="Synchronous TAP queries at a time of one DaCHS process."
    )
    dachs_memory_mb: int = Field(
        default=4000, ge=500, description="MB of memory of one DaCHS process, or TAP job, at most."
    )
    app_processes: int = Field(
        default=2, ge=1, le=64, description="Number of processes of the web application."
    )
    app_threads: int = Field(
        default=20, ge=2, description="Requests at work at a time in one process of it."
    )
    app_memory_mb: int = Field(
        default=2000,
        ge=500,
        description="MB of memory of one process of the web application at most.",
    )
    kdb_workers: int = Field(
        default=2,
        ge=0,
        le=32,
        description="Processes of the knowledge database; 0 for a site without one. Its own "
        "settings, KDB_<NAME>, can stand in settings.env too.",
    )
    kdb_memory_mb: int = Field(
        default=1000,
        ge=200,
        description="MB of memory of one process of the knowledge database at most.",
    )
    nginx_memory_mb: int = Field(
        default=1000, ge=100, description="MB of memory of one nginx process at most."
    )
    open_files: int = Field(
        default=8192, ge=1024, description="Files and connections one process may have open."
    )
    user_processes: int = Field(
        default=2000,
        ge=500,
        description="Processes and threads of each service's system user at most, counted over "
        "all installations of the machine.",
    )
    workers: int = Field(
        default_factory=processors,
        ge=1,
        description="Processes of an ingest, and of `ztfvo sources`.",
    )
    source_radius: float = Field(
        default=1.5,
        gt=0,
        le=5,
        description="arcsec that a light curve is from the position of its star at most.",
    )
    color_days: float = Field(
        default=0.5,
        gt=0,
        le=30,
        description="Days that two epochs are apart at most of which the colour of a star is made.",
    )
    fit_seconds: float = Field(
        default=20, ge=0.1, le=60, description="Time limit of a fit of a supernova."
    )
    watch_seconds: float = Field(
        default=20, gt=0, description="Seconds between two looks at the running service."
    )
    log_days: int = Field(default=14, ge=1, description="Days that logs are kept.")
