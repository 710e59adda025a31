"""Services 12, 13 and 14: a customer's own money, told to the bank they agreed to, and no more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
import pytest

from satu.cards import store
from satu.cards.actions import link_card
from satu.cards.kinds import Why
from satu.cards.lifecycle import Replaced, replace_card
from satu.cards.queries import faces
from satu.formats.snap.codes import Case
from satu.formats.snap.history import DetailRequest, HistoryRequest, StatementRequest
from satu.formats.snap.messages import BalanceRequest, read
from satu.formats.snap.profile import load_profile
from satu.kernel.days import from_ms
from satu.ledger.actions import raw_connection
from satu.partners import actions, history, services
from satu.partners.models import Partner
from satu.payments.cash_out import TakenOut, cash_out
from satu.payments.switching import Switched, switch_bank
from satu.payments.top_ups import Paid, top_up
from satu.taps.queries import CARD_LOOKS, who_looked
from tests.database.cards_support import ACTOR, BCA, MANDIRI, audited, issue, open_banks, postings
from tests.database.test_partners import GOOD, number_of, refused
from tests.journeys.partners_support import public_pem
from tests.small_city import SmallCity
from tests.small_city import at as at_ms
from tests.support import Database


def at(hour: int, minute: int = 0) -> datetime:
    return from_ms(at_ms(hour, minute)).astimezone(JAKARTA)


JAKARTA = ZoneInfo("Asia/Jakarta")
NOON = at(12)
BY: dict[str, Any] = {"actor": ACTOR, "at": at(6)}


class Place(NamedTuple):
    city: SmallCity
    partner: Partner
    card: int
    token: str


@pytest.fixture
def place(database: Database) -> Place:
    """A card that was topped up, rode, was topped up elsewhere and cashed out on a Monday."""
    city = SmallCity(database)
    open_banks()
    added = actions.add_partner(new=GOOD, **BY)
    assert isinstance(added, actions.Added)
    (card,) = issue()
    (face,) = faces([card])
    link_card(number=face.number, secret=face.secret, owner=501, **BY)
    linked = actions.link_card(code="mandiri", card=card, **BY)
    assert isinstance(linked, actions.Linked)
    pay_in(card, 20_000, "T-1", MANDIRI, at(6, 30))
    city.send(
        city.tap(card, "A", at_ms(7), route="R1", direction="entry", decided="ask"),
        city.tap(card, "C", at_ms(7, 40), route="R1", direction="exit", decided="ask"),
    )
    pay_in(card, 5_000, "T-2", BCA, at(8))
    taken = cash_out(card=card, amount=1_500, key="C-1", owner=None, actor=ACTOR, at=at(9))
    assert isinstance(taken, TakenOut) and taken.balance == 20_000
    return Place(city, added.partner, card, linked.token)


def pay_in(card: int, amount: int, reference: str, bank: int, when: datetime) -> None:
    done = top_up(bank=bank, card=card, amount=amount, reference=reference, actor=ACTOR, at=when)
    assert isinstance(done, Paid), done


def known(place: Place, when: datetime = NOON, token: str | None = None) -> services.Known:
    name = services.CallName(place.partner.id, when.date(), "E-1")
    profile = load_profile(place.partner.profile)
    given = place.token if token is None else token
    return services.Known(place.partner, profile, name, given, when)


def listed(place: Place, when: datetime = NOON, **asked: str) -> list[tuple[Any, ...]]:
    told = history.tell_list(known(place, when), HistoryRequest(**asked))
    return [(line.type, line.additional_info.entry, line.amount.value) for line in told.detail_data]


ALL = [
    ("CASH_OUT", "DEBIT", "1500.00"),
    ("TOP_UP", "CREDIT", "5000.00"),
    ("PAYMENT", "DEBIT", "3500.00"),
    ("TOP_UP", "CREDIT", "20000.00"),
]


def test_the_list_is_all_that_moved_and_says_not_where(place: Place) -> None:
    assert listed(place) == ALL
    assert listed(place, page_size="3") == ALL[:3]
    assert listed(place, page_size="3", page_number="2") == ALL[3:]
    assert listed(place, page_size="3", page_number="3") == []
    told = history.tell_list(known(place), HistoryRequest())
    text = msgspec.json.encode(told).decode()
    for place_name in ("Bus", "R1", '"A"', "Metro"):
        assert place_name not in text
    assert told.detail_data[2].source_of_funds[0].amount.value == "3500.00"
    assert told.detail_data[0].date_time == at(9).isoformat()


def test_a_span_is_half_open_and_within_eight_weeks(place: Place) -> None:
    first, second = at(6, 30).isoformat(), at(8).isoformat()
    assert listed(place, from_date_time=first, to_date_time=second)[-1] == ALL[3]
    assert ALL[1] not in listed(place, from_date_time=first, to_date_time=second)
    assert ALL[1] in listed(place, from_date_time=second)
    for wrong in (
        {"from_date_time": "yesterday"},
        {"to_date_time": "2026"},
        {"from_date_time": second, "to_date_time": first},
        {"from_date_time": (NOON - timedelta(days=57)).isoformat()},
        {"page_size": "101"},
    ):
        with refused(Case.FIELD_FORMAT):
            listed(place, **wrong)
    for wrong in ({"pageSize": "0"}, {"pageNumber": "-1"}, {"pageSize": "x"}):
        with refused(Case.FIELD_FORMAT):
            read(msgspec.json.encode(wrong), HistoryRequest, {})


def test_the_holder_is_told_which_bank_looked(place: Place) -> None:
    listed(place)
    (told,) = who_looked(501, NOON)
    assert (told.who.id, told.who.en) == (
        "Bank rekanan (Bank Mandiri)",
        "Partner bank (Bank Mandiri)",
    )
    assert told.what.en == "Money history at this bank"
    assert told.why.id == "Bank melihat uang kartu Anda di bank itu, dengan persetujuan Anda."


def test_an_app_that_asks_for_the_balance_again_and_again_is_one_look(place: Place) -> None:
    for minutes in (0, 5, 29, 31):
        when = NOON + timedelta(minutes=minutes)
        services.tell_balance(known(place, when), BalanceRequest())
    services.tell_balance(known(place, token=""), BalanceRequest(account_no=number_of(place.card)))
    told = [(one.at, one.what.en) for one in who_looked(501, NOON)]
    again = NOON + timedelta(minutes=31)
    assert told == [(again, "Balance at this bank"), (NOON, "Balance at this bank")]


def test_one_transaction_by_the_banks_reference_or_ours(place: Place) -> None:
    def detail(reference: str) -> Any:
        asked = DetailRequest(original_partner_reference_no=reference)
        return history.tell_detail(known(place), asked)

    told = detail("T-1")
    assert (told.type, told.amount.value) == ("TOP_UP", "20000.00")
    assert detail(told.reference_no).amount.value == "20000.00"
    ride = history.tell_list(known(place), HistoryRequest()).detail_data[2]
    assert detail(ride.additional_info.reference_no).type == "PAYMENT"
    (other,) = issue(balance=700)
    (row,) = place.city.conn.execute(
        "select key from ledger_posting p join cards_card c on c.purse = p.credit where c.id = %s",
        [other],
    ).fetchall()
    for unknown in ("T-2", "nothing", row[0].hex):
        with refused(Case.TRANSACTION_NOT_FOUND):
            detail(unknown)


def test_a_statement_leads_from_one_balance_to_the_other(place: Place) -> None:
    def state(when: datetime = NOON, **asked: str) -> Any:
        return history.tell_statement(known(place, when), StatementRequest(**asked))

    told = state()
    (balance,) = told.balance
    assert (balance.starting_balance.value, balance.ending_balance.value) == ("0.00", "20000.00")
    assert told.total_credit_entries.number_of_entries == "2"
    assert told.total_credit_entries.amount.value == "25000.00"
    assert told.total_debit_entries.amount.value == "5000.00"
    befores = [line.detail_balance.start_amount[0].amount.value for line in told.detail_data]
    afters = [line.detail_balance.end_amount[0].amount.value for line in told.detail_data]
    assert befores == ["0.00", *afters[:-1]] and afters[-1] == "20000.00"
    assert told.has_more == "N"

    part = state(from_date_time=at(6, 45).isoformat(), to_date_time=at(7, 50).isoformat())
    assert part.balance[0].starting_balance.value == "20000.00"
    quiet = state(from_date_time=at(9, 30).isoformat())
    assert quiet.detail_data == [] and quiet.balance[0].ending_balance.value == "20000.00"
    before = state(from_date_time=at(5).isoformat(), to_date_time=at(6).isoformat())
    assert before.balance[0].ending_balance.value == "0.00"
    assert state(account_no=number_of(place.card)).balance == told.balance
    with refused(Case.FIELD_FORMAT):
        state(from_date_time=(NOON - timedelta(days=32)).isoformat())
    (foreign,) = issue()
    with refused(Case.ACCOUNT_UNKNOWN):
        state(account_no=number_of(foreign))
    place.partner.profile = {**place.partner.profile, "statement_balance": "object"}
    assert state().balance == balance, "as some clients want it: not in a list"


def test_without_the_holders_token_nothing_is_told_and_each_look_is_kept(place: Place) -> None:
    conn = place.city.conn
    before = postings(conn)
    for serve, asked in (
        (history.tell_list, HistoryRequest()),
        (history.tell_detail, DetailRequest(original_partner_reference_no="T-1")),
        (history.tell_statement, StatementRequest(account_no=number_of(place.card))),
    ):
        with refused(Case.CUSTOMER_TOKEN_NOT_FOUND):
            serve(known(place, token=""), asked)  # type: ignore[operator]
        with refused(Case.CUSTOMER_TOKEN_INVALID):
            serve(known(place, token="made-up"), asked)  # type: ignore[operator]
    assert audited(conn, "partner.history_seen") == []
    listed(place)
    ((actor, _, card, detail),) = audited(conn, "partner.history_seen")
    assert (actor, card) == ("partner:mandiri", place.card)
    assert detail == {"purpose": "with_consent", "bank": "mandiri"}
    assert "partner.history_seen" in CARD_LOOKS, "holders see who looked"
    assert postings(conn) == before
    actions.unlink_card(card=place.card, **BY)
    with refused(Case.CUSTOMER_TOKEN_INVALID):
        listed(place)


def test_a_replaced_cards_rides_are_there_and_another_banks_purse_is_not(place: Place) -> None:
    (face,) = faces([place.card])
    replaced = replace_card(card=place.card, why=Why.DAMAGED, actor=ACTOR, at=at(10))
    assert isinstance(replaced, Replaced) and face
    linked = actions.link_card(code="mandiri", card=replaced.successor, **BY)
    assert isinstance(linked, actions.Linked)
    new = place._replace(card=replaced.successor, token=linked.token)
    assert listed(new) == ALL
    done = switch_bank(
        card=replaced.successor, bank=BCA, key="S", owner=None, actor=ACTOR, at=at(11)
    )
    assert isinstance(done, Switched)
    with refused(Case.CUSTOMER_TOKEN_INVALID):
        listed(new)
    bca = GOOD._replace(code="bca", issuer="bca", client_key="k-2", partner_id="i-2")
    added = actions.add_partner(new=bca._replace(public_key=public_pem()), **BY)
    assert isinstance(added, actions.Added)
    there = actions.link_card(code="bca", card=replaced.successor, **BY)
    assert isinstance(there, actions.Linked)
    theirs = new._replace(partner=added.partner, token=there.token)
    assert listed(theirs) == [("TRANSFER", "CREDIT", "20000.00")], "what was before is not theirs"


def test_a_new_holder_lets_the_bank_see_nothing_of_before_the_card_was_theirs(place: Place) -> None:
    earlier = history.tell_list(known(place), HistoryRequest()).detail_data
    store.hand_over(raw_connection(), [place.card], 502, at(7, 50))
    assert listed(place) == ALL[:2]
    told = history.tell_statement(
        known(place),
        StatementRequest(from_date_time=at(7).isoformat(), to_date_time=NOON.isoformat()),
    )
    assert [line.amount.value for line in told.detail_data] == ["5000.00", "1500.00"]
    for line, is_theirs in zip(earlier, (True, True, False, False), strict=True):
        asked = DetailRequest(original_partner_reference_no=line.additional_info.reference_no)
        if is_theirs:
            assert history.tell_detail(known(place), asked).amount.value == line.amount.value
        else:
            with refused(Case.TRANSACTION_NOT_FOUND):
                history.tell_detail(known(place), asked)
