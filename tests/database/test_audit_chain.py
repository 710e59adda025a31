"""The audit trail's chain: everything committed is sealed once, and every tampering is named."""

from __future__ import annotations

import random
import threading
import time
from datetime import UTC, datetime, timedelta
from threading import Event

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from satu.audit.actions import record, record_all
from satu.audit.entry import Subject
from satu.audit.store import seal
from satu.audit.verify import Breach, Break, Head, Report, verify
from satu.project.sealing import keep_sealing
from tests.support import Database

NOW = datetime(2026, 11, 22, 3, 4, 5, 678_901, tzinfo=UTC)
INSERT = (
    "insert into audit_entry (at, actor, action, subject_kind, subject_id, detail)"
    " values (now(), %s, 'card.blocked', 'card', '1', '{}') returning id"
)


def write(*actors: str) -> None:
    for actor in actors:
        record(subject=Subject("card", 17), action="card.blocked", actor=actor, at=NOW)


def seal_now(database: Database, after_s: int = 0) -> int:
    return seal(database.connect(), at=NOW + timedelta(seconds=after_s))


def checked(database: Database, kept: Head | None = None) -> Report:
    return verify(database.connect(), kept=kept)


def seals(database: Database) -> list[tuple[int, str, int]]:
    query = "select number, ids::text, entries from audit_seal order by number"
    return database.connect().execute(query).fetchall()


@pytest.fixture
def chain(database: Database) -> Database:
    """Entries 1 to 6 in three seals: 1 to 3, 4 and 5, 6."""
    for place, actors in enumerate((("ani", "budi", "citra"), ("dewi", "eko"), ("fitri",))):
        write(*actors)
        seal_now(database, place)
    return database


def test_what_is_written_is_sealed_once_in_its_order(chain: Database) -> None:
    assert seals(chain) == [(1, "{[1,4)}", 3), (2, "{[4,6)}", 2), (3, "{[6,7)}", 1)]
    assert seal_now(chain) == 0 and len(seals(chain)) == 3
    report = checked(chain)
    assert report.ok and report.breaks == []
    assert (report.entries, report.seals, report.unsealed, report.oldest) == (6, 3, 0, None)
    assert report.head is not None and report.head.number == 3


def test_an_empty_trail_is_whole(database: Database) -> None:
    assert seal_now(database) == 0
    assert checked(database) == Report(0, 0, None, 0, None, 0, [])


def test_what_waits_for_its_seal_is_told_and_breaks_nothing(chain: Database) -> None:
    write("gita")
    report = checked(chain)
    assert report.ok and (report.unsealed, report.oldest) == (1, NOW)


def test_many_entries_are_sealed_in_pieces(database: Database) -> None:
    odd = 'baru"\n\u007f\U0001f68c'
    subjects = [(Subject("card", n), {"n": n, "kata": odd}) for n in range(25_000)]
    record_all(subjects=subjects, action="card.issued", actor="kantor é", at=NOW)
    assert seal_now(database) == 25_000
    assert [entries for *_, entries in seals(database)] == [10_000, 10_000, 5_000]
    told: list[tuple[int, int]] = []
    report = verify(database.connect(), on_seals=lambda done, total: told.append((done, total)))
    assert report.ok and report.entries == 25_000
    assert told == [(1, 3), (2, 3), (3, 3)]


TAMPERED = {
    "update audit_entry set actor = 'x' where id = 2": {(Breach.ENTRY_CHANGED, 2, 1)},
    'update audit_entry set detail = \'{"reason": "x"}\' where id = 5': {
        (Breach.ENTRY_CHANGED, 5, 2)
    },
    "update audit_entry set at = at + interval '1 microsecond' where id = 6": {
        (Breach.ENTRY_CHANGED, 6, 3)
    },
    "update audit_entry set subject_kind = 'car', subject_id = 'd17' where id = 1": {
        (Breach.ENTRY_CHANGED, 1, 1)
    },
    "delete from audit_entry where id in (1, 5)": {
        (Breach.ENTRY_REMOVED, 1, 1),
        (Breach.ENTRY_REMOVED, 5, 2),
    },
    "update audit_seal set sealed_at = sealed_at - interval '1 s' where number = 2": {
        (Breach.SEAL_CHANGED, None, 2)
    },
    "update audit_seal set hash = sha256(hash) where number = 2": {
        (Breach.SEAL_CHANGED, None, 2),
        (Breach.SEAL_UNLINKED, None, 3),
    },
    "update audit_seal set ids = '{[1,3)}' where number = 1": {
        (Breach.SEAL_CHANGED, None, 1),
        (Breach.ENTRY_INSERTED, 3, None),
    },
    "update audit_seal set ids = '{(,)}' where number = 1": {(Breach.SEAL_CHANGED, None, 1)},
    "update audit_seal set sealed_at = 'infinity' where number = 3": {
        (Breach.SEAL_CHANGED, None, 3)
    },
    """
    alter table audit_entry drop constraint at_is_a_date;
    update audit_entry set at = 'infinity' where id = 1;
    alter table audit_entry alter detail drop not null;
    update audit_entry set detail = null where id = 2
    """: {(Breach.ENTRY_CHANGED, 1, 1), (Breach.ENTRY_CHANGED, 2, 1)},
    "delete from audit_seal where number = 2": {
        (Breach.SEAL_REMOVED, None, 2),
        (Breach.ENTRY_INSERTED, 4, None),
        (Breach.ENTRY_INSERTED, 5, None),
    },
    "delete from audit_seal where number = 3": {(Breach.ENTRY_INSERTED, 6, None)},
    "truncate audit_entry": {
        (Breach.ENTRY_REMOVED, entry, seal)
        for entry, seal in zip(range(1, 7), (1, 1, 1, 2, 2, 3), strict=True)
    },
    """
    insert into audit_entry (id, at, actor, action, subject_kind, subject_id)
    overriding system value values (0, now(), 'x', 'y', 'card', '1');
    delete from audit_waiting
    """: {(Breach.ENTRY_INSERTED, 0, None)},
}


@pytest.mark.parametrize("tampering", TAMPERED)
def test_tampering_by_the_owner_is_named(chain: Database, tampering: str) -> None:
    chain.owner().execute(tampering)
    report = checked(chain)
    assert set(report.breaks) == {Break(*found) for found in TAMPERED[tampering]}
    assert report.broken == len(report.breaks) and not report.ok


def test_an_entry_taken_away_before_its_seal_is_named(chain: Database) -> None:
    write("gita", "hadi")
    chain.owner().execute("delete from audit_entry where actor = 'gita'")
    assert seal_now(chain) == 1
    assert checked(chain).breaks == [Break(Breach.ENTRY_REMOVED, 7, None)]


def test_a_chain_made_anew_differs_from_the_head_that_was_kept(chain: Database) -> None:
    kept = checked(chain).head
    assert kept is not None and checked(chain, kept).ok
    write("gita")
    seal_now(chain)
    assert checked(chain, kept).ok
    owner = chain.owner()
    owner.execute("update audit_entry set actor = 'x' where id = 2")
    owner.execute("truncate audit_seal; insert into audit_waiting select id from audit_entry")
    seal_now(chain)
    assert checked(chain).ok, "nothing in the database can tell"
    assert checked(chain, kept).breaks == [Break(Breach.HEAD_DIFFERS, None, kept.number)]


def test_only_the_sealing_function_writes_seals(chain: Database) -> None:
    app = chain.connect()
    for statement in (
        "update audit_entry set actor = 'x'",
        "delete from audit_entry",
        "truncate audit_entry",
        "insert into audit_seal select * from audit_seal",
        "update audit_seal set hash = ''",
        "delete from audit_seal",
        "insert into audit_waiting values (99)",
        "delete from audit_waiting",
        "alter table audit_entry disable trigger all",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute(statement)
    assert checked(chain).ok


def test_a_lower_number_that_commits_late_is_sealed_late(chain: Database) -> None:
    slow, quick = psycopg.connect(chain.app_url), chain.connect()
    with slow:
        early = slow.execute(INSERT, ["slow"]).fetchone()
        late = quick.execute(INSERT, ["quick"]).fetchone()
        assert (early, late) == ((7,), (8,))
        assert seal_now(chain) == 1
        assert checked(chain).ok
    assert checked(chain).unsealed == 1
    assert seal_now(chain) == 1
    assert seals(chain)[3:] == [(4, "{[8,9)}", 1), (5, "{[7,8)}", 1)]
    assert checked(chain).ok


def test_what_was_rolled_back_leaves_a_gap_and_no_break(chain: Database) -> None:
    with psycopg.connect(chain.app_url) as undone:
        undone.execute(INSERT, ["undone"])
        undone.rollback()
    write("gita", "hadi")
    assert seal_now(chain) == 2
    assert seals(chain)[3:] == [(4, "{[8,10)}", 2)]
    assert checked(chain).ok


def test_sealing_that_is_killed_is_done_by_the_next(chain: Database) -> None:
    write("gita", "hadi")
    dying = psycopg.connect(chain.app_url)
    dying.execute("select audit_seal_v1(%s, 10)", [NOW])
    waiting = threading.Thread(target=seal_now, args=(chain,))
    waiting.start()  # the next one waits for the first
    chain.connect().execute("select pg_terminate_backend(%s)", [dying.info.backend_pid])
    waiting.join(20)
    dying.close()
    assert seals(chain)[3:] == [(4, "{[7,9)}", 2)]
    assert checked(chain).ok and checked(chain).unsealed == 0


def test_entries_of_many_writers_are_all_sealed(chain: Database) -> None:
    """Writers that commit, roll back and dawdle, and two that seal all the while."""
    writers, rounds = 6, 30
    done = Event()

    def write_on(seed: int) -> None:
        chance = random.Random(seed)
        with psycopg.connect(chain.app_url) as conn:
            for _ in range(rounds):
                for _ in range(chance.randint(1, 3)):
                    conn.execute(INSERT, [f"writer:{seed}"])
                time.sleep(chance.random() / 100)
                conn.rollback() if chance.random() < 0.3 else conn.commit()

    def seal_on() -> None:
        with psycopg.connect(chain.app_url, autocommit=True) as conn:
            while not done.wait(0.005):
                seal(conn, at=NOW)

    sealers = [threading.Thread(target=seal_on) for _ in range(2)]
    threads = [threading.Thread(target=write_on, args=(seed,)) for seed in range(writers)]
    for thread in sealers + threads:
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    for thread in sealers:
        thread.join()
    seal_now(chain)
    report = checked(chain)
    assert report.ok and report.unsealed == 0
    assert report.entries == sum(entries for *_, entries in seals(chain)) > 6
    assert report.seals > 10


def test_sealing_goes_on_when_the_database_was_lost(
    chain: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("satu.project.sealing.EVERY_S", 0.05)
    monkeypatch.setattr("satu.project.sealing.PAUSE_S", 0.05)
    stop = Event()
    sealing = threading.Thread(target=keep_sealing, args=(chain.app_url, stop))
    sealing.start()
    for actor in ("gita", "hadi"):
        write(actor)
        deadline = time.monotonic() + 20
        while checked(chain).unsealed:
            assert time.monotonic() < deadline, "nobody seals"
            time.sleep(0.02)
        chain.connect().execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = %s and query like '%%audit_seal_v1%%' and pid <> pg_backend_pid()",
            [chain.name],
        )
    stop.set()
    sealing.join(20)
    assert not sealing.is_alive()
    assert checked(chain).ok and seals(chain)[-1][1] == "{[8,9)}"


texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(texts, st.dictionaries(texts, st.one_of(texts, st.integers(), st.none()))),
        min_size=1,
        max_size=5,
    ),
    st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=st.just(UTC)),
)
def test_the_database_and_the_proof_hash_the_same(
    database: Database, written: list[tuple[str, dict[str, str | int | None]]], at: datetime
) -> None:
    with psycopg.connect(database.app_url, autocommit=True) as conn:
        for text, detail in written:
            conn.execute(
                "insert into audit_entry (at, actor, action, subject_kind, subject_id, detail)"
                " values (%s, %s, 'a', %s, %s, %s)",
                [at, f"a{text}", text, text, Jsonb(detail)],
            )
        assert seal(conn, at=at) == len(written)
        assert verify(conn).ok
