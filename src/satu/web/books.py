"""Where this process' own database is, for what opens a connection of its own beside Django's."""

from __future__ import annotations

from django.db import connection
from psycopg.conninfo import make_conninfo

NAMES = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}


def books_url() -> str:
    """The connection string that Django's default connection was opened by."""
    told = connection.settings_dict
    given = {name: told[key] for key, name in NAMES.items() if told[key]}
    return make_conninfo("", **told["OPTIONS"], **given)
