"""A program that somebody runs who broke into one part: it tries what it can, and reports.

It runs with the rights and the environment of that part. Its argument is a JSON object: `var` and
`run` (folders), `programs` (folders that root runs from), `files` (patterns below `var`), `hidden`
(names below `var` in folders that cannot be listed), `port` (of the database), `roles`,
`databases`, and `pids` (name: number). It prints a JSON object of lists. Whatever it does to the
database is rolled back.
"""

import json
import os
import re
import socket
import sys
from pathlib import Path

import psycopg

SUPERUSER = {
    "becomes the superuser": "SET ROLE postgres",
    "becomes the owner of the records": "SET ROLE kdb",
    "becomes the owner of the stores": "SET ROLE ztfvo",
    "runs programs": "COPY (SELECT 1) TO PROGRAM 'true'",
    "reads files": "SELECT pg_read_file('/etc/passwd')",
    "imports files": "SELECT lo_import('/etc/passwd')",
    "writes files": "COPY (SELECT 1) TO '/tmp/ztfvo-intruder'",
    "changes settings": "ALTER SYSTEM SET work_mem = '5MB'",
    "reads its settings' files": "SELECT count(*) / (count(*) <> 0)::int FROM pg_hba_file_rules",
    "loads unsafe extensions": "CREATE EXTENSION file_fdw",
    "makes roles": "CREATE ROLE intruder",
    "changes roles": "ALTER ROLE postgres PASSWORD 'x'",
    "gives itself the owner of the records": "GRANT kdb TO CURRENT_USER",
    "gives itself the server's files": "GRANT pg_read_server_files TO CURRENT_USER",
    "makes servers": "CREATE SERVER x FOREIGN DATA WRAPPER postgres_fdw",
    "turns the server elsewhere": "ALTER SERVER kdb OPTIONS (SET dbname 'postgres')",
    "changes who asks": "ALTER USER MAPPING FOR gavoadmin SERVER kdb OPTIONS (SET user 'kdb')",
    "asks as another": "CREATE USER MAPPING FOR CURRENT_USER SERVER kdb OPTIONS (user 'kdb')",
    "sees passwords of servers": "SELECT 1 / count(umoptions) FROM pg_user_mappings",
    "sees passwords of roles": "SELECT rolpassword FROM pg_authid",
    "ends the sessions of others": "SELECT 1 / count(pg_terminate_backend(pid))"
    " FROM pg_stat_activity WHERE usename = 'postgres'",
    "reads accounts": "SELECT password FROM public.kdb_user",
    "reads records that are not public": "SELECT * FROM public.annotation",
    "reads accounts through the server": "SELECT * FROM kdb_remote.kdb_user",
    "reads the public records": "SELECT count(*) FROM kdb_remote.objects",
    "changes light curves": "DELETE FROM demo_store.lightcurve WHERE oid = 1",
    "deletes a release": "DROP SCHEMA demo_store CASCADE",
    "reads the store": "SELECT count(*) FROM demo_store.exposure",
    "keeps names of images": "UPDATE ztf_store.image SET source = 'irsa' WHERE filefracday < 0",
    "changes names of images": "UPDATE ztf_store.image SET filefracday = 0 WHERE filefracday < 0",
    "makes a table in public": "CREATE TABLE public.intruder (i int)",
}


def passwords(folder):
    """Whatever looks like a password in the files that can be read."""
    found = set()
    for path in folder.rglob("*"):
        try:
            if path.is_file() and path.stat().st_size < 100_000:
                text = path.read_text(errors="replace")
                found.update(re.findall(r"password\s*[=:]\s*'?([^\s'\"]+)", text, re.IGNORECASE))
        except OSError:
            continue
    return sorted(found)


def database(given):
    """Where it gets in, as (role, database), and what it can do there."""
    enters, does = [], []
    words = ["", *passwords(Path(given["var"]) / "dachs" / "etc")]
    for role in given["roles"]:
        for name in given["databases"]:
            connection = enter(given, role, name, words)
            if connection is None:
                continue
            enters.append(f"{role} in {name}")
            for what, statement in SUPERUSER.items():
                try:
                    connection.execute(statement)
                    does.append(f"{role} in {name}: {what}")
                except psycopg.Error:
                    pass
                connection.rollback()
            connection.close()
    return enters, does


def enter(given, role, name, words):
    """A connection, or None."""
    for word in words:
        try:
            return psycopg.connect(
                host=f"{given['run']}/database", port=given["port"], dbname=name, user=role,
                password=word, connect_timeout=5,
            )  # fmt: skip
        except psycopg.Error:
            continue
    return None


def writable(folder, hidden=()):
    """Uppermost folders and files below `folder` that it may change, relative to it.

    `hidden` are names in folders that it cannot list.
    """
    found = [name for name in hidden if os.access(f"{folder}/{name}", os.W_OK)]
    for place, folders, files in os.walk(folder):
        if os.access(place, os.W_OK):
            found.append(os.path.relpath(place, folder))
            folders.clear()
            continue
        # A file of one's own can be opened up.
        for name in files:
            path = os.path.join(place, name)
            if not os.path.islink(path) and (
                os.access(path, os.W_OK) or os.stat(path).st_uid == os.getuid()
            ):
                found.append(os.path.relpath(path, folder))
    return sorted(set(found))


def readable(folder, names, hidden):
    """Those of the files and folders that it can read."""
    found = []
    paths = {path for name in names for path in Path(folder).glob(name)}
    for path in sorted(paths | {path for name in hidden if (path := Path(folder, name)).is_file()}):
        try:
            path.read_bytes() if path.is_file() else next(path.iterdir())
            found.append(str(path.relative_to(folder)))
        except (OSError, StopIteration):
            continue
    return found


def sockets(folder):
    """The sockets that take its connection."""
    found = []
    for name in ("supervisor.sock", "app/0.sock", "kdb/kdb.sock",
                 f"database/.s.PGSQL.{given['port']}", "nginx/mirror-0.sock"):  # fmt: skip
        with socket.socket(socket.AF_UNIX) as line:
            try:
                line.connect(f"{folder}/{name}")
                found.append(name.split("/")[0])
            except OSError:
                continue
    return found


def processes(pids):
    """The processes that it may signal, and those whose memory or environment it may read."""
    found = []
    for name, pid in pids.items():
        for what, action in (
            ("signals", lambda pid=pid: os.kill(pid, 0)),
            ("reads memory of", lambda pid=pid: open(f"/proc/{pid}/mem", "rb").close()),
            ("reads environment of", lambda pid=pid: Path(f"/proc/{pid}/environ").read_bytes()),
        ):
            try:
                action()
                found.append(f"{what} {name}")
            except OSError:
                continue
    return sorted(found)


def names_of_secrets(folder):
    """The names in the folder of secrets, where it can be listed."""
    try:
        return os.listdir(folder)
    except OSError:
        return []


given = json.loads(sys.argv[1])
enters, does = database(given)
shown = {
    "enters": enters,
    "does": does,
    "changes": writable(given["var"], given["hidden"]),
    "changes programs": [path for folder in given["programs"] for path in writable(folder)],
    "lists secrets": names_of_secrets(given["var"] + "/secrets"),
    "reads": readable(given["var"], given["files"], given["hidden"]),
    "talks to": sockets(given["run"]),
    "processes": processes(given["pids"]),
}
print(json.dumps(shown))
