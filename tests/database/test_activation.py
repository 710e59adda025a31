"""Tariffs come into force whole, signed and logged, and go back; a broken one changes nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest

from satu.fares.tariff import Tariff
from satu.kernel.keys import SCHEME
from satu.project import environment
from satu.services.rules import Bundle
from satu.services.sealed import open_sealed, signed_content
from satu.taps.places import load_bundle, load_signed
from satu.wire.signing import Sealed, scheme_key
from tests.small_city import BUNDLE
from tests.support import Database

AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
NEW = msgspec.structs.replace(
    BUNDLE.tariffs[0], version="small-2", valid_from=date(2026, 12, 1), source="a decree"
)
TABLES = ("taps_bundle", "taps_activation", "audit_entry")


@pytest.fixture
def city(database: Database) -> Bundle:
    from satu.taps.actions import load_places

    return load_places(bundle=BUNDLE, actor="test", at=AT).bundle


def everything(database: Database) -> list[list[tuple[Any, ...]]]:
    owner = database.owner()
    return [owner.execute(f"select * from {name} order by id").fetchall() for name in TABLES]


def activate(tariff: Tariff, **more: Any) -> Any:
    from satu.taps.activation import activate_tariff

    given = {"city": "small", "actor": "staff:ani", "at": AT, "reason": "decree 12", **more}
    return activate_tariff(tariff=tariff, **given)


def roll_back(city: str = "small") -> Any:
    from satu.taps.activation import roll_back as action

    return action(city=city, actor="staff:ani", at=AT, reason="a mistake")


def code_of(refused: Any, *given: Any, **more: Any) -> str:
    from satu.taps.activation import NotActivated

    with pytest.raises(NotActivated) as caught:
        refused(*given, **more)
    return caught.value.code


def versions(database: Database) -> list[str]:
    return [tariff.version for tariff in load_bundle(database.connect()).tariffs]


def test_a_tariff_comes_into_force_signed_and_logged(database: Database, city: Bundle) -> None:
    done = activate(NEW)
    assert done.changed
    assert versions(database) == ["small-1", "small-2"]
    conn = database.connect()
    stored = load_signed(conn)
    sealed = Sealed("tariff", stored.key, signed_content(stored.content), stored.signature)
    key = scheme_key(environment.key_for(SCHEME)).public_key()
    assert open_sealed(key, sealed).rules.bundle == done.bundle
    log = conn.execute("select city, actor, reason from taps_activation order by id").fetchall()
    assert log == [("small", "test", "city pack loaded"), ("small", "staff:ani", "decree 12")]
    audit = database.owner().execute("select action, actor from audit_entry order by id").fetchall()
    assert audit[-1] == ("city.loaded", "staff:ani")


def test_the_same_again_changes_nothing(database: Database, city: Bundle) -> None:
    activate(NEW)
    before = everything(database)
    assert not activate(NEW).changed
    assert everything(database) == before


def test_another_content_under_a_known_name_or_day_is_refused(
    database: Database, city: Bundle
) -> None:
    activate(NEW)
    before = everything(database)
    same_name = msgspec.structs.replace(NEW, valid_from=date(2027, 1, 1))
    same_day = msgspec.structs.replace(NEW, version="small-3")
    assert code_of(activate, same_name) == code_of(activate, same_day) == "version_known"
    assert everything(database) == before
    assert activate(same_day, replace=True).changed
    assert versions(database) == ["small-1", "small-3"]


def test_a_broken_tariff_never_replaces_a_good_one(database: Database, city: Bundle) -> None:
    before = everything(database)
    broken = msgspec.structs.replace(NEW, steps=("leg", "magic"))
    assert code_of(activate, broken) == "tariff_unusable"
    without_zoo = msgspec.structs.replace(
        NEW,
        networks=tuple(network for network in NEW.networks if network.id != "zoo"),
        leg_rules=tuple(rule for rule in NEW.leg_rules if rule.network != "zoo"),
    )
    assert code_of(activate, without_zoo) == "tariff_unusable"
    assert code_of(activate, NEW, city="nowhere") == "city_unknown"
    assert everything(database) == before


def test_a_change_is_rolled_back_and_the_roll_back_undone(database: Database, city: Bundle) -> None:
    assert code_of(roll_back) == "nothing_before"
    assert code_of(roll_back, "nowhere") == "city_unknown"
    activate(NEW)
    assert roll_back().changed
    assert versions(database) == ["small-1"]
    assert roll_back().changed
    assert versions(database) == ["small-1", "small-2"]
    conn = database.connect()
    assert conn.execute("select count(*) from taps_bundle where is_active").fetchone() == (1,)
    assert conn.execute("select count(*) from taps_activation").fetchone() == (4,)


def test_places_that_came_meanwhile_stay_after_a_roll_back(
    database: Database, city: Bundle
) -> None:
    from satu.taps.actions import add_places

    activate(NEW)
    stop = msgspec.structs.replace(city.points[0], code="D", name="Stop D")
    add_places(points=[stop], routes=[], city="small", actor="test", at=AT)
    roll_back()
    bundle = load_bundle(database.connect())
    assert "D" in {point.code for point in bundle.points}
    assert [tariff.version for tariff in bundle.tariffs] == ["small-1"]


def test_programs_cannot_change_what_was_written_down(database: Database, city: Bundle) -> None:
    for statement in ("update taps_activation set actor = 'x'", "delete from taps_activation"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            database.connect().execute(statement)


def test_a_kill_in_the_middle_leaves_the_old_tariff(
    database: Database, city: Bundle, tmp_path: Path
) -> None:
    """Whatever was not committed with the rest is not there: all is one transaction."""
    from django.db import transaction

    before = everything(database)
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        activate(NEW)
        raise KeyboardInterrupt
    assert everything(database) == before
    assert versions(database) == ["small-1"]
