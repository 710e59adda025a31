"""SQL as source: a migration or a store reads the file that its package keeps under sql/."""

from __future__ import annotations

from importlib.resources import files


def read_sql(package: str, name: str) -> str:
    """The text of `<package>/sql/<name>.sql`; the version is part of the name (`post_v1`)."""
    return files(package).joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
