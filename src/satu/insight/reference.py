"""Reads of reference data, table by table: what a city's packs and commands brought in.

Nothing here is a person's: staff are their logins. Written by the rooms that own the tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, LiteralString, NamedTuple

from satu.insight.queries import Connection

PAGE = 50


class Table(NamedTuple):
    """A table to read: where from, what names a row, its columns by name (the first is shown as
    the row's name), and which of them words are looked for in."""

    source: LiteralString
    key: LiteralString
    columns: Mapping[str, LiteralString]
    searched: tuple[str, ...]


TABLES: dict[str, Table] = {
    "operators": Table(
        "taps_operator t",
        "t.id::text",
        {"name": "t.name", "code": "t.code", "colour": "t.colour", "number": "t.id"},
        ("name", "code"),
    ),
    "points": Table(
        "taps_point t join taps_operator o on o.id = t.operator",
        "t.id::text",
        {
            "name": "t.name",
            "code": "t.code",
            "kind": "t.kind",
            "operator": "o.name",
            "network": "t.network",
            "area": "t.area",
            "lat": "round(t.lat::numeric, 5)::text",
            "lon": "round(t.lon::numeric, 5)::text",
            "number": "t.id",
        },
        ("name", "code", "area"),
    ),
    "routes": Table(
        "taps_route t join taps_operator o on o.id = t.operator",
        "t.id::text",
        {
            "name": "t.name",
            "code": "t.code",
            "operator": "o.name",
            "network": "t.network",
            "colour": "t.colour",
            "number": "t.id",
        },
        ("name", "code"),
    ),
    "issuers": Table(
        "cards_issuer t",
        "t.id::text",
        {
            "name": "t.name",
            "code": "t.code",
            "prefix": "t.number_prefix",
            "simulated": "t.is_simulated",
            "note": "t.note",
            "number": "t.id",
        },
        ("name", "code"),
    ),
    "products": Table(
        "cards_product t",
        "t.code",
        {
            "name": "t.name_id",
            "name_en": "t.name_en",
            "code": "t.code",
            "balance_unregistered": "t.balance_unregistered",
            "balance_registered": "t.balance_registered",
            "monthly_unregistered": "t.monthly_unregistered",
            "monthly_registered": "t.monthly_registered",
            "valid_months": "t.valid_months",
            "dormant_months": "t.dormant_months",
            "redeem_days": "t.redeem_days",
            "personal": "t.is_personal",
        },
        ("name", "name_en", "code"),
    ),
    "purposes": Table(
        "people_purpose t join lateral (select * from people_purpose_text x"
        " where x.purpose_id = t.code order by x.version desc limit 1) w on true",
        "t.code",
        {
            "text_id": "w.text_id",
            "text_en": "w.text_en",
            "code": "t.code",
            "basis": "t.basis",
            "roles": "array_to_string(t.roles, ', ')",
            "version": "w.version",
            "ended": "t.ended_at",
        },
        ("code", "text_id", "text_en"),
    ),
    "retention": Table(
        "people_retention t",
        "t.what",
        {
            "what": "t.what",
            "keep_days": "t.keep_days",
            "text_id": "t.why_id",
            "text_en": "t.why_en",
        },
        ("what", "text_id", "text_en"),
    ),
    "areas": Table(
        "people_area t",
        "t.code",
        {"name": "t.name", "code": "t.code"},
        ("name", "code"),
    ),
    "organisations": Table(
        "people_organisation t",
        "t.code",
        {
            "name": "t.name",
            "code": "t.code",
            "acts_for": "t.acts_for",
            "staff": "(select count(*) from people_staff s where s.organisation_id = t.code)",
        },
        ("name", "code", "acts_for"),
    ),
    "staff": Table(
        "people_staff t join people_organisation o on o.code = t.organisation_id",
        "t.login",
        {
            "login": "t.login",
            "organisation": "o.name",
            "roles": "array_to_string(t.roles, ', ')",
            "contractor": "t.is_contractor",
            "until": "t.until",
        },
        ("login", "organisation", "roles"),
    ),
}


class Found(NamedTuple):
    """A row: what names it, and its columns in their order."""

    key: str
    values: tuple[Any, ...]


def rows_of(
    connection: Connection,
    name: str,
    *,
    words: str = "",
    sort: str,
    is_down: bool,
    page: int = 1,
    limit: int = PAGE,
) -> tuple[list[Found], int]:
    """A page of a table's rows that hold some words, and how many there are; `sort` is a column."""
    table = TABLES[name]
    where = _where(table)
    asked = {"words": words.lower(), "limit": limit, "offset": (page - 1) * PAGE}
    way: LiteralString = "desc" if is_down else "asc"
    rows = connection.execute(
        f"select {table.key}, {_selected(table)} from {table.source} where {where}"
        f" order by {table.columns[sort]} {way} nulls last, {table.key}"
        " limit %(limit)s offset %(offset)s",
        asked,
    ).fetchall()
    counted = connection.execute(f"select count(*) from {table.source} where {where}", asked)
    ((count,),) = counted.fetchall()
    return [Found(str(key), tuple(values)) for key, *values in rows], count


def row_of(connection: Connection, name: str, key: str) -> Found | None:
    """One row; None: there is no such."""
    table = TABLES[name]
    row = connection.execute(
        f"select {table.key}, {_selected(table)} from {table.source} where {table.key} = %s", [key]
    ).fetchone()
    return Found(str(row[0]), tuple(row[1:])) if row else None


def counts(connection: Connection) -> dict[str, int]:
    """How many rows each table has."""
    union = " union all ".join(
        f"select '{name}', count(*) from {table.source}" for name, table in TABLES.items()
    )
    return dict(connection.execute(union.encode()).fetchall())


def _selected(table: Table) -> LiteralString:
    return ", ".join(table.columns.values())


def _where(table: Table) -> LiteralString:
    """Words are looked for as they are: no letter of them has a meaning of its own."""
    found = " or ".join(
        f"strpos(lower({table.columns[name]}), %(words)s) > 0" for name in table.searched
    )
    return f"(%(words)s = '' or {found})"
