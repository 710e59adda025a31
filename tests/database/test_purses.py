"""Cards with purses at several banks: opened, ordered, closed, and which of them pays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from satu.cards import purses, queries
from satu.cards.actions import ensure_issuers, issue_cards, link_card
from satu.cards.closing import Closed as CardClosed
from satu.cards.closing import close_card, pay_closed
from satu.cards.dormant import sweep_dormant
from satu.cards.errors import Refusal as CardRefusal
from satu.cards.interbank import set_prefund
from satu.cards.kinds import CardProduct, Issuer, Why
from satu.cards.lifecycle import Renewed, Replaced, expire_cards, renew_card, replace_card
from satu.cards.products import ensure_products
from satu.cards.refunds import GivenBack, Refunded, refund
from satu.cards.rights_actions import sell_pass
from satu.cards.transfers import Transferred, transfer_value
from satu.cards.words import REFUSALS
from satu.kernel.refusal import Outcome
from satu.ledger.kinds import AccountKind, Result
from satu.ledger.verify import verify
from satu.payments.cash_out import TakenOut, cash_out
from satu.payments.errors import Refusal
from satu.payments.orders import NewOrder, place_order, run_orders
from satu.payments.purses import Closed, Opened, close_purse, open_purse, set_order
from satu.payments.switching import Switched, switch_bank
from satu.payments.top_ups import top_up
from satu.payments.verify import CHECKS
from satu.taps.verify import ALL_CHECKS
from tests.small_city import BANK, BUS, OTHER_BANK, SmallCity, at

NOW = datetime(2026, 11, 23, tzinfo=UTC)
BY = {"actor": "staff:ani", "at": NOW}
THIRD = 3
RESIDENT = CardProduct(
    1, "resident", "Warga", "Resident", 20_000, 60_000, 30_000, 90_000, valid_months=60
)
BANKS = [
    Issuer(BANK, "bank", "Bank", "100001", True),
    Issuer(OTHER_BANK, "other", "Other", "100002", True),
    Issuer(THIRD, "third", "Third", "100003", True),
]


@pytest.fixture
def city(database) -> SmallCity:
    made = SmallCity(database)
    ensure_issuers(issuers=BANKS, **BY)
    ensure_products(products=[RESIDENT], **BY)
    for bank in (BANK, OTHER_BANK, THIRD):
        assert set_prefund(bank=bank, amount=100_000, **BY) is None
        for operator in (1, 2, 3):
            made.open(AccountKind.PAYABLE, bank, operator)
    return made


def card(balance: int = 0, owner: int = 501) -> int:
    made = issue_cards(issuer=BANK, count=1, balance=balance, product="resident", **BY)
    assert isinstance(made, range)
    (face,) = queries.faces(made)
    assert link_card(number=face.number, secret=face.secret, owner=owner, **BY) == made[0]
    return made[0]


def opened(serial: int, bank: int = OTHER_BANK, key: str = "P-1"):
    return open_purse(card=serial, bank=bank, key=key, owner=501, **BY)


def pay(serial: int, bank: int, amount: int, reference: str = "R-1"):
    done = top_up(bank=bank, card=serial, amount=amount, reference=reference, **BY)
    assert not isinstance(done, Refusal | CardRefusal), done
    return done


def held(city: SmallCity, serial: int) -> list[tuple[int, int, bool]]:
    """A card's purses in their order: bank, balance, whether it is in use."""
    return city.conn.execute(
        "select a.book, a.balance, a.id = c.purse"
        "  from cards_card c"
        " cross join unnest(coalesce(c.purses, array[c.purse])) with ordinality as u (id, place)"
        "  join ledger_account a on a.id = u.id where c.id = %s order by u.place",
        [serial],
    ).fetchall()


def check_books(city: SmallCity) -> None:
    report = verify(city.conn, (*ALL_CHECKS, *CHECKS))
    assert report.ok, report.problems


def ride(city: SmallCity, serial: int, hour: int, decided: str = "ask"):
    (answer,) = city.send(city.tap(serial, "A", at(hour), route="R1", decided=decided))
    return answer


def owed_by(city: SmallCity, bank: int, operator: int) -> int:
    (amount,) = city.conn.execute(
        "select coalesce(sum(s.credits - s.debits), 0) from ledger_daily_sum s"
        " join ledger_account a on a.id = s.account"
        " where a.kind = 5 and a.book = %s and a.party = %s",
        [bank, operator],
    ).fetchone()
    return int(amount)


def test_the_second_purse_pays_when_the_first_cannot_and_the_first_again_when_it_can(city):
    rider = card(6_000)
    assert opened(rider) == Opened(Result.POSTED, OTHER_BANK)
    assert opened(rider) == Opened(Result.EXISTS, OTHER_BANK)
    assert opened(rider, THIRD).result is Result.EXISTS_WITH_DIFFERENT_ACCOUNTS
    pay(rider, OTHER_BANK, 9_000)
    assert held(city, rider) == [(BANK, 6_000, True), (OTHER_BANK, 9_000, False)]
    assert ride(city, rider, 7).outcome is Outcome.ACCEPTED
    assert held(city, rider) == [(BANK, 2_500, True), (OTHER_BANK, 9_000, False)]
    second = ride(city, rider, 12)
    assert (second.outcome, second.charge, second.balance) == (Outcome.ACCEPTED, 3_500, 5_500)
    assert held(city, rider) == [(BANK, 2_500, False), (OTHER_BANK, 5_500, True)]
    assert (owed_by(city, BANK, BUS), owed_by(city, OTHER_BANK, BUS)) == (3_500, 3_500)
    pay(rider, BANK, 4_000, "R-2")
    assert held(city, rider) == [(BANK, 6_500, True), (OTHER_BANK, 5_500, False)]
    check_books(city)


def test_a_ride_that_no_purse_can_pay_is_refused_and_changes_nothing(city):
    rider = card(3_000)
    opened(rider)
    pay(rider, OTHER_BANK, 4_000)
    refused = ride(city, rider, 7)
    assert (refused.outcome, refused.charge) == (Outcome.BALANCE_INSUFFICIENT, 0)
    assert held(city, rider) == [(BANK, 3_000, True), (OTHER_BANK, 4_000, False)]
    check_books(city)


def test_an_open_ride_stays_with_its_purse_and_captures_its_hold_there(city):
    rider = card(20_000)
    opened(rider)
    pay(rider, OTHER_BANK, 20_000)
    city.send(city.tap(rider, "X", at(8), direction="entry", decided="ask"))
    order = set_order(card=rider, banks=[OTHER_BANK, BANK], owner=501, **BY)
    assert order == (OTHER_BANK, BANK)
    assert held(city, rider) == [(OTHER_BANK, 20_000, False), (BANK, 20_000, True)]
    close = close_purse(card=rider, bank=BANK, into=OTHER_BANK, key="C", owner=501, **BY)
    assert close is Refusal.MONEY_IS_HELD
    (out,) = city.send(city.tap(rider, "Z", at(8, 30), direction="exit", decided="ask"))
    assert out.charge > 0
    assert held(city, rider)[1] == (BANK, 20_000 - out.charge, True)
    pay(rider, OTHER_BANK, 1, "R-2")
    assert held(city, rider)[0] == (OTHER_BANK, 20_001, True), "money came: the first is in use"
    check_books(city)


def test_what_no_purse_could_pay_whole_is_collected_from_the_next_when_the_day_ends(city):
    rider = card(1_000)
    opened(rider)
    pay(rider, OTHER_BANK, 3_000)
    gone = ride(city, rider, 7, "open")
    assert gone.charge == 3_500
    assert city.money(rider)[2] == -2_500
    assert city.close(at_day(1), at(5, day=1)) == 1
    assert held(city, rider) == [(BANK, 0, False), (OTHER_BANK, 500, True)]
    assert city.money(rider)[2] == 0
    check_books(city)


def at_day(day: int):
    return NOW.date() + timedelta(days=day)


def test_an_offline_ride_is_paid_by_the_purse_that_has_it(city):
    rider = card(1_000)
    opened(rider)
    pay(rider, OTHER_BANK, 8_000)
    assert ride(city, rider, 7, "open").charge == 3_500
    assert held(city, rider) == [(BANK, 1_000, False), (OTHER_BANK, 4_500, True)]
    assert city.money(rider)[2] == 0
    check_books(city)


def test_replaced_plastic_and_its_successor_share_purses_and_order(city):
    old = card(4_000)
    opened(old)
    pay(old, OTHER_BANK, 8_000)
    made = replace_card(card=old, why=Why.DAMAGED, **BY)
    assert isinstance(made, Replaced) and made.number.startswith("100001")
    assert held(city, made.successor) == held(city, old)
    assert ride(city, made.successor, 12).outcome is Outcome.ACCEPTED
    late = ride(city, old, 11, "open")
    assert late.charge == 3_500
    assert held(city, made.successor) == held(city, old)
    assert sum(balance for _, balance, _ in held(city, old)) == 12_000 - 7_000
    check_books(city)


def test_the_first_purse_switches_and_a_purse_is_closed_into_another(city):
    rider = card(4_000)
    opened(rider)
    pay(rider, OTHER_BANK, 8_000)
    there = switch_bank(card=rider, bank=OTHER_BANK, key="S-1", owner=501, **BY)
    assert there is CardRefusal.PURSE_IS_THERE
    done = switch_bank(card=rider, bank=THIRD, key="S-2", owner=501, **BY)
    assert done == Switched(Result.POSTED, rider, THIRD, 4_000)
    assert held(city, rider) == [(THIRD, 4_000, True), (OTHER_BANK, 8_000, False)]
    asked = {"card": rider, "bank": OTHER_BANK, "into": THIRD, "key": "C", "owner": 501}
    assert close_purse(**asked, **BY) == Closed(Result.POSTED, OTHER_BANK, 8_000)
    assert close_purse(**asked, **BY) == Closed(Result.EXISTS, OTHER_BANK, 8_000)
    assert held(city, rider) == [(THIRD, 12_000, True)]
    gone = close_purse(**{**asked, "key": "D"}, **BY)
    assert gone is CardRefusal.PURSE_UNKNOWN
    (month,) = city.conn.execute(
        "select i.amount from cards_incoming i join cards_card c on c.purse = i.purse"
        " where c.id = %s",
        [rider],
    ).fetchone()
    assert month == 12_000, "what came in this month counts on"
    assert ride(city, rider, 7).outcome is Outcome.ACCEPTED
    check_books(city)


def test_a_purse_filled_before_its_card_was_registered_is_closed_into_another(city):
    rider = card(10_000)  # came while 30,000 a month was the most
    opened(rider)
    pay(rider, OTHER_BANK, 25_000)
    asked = {"card": rider, "bank": BANK, "into": OTHER_BANK, "key": "C", "owner": 501}
    assert close_purse(**asked, **BY) == Closed(Result.POSTED, BANK, 10_000)
    assert held(city, rider) == [(OTHER_BANK, 35_000, True)]
    full = {"card": rider, "actor": "staff:ani", "at": NOW}
    over = top_up(bank=OTHER_BANK, amount=25_001, reference="over", **full)
    assert over is CardRefusal.BALANCE_LIMIT_PASSED
    check_books(city)


def test_limits_are_of_all_purses_together(city):
    rider = card()
    opened(rider)
    pay(rider, BANK, 20_000, "A")
    pay(rider, OTHER_BANK, 20_000, "B")
    full = {"card": rider, "amount": 20_001, "actor": "staff:ani", "at": NOW}
    over = top_up(bank=OTHER_BANK, reference="C", **full)
    assert over is CardRefusal.BALANCE_LIMIT_PASSED
    assert queries.room(queries.card(rider), NOW) == 20_000
    out = cash_out(card=rider, amount=20_000, key="O", bank=OTHER_BANK, owner=501, **BY)
    assert out == TakenOut(Result.POSTED, 0)
    nowhere = cash_out(card=rider, amount=1, key="P", bank=THIRD, owner=501, **BY)
    assert nowhere is CardRefusal.PURSE_UNKNOWN
    pay(rider, OTHER_BANK, 40_000, "D")
    month = top_up(bank=BANK, reference="E", **{**full, "amount": 10_001})
    assert month is CardRefusal.BALANCE_LIMIT_PASSED
    check_books(city)


def test_money_is_sent_from_the_first_purse_that_has_it_and_taken_at_the_same_bank(city):
    sender, receiver = card(2_000), card(owner=502)
    opened(sender)
    open_purse(card=receiver, bank=OTHER_BANK, key="P-2", owner=502, **BY)
    pay(sender, OTHER_BANK, 5_000)
    sent = {"card": sender, "to": receiver, "amount": 4_000, "key": "T", "owner": 501}
    assert transfer_value(**sent, **BY) == Transferred(Result.POSTED, 1_000)
    assert transfer_value(**sent, **BY).result is Result.EXISTS
    assert held(city, sender) == [(BANK, 2_000, True), (OTHER_BANK, 1_000, False)]
    assert held(city, receiver) == [(BANK, 0, False), (OTHER_BANK, 4_000, True)]
    new = NewOrder(sender, threshold=3_001, amount=500, gap_s=60, monthly_cap=500, bank=OTHER_BANK)
    place_order(new=new, key="O", owner=501, **BY)
    assert run_orders(actor="job", at=NOW).done == 1
    assert held(city, sender)[1] == (OTHER_BANK, 1_500, False)
    check_books(city)


def test_a_closed_card_pays_every_purse_back_from_its_own_bank(city):
    rider = card(4_000)
    opened(rider)
    pay(rider, OTHER_BANK, 5_000)
    assert isinstance(close_card(card=rider, actor="staff:ani", at=NOW), CardClosed)
    assert pay_closed(actor="job", at=NOW + timedelta(days=6)) == 1
    assert [balance for _, balance, _ in held(city, rider)] == [0, 0]
    done = close_card(card=rider, actor="staff:ani", at=NOW)
    assert isinstance(done, CardClosed) and done.amount == 9_000
    check_books(city)


def test_a_pass_is_paid_by_the_first_purse_that_has_it_and_a_refund_goes_where_rides_are_paid(city):
    rider = card(1_000)
    opened(rider)
    pay(rider, OTHER_BANK, 8_000)
    sold = sell_pass(card=rider, product="month", price=5_000, owed_to=BUS, key="P", **BY)
    assert not isinstance(sold, CardRefusal) and sold.balance == 3_000
    assert owed_by(city, OTHER_BANK, BUS) == 5_000
    lines = [GivenBack(BUS, 700, None)]
    back = refund(card=rider, lines=lines, tap=99, use=77, service_day=NOW.date(), **BY)
    assert back == Refunded(700, 0, 1_700)
    assert [balance for _, balance, _ in held(city, rider)] == [1_700, 3_000]
    assert (owed_by(city, BANK, BUS), owed_by(city, OTHER_BANK, BUS)) == (-700, 5_000)


def test_what_nobody_came_for_is_kept_apart_purse_by_purse_and_comes_back_to_each(city):
    rider = card(1_000)
    opened(rider)
    pay(rider, OTHER_BANK, 8_000)
    later = NOW + timedelta(days=365 * 7)
    assert expire_cards(actor="job", at=later) == 1
    assert sweep_dormant(actor="job", at=later) == 1
    assert [balance for _, balance, _ in held(city, rider)] == [0, 0]
    check_books(city)
    renewed = renew_card(card=rider, actor="staff:ani", at=later)
    assert isinstance(renewed, Renewed) and renewed.returned == 9_000
    assert held(city, rider) == [(BANK, 1_000, True), (OTHER_BANK, 8_000, False)]
    check_books(city)


def test_each_bank_sees_a_card_that_has_a_purse_there_and_that_purse_alone(city):
    rider = card(1_000)
    opened(rider)
    pay(rider, OTHER_BANK, 8_000)
    seen = queries.card(rider)
    assert seen is not None and seen.issuer_id == BANK
    balances = [purses.at(seen, bank) for bank in (BANK, OTHER_BANK, THIRD)]
    assert [one and one.balance for one in balances] == [1_000, 8_000, None]
    assert queries.owned(owners=[501], issuer=OTHER_BANK) == [seen]
    assert queries.owned(owners=[501], issuer=THIRD) == []


def test_refusals_have_words_and_change_nothing(city):
    rider = card(1_000)
    assert opened(rider, BANK) is CardRefusal.PURSE_IS_THERE
    assert opened(rider, 9) is CardRefusal.ISSUER_UNKNOWN
    assert open_purse(card=rider, bank=THIRD, key="K", owner=7, **BY) is CardRefusal.NOT_THE_HOLDER
    wrong = set_order(card=rider, banks=[BANK, THIRD], owner=501, **BY)
    assert wrong is CardRefusal.PURSE_ORDER_INVALID
    same = close_purse(card=rider, bank=BANK, into=BANK, key="K", owner=501, **BY)
    assert same is Refusal.BANK_IS_THE_SAME
    unowned = issue_cards(issuer=BANK, count=1, balance=0, **BY)[0]
    anonymous = open_purse(card=unowned, bank=THIRD, key="K", owner=None, **BY)
    assert anonymous is CardRefusal.CARD_NOT_REGISTERED
    assert held(city, rider) == [(BANK, 1_000, True)]
    assert all(code in REFUSALS for code in CardRefusal)
