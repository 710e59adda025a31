"""A city's register of purposes, some people, and what the tables hold of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg

from satu.people.access import open_profile
from satu.people.actions import Registered, register_resident
from satu.people.consents import keep_register
from satu.people.errors import Refusal
from satu.people.kinds import Assurance, Role
from satu.people.profile import NewResident, Profile
from satu.people.register import read_register
from satu.people.staffing import engage, keep_organisation

AT = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
ACTOR = "staff:ani"
CASE = "T-4711"
REGISTER = Path(__file__).resolve().parents[2] / "cities" / "jakarta" / "purposes.toml"

# Nobody's: 9999 is the serial, the names are made up.
SITI = Profile(
    name="Siti Purnamasari Contoh",
    nik="3171015708459999",
    phone="+6281200009999",
    birth_date=date(1945, 8, 17),
)
BUDI = Profile(name="Budi Teladan Contoh", nik="3171011505159998", birth_date=date(2015, 5, 15))


def prepare() -> None:
    """The purposes of Jakarta, and who works there."""
    keep_register(wanted=read_register(REGISTER.read_text("utf-8")), actor=ACTOR, at=AT)
    keep_organisation(code="dishub", name="Dinas Perhubungan", actor=ACTOR, at=AT)
    hire("ani", Role.DESK)


def hire(
    login: str, *roles: Role, is_contractor: bool = False, until: date | None = None
) -> Refusal | None:
    return engage(
        login=login,
        organisation="dishub",
        roles=roles,
        is_contractor=is_contractor,
        until=until,
        actor=ACTOR,
        at=AT,
    )


def register(
    profile: Profile | None = SITI, *, level: Assurance = Assurance.ANONYMOUS, area: str = ""
) -> int:
    new = NewResident(profile=profile, level=level, area=area)
    done = register_resident(new=new, actor=ACTOR, at=AT)
    assert isinstance(done, Registered), done
    return done.resident


def look(
    resident: int,
    *,
    actor: str = ACTOR,
    role: Role = Role.DESK,
    purpose: str = "customer_service",
    case: str = CASE,
    at: datetime = AT,
) -> Profile | Refusal:
    return open_profile(
        actor=actor, role=role, resident_id=resident, purpose=purpose, case=case, at=at
    )


def audited(conn: psycopg.Connection, *actions: str) -> list[tuple[object, ...]]:
    """(action, actor, subject_kind, subject_id, detail) of every entry of some actions."""
    query = "select action, actor, subject_kind, subject_id, detail from audit_entry"
    return conn.execute(query + " where action = any(%s) order by id", [list(actions)]).fetchall()


def everything_stored(conn: psycopg.Connection) -> bytes:
    """All rows of all tables, as text and, of binary columns, as their bytes."""
    return b"\n".join(value for _, value in values_stored(conn))


def values_stored(conn: psycopg.Connection) -> Iterator[tuple[str, bytes]]:
    """Each value of each row of all tables, by table and column."""
    tables = conn.execute(
        "select format('%I.%I', schemaname, tablename) from pg_tables"
        " where schemaname not in ('pg_catalog', 'information_schema')"
    ).fetchall()
    for (table,) in tables:
        with conn.cursor() as cursor:
            cursor.execute(f"select * from {table}")
            names = [f"{table}.{column.name}" for column in cursor.description or ()]
            for row in cursor:
                for name, value in zip(names, row, strict=True):
                    told = value if isinstance(value, bytes) else str(value).encode()
                    yield name, told
