"""A card that another takes the place of: one purse, no ride lost, the old one denied for ever."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from satu.cards import denials, queries
from satu.cards.actions import block_card, ensure_issuers, issue_cards, link_card, top_up
from satu.cards.bearers import BEARERS, Bearer, Cause
from satu.cards.errors import Refusal
from satu.cards.kinds import CardProduct, CardState, Issuer, Medium, Why
from satu.cards.lifecycle import Replaced, replace_card, report_lost
from satu.cards.losses import Borne, bear_loss
from satu.cards.products import ensure_products
from satu.cards.refunds import GivenBack, Refunded, refund
from satu.cards.rights_actions import sell_pass
from satu.kernel.ids import card_group
from satu.kernel.refusal import Outcome
from satu.ledger.kinds import SCHEME, AccountKind, PostingKind, Result
from satu.ledger.verify import verify
from satu.taps.verify import ALL_CHECKS
from tests.database.cards_support import audited, one
from tests.small_city import BANK, BUS, MONDAY, ZOO, SmallCity, at

NOW = datetime(2026, 11, 23, tzinfo=UTC)
BY = {"actor": "staff:ani", "at": NOW}
RESIDENT = CardProduct(1, "resident", "Warga", "Resident", 2_000_000, 20_000_000, valid_months=60)


@pytest.fixture
def city(database) -> SmallCity:
    made = SmallCity(database)
    ensure_issuers(issuers=[Issuer(BANK, "bank", "Bank", "100001", True)], **BY)
    ensure_products(products=[RESIDENT], **BY)
    return made


def card(balance: int = 20_000, owner: int | None = 501) -> int:
    made = issue_cards(issuer=BANK, count=1, balance=balance, product="resident", **BY)
    assert isinstance(made, range)
    (face,) = queries.faces(made)
    if owner is not None:
        assert link_card(number=face.number, secret=face.secret, owner=owner, **BY) == made[0]
    return made[0]


def lose_and_replace(old: int) -> int:
    assert not isinstance(report_lost(card=old, owner=501, **BY), Refusal)
    made = replace_card(card=old, why=Why.LOST, **BY)
    assert isinstance(made, Replaced) and not made.is_repeat
    return made.successor


def check_books(city: SmallCity) -> None:
    report = verify(city.conn, ALL_CHECKS)
    assert report.ok, report.problems


def test_the_new_card_has_the_purse_the_owner_and_a_number_of_its_own(city):
    old = card()
    card(), card()  # so that the next serial is of another group
    sold = sell_pass(card=old, product="month", price=5_000, owed_to=BUS, key="counter-1", **BY)
    assert not isinstance(sold, Refusal)
    new = lose_and_replace(old)
    before, after = queries.card(old), queries.card(new)
    assert before is not None and after is not None
    kept = ("purse", "receivable", "issuer_id", "owner", "category", "card_group", "product")
    assert [getattr(before, name) for name in kept] == [getattr(after, name) for name in kept]
    assert after.card_group == card_group(old) != card_group(new)
    assert before.entitlements == after.entitlements is not None
    assert before.number != after.number and after.expires_on.isoformat() == "2031-11-23"
    assert (before.state, after.state) == (CardState.CLOSED, CardState.ACTIVE)
    assert denials.denied_serials(city.conn) == (2, [old])
    assert replace_card(card=old, why=Why.LOST, **BY) == Replaced(
        old, new, after.number, is_repeat=True
    )
    assert block_card(card=old, reason="found", **BY) is Refusal.CARD_CLOSED
    assert top_up(card=old, amount=1, reference="R", **BY) is Refusal.CARD_CLOSED
    topped = top_up(card=new, amount=1_000, reference="R", **BY)
    assert not isinstance(topped, Refusal) and topped.balance == 16_000
    again = sell_pass(card=new, product="month", price=5_000, owed_to=BUS, key="counter-2", **BY)
    assert not isinstance(again, Refusal)
    check_books(city)


def test_rides_of_the_old_card_that_come_late_are_paid_from_the_same_purse(city):
    old = card(20_000)
    (rode,) = city.send(city.tap(old, "A", at(7), route="R1", decided="ask"))
    assert rode.outcome is Outcome.ACCEPTED and city.money(old) == (16_500, 0, 0)
    new = lose_and_replace(old)
    refused, accepted, late = city.send(
        city.tap(old, "A", at(9), route="R1", direction="entry", decided="ask"),
        city.tap(new, "A", at(9, 5), route="R1", decided="ask"),
        city.tap(old, "GATE", at(8), direction="entry", decided="open"),
    )
    assert refused.outcome is Outcome.CARD_CLOSED
    assert accepted.outcome is late.outcome is Outcome.ACCEPTED
    assert (accepted.charge, late.charge) == (3_500, 4_000)
    assert city.money(old) == city.money(new) == (9_000, 0, 0)
    assert (city.owed_to(BUS), city.owed_to(ZOO)) == (7_000, 4_000)
    groups = city.conn.execute(
        "select distinct card_group from (select card_group from taps_tap union all"
        " select card_group from taps_card_day union all select card_group from taps_use"
        " union all select card_group from ledger_posting where tap is not null) x"
    ).fetchall()
    assert groups == [(card_group(old),)]
    check_books(city)


def test_both_cards_in_one_batch_never_spend_the_same_money_twice(city):
    old = card(5_000)
    new = lose_and_replace(old)
    late, second = city.send(
        city.tap(old, "A", at(7), route="R1", decided="open"),
        city.tap(new, "A", at(7, 5), route="R1", decided="open"),
    )
    assert (late.charge, second.charge) == (3_500, 3_500)
    assert city.money(new) == (0, 0, -2_000)
    city.close(MONDAY.replace(day=MONDAY.day + 1), at(30))
    topped = top_up(card=new, amount=10_000, reference="R", **BY)
    assert not isinstance(topped, Refusal) and (topped.balance, topped.collected) == (8_000, 2_000)
    check_books(city)


def test_what_an_old_cards_ride_gives_back_goes_to_the_purse_that_lives_on(city):
    old = card(20_000)
    (rode,) = city.send(city.tap(old, "A", at(7), route="R1", decided="ask"))
    assert rode.charge == 3_500
    new = lose_and_replace(old)
    lines = [GivenBack(BUS, 1_000, None)]
    asked = {"lines": lines, "tap": 99, "use": 77, "service_day": MONDAY}
    assert refund(card=old, **asked, **BY) == Refunded(1_000, 0, 17_500)
    assert city.money(new) == (17_500, 0, 0)


@pytest.mark.parametrize("why", [Why.LOST, Why.STOLEN])
def test_a_lost_card_that_nobody_registered_is_not_replaced(city, why):
    nobodys = card(owner=None)
    assert replace_card(card=nobodys, why=why, **BY) is Refusal.CARD_NOT_REPLACEABLE
    report_lost(card=nobodys, why=why, owner=None, **BY)
    assert replace_card(card=nobodys, why=Why.DAMAGED, **BY) is Refusal.CARD_NOT_REPLACEABLE
    assert replace_card(card=99, why=why, **BY) is Refusal.CARD_UNKNOWN
    broken = card(owner=None)
    assert isinstance(replace_card(card=broken, why=Why.DAMAGED, **BY), Replaced)


def test_a_plate_goes_on_with_the_new_card_and_what_is_on_the_plastic_does_not(city):
    from satu.cards.actions import add_medium

    old = card()
    for kind in (Medium.PLATE, Medium.BANK_CHIP):
        assert add_medium(card=old, kind=kind, token="B 1 SAT", **BY) is None
    new = lose_and_replace(old)
    led = city.conn.execute("select kind, card from cards_medium order by kind").fetchall()
    assert led == [(Medium.BANK_CHIP, old), (Medium.PLATE, new)]


ISSUER_PAYS = (Bearer.ISSUER, "LOSS", BANK, 0, "PURSE")
OPERATOR_PAYS = (Bearer.OPERATOR, "PAYABLE", BANK, BUS, "PURSE")
BORNE = {
    Cause.USED_BEFORE_REPORT: Refusal.LOSS_IS_THE_HOLDERS,
    Cause.UNREGISTERED_LOST: Refusal.LOSS_IS_THE_HOLDERS,
    Cause.USED_AFTER_REPORT: (*ISSUER_PAYS, "COMPENSATION"),
    Cause.CHIP_CLONED: (*ISSUER_PAYS, "COMPENSATION"),
    Cause.WRONG_CARD_BLOCKED: (*ISSUER_PAYS, "GOODWILL"),
    Cause.READER_LIST_STALE: (*OPERATOR_PAYS, "COMPENSATION"),
    Cause.READER_AT_FAULT: (*OPERATOR_PAYS, "COMPENSATION"),
    Cause.UNKNOWN_CARD_ACCEPTED: Refusal.LOSS_IS_THE_OPERATORS,
    Cause.RIDE_NEVER_PAID: (Bearer.SCHEME, "LOSS", SCHEME, 0, "RECEIVABLE", "WRITE_OFF"),
    Cause.GOODWILL: (*ISSUER_PAYS, "GOODWILL"),
    Cause.SERVICE_FAILED: (*OPERATOR_PAYS, "GOODWILL"),
}
POSTED_SINCE = """
select d.kind, d.book, d.party, c.kind, p.kind, p.amount, c.id
  from ledger_posting p
  join ledger_account d on d.id = p.debit join ledger_account c on c.id = p.credit
 where p.serial > %s order by p.serial
"""


@pytest.mark.parametrize("cause", Cause)
def test_a_cause_moves_what_its_row_says_and_nothing_else(city, cause):
    rider, amount = card(1_000), 2_500
    if cause is Cause.RIDE_NEVER_PAID:
        city.send(city.tap(rider, "A", at(7), route="R1", decided="open"))
        assert city.money(rider) == (0, 0, -amount)
    (before,) = one(city.conn, "select max(serial) from ledger_posting")
    purse, held, owed = city.money(rider)
    operator = BUS if BEARERS[cause] is Bearer.OPERATOR else 0
    done = bear_loss(card=rider, cause=cause, amount=amount, key="L", operator=operator, **BY)
    found = city.conn.execute(POSTED_SINCE, [before]).fetchall()
    trail = [detail for *_, detail in audited(city.conn, "card.loss_borne")]
    expected = BORNE[cause]
    if isinstance(expected, Refusal):
        assert (done, found, trail) == (expected, [], [])
        assert city.money(rider) == (purse, held, owed)
        return
    bearer, debit, book, party, credit, kind = expected
    assert done == Borne(Result.POSTED, bearer, amount)
    credited = "purse" if credit == "PURSE" else "receivable"
    (account,) = one(city.conn, f"select {credited} from cards_card where id = %s", rider)
    debit_kind, credit_kind = AccountKind[debit].value, AccountKind[credit].value
    posted = (debit_kind, book, party, credit_kind, PostingKind[kind].value, amount, account)
    assert found == [posted]
    assert trail == [{"cause": cause, "bearer": bearer, "amount": amount, "reference": "L"}]
    after = (purse + amount, held, owed) if credit == "PURSE" else (purse, held, owed + amount)
    assert city.money(rider) == after
    check_books(city)


def test_each_loss_is_borne_by_whom_the_table_names_once(city):
    rider = card(1_000)
    city.send(city.tap(rider, "A", at(7), route="R1", decided="open"))
    assert city.money(rider) == (0, 0, -2_500)

    def bear(cause, amount, key, operator=0, who=rider):
        return bear_loss(card=who, cause=cause, amount=amount, key=key, operator=operator, **BY)

    assert bear(Cause.USED_BEFORE_REPORT, 900, "L-1") is Refusal.LOSS_IS_THE_HOLDERS
    assert bear(Cause.RIDE_NEVER_PAID, 2_000, "L-2") is Refusal.AMOUNT_NOT_OWED
    written = Borne(Result.POSTED, Bearer.SCHEME, 2_500)
    assert bear(Cause.RIDE_NEVER_PAID, 2_500, "L-2") == written
    assert bear(Cause.RIDE_NEVER_PAID, 2_500, "L-2") is Refusal.AMOUNT_NOT_OWED
    assert city.money(rider) == (0, 0, 0)
    for result in (Result.POSTED, Result.EXISTS):
        borne = Borne(result, Bearer.ISSUER, 3_000)
        assert bear(Cause.USED_AFTER_REPORT, 3_000, "L-3") == borne
    stale = Borne(Result.POSTED, Bearer.OPERATOR, 500)
    assert bear(Cause.READER_LIST_STALE, 500, "L-4", BUS) == stale
    differs = bear(Cause.READER_LIST_STALE, 501, "L-4", BUS)
    assert not isinstance(differs, Refusal)
    assert differs.result is Result.EXISTS_WITH_DIFFERENT_AMOUNT
    nobodys = card(owner=None)
    refused = bear(Cause.USED_AFTER_REPORT, 1, "L-5", who=nobodys)
    assert refused is Refusal.CARD_NOT_REGISTERED
    assert city.money(rider) == (3_500, 0, 0) and city.owed_to(BUS) == 1_000 - 500 + 2_500
    check_books(city)
