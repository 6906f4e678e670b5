"""The settings object: sources, derived values, the documentation of each field."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from ztfvo.settings import LONGEST_SOCKET_PATH, Settings, load_settings


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch):
    for name in Settings.model_fields:
        monkeypatch.delenv(f"ZTFVO_{name.upper()}", raising=False)


def test_every_field_is_described():
    assert not [name for name, field in Settings.model_fields.items() if not field.description]


def test_environment_wins_over_file_and_file_over_default(tmp_path, monkeypatch):
    (tmp_path / "settings.env").write_text("ZTFVO_PORT=9001\nZTFVO_DACHS_PORT=9101\n")
    monkeypatch.setenv("ZTFVO_VAR", str(tmp_path))
    monkeypatch.setenv("ZTFVO_PORT", "9002")
    settings = load_settings()
    assert (settings.port, settings.dachs_port, settings.postgres_port) == (9002, 9101, 8100)
    assert settings.data == tmp_path / "data"


def test_url_follows_the_port_unless_it_is_given():
    assert load_settings(port=81).url == "http://localhost:81"
    assert load_settings(public_url="https://ztf.example.org/").url == "https://ztf.example.org"


def test_socket_folder_is_short_however_deep_the_state_is(tmp_path):
    near = load_settings(var="/srv/ztfvo")
    deep = load_settings(var=tmp_path / ("x" * 120))
    assert near.run == Path("/srv/ztfvo/run")
    assert len(str(deep.run / ".s.PGSQL.65535")) <= LONGEST_SOCKET_PATH
    assert deep.run != load_settings(var=tmp_path / ("y" * 120)).run


def test_connection_strings():
    private = load_settings(var="/srv/ztfvo", postgres_port=8200)
    assert private.database_dsn == "host=/srv/ztfvo/run/database port=8200 dbname=ztfvo user=ztfvo"
    assert private.superuser_dsn.endswith("user=postgres")
    existing = load_settings(dsn="host=db dbname=sky")
    assert existing.database_dsn == existing.superuser_dsn == "host=db dbname=sky"


@pytest.mark.parametrize(
    "wrong", [{"dachs_processes": 0}, {"max_cone_radius": 181}, {"workers": 0}, {"port": "web"}]
)
def test_impossible_values_are_refused(wrong):
    with pytest.raises(ValidationError):
        load_settings(**wrong)
