"""What the surroundings say, and the one-line problems when they say too little."""

from __future__ import annotations

from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from satu.project import environment

OWNER = "postgresql://ani:rahasia@db.example:5433/kota?sslmode=require"


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("SATU_DATABASE_URL", "SATU_APP_URL", "SATU_SECRET_KEY", "SATU_ENV", "SATU_HOSTS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SATU_HOME", str(tmp_path))


def test_a_secret_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    made = environment.secret()
    assert len(made) == 64
    assert (tmp_path / "secret").read_bytes() == made
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
    assert environment.secret() == made
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


def test_production_makes_no_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SATU_ENV", "production")
    with pytest.raises(environment.EnvironmentProblem, match="SATU_SECRET_KEY needs at least 16"):
        environment.secret()
    assert list(tmp_path.iterdir()) == []


def test_a_short_secret_or_a_wrong_url_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SATU_DATABASE_URL", "bukan alamat")
    with pytest.raises(environment.EnvironmentProblem, match="is no PostgreSQL URL") as wrong:
        environment.app_url()
    assert "\n" not in str(wrong.value)
    monkeypatch.setenv("SATU_SECRET_KEY", "pendek")
    with pytest.raises(environment.EnvironmentProblem, match="needs at least 16"):
        environment.secret()


def test_keys_differ_by_purpose_and_by_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SATU_SECRET_KEY", "satu dua tiga empat")
    first = environment.key_for("device")
    assert len(first) == 32
    assert environment.key_for("device") == first
    assert environment.key_for("scheme") != first
    monkeypatch.setenv("SATU_SECRET_KEY", "empat tiga dua satu")
    assert environment.key_for("device") != first


def test_the_embedded_server_is_used_when_none_is_named(tmp_path: Path) -> None:
    assert not environment.names_a_server()
    where = conninfo_to_dict(environment.app_url())
    assert (where["user"], where["dbname"]) == ("satu_app", "satu")
    assert conninfo_to_dict(environment.owner_url())["user"] == "satu"


def test_a_long_home_gets_a_short_socket(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SATU_HOME", str(tmp_path / ("jauh" * 30)))
    sockets = environment.socket_directory()
    assert len(str(sockets)) < environment.MAX_SOCKET_PATH
    assert sockets == environment.socket_directory()


def test_satu_app_has_a_password_of_its_own_on_a_named_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SATU_DATABASE_URL", OWNER)
    where = conninfo_to_dict(environment.app_url())
    assert where == {
        "user": "satu_app",
        "password": environment.app_password(),
        "host": "db.example",
        "port": "5433",
        "dbname": "kota",
        "sslmode": "require",
    }


def test_a_program_that_only_runs_needs_no_owner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SATU_APP_URL", "postgresql://satu_app@db.example/kota")
    assert environment.app_url() == "postgresql://satu_app@db.example/kota"
    with pytest.raises(environment.EnvironmentProblem, match="SATU_DATABASE_URL is not set"):
        environment.owner_url()


def test_hosts_are_open_except_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    assert environment.web_hosts() == ["*"]
    monkeypatch.setenv("SATU_ENV", "production")
    assert environment.web_hosts() == ["localhost", "127.0.0.1", "[::1]"]
    monkeypatch.setenv("SATU_HOSTS", "satu.jakarta.go.id, www.satu.jakarta.go.id")
    assert environment.web_hosts() == ["satu.jakarta.go.id", "www.satu.jakarta.go.id"]
