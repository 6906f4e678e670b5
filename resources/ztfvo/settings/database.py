"""Settings of the database."""

from __future__ import annotations

from pydantic import BaseModel, Field

from ztfvo.machine import memory


class Database(BaseModel):
    """Settings of the database."""

    dsn: str | None = Field(
        default=None,
        description="libpq string or URL of an existing database to use in place of a private "
        "cluster. Its role must own the database and may create roles; the extensions pg_sphere "
        "and q3c must be there or the role be a superuser.",
    )
    postgres_port: int = Field(
        default=8100, description="Number of the private cluster's socket; no TCP port is opened."
    )
    postgres_memory: int | None = Field(
        default=None,
        description="MB of memory planned for the private cluster; default half of the machine's.",
    )
    postgres_connections: int = Field(default=200, description="Private cluster: max_connections.")
    backend_memory_mb: int = Field(
        default_factory=lambda: min(4000, max(500, memory() // 8)),
        ge=500,
        description="Private cluster: MB of memory of one connection's process at most, beside "
        "what all share; default an eighth of the machine's, 500 to 4000.",
    )
