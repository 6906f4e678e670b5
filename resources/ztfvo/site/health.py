"""Whether the parts of an installation work, and what their logs say."""

from __future__ import annotations

import socket
import time
from collections import deque
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from ztfvo.remote import Client, Failure
from ztfvo.settings import Settings
from ztfvo.site import supervisor
from ztfvo.site.errors import SiteError
from ztfvo.site.knowledge import running_environment

AVAILABILITY = "/tap/availability"

#: What visitors ask; a mistake in it is no failure of the process.
CONE = "/ztf/ztf/cone/scs.xml?RA=0&DEC=0&SR=0"
LIGHT_CURVE = "/lc/680113399999999.json"
TAP = "/tap/sync?LANG=ADQL&QUERY=SELECT+TOP+1+table_name+FROM+tap_schema.tables"

TIMEOUT = 10.0
"""Seconds that an answer may take, besides its time in a queue."""

MOST_BYTES = 10_000_000
"""Of an answer."""


def database_answers(settings: Settings) -> bool:
    """Return whether the database takes connections."""
    try:
        with psycopg.connect(settings.superuser_dsn, dbname=_any_database(settings)):
            return True
    except psycopg.OperationalError:
        return False


def database_wants_restart(settings: Settings) -> bool:
    """Return whether the configuration has values that the running database cannot take over."""
    with psycopg.connect(settings.superuser_dsn, dbname=_any_database(settings)) as connection:
        query = "SELECT EXISTS (SELECT FROM pg_settings WHERE pending_restart)"
        return bool(connection.execute(query).fetchone()[0])


def _any_database(settings: Settings) -> str | None:
    return None if settings.dsn else "postgres"


def dachs_answers(settings: Settings) -> bool:
    """Return whether every DaCHS process serves TAP."""
    processes = (_dachs(settings, number) for number in range(settings.dachs_processes))
    return all(_status(process, AVAILABILITY) == 200 for process in processes)


def app_answers(settings: Settings) -> bool:
    """Return whether every process of the web application answers, with what it may be."""
    processes = (_app(settings, number) for number in range(settings.app_processes))
    return all(_status(process, "/health") is not None for process in processes)


def _dachs(settings: Settings, number: int) -> Client:
    return _client(f"http://127.0.0.1:{settings.dachs_port + number}")


def _app(settings: Settings, number: int) -> Client:
    return _client("http://app", uds=settings.app_socket(number))


def _client(base: str, **more: Any) -> Client:
    return Client(base, name="it", seconds=TIMEOUT, most_bytes=MOST_BYTES, **more)


def _status(client: Client, path: str) -> int | None:
    """Return the status of an answer; None where there is none."""
    try:
        with client:
            client.get(path)
    except Failure as failure:
        return failure.status
    return 200


def dachs_fault(settings: Settings, number: int) -> str | None:
    """What is wrong with a DaCHS process; None when it answers what visitors ask."""
    in_queue = float(settings.sync_seconds)
    return _fault(_dachs(settings, number), {CONE: TIMEOUT, TAP: TIMEOUT + in_queue})


def app_fault(settings: Settings, number: int) -> str | None:
    """What is wrong with a process of the application; None when it answers what visitors ask."""
    return _fault(_app(settings, number), {LIGHT_CURVE: TIMEOUT})


def _fault(client: Client, questions: dict[str, float]) -> str | None:
    with client:
        for question, seconds in questions.items():
            path = question.partition("?")[0]
            try:
                client.get(question, seconds=seconds)
            except Failure as failure:
                if failure.status is None:
                    return f"{path} is not answered ({failure})"
                if failure.status >= 500 and failure.status != HTTPStatus.SERVICE_UNAVAILABLE:
                    return f"{path} is answered with {failure.status}"
    return None


def proxy_answers(settings: Settings) -> bool:
    """Return whether nginx answers."""
    proxy = _client(f"http://{local_address(settings)}:{settings.port}")
    return _status(proxy, "/__proxy__") == 200


def kdb_answers(settings: Settings) -> bool:
    """Return whether the knowledge database answers, and its database."""
    known = running_environment(settings)
    host = {"Host": urlsplit(known["KDB_PUBLIC_URL"]).netloc}
    kdb = _client(f"http://kdb{known['KDB_PREFIX']}", uds=settings.kdb_socket, headers=host)
    # Where reading is closed, the refusal comes before the records are looked at.
    return _status(kdb, "/api/v1/tags/") in (200, 401)


def local_address(settings: Settings) -> str:
    """Return the address at which this machine reaches nginx."""
    return "127.0.0.1" if settings.listen in ("0.0.0.0", "*", "") else settings.listen


def wait_for(
    settings: Settings, group: str, answers: Callable[[Settings], bool], seconds: float
) -> None:
    """Wait until the part `group` works.

    Raises
    ------
    SiteError
        When one of its programs ended or `seconds` passed; the end of its log
        is part of the message.
    """
    deadline = time.monotonic() + seconds
    while not answers(settings):
        broken = [
            program
            for program in supervisor.programs(settings)
            if program.part == group and program.state in ("FATAL", "EXITED")
        ]
        if broken:
            fault = f"{group} does not work"
            raise SiteError(
                _story(settings, group, fault), "see the lines above, or: scripts/serve logs"
            )
        if time.monotonic() > deadline:
            fault = f"{group} has not answered in {seconds:g} s"
            remedy = (
                "a busy machine takes longer, see: scripts/serve status; and scripts/serve logs"
            )
            raise SiteError(_story(settings, group, fault), remedy)
        time.sleep(0.2)


def _story(settings: Settings, group: str, fault: str) -> str:
    parts = [fault]
    for program in supervisor.programs(settings):
        if program.part == group:
            lines = "\n".join(f"  {line}" for line in log_tail(program.log, 12))
            parts.append(f"{program.name}: {program.state} {program.description}\n{lines}")
    return "\n".join(parts)


def log_tail(path: Path, lines: int) -> list[str]:
    """Return the last `lines` lines of a log, none when there is no such file."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return [line.rstrip("\n") for line in deque(file, lines)]
    except FileNotFoundError:
        return []


def check_ports(settings: Settings, groups: list[str]) -> None:
    """Check that the ports of parts that are about to start are free.

    Raises
    ------
    SiteError
        When one is in use; the message names the setting that changes it.
    """
    if supervisor.NGINX in groups:
        _check_port(local_address(settings), settings.port, "ZTFVO_PORT", settings)
    if supervisor.DACHS in groups:
        for number in range(settings.dachs_processes):
            _check_port("127.0.0.1", settings.dachs_port + number, "ZTFVO_DACHS_PORT", settings)


def _check_port(address: str, port: int, setting: str, settings: Settings) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((address, port))
        except PermissionError:
            return  # below 1024: the supervisor has the capability that this process lacks
        except OSError as error:
            raise SiteError(
                f"port {port} on {address} cannot be used ({error.strerror})",
                f"end the program that uses it, or set {setting} to another port "
                f"(in {settings.var}/settings.env) and run scripts/setup again",
            ) from error
