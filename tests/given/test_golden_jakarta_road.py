"""Golden case jl-1 down the road of every tap: what each gate charges, what is posted, who is due.

Places and tariffs are Jakarta's as shipped. The metres between stations are the pack's (5.8 and
8.3 km, which the case rounds); no line of the pack's feed runs from Pemuda to CSW, so one is put
in with the case's own kilometres.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from satu.cards.actions import issue_cards
from satu.city.load import load_city
from satu.city.pack import Pack
from satu.city.rows import PatternRow, RouteRow
from satu.kernel.ids import tap_id
from satu.kernel.refusal import Meaning, Outcome, UseClass
from satu.ledger.kinds import AccountKind, PostingKind
from satu.ledger.verify import verify
from satu.services.rules import Rules
from satu.taps.tap import Answer
from satu.taps.verify import ALL_CHECKS
from satu.wire.messages import Tap
from tests import jakarta
from tests.small_city import SmallCity
from tests.support import Database

MONDAY = date(2025, 3, 3)
LOADED = datetime(2025, 3, 1, tzinfo=UTC)
BALANCE = 50_000
LRTJ, TJ, MRTJ = "lrt-jakarta", "transjakarta", "mrt-jakarta"
PEMUDA, CSW = "H00161P", "H00041P"


def with_line(pack: Pack, metres: int) -> Pack:
    """The pack with one more line: from Pemuda to CSW, so many metres."""
    line = RouteRow("JL-1", "Pemuda - CSW", TJ, "tj-regular")
    way = PatternRow("JL-1", "1", f"{PEMUDA}:0;{CSW}:{metres}")
    return pack._replace(routes=(*pack.routes, line), patterns=(*pack.patterns, way))


@pytest.fixture
def case(given: Callable[[str], Path]) -> dict[str, Any]:
    golden = json.loads(given("data/golden/fares.json").read_text())
    (found,) = [one for one in golden["jakarta_integrated"]["cases"] if one["id"] == "jl-1"]
    return dict(found)


@pytest.fixture
def city(database: Database, case: dict[str, Any]) -> SmallCity:
    """Jakarta in a database, with what taps need to travel."""
    pack = with_line(jakarta.pack(), case["legs"][1]["km"] * 1000)
    loaded = load_city(pack=pack, actor="test", at=LOADED)
    made = SmallCity(database)
    made.rules = Rules(loaded.places.bundle)
    return made


def taps_of(city: SmallCity, card: int) -> list[Tap]:
    """In and out by light rail, bus and metro, as each reader asks while its rider waits."""
    ridden = [
        ("LRTJ-PGD", "LRTJ-VEL", "", 600, 615),
        (PEMUDA, CSW, "JL-1", 620, 660),
        ("SASN", "SLBB", "", 665, 685),
    ]
    return [
        city.tap(card, point, jakarta.at(MONDAY, minute), route=route, direction=way, decided="ask")
        for start, end, route, begun, ended in ridden
        for point, minute, way in ((start, begun, "entry"), (end, ended, "exit"))
    ]


# Each posting: the tap that caused it, from and to where, how much, and what it corrects.
POSTED = """
select p.tap, p.kind, d.kind, coalesce(x.code, ''), c.kind, coalesce(y.code, ''), p.amount,
       earlier.tap
  from ledger_posting p
  join ledger_account d on d.id = p.debit
  left join taps_operator x on x.id = d.party and d.kind = %(payable)s
  join ledger_account c on c.id = p.credit
  left join taps_operator y on y.id = c.party and c.kind = %(payable)s
  left join ledger_posting earlier on earlier.key = p.corrects
 where p.tap is not null order by p.serial
"""
DUE = """
select i.code, o.code, sum(s.credits - s.debits)::bigint
  from ledger_daily_sum s
  join ledger_account a on a.id = s.account and a.kind = any(%s)
  join taps_operator o on o.id = a.party
  left join cards_issuer i on i.id = a.book
 group by 1, 2 having sum(s.credits - s.debits) <> 0 order by 1, 2
"""


def card_of(code: str) -> int:
    """A new card of a bank of the pack."""
    (issuer,) = [row.id for row in jakarta.pack().issuers if row.code == code]
    made = issue_cards(issuer=issuer, count=1, balance=BALANCE, actor="test", at=LOADED)
    assert isinstance(made, range)
    return made[0]


def posted(city: SmallCity, taps: list[Tap]) -> list[tuple[Any, ...]]:
    """The postings of taps in order; a tap is named by its place among them, from 1."""
    place = {tap_id(1, tap.sequence): number for number, tap in enumerate(taps, 1)}
    rows = city.conn.execute(POSTED, {"payable": AccountKind.PAYABLE.value}).fetchall()
    return [(place[row[0]], *row[1:7], place.get(row[7])) for row in rows]


def due(city: SmallCity) -> list[tuple[str | None, str, int]]:
    """What each bank owes each operator, and what is owed to them without cover (no bank)."""
    kinds = [AccountKind.PAYABLE.value, AccountKind.UNFUNDED_CLAIM.value]
    return city.conn.execute(DUE, [kinds]).fetchall()


def test_jl_1_is_charged_gate_by_gate_and_the_differences_are_posted(
    city: SmallCity, case: dict[str, Any]
) -> None:
    card = card_of("bank-jakarta")
    taps = taps_of(city, card)
    light_in, light_out, bus_in, bus_out, metro_in = (city.send(tap)[0] for tap in taps[:-1])
    accepted, into, out = Outcome.ACCEPTED, Meaning.ENTRY, Meaning.EXIT
    # Alone the light rail is 5,000 at its gate, where every ride of it costs the same.
    assert light_in == Answer(accepted, into, 5_000, 5_000, 45_000)
    assert light_out == Answer(accepted, out, 0, 5_000, 45_000)
    # On the bus the package begins: 2,500 + 6 x 250, and 3,500 while its way is not known.
    assert bus_in == Answer(accepted, into, 2_500, 3_500, 42_500)
    # Off the bus it is 2,500 + 18 x 250 = 7,000.
    assert bus_out == Answer(accepted, out, -500, 3_500, 43_000)
    # The metro holds its dearest fare and takes at its exit what is lacking to 2,500 + 26 x 250.
    assert metro_in == Answer(accepted, into, 0, 0, 43_000)
    assert city.money(card) == (43_000, 14_000, 0)
    assert city.send(taps[-1]) == [Answer(accepted, out, 2_000, 9_000, 41_000)]
    assert city.money(card) == (BALANCE - case["total"], 0, 0) == (41_000, 0, 0)

    purse, payable = AccountKind.PURSE, AccountKind.PAYABLE
    fare, correction = PostingKind.FARE, PostingKind.CORRECTION
    assert posted(city, taps) == [
        (1, fare, purse, "", payable, LRTJ, 5_000, None),
        (3, correction, payable, LRTJ, payable, TJ, 1_000, 1),
        (3, fare, purse, "", payable, TJ, 2_500, None),
        (4, correction, payable, TJ, purse, "", 500, 3),
        (6, fare, purse, "", payable, MRTJ, 2_000, None),
    ]
    assert due(city) == [
        ("bank-jakarta", LRTJ, 4_000),
        ("bank-jakarta", MRTJ, 2_000),
        ("bank-jakarta", TJ, 3_000),
    ]
    whole = [
        ("journey", UseClass.COMPLETE, one["charge"], one["standalone"]) for one in case["legs"]
    ]
    assert city.uses(card) == whole
    assert [fare for _, _, fare, _ in whole] == [4_000, 3_000, 2_000]
    assert verify(city.conn, ALL_CHECKS).ok


def test_jl_1_costs_the_same_whichever_tap_comes_first_and_is_charged_once(city: SmallCity) -> None:
    card = card_of("mandiri")
    taps = taps_of(city, card)
    late = [replace(tap, decided="open") for tap in reversed(taps)]
    answers = city.send(*late, now_ms=taps[-1].at_ms, together=False)
    assert sum(answer.charge for answer in answers) == 9_000
    shares = [("mandiri", LRTJ, 4_000), ("mandiri", MRTJ, 2_000), ("mandiri", TJ, 3_000)]
    assert (due(city), city.money(card)) == (shares, (41_000, 0, 0))
    before = city.conn.execute(POSTED, {"payable": AccountKind.PAYABLE.value}).fetchall()
    assert all(answer.repeat for answer in city.send(*taps))
    after = city.conn.execute(POSTED, {"payable": AccountKind.PAYABLE.value}).fetchall()
    assert after == before and due(city) == shares
    assert verify(city.conn, ALL_CHECKS).ok
