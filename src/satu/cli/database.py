"""`satu database`: migrate it, say where it is, give its programs a new password."""

from __future__ import annotations

from typing import Annotated

import psycopg
import typer

from satu.cli.common import console, json_line, running_database
from satu.project.database import Urls, open_database, set_app_password

app = typer.Typer(no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object as the last line.")]


@app.command()
def migrate(as_json: AsJson = False) -> None:
    """Bring the database to this version, as its owner. `satu up` does it by itself."""
    with running_database() as urls:
        _tell(urls, as_json)


@app.command()
def where(as_json: AsJson = False) -> None:
    """Say which PostgreSQL this installation uses and how large its database is."""
    with open_database() as urls:
        _tell(urls, as_json)


@app.command()
def password() -> None:
    """After SATU_SECRET_KEY was changed: let role satu_app log in with the new password."""
    with open_database() as urls, psycopg.connect(urls.owner) as owner:
        set_app_password(owner)
    console.print("satu_app has its new password; start its programs again with the new key")


def _tell(urls: Urls, as_json: bool) -> None:
    with psycopg.connect(urls.app) as connection:
        row = connection.execute(
            "select current_setting('server_version'), pg_database_size(current_database())"
        ).fetchone()
        place = connection.info.dsn  # tells no password
    assert row is not None
    if as_json:
        json_line({"postgres": row[0], "bytes": row[1], "place": place})
    else:
        console.print(f"PostgreSQL {row[0]}, {row[1] / 1e6:.0f} MB: {place}")
