"""`satu database`: migrate it, or say where it is."""

from __future__ import annotations

from typing import Annotated

import psycopg
import typer
from psycopg.conninfo import make_conninfo

from satu.cli.common import console, json_line, running_database
from satu.project.database import Urls

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
    with running_database() as urls:
        _tell(urls, as_json)


def _tell(urls: Urls, as_json: bool) -> None:
    with psycopg.connect(urls.app) as app_connection:
        row = app_connection.execute(
            "select current_setting('server_version'), pg_database_size(current_database())"
        ).fetchone()
    assert row is not None
    place = make_conninfo(urls.app, password=None)
    if as_json:
        json_line({"postgres": row[0], "bytes": row[1], "place": place})
    else:
        console.print(f"PostgreSQL {row[0]}, {row[1] / 1e6:.0f} MB: {place}")
