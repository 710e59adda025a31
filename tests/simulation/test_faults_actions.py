"""A program is killed in the middle of an action and run again: nothing is left half done."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest

from satu.ledger.verify import verify
from satu.taps.verify import ALL_CHECKS
from tests.journeys.gateway_support import Town, encoded, gateway, wait_until
from tests.simulation.faults_support import new_seed

JAKARTA = Path(__file__).parents[2] / "cities" / "jakarta"
VICTIM = "satu-victim"
PLACES_LOCK = 0x504C_4143  # what load_places and register_devices hold while they write
CARDS, BALANCE = 4_000, 20_000
TOP_UPS = 60
KILLS = 3

# Each prints a line before it begins and one for each thing that is done.
ISSUE = f"""
import django; django.setup()
from datetime import UTC, datetime
from satu.cards.actions import issue_cards
print("begun", flush=True)
at = datetime(2026, 1, 6, tzinfo=UTC)
print(issue_cards(issuer=1, count={CARDS}, balance={BALANCE}, actor="t", at=at), flush=True)
"""
TOP_UP = f"""
import sys
import django; django.setup()
from datetime import UTC, datetime
from satu.cards.actions import top_up
print("begun", flush=True)
for number in range({TOP_UPS}):
    card = int(sys.argv[1 + number % (len(sys.argv) - 1)])
    at = datetime(2026, 1, 6, tzinfo=UTC)
    done = top_up(card=card, amount=1_000, reference=f"r-{{number}}", actor="t", at=at)
    print(number, done.result.name, done.balance, done.collected, flush=True)
"""
LOAD = """
import sys
from satu.cli.main import main
sys.argv = ["satu", "city", "load", *sys.argv[1:]]
main()
"""


class Books:
    """The database of a test, seen by its owner."""

    def __init__(self, database: Any) -> None:
        self.conn: psycopg.Connection[Any] = database.owner()

    def ask(self, question: str, *about: Any) -> int:
        row = self.conn.execute(question, about).fetchone()
        assert row is not None
        return int(row[0])

    def count(self, table: str) -> int:
        return self.ask(f"select count(*) from {table}")

    def wait_for_the_dead(self) -> None:
        """Until the server has noticed that a killed program is gone."""
        wait_until(
            lambda: (
                self.ask(
                    "select count(*) from pg_stat_activity where application_name = %s", VICTIM
                )
                == 0
            )
        )

    def check(self) -> None:
        report = verify(self.conn, ALL_CHECKS)
        assert report.ok, report.problems


@pytest.fixture
def choose() -> random.Random:
    return random.Random(new_seed())


def start(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PGAPPNAME": VICTIM},
        text=True,
    )


def lines_of(child: subprocess.Popen[str]) -> list[str]:
    """What a child said until it ended or was killed; a line that was cut is none."""
    said, _ = child.communicate(timeout=60)
    return [line.strip() for line in said.splitlines(keepends=True) if line.endswith("\n")]


def begun(child: subprocess.Popen[str]) -> float:
    assert child.stdout is not None
    assert child.stdout.readline() == "begun\n"
    return time.monotonic()


def run_whole(code: str, *arguments: str) -> tuple[list[str], float]:
    """What a program said, and how long it took from its beginning."""
    child = start(code, *arguments)
    since = begun(child)
    said = lines_of(child)
    assert child.returncode == 0
    return said, time.monotonic() - since


def run_killed(code: str, after_s: float, *arguments: str) -> list[str]:
    child = start(code, *arguments)
    begun(child)
    time.sleep(after_s)
    child.kill()
    return lines_of(child)


def test_cards_are_issued_whole_or_not_at_all(database: Any, choose: random.Random) -> None:
    Town(database)
    books = Books(database)
    (made,), took_s = run_whole(ISSUE)
    assert made == f"range(1, {CARDS + 1})"
    runs = 1
    for _ in range(KILLS):
        told = run_killed(ISSUE, choose.uniform(0, 1.2 * took_s))
        books.wait_for_the_dead()
        whole = books.count("cards_card") == (runs + 1) * CARDS
        assert whole or not told
        runs += whole
        check_issued(books, runs)
    (made,), _ = run_whole(ISSUE)
    assert made == f"range({runs * CARDS + 1}, {(runs + 1) * CARDS + 1})"
    check_issued(books, runs + 1)
    print(f"{runs} of {KILLS + 1} runs were done when they were killed")


def check_issued(books: Books, runs: int) -> None:
    cards = runs * CARDS
    assert books.count("cards_card") == books.ask("select max(id) from cards_card") == cards
    assert books.count("ledger_account where balance is not null") == 2 * cards
    assert books.count("ledger_posting") == cards
    assert books.count(f"ledger_account where balance = {BALANCE}") == cards
    assert books.count("audit_entry where action = 'card.issued'") == runs
    books.check()


def test_top_ups_are_taken_once_each(database: Any, choose: random.Random) -> None:
    town, books = Town(database), Books(database)
    cards = [*town.cards(2), *town.cards(2, balance=0)]
    fares = ride_without_money(town, cards[2:])
    names = [str(card) for card in cards]
    told: dict[str, str] = {}
    for _ in range(KILLS):
        hear(told, run_killed(TOP_UP, choose.uniform(0, 0.3), *names))
        books.wait_for_the_dead()
        assert len(told) <= books.count("cards_top_up") <= len(told) + 1
        books.check()
    said, _ = run_whole(TOP_UP, *names)
    hear(told, said)
    assert len(told) == TOP_UPS == books.count("cards_top_up")
    assert books.count("audit_entry where action = 'card.topped_up'") == TOP_UPS
    paid_in = TOP_UPS // len(cards) * 1_000
    balances = [town.balance(card) for card in cards]
    assert balances == [100_000 + paid_in] * 2 + [paid_in - fare for fare in fares]
    assert books.ask("select sum(balance)::bigint from ledger_account where kind = 6") == 0
    books.check()


def ride_without_money(town: Town, cards: list[int]) -> list[int]:
    """Each card rides a bus that was offline; what is owed is collected from its top-ups."""
    taps = [town.tap(card, decided="open") for card in cards]
    with gateway() as door:
        answer = door.post_upload(town.reader(), encoded(taps))
    results = msgspec.json.decode(answer.content)["results"]
    return [result["charge"] for result in results]


def hear(told: dict[str, str], lines: list[str]) -> None:
    """Take note of what was told; what was told before is told again, as a repeat."""
    for line in lines:
        number, result, *rest = line.split()
        if number in told:
            assert (result, " ".join(rest)) == ("EXISTS", told[number])
        assert result in ("POSTED", "EXISTS")
        told[number] = " ".join(rest)


def test_a_city_is_loaded_whole_or_not_at_all(database: Any, choose: random.Random) -> None:
    books = Books(database)
    nothing, city, readers = contents_while_loading()
    assert contents(books) == nothing
    arguments = [str(JAKARTA), "--with-simulated-devices", "--json"]
    for _ in range(KILLS):
        child = start(LOAD, *arguments)
        wait_until(lambda child=child: is_writing(books) or child.poll() is not None)
        time.sleep(choose.uniform(0, 1.2))
        child.kill()
        child.communicate()
        books.wait_for_the_dead()
        # The readers are an action of their own, after the city's.
        assert contents(books) in (nothing, city, readers)
        print("killed with", contents(books))
    for _ in range(2):
        told = json.loads(lines_of(start(LOAD, *arguments))[-1])
        assert contents(books) == readers
    assert told["changed"] is False
    assert (told["points"], told["issuers"], told["accounts"]) == city[1:4]
    assert books.count("audit_entry where action = 'city.loaded'") == 1
    books.check()


def contents_while_loading() -> tuple[tuple[int, ...], ...]:
    """What the database may hold: nothing, the city, the city and its readers."""
    from satu.city.load import accounts_of
    from satu.city.pack import read_pack
    from satu.ledger.kinds import Asset

    pack = read_pack(JAKARTA)
    bundle = pack.bundle()
    issuers = [issuer.id for issuer in pack.issuers]
    accounts = len(issuers) + len(accounts_of(bundle, issuers, Asset.IDR))
    city = (1, len(bundle.points), len(issuers), accounts)
    return (0, 0, 0, 0, 0), (*city, 0), (*city, len(bundle.points))


def contents(books: Books) -> tuple[int, ...]:
    tables = ("taps_bundle", "taps_point", "cards_issuer", "ledger_account", "taps_device")
    return tuple(books.count(table) for table in tables)


def is_writing(books: Books) -> bool:
    held = books.ask(
        "select count(*) from pg_locks where locktype = 'advisory' and objid = %s"
        " and database = (select oid from pg_database where datname = current_database())",
        PLACES_LOCK,
    )
    return held > 0
