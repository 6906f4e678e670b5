"""The memory plan of the private cluster."""

from __future__ import annotations

from dataclasses import dataclass

from ztfvo import machine
from ztfvo.settings import Settings


@dataclass(frozen=True)
class MemoryPlan:
    """Memory settings of PostgreSQL, all in MB.

    Attributes
    ----------
    budget
        What the plan is made for.
    shared_buffers
        A third: the rest of the pages is in the kernel's cache.
    effective_cache_size
        The whole, since the kernel caches too.
    work_mem
        Per sort or hash of a query; a 128th, between 8 and 256.
    maintenance_work_mem
        Per index build; an eighth, between 64 and 2048.
    """

    budget: int
    shared_buffers: int
    effective_cache_size: int
    work_mem: int
    maintenance_work_mem: int


def plan_memory(budget: int) -> MemoryPlan:
    """Divide `budget` MB among PostgreSQL's memory settings.

    With 24 GB of machine, thus 12 GB of budget: 4 GB of shared buffers,
    96 MB of work memory and 1.5 GB for index builds.
    """
    return MemoryPlan(
        budget=budget,
        shared_buffers=max(128, budget // 3),
        effective_cache_size=max(256, budget),
        work_mem=min(256, max(8, budget // 128)),
        maintenance_work_mem=min(2048, max(64, budget // 8)),
    )


def postgres_budget(settings: Settings) -> int:
    """Return the MB of memory planned for the private cluster."""
    return settings.postgres_memory or machine.memory() // 2
