"""All configuration files of an installation."""

from __future__ import annotations

import hashlib
import shlex
import shutil
import sys
from pathlib import Path
from urllib.parse import urlsplit

from ztfvo import knowledge
from ztfvo.settings import Settings
from ztfvo.site import machine, mirrors
from ztfvo.site.errors import SiteError
from ztfvo.site.identity import own_folder, run_group, run_user
from ztfvo.site.postgres import cluster_folder, programs_folder
from ztfvo.site.render import fill, read_template, render, write
from ztfvo.site.secrets import password_hash, secret

MIB = 2**20

#: Folders of the state.
FOLDERS = (
    "data",
    "dachs",
    "dachs/etc",
    "dachs/cache",
    "log",
    "log/nginx",
    "nginx",
    "cache",
    "cache/archive",
    "kdb",
    "kdb/static",
)

#: Files of nginx; the first includes the others.
NGINX_FILES = (
    *("nginx.conf", "addresses.conf", "headers.conf"),
    *("archive.conf", "archive-location.conf", "kdb.conf"),
)


def make_folders(settings: Settings) -> None:
    """Make the folders of the state, each belonging to the run user."""
    own_folder(settings, settings.var)
    for name in FOLDERS:
        own_folder(settings, settings.var / name)
    own_folder(settings, settings.run, 0o700)
    own_folder(settings, settings.var / "secrets", 0o700)
    for number in range(settings.dachs_processes):
        own_folder(settings, settings.var / "log" / f"dachs-{number}")


def values(settings: Settings) -> dict[str, object]:
    """Return what the templates' placeholders stand for."""
    plan = machine.plan_memory(machine.postgres_budget(settings))
    fields = {name.upper(): value for name, value in settings.model_dump().items()}
    return fields | {
        "DACHS": settings.var / "dachs",
        "RUN": settings.run,
        "TEMP": settings.var / "nginx",
        "VENV": Path(sys.prefix),
        "URL": settings.url,
        "USER": run_user(settings).pw_name,
        "GROUP": run_group(settings),
        "CPUS": machine.cpu_count(),
        "PARALLEL_PER_GATHER": max(1, machine.cpu_count() // 2),
        "WORKER_PROCESSES": max(8, machine.cpu_count()),
        "POSTGRES_BUDGET": plan.budget,
        "SHARED_BUFFERS": plan.shared_buffers,
        "EFFECTIVE_CACHE_SIZE": plan.effective_cache_size,
        "WORK_MEM": plan.work_mem,
        "MAINTENANCE_WORK_MEM": plan.maintenance_work_mem,
        "MAX_WAL_SIZE": max(1024, plan.budget // 2),
        "UPLOAD_BYTES": settings.upload_mb * 10**6,
        "SYNC_UPLOAD_BYTES": settings.sync_upload_mb * 10**6,
        "BODY_MIB": settings.upload_mb * 10**6 // MIB + 1,
        "READ_SECONDS": settings.sync_seconds + 60,
        "SLOW_POLL_SECONDS": settings.sync_seconds,
        "UPSTREAMS": upstreams(settings),
        "PUBLIC_HOST": urlsplit(settings.url).netloc,
        "TRUSTED_PROXIES": trusted_proxies(settings),
        "TRUSTED_NETWORKS": "\n".join(f"    {one} 1;" for one in settings.trusted_proxies),
        "KDB_FOLDER": settings.var / "kdb",
        "KDB_STATIC": knowledge.static_folder(settings),
    }


def upstreams(settings: Settings) -> str:
    """Return nginx' list of the DaCHS processes."""
    ports = range(settings.dachs_port, settings.dachs_port + settings.dachs_processes)
    return "\n".join(f"    server 127.0.0.1:{port} max_fails=0;" for port in ports)


def trusted_proxies(settings: Settings) -> str:
    """Return nginx' lines on whom it believes the address of a visitor."""
    if not settings.trusted_proxies:
        return ""
    known = [f"  set_real_ip_from {one};" for one in settings.trusted_proxies]
    return "\n".join([*known, "  real_ip_header X-Forwarded-For;", "  real_ip_recursive on;"])


def find_nginx() -> str:
    """Return the path of the nginx program.

    Raises
    ------
    SiteError
        When there is none.
    """
    found = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    if not found:
        raise SiteError("nginx is not installed", "run scripts/setup, which installs it")
    return found


def write_service_config(settings: Settings) -> bool:
    """Write the files of supervisor and nginx; tell whether anything changed."""
    known = values(settings) | mirrors.values(settings)
    known |= {"NGINX": find_nginx(), "DATABASE_PROGRAM": "", "KDB_PROGRAM": ""}
    if not settings.dsn:
        known |= {"POSTGRES_BIN": programs_folder(settings), "CLUSTER": cluster_folder(settings)}
        known["DATABASE_PROGRAM"] = fill(
            read_template(settings, "supervisord-database.conf"), known
        )
    if settings.kdb_workers:
        known["KDB_SETTINGS_SUM"] = write_kdb_environment(settings)
        known["KDB_PROGRAM"] = fill(read_template(settings, "supervisord-kdb.conf"), known)
    changed = [
        render(settings, "supervisord.conf", settings.run / "supervisord.conf", known),
        *(render(settings, name, settings.run / name, known) for name in NGINX_FILES),
    ]
    return any(changed)


def write_kdb_environment(settings: Settings) -> str:
    """Write the file that the knowledge database has its settings from; return its checksum."""
    secret(settings, knowledge.KEY, knowledge.KEY_BYTES)
    known = sorted(knowledge.environment(settings).items())
    text = "".join(f"{name}={shlex.quote(value)}\n" for name, value in known)
    write(settings, settings.var / "kdb" / "environment", text, 0o600)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def write_cluster_config(settings: Settings) -> bool:
    """Write the private cluster's configuration; tell whether anything changed."""
    folder = cluster_folder(settings)
    changed = [
        render(settings, "postgresql.conf", folder / "postgresql.conf", values(settings), 0o600),
        write(settings, folder / "pg_hba.conf", "local all all trust\n", 0o600),
    ]
    return any(changed)


def write_dachs_config(settings: Settings) -> bool:
    """Write the files in DaCHS' configuration folder; tell whether anything changed."""
    etc = settings.var / "dachs" / "etc"
    known = values(settings) | {"ADMIN_PASSWORD_HASH": password_hash(settings)}
    changed = [
        render(settings, "gavo.rc", etc / "gavo.rc", known, 0o640),
        render(settings, "defaultmeta.txt", etc / "defaultmeta.txt", known),
        _copy(settings, settings.root / "etc" / "userconfig.rd", etc / "userconfig.rd"),
    ]
    for number in range(settings.dachs_processes):
        log = settings.var / "log" / f"dachs-{number}"
        own = {"LOG": log, "PORT": settings.dachs_port + number}
        changed.append(render(settings, "process.rc", etc / f"process-{number}.rc", own))
    for seed in sorted((settings.root / "etc" / "vocabularies").glob("*.json")):
        target = settings.var / "dachs" / "cache" / vocabulary_cache_name(seed.stem)
        if not target.exists():
            changed.append(_copy(settings, seed, target))
    return any(changed)


def vocabulary_cache_name(stem: str) -> str:
    """Return the name DaCHS caches a vocabulary under; ``+`` in `stem` stands for a slash."""
    return f"http://www.ivoa.net/rdf/{stem}".replace("+", "/").replace("/", "=2F")


def _copy(settings: Settings, source: Path, target: Path) -> bool:
    return write(settings, target, source.read_text(encoding="utf-8"))
