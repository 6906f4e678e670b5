"""All configuration files of an installation."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from ztfvo.addresses import LONGEST_ADDRESS
from ztfvo.machine import processors
from ztfvo.settings import Settings
from ztfvo.site import face, knowledge, limits, memory, mirrors
from ztfvo.site.errors import SiteError
from ztfvo.site.identity import (
    APP,
    DACHS,
    DATA,
    DATABASE,
    KDB,
    NGINX,
    as_user,
    endings,
    group_of,
    has_walls,
    own_file,
    own_folder,
    user_of,
)
from ztfvo.site.postgres import cluster_folder, pg_hba, pg_ident, programs_folder
from ztfvo.site.render import fill, quoted, read_template, render, write
from ztfvo.site.secrets import password_hash, secret
from ztfvo.site.supervisor import SUPERVISOR, log_of, names, pids, processes

MIB = 2**20

#: Folders of the state: mode, the part whose user owns it and the part whose group it has (by
#: default root's). Those above each are root's, so that set-up can trust what they hold.
FOLDERS = {
    "data": (0o755, DATA, None),
    "dachs": (0o755, None, None),
    "dachs/etc": (0o750, None, DACHS),
    **{f"dachs/{name}": (0o750, DACHS, None) for name in ("cache", "inputs", "state", "tmp")},
    "dachs/web": (0o750, None, DACHS),
    "dachs/web/templates": (0o750, None, DACHS),
    "dachs/web/nv_static": (0o750, None, DACHS),
    "dachs/web/nv_static/css": (0o750, None, DACHS),
    "dachs/web/nv_static/xsl": (0o750, None, DACHS),
    "app": (0o750, None, APP),
    "log": (0o755, None, None),
    "log/nginx": (0o750, NGINX, None),
    "log/ingest": (0o755, DATA, None),
    "nginx": (0o700, NGINX, None),
    "cache": (0o755, None, None),
    "cache/archive": (0o700, NGINX, None),
    "kdb": (0o755, None, None),
    "kdb/static": (0o755, KDB, None),
    "kdb/face": (0o755, None, None),
    "kdb/face/pages": (0o755, None, None),
    "home": (0o755, None, None),
}

UPSTREAMS = "upstreams.conf"
"""File of nginx that lists the processes of DaCHS and of the application."""

DEFAULT_JOB_DAYS = 2
"""Days that a job is kept whose DESTRUCTION nobody sets, or fewer where the site has less."""

NOBODY = {"CONTACT_NAME": "not given", "CONTACT_EMAIL": "nobody@localhost"}
"""What stands in the metadata, which have to have something, where no contact is set."""

#: Files of nginx; the first includes the others.
NGINX_FILES = (
    *("nginx.conf", "addresses.conf", "headers.conf", "tap.conf", UPSTREAMS),
    *("archive.conf", "archive-location.conf", "kdb.conf", "kdb-tables.conf", "static.conf"),
)


def make_folders(settings: Settings) -> None:
    """Make the folders of the state, each belonging to who writes there."""
    own_folder(settings, settings.var)
    for name, (mode, part, group) in FOLDERS.items():
        own_folder(settings, settings.var / name, mode, part, group)
    for part in endings(settings.root):
        own_folder(settings, settings.home(part), 0o700, part)
    closed = 0o711 if has_walls(settings) else 0o700
    own_folder(settings, settings.run, closed)
    own_folder(settings, settings.var / "secrets", closed)
    # Whoever may enter one of these can talk to the server in it, which looks at who asks.
    own_folder(settings, settings.socket_folder, 0o750, DATABASE)
    own_folder(settings, settings.kdb_socket.parent, 0o750, KDB, NGINX)
    own_folder(settings, settings.app_socket(0).parent, 0o750, APP, NGINX)
    own_folder(settings, settings.run / "nginx", 0o700, NGINX)
    for name in ("pages", "pages/archive", "pages/kdb"):
        own_folder(settings, settings.run / name)
    own_folder(settings, pids(settings))
    for number in range(settings.dachs_processes):
        own_folder(settings, settings.var / "log" / f"dachs-{number}", 0o750, DACHS)
    log_of(settings, SUPERVISOR).touch()
    for log in (settings.var / "log").glob("*.log*"):
        own_file(settings, log, 0o640)
    if (settings.var / "settings.env").exists():
        own_file(settings, settings.var / "settings.env", 0o640, group=DATA)


def values(settings: Settings) -> dict[str, object]:
    """Return what the templates' placeholders stand for."""
    plan = memory.plan_memory(memory.postgres_budget(settings))
    logs = (*names(settings), SUPERVISOR)
    fields = {name.upper(): value for name, value in settings.model_dump().items()}
    return fields | {
        "DACHS": settings.var / "dachs",
        "RUN": settings.run,
        "TEMP": settings.var / "nginx",
        "NGINX_RUN": settings.run / "nginx",
        "NGINX_LOG": settings.var / "log" / "nginx",
        "SOCKETS": settings.socket_folder,
        "KDB_SOCKET": settings.kdb_socket,
        "HOME": settings.var / "home",
        "SUPERVISOR_USER": "user=root" if has_walls(settings) else "",
        **{f"{part.upper()}_RIGHTS": limits.words(settings, part) for part in limits.PARTS},
        "VENV": Path(sys.prefix),
        "KEEP": f"{sys.prefix}/bin/python -I -m ztfvo.site.keep "
        f"{pids(settings)} {settings.var}/log",
        "URL": settings.url,
        "LONGEST_ADDRESS": LONGEST_ADDRESS,
        **{name: getattr(settings, name.lower()) or word for name, word in NOBODY.items()},
        "USER": user_of(settings, DACHS).pw_name,
        "GROUP": group_of(settings, DACHS),
        "NGINX_FILES": limits.open_files(settings),
        "CPUS": processors(),
        "PARALLEL_PER_GATHER": max(1, processors() // 2),
        "WORKER_PROCESSES": max(8, processors()),
        "POSTGRES_BUDGET": plan.budget,
        "SHARED_BUFFERS": plan.shared_buffers,
        "EFFECTIVE_CACHE_SIZE": plan.effective_cache_size,
        "WORK_MEM": plan.work_mem,
        "MAINTENANCE_WORK_MEM": plan.maintenance_work_mem,
        "MAX_WAL_SIZE": max(1024, plan.budget // 2),
        "UPLOAD_BYTES": settings.upload_mb * 10**6,
        "SYNC_UPLOAD_BYTES": settings.sync_upload_mb * 10**6,
        "BODY_MIB": settings.upload_mb * 10**6 // MIB + 1,
        "SYNC_BODY_MIB": settings.sync_upload_mb * 10**6 // MIB + 1,
        "PROGRAM_LOGS": " ".join(str(log_of(settings, name)) for name in logs),
        "LOG_OWNER": _names_of(settings, None),
        "NGINX_OWNER": _names_of(settings, NGINX),
        "JOB_SECONDS": min(DEFAULT_JOB_DAYS, settings.job_days) * 86_400,
        "READ_SECONDS": settings.sync_seconds + 60,
        "SLOW_POLL_SECONDS": settings.sync_seconds,
        "PUBLIC_HOST": urlsplit(settings.url).netloc,
        "SKY_HOSTS": " ".join(_hosts(settings.sky_surveys)),
        "TRUSTED_PROXIES": trusted_proxies(settings),
        "TRUSTED_NETWORKS": "\n".join(f"    {one} 1;" for one in settings.trusted_proxies),
        "KDB_FOLDER": settings.var / "kdb",
        "KDB_STATIC": knowledge.static_folder(settings),
        "KDB_READER": settings.url if settings.kdb_url else "",
    }


def _hosts(addresses: Iterable[str]) -> list[str]:
    """Return the hosts of addresses as a content security policy names them, each once."""
    parts = map(urlsplit, addresses)
    return list(dict.fromkeys(f"{part.scheme}://{part.netloc}" for part in parts))


def _names_of(settings: Settings, part: str | None) -> str:
    """Return user and group that own a part's logs, by default those of the programs' output."""
    if part is None and has_walls(settings):
        return "root root"
    return f"{user_of(settings, part or DATA).pw_name} {group_of(settings, part or DATA)}"


def upstreams(settings: Settings, spared: str | None = None) -> dict[str, str]:
    """Return nginx' lists of processes; one of them may be spared, given by its program's name."""
    places = {
        DACHS: lambda number: f"127.0.0.1:{settings.dachs_port + number}",
        APP: lambda number: f"unix:{settings.app_socket(number)}",
    }
    return {
        f"{part.upper()}_UPSTREAMS": "\n".join(
            f"  server {place(number)} {'down' if name == spared else 'max_fails=0'};"
            for number, name in enumerate(processes(settings, part))
        )
        for part, place in places.items()
    }


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


def write_upstreams(settings: Settings, spared: str | None = None) -> None:
    """Write nginx' lists of processes, one of which may be spared: it is sent nothing."""
    known = upstreams(settings, spared)
    render(settings, UPSTREAMS, settings.run / UPSTREAMS, known, 0o640, NGINX)


def write_service_config(settings: Settings) -> bool:
    """Write the files of supervisor and nginx; return whether anything changed."""
    known = values(settings) | mirrors.values(settings)
    known |= upstreams(settings)
    known |= {"KDB_LOCATIONS": f"    include {settings.run}/kdb.conf;", "KDB_SERVER": ""}
    if settings.kdb_url:
        known["KDB_HOST"] = urlsplit(settings.kdb_url).hostname
        known["KDB_SERVER"] = fill(read_template(settings, "kdb-host.conf"), known)
        known["KDB_LOCATIONS"] = (
            f"    location ^~ /kdb/ {{\n      return 308 {settings.kdb_url}$request_uri;\n    }}"
        )
    known |= {"NGINX": find_nginx(), "DATABASE_PROGRAM": "", "KDB_PROGRAM": ""}
    for part in (DACHS, APP):
        program = read_template(settings, f"supervisord-{part}.conf")
        known[f"{part.upper()}_PROGRAMS"] = "".join(
            fill(program, known | {"NAME": name, "NUMBER": number})
            for number, name in enumerate(processes(settings, part))
        )
    if not settings.dsn:
        known |= {"POSTGRES_BIN": programs_folder(settings), "CLUSTER": cluster_folder(settings)}
        known["DATABASE_PROGRAM"] = fill(
            read_template(settings, "supervisord-database.conf"), known
        )
    if settings.kdb_workers:
        known["KDB_PROGRAM"] = fill(read_template(settings, "supervisord-kdb.conf"), known)
    changed = [
        render(settings, "supervisord.conf", settings.run / "supervisord.conf", known, 0o600),
        write_part_settings(settings, APP),
        render(settings, "logrotate.conf", settings.run / "logrotate.conf", known, 0o600),
        *(render(settings, name, settings.run / name, known, 0o640, NGINX) for name in NGINX_FILES),
        face.write_pages(settings),
    ]
    return any(changed)


def write_kdb_environment(settings: Settings) -> None:
    """Write the file that the knowledge database has its settings from, at its start and at HUP."""
    if not settings.kdb_workers:
        return
    secret(settings, knowledge.KEY, knowledge.KEY_BYTES, KDB)
    face.write_kdb_parts(settings)
    known = knowledge.environment(settings) | {"ZTFVO_KDB_WORKERS": str(settings.kdb_workers)}
    text = "".join(f"{name}={shlex.quote(value)}\n" for name, value in sorted(known.items()))
    write(settings, knowledge.environment_file(settings), text, 0o640, group=KDB)


def write_cluster_config(settings: Settings) -> bool:
    """Write the private cluster's configuration; return whether anything changed."""
    known = values(settings) | {"CLUSTER": cluster_folder(settings)}
    texts = {
        "postgresql.conf": fill(read_template(settings, "postgresql.conf"), known),
        "pg_hba.conf": pg_hba(),
        "pg_ident.conf": pg_ident(settings),
    }
    changed = [
        write(settings, settings.run / name, text, 0o640, group=DATABASE)
        for name, text in texts.items()
    ]
    own = settings.var / "postgres.local.conf"
    if own.exists():
        own_file(settings, own, 0o640, group=DATABASE)
    return any(changed)


def write_dachs_config(settings: Settings) -> bool:
    """Write the files in DaCHS' configuration folder; return whether anything changed."""
    etc = settings.var / "dachs" / "etc"
    known = values(settings) | {"ADMIN_PASSWORD_HASH": password_hash(settings)}
    changed = [
        render(settings, "gavo.rc", etc / "gavo.rc", known, 0o640, DACHS),
        render(settings, "defaultmeta.txt", etc / "defaultmeta.txt", known),
        write(settings, etc / "userconfig.rd", (settings.root / "etc/userconfig.rd").read_text()),
        write_part_settings(settings, DACHS),
        face.write_dachs_web(settings),
    ]
    if not settings.dsn:
        place = f"host = {settings.socket_folder}\nport = {settings.postgres_port}\n"
        changed.append(
            write(settings, etc / "dsn", f"database = ztfvo\n{place}", 0o640, group=DACHS)
        )
    for number in range(settings.dachs_processes):
        log = settings.var / "log" / f"dachs-{number}"
        own = {"LOG": log, "PORT": settings.dachs_port + number}
        changed.append(render(settings, "process.rc", etc / f"process-{number}.rc", own))
    for seed in sorted((settings.root / "etc" / "vocabularies").glob("*.json")):
        target = settings.var / "dachs" / "cache" / vocabulary_cache_name(seed.stem)
        if not _is_vocabulary(target) or _is_older(target, seed):
            _hand_over(settings, seed, target)
    return any(changed)


def _is_vocabulary(path: Path) -> bool:
    """Return whether a cached vocabulary can be read; one that cannot would stop DaCHS."""
    try:
        return bool(json.loads(path.read_bytes())["terms"])
    except (OSError, ValueError, TypeError, KeyError):
        return False


def _is_older(path: Path, seed: Path) -> bool:
    """Return whether an update of the code brought a seed since a vocabulary was kept."""
    return path.stat().st_mtime < seed.stat().st_mtime


def write_part_settings(settings: Settings, part: str) -> bool:
    """Write the settings that DaCHS or the application reads; return whether anything changed.

    They are all, but for how others log in.
    """
    kept = settings.model_dump(
        mode="json",
        exclude_none=True,
        exclude={"kdb_public_dsn", "backup_target", "var", "tns_key"},
    )
    text = "".join(f"ZTFVO_{name.upper()}={quoted(value)}\n" for name, value in kept.items())
    return write(settings, part_settings(settings, part), text, 0o640, group=part)


def part_settings(settings: Settings, part: str) -> Path:
    """Return the file of the settings that a part reads."""
    folder = settings.var / part
    return (folder / "etc" if part == DACHS else folder) / "settings.env"


def _hand_over(settings: Settings, source: Path, target: Path) -> None:
    """Copy a file into a folder of DaCHS', by its own user: links there may lead anywhere."""
    with source.open("rb") as content:
        subprocess.run(
            as_user(settings, DACHS, ["cp", "/dev/stdin", target]), stdin=content, check=True
        )


def vocabulary_cache_name(stem: str) -> str:
    """Return the name DaCHS caches a vocabulary under; ``+`` in `stem` stands for a slash."""
    return f"http://www.ivoa.net/rdf/{stem}".replace("+", "/").replace("/", "=2F")
