"""What the surroundings say: the one place that reads os.environ. No Django, nothing connects.

SATU_HOME          where this installation keeps its database and secret
SATU_DATABASE_URL  any PostgreSQL >= 15, as the owner; without it the embedded server
SATU_APP_URL       the same database as role satu_app, for programs that never migrate
SATU_SECRET_KEY    the one secret that all keys are derived from (required in production)
SATU_ENV           "production", or anything else
SATU_HOSTS         the names the web answers to, separated by commas
SATU_PUBLIC_DELAY  seconds of the city's time that the public's picture is behind (900)
SATU_MAIL_URL      the mail server: smtp://user:password@host:587, or smtps:// (465)
SATU_MAIL_FROM     the address that messages come from
SATU_SMS_URL       a gateway for text messages that takes JSON: https://x:token@host/path
SATU_PKCS11_MODULE the PKCS#11 library of the hardware module with people's master keys
SATU_PKCS11_TOKEN  the label of the token in it (satu)
SATU_PKCS11_PIN    the token's PIN
"""

from __future__ import annotations

import os
import secrets
import tempfile
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

import psycopg
from psycopg.conninfo import make_conninfo

from satu.kernel.keys import MIN_SECRET_BYTES, derive

APP_ROLE = "satu_app"
OWNER_ROLE = "satu"
DATABASE_NAME = "satu"
MAX_SOCKET_PATH = 100  # a unix socket's path is at most 103 bytes on macOS, 107 on Linux


class EnvironmentProblem(Exception):
    """A setting is missing or wrong; its text is one line that says what to do."""


class MailServer(NamedTuple):
    """Where mail goes out. `is_wrapped`: TLS from the first byte; else by STARTTLS."""

    host: str
    port: int
    user: str
    password: str
    is_wrapped: bool

    def __repr__(self) -> str:
        return f"MailServer({self.host}:{self.port})"


def home() -> Path:
    """Where this installation keeps its data; under root not below a home directory."""
    given = os.environ.get("SATU_HOME")
    if given:
        return Path(given).expanduser().resolve()
    if os.geteuid() == 0:
        return Path("/var/lib/satu")
    return Path.home() / ".local" / "share" / "satu"


def is_production() -> bool:
    return os.environ.get("SATU_ENV", "") == "production"


def web_hosts() -> list[str]:
    """The host names the web answers to; outside production any."""
    named = [host.strip() for host in os.environ.get("SATU_HOSTS", "").split(",")]
    hosts = [host for host in named if host]
    return hosts or (["localhost", "127.0.0.1", "[::1]"] if is_production() else ["*"])


def public_delay_s() -> int:
    """How far the public's picture is behind the city's own clock."""
    given = os.environ.get("SATU_PUBLIC_DELAY", "900")
    if not given.isdigit():
        raise EnvironmentProblem(f"SATU_PUBLIC_DELAY: {given!r} is not a number of seconds")
    return int(given)


def secret() -> bytes:
    """The installation's secret: from SATU_SECRET_KEY, else made once and kept in SATU_HOME."""
    given = os.environ.get("SATU_SECRET_KEY", "").encode()
    if len(given) >= MIN_SECRET_BYTES:
        return given
    if given or is_production():
        raise EnvironmentProblem(f"SATU_SECRET_KEY needs at least {MIN_SECRET_BYTES} characters")
    return _kept_secret(home() / "secret")


@lru_cache(maxsize=8)
def _kept_secret(path: Path) -> bytes:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, made = tempfile.mkstemp(dir=path.parent, prefix=".secret-")  # mode 0600
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
        try:
            os.link(made, path)  # of two programs that start at once, one wins and both read it
        except FileExistsError:
            pass
        finally:
            os.unlink(made)
    return path.read_bytes()


def mail_server() -> MailServer | None:
    """The mail server of SATU_MAIL_URL; None: no mail leaves here."""
    given = os.environ.get("SATU_MAIL_URL", "")
    if not given:
        return None
    parts = urlsplit(given)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise EnvironmentProblem("SATU_MAIL_URL is smtp://user:password@host:587, or smtps://…")
    is_wrapped = parts.scheme == "smtps"
    port = parts.port or (465 if is_wrapped else 587)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return MailServer(parts.hostname, port, user, password, is_wrapped)


def mail_sender() -> str:
    """The address that mail comes from."""
    return os.environ.get("SATU_MAIL_FROM", "satu@localhost")


def sms_url() -> str:
    """The gateway for text messages; empty: none."""
    return os.environ.get("SATU_SMS_URL", "")


def hardware_module() -> tuple[str, str, str] | None:
    """Library, token and PIN of the module that keeps people's master keys; None: no module."""
    library = os.environ.get("SATU_PKCS11_MODULE")
    if not library:
        return None
    token = os.environ.get("SATU_PKCS11_TOKEN", "satu")
    return library, token, os.environ.get("SATU_PKCS11_PIN", "")


def key_for(purpose: str) -> bytes:
    """The 32-byte key of a purpose (satu.kernel.keys names them)."""
    return derive(secret(), purpose)


def postgres_directory() -> Path:
    """Where the embedded server keeps its data."""
    return home() / "postgres"


def socket_directory() -> Path:
    """Where the embedded server listens: beside its data, unless that path is too long."""
    data = postgres_directory()
    if len(str(data / ".s.PGSQL.5432")) <= MAX_SOCKET_PATH:
        return data
    name = sha256(str(data).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"satu-{name}"


def embedded_url(user: str, database: str = DATABASE_NAME) -> str:
    """The embedded server's URL for a role. It trusts who may open its socket."""
    return f"postgresql://{user}@/{database}?host={quote(str(socket_directory()), safe='')}"


def names_a_server() -> bool:
    """Whether the surroundings name a PostgreSQL, so that the embedded one is not used."""
    return bool(os.environ.get("SATU_DATABASE_URL") or os.environ.get("SATU_APP_URL"))


def owner_url() -> str:
    """The database as its owner, who migrates it."""
    given = os.environ.get("SATU_DATABASE_URL")
    if given:
        return given
    if names_a_server():
        raise EnvironmentProblem("SATU_DATABASE_URL is not set; only the owner can migrate")
    return embedded_url(OWNER_ROLE)


def app_url() -> str:
    """The database as role satu_app, as which every program connects."""
    given = os.environ.get("SATU_APP_URL")
    if given:
        return given
    if not names_a_server():
        return embedded_url(APP_ROLE)
    return app_url_of(owner_url())


def app_password() -> str:
    """The password of satu_app on a server of the operator's own."""
    return key_for("role-satu_app").hex()


def app_url_of(owner: str) -> str:
    """An owner's URL or connection string with satu_app's name and password instead."""
    try:
        return make_conninfo(owner, user=APP_ROLE, password=app_password())
    except psycopg.ProgrammingError as error:
        reason = str(error).strip()
        raise EnvironmentProblem(f"SATU_DATABASE_URL is no PostgreSQL URL: {reason}") from error
