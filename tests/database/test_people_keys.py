"""Master keys: made at the first need, rotated while people register, and in a hardware module."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import connections

from satu.people import rotation
from satu.people.actions import erase_resident, register_residents
from satu.people.hsm import ModuleVault
from satu.people.keyring import vault
from satu.people.profile import NewResident, Profile
from satu.people.rotation import Rewrapped, rewrap, start_rotation
from satu.people.vault import DerivedVault, Vault
from satu.project.environment import EnvironmentProblem
from tests.database.people_support import ACTOR, AT, SITI, audited, look, prepare, register
from tests.softhsm import library
from tests.support import Database

PIN = "271828"


def rotate() -> int:
    return start_rotation(actor=ACTOR, at=AT)


def rewrap_all() -> int:
    moved = 0
    while (done := rewrap(actor=ACTOR, at=AT)).moved:
        moved += done.moved
    return moved


def masters(conn: psycopg.Connection) -> list[tuple[int, bool, int]]:
    """(number, retired, data keys in its boxes) of every master."""
    query = (
        "select m.id, retired_at is not null,"
        " (select count(*) from people_data_key where master_id = m.id)"
        " from people_master_key m order by m.id"
    )
    return conn.execute(query).fetchall()


def test_rotation_puts_every_key_into_a_new_box_and_people_stay_readable(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "CHUNK", 2)
    prepare()
    conn = database.connect()
    assert rewrap(actor=ACTOR, at=AT) == Rewrapped(0, []), "before the first person"
    siti = register()
    more = [register(Profile(name=f"Orang {n}")) for n in range(4)]
    sealed = conn.execute("select profile from people_resident order by id").fetchall()
    assert masters(conn) == [(1, False, 5)]
    assert rotate() == 2
    more.append(register(Profile(name="Orang 4")))
    assert rewrap(actor=ACTOR, at=AT) == Rewrapped(2, [])
    assert masters(conn) == [(1, False, 3), (2, False, 3)]
    assert look(siti) == SITI and look(more[3]) == Profile(name="Orang 3")
    erase_resident(resident=more[3], reason="asked", open_cards=0, actor=ACTOR, at=AT)
    assert rewrap_all() == 2
    assert masters(conn) == [(1, True, 0), (2, False, 5)]
    assert look(siti) == SITI and look(more[2]) == Profile(name="Orang 2")
    again = conn.execute("select profile from people_resident order by id limit 4").fetchall()
    assert again == sealed[:4], "profiles were not sealed anew"
    assert audited(conn, "master.made", "master.retired") == [
        ("master.made", ACTOR, "master", "2", {}),
        ("master.retired", ACTOR, "master", "1", {"newest": 2}),
    ]
    assert rewrap_all() == 0 and masters(conn)[0] == (1, True, 0)


def test_people_register_while_keys_are_rotated(database: Database) -> None:
    prepare()

    def grow(turn: int) -> None:
        try:
            for part in range(5):
                people = [NewResident(profile=Profile(name=f"O {turn} {part}"))] * 20
                register_residents(people=people, source="b", actor=ACTOR, at=AT)
        finally:
            connections.close_all()

    def turn_keys(_: int) -> None:
        try:
            for _ in range(3):
                rotate()
                rewrap_all()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        for work in [pool.submit(grow, n) for n in range(4)] + [
            pool.submit(turn_keys, n) for n in range(2)
        ]:
            work.result()
    rewrap_all()
    found = masters(database.connect())
    # Six rotations; where nobody had registered before the first, that made master 1.
    assert found[-1][0] in (6, 7) and found[-1][1:] == (False, 400)
    assert all(is_retired and not count for _, is_retired, count in found[:-1])
    assert look(1).name.startswith("O ")  # type: ignore[union-attr]


def test_production_keeps_keys_in_a_module_or_not_at_all(
    database: Database, settings_of: pytest.MonkeyPatch
) -> None:
    settings_of.setattr("django.conf.settings.PRODUCTION", True)
    with pytest.raises(EnvironmentProblem, match="SATU_PKCS11_MODULE"):
        register()
    rows = database.connect().execute("select count(*) from people_resident")
    assert rows.fetchone() == (0,)


@pytest.fixture
def settings_of(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Settings that may be set for a test; the vault is chosen anew before and after."""
    vault.cache_clear()
    yield monkeypatch
    vault.cache_clear()


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, str]]:
    """A token of SoftHSM2: library, label, PIN. A program reads the place of tokens only once."""
    place = tmp_path_factory.mktemp("softhsm")
    (place / "tokens").mkdir()
    configuration = place / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {place / 'tokens'}\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(configuration))
        pins = ["--pin", PIN, "--so-pin", PIN]
        command = ["softhsm2-util", "--init-token", "--free", "--label", "satu", *pins]
        subprocess.run(command, check=True, capture_output=True)
        yield library(), "satu", PIN


def wrapped_by(found: Vault) -> None:
    key = os.urandom(32)
    found.make(1)
    found.make(1)
    box = found.wrap(1, key, bound_to=b"person 1")
    assert key not in box and box != found.wrap(1, key, bound_to=b"person 1")
    assert found.unwrap(1, box, bound_to=b"person 1") == key
    found.make(2)
    for master, changed, bound_to in (
        (1, box, b"person 2"),
        (2, box, b"person 1"),
        (1, box[:-1] + bytes([box[-1] ^ 1]), b"person 1"),
    ):
        with pytest.raises(Exception):  # noqa: B017  (each vault has its own word for it)
            found.unwrap(master, changed, bound_to=bound_to)


def test_both_vaults_keep_the_same_contract(token: tuple[str, str, str]) -> None:
    wrapped_by(DerivedVault(os.urandom(32)))
    wrapped_by(ModuleVault(*token))


def test_people_are_sealed_by_keys_that_never_leave_the_module(
    database: Database, token: tuple[str, str, str], settings_of: pytest.MonkeyPatch
) -> None:
    settings_of.setattr("django.conf.settings.PKCS11", token)
    settings_of.setattr("django.conf.settings.PRODUCTION", True)
    prepare()
    siti = register()
    assert isinstance(vault(), ModuleVault)
    assert look(siti) == SITI
    rotate()
    assert rewrap_all() == 1
    assert look(siti) == SITI
    with pytest.raises(EnvironmentProblem, match="no key satu-people-9"):
        vault().wrap(9, b"k" * 32, bound_to=b"")
    with pytest.raises(EnvironmentProblem, match="token 'other'"):
        ModuleVault(token[0], "other", PIN)
    # The installation's secret alone opens nothing.
    settings_of.setattr("django.conf.settings.PKCS11", None)
    settings_of.setattr("django.conf.settings.PRODUCTION", False)
    vault.cache_clear()
    with pytest.raises(Exception):  # noqa: B017
        look(siti)
