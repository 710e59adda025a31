"""Where the database is, and bringing it up to this version. Used by commands and by tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import django
import psycopg
from django.core.management import call_command
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from satu.project import environment
from satu.project.embedded import in_use, installed_server
from satu.project.environment import APP_ROLE, EnvironmentProblem

LEAST_VERSION = 15
MIGRATION_LOCK = 0x5341_5455  # "SATU"

# What Django's own and the jobs' tables need; each of our domains grants in its migrations.
SHARED_TABLES = ("account_%", "auth_%", "django_%", "mfa_%", "procrastinate_%")


class Urls(NamedTuple):
    """The same database as its owner and as satu_app."""

    owner: str
    app: str


@contextmanager
def open_database() -> Iterator[Urls]:
    """The database this installation uses, running; the embedded server if none is named."""
    if environment.names_a_server():
        urls = Urls(environment.owner_url(), environment.app_url())
        check_server(urls.owner)
        yield urls
        return
    with in_use(installed_server()):
        yield Urls(environment.owner_url(), environment.app_url())


def check_server(url: str) -> None:
    """EnvironmentProblem, in one line, if the server cannot be used."""
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            version = connection.info.server_version // 10_000
    except psycopg.OperationalError as error:
        reason = str(error).splitlines()[0]
        raise EnvironmentProblem(f"SATU_DATABASE_URL: {reason}") from error
    if version < LEAST_VERSION:
        raise EnvironmentProblem(
            f"SATU_DATABASE_URL: PostgreSQL {version} is too old, at least {LEAST_VERSION} needed"
        )


def migrate(owner_url: str) -> None:
    """Bring the database to this version; of two programs that start at once, one waits."""
    django.setup()
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute("select pg_advisory_lock(%s)", [MIGRATION_LOCK])
        _ensure_app_role(owner)
        point_django("owner", owner_url, options="-c lock_timeout=10s")
        try:
            if _is_behind(connections["owner"]):
                call_command("migrate", database="owner", verbosity=0, interactive=False)
        finally:
            connections["owner"].close()
        _grant_shared_tables(owner)


def _is_behind(connection: BaseDatabaseWrapper) -> bool:
    """Whether a migration waits. Django's command takes much longer to find that none does."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def point_django(alias: str, url: str, **options: Any) -> None:
    """Let Django's connection `alias` lead to a database; an open one is closed first."""
    if alias in connections.settings:
        connections[alias].close()
        del connections[alias]
    settings = connections.configure_settings(
        {"default": {}, alias: django_database(url, **options)}
    )
    connections.settings[alias] = settings[alias]


def django_database(url: str, **options: Any) -> dict[str, Any]:
    """Django's description of a database that a URL or connection string names."""
    given: dict[str, Any] = {**conninfo_to_dict(url), **options}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": given.pop("dbname", ""),
        "USER": given.pop("user", ""),
        "PASSWORD": given.pop("password", ""),
        "HOST": given.pop("host", ""),
        "PORT": given.pop("port", ""),
        "OPTIONS": given,
    }


def set_app_password(owner: psycopg.Connection) -> None:
    """Let satu_app log in with the password that SATU_SECRET_KEY gives."""
    statement = sql.SQL("alter role {} login password {}")
    owner.execute(statement.format(sql.Identifier(APP_ROLE), environment.app_password()))


def _ensure_app_role(owner: psycopg.Connection) -> None:
    known = owner.execute("select 1 from pg_roles where rolname = %s", [APP_ROLE]).fetchone()
    if known is not None:
        return
    try:
        owner.execute(sql.SQL("create role {} login").format(sql.Identifier(APP_ROLE)))
        set_app_password(owner)
    except psycopg.errors.DuplicateObject:
        pass  # a neighbour on this server made it just now
    except psycopg.errors.InsufficientPrivilege as error:
        raise EnvironmentProblem(
            f"the owner may not create roles; create role {APP_ROLE} with login yourself"
        ) from error


def check_app_login(app_url: str) -> None:
    """EnvironmentProblem if satu_app cannot log in: a changed secret is never just accepted."""
    try:
        psycopg.connect(app_url, connect_timeout=10).close()
    except psycopg.OperationalError as error:
        raise EnvironmentProblem(
            f"role {APP_ROLE} cannot log in; if SATU_SECRET_KEY was changed on purpose, run:"
            " satu database password"
        ) from error


def _grant_shared_tables(owner: psycopg.Connection) -> None:
    found = owner.execute(
        "select tablename from pg_tables"
        " where schemaname = 'public' and tablename like any (%s)"
        " and tablename <> 'django_migrations'"
        " and not has_table_privilege(%s, quote_ident(tablename), 'insert')",
        [list(SHARED_TABLES), APP_ROLE],
    )
    role = sql.Identifier(APP_ROLE)
    for (name,) in found.fetchall():
        table = sql.Identifier(name)
        owner.execute(
            sql.SQL("grant select, insert, update, delete on {} to {}").format(table, role)
        )
    owner.execute(sql.SQL("grant select on django_migrations to {}").format(role))
    sequences = owner.execute(
        "select sequencename from pg_sequences"
        " where schemaname = 'public' and sequencename like any (%s)"
        " and not has_sequence_privilege(%s, quote_ident(sequencename), 'usage')",
        [list(SHARED_TABLES), APP_ROLE],
    )
    for (name,) in sequences.fetchall():
        owner.execute(sql.SQL("grant usage on {} to {}").format(sql.Identifier(name), role))
