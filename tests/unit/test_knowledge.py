"""What the knowledge database of an installation is given."""

from __future__ import annotations

import os
import pwd
import shlex
import stat

import pytest
from psycopg.conninfo import conninfo_to_dict

from ztfvo.settings import load_settings
from ztfvo.site import config, knowledge, supervisor
from ztfvo.site.secrets import secret


@pytest.fixture
def settings(tmp_path):
    """Settings of an installation with a private cluster."""
    user = pwd.getpwuid(os.getuid()).pw_name
    made = load_settings(
        var=tmp_path / "var", port=18999, postgres_port=8100, dsn=None, system_user=user
    )
    config.make_folders(made)
    return made


def elsewhere(settings, **update):
    return settings.model_copy(
        update={"dsn": "host=db.example.org port=5433 dbname=ztf user=me password=p"} | update
    )


def test_a_private_cluster_needs_no_password(settings):
    known = knowledge.environment(settings, {})
    assert conninfo_to_dict(known["KDB_DSN"]) == {
        "host": str(settings.socket_folder), "port": "8100", "dbname": "kdb", "user": "kdb",
    }  # fmt: skip
    assert conninfo_to_dict(knowledge.reader_dsn(settings))["user"] == "kdb_public"
    assert known["KDB_TAP_URL"] == "http://127.0.0.1:18999/tap"
    assert known["KDB_PUBLIC_URL"] == "http://localhost:18999"


def test_in_an_existing_server_each_role_has_its_own_password(settings):
    there = elsewhere(settings)
    owner = conninfo_to_dict(knowledge.environment(there, {})["KDB_DSN"])
    reader = conninfo_to_dict(knowledge.reader_dsn(there))
    assert (owner["host"], owner["port"], owner["dbname"]) == ("db.example.org", "5433", "kdb")
    assert (owner["user"], reader["user"]) == ("kdb", "kdb_public")
    assert len({owner["password"], reader["password"], "p"}) == 3
    assert not knowledge.has_own_database(there)


def test_own_settings_win_and_the_environment_wins_over_the_file(settings):
    lines = "ZTFVO_PORT=1\nKDB_OPEN_READING=false\n KDB_DSN = 'dbname=x user=y'\n#KDB_DEBUG=true\n"
    (settings.var / "settings.env").write_text(lines)
    known = knowledge.environment(settings, {"KDB_OPEN_READING": "true", "HOME": "/"})
    assert (known["KDB_DSN"], known["KDB_OPEN_READING"]) == ("dbname=x user=y", "true")
    assert {"KDB_DEBUG", "HOME", "ZTFVO_PORT"}.isdisjoint(known)


def test_only_a_local_site_answers_to_this_machines_address(settings):
    assert knowledge.environment(settings, {})["KDB_HOSTS"] == '["127.0.0.1"]'
    public = settings.model_copy(update={"public_url": "https://ztf.example.org"})
    known = knowledge.environment(public, {})
    assert "KDB_HOSTS" not in known
    assert known["KDB_PUBLIC_URL"] == "https://ztf.example.org"


def test_the_file_of_the_settings_is_private_and_read_back_by_a_shell(settings):
    there = elsewhere(settings, dsn="host=h dbname=ztf user=me password='a b'")
    config.write_kdb_environment(there)
    path = there.var / "kdb" / "environment"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    read = dict(word.split("=", 1) for word in shlex.split(path.read_text()))
    assert read.pop("ZTFVO_KDB_WORKERS") == str(there.kdb_workers)
    assert read == knowledge.environment(there)


def test_the_secret_key_is_long_enough_for_the_service(settings):
    config.write_kdb_environment(settings)
    assert len(secret(settings, knowledge.KEY)) >= 50


def test_a_site_without_knowledge_database_has_no_such_part(settings):
    without = settings.model_copy(update={"kdb_workers": 0})
    assert set(supervisor.parts(settings)) - set(supervisor.parts(without)) == {"kdb"}
    config.write_service_config(without)
    assert "gunicorn" not in (without.run / "supervisord.conf").read_text()
    config.write_service_config(settings)
    assert "gunicorn kdb.config.wsgi" in (settings.run / "supervisord.conf").read_text()
