"""What each service of SNAP BI does for a partner that has proved who it is.

Every function takes the partner, the request and the time, and returns an answer or raises a
SnapRefusal. A partner sees its own bank's cards and no others.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from satu.cards import queries as cards
from satu.cards.actions import TopUp, top_up
from satu.cards.errors import Refusal as CardRefusal
from satu.cards.kinds import CardState
from satu.cards.models import Card
from satu.cards.rules import MAX_TOP_UP, read_number
from satu.cards.store import asset_of
from satu.formats.identifiers.phone import Phone, read_phone
from satu.formats.snap.codes import Case, Service, SnapRefusal
from satu.formats.snap.fields import mask, read_amount, write_amount
from satu.formats.snap.messages import (
    AccountInfo,
    AccountInquiry,
    BalanceAnswer,
    BalanceRequest,
    InquiryAnswer,
    Money,
    StatusAnswer,
    StatusRequest,
    TopUpAnswer,
    TopUpRequest,
)
from satu.formats.snap.profile import Profile
from satu.kernel.ids import named_key
from satu.ledger import store as ledger
from satu.ledger.actions import raw_connection
from satu.ledger.kinds import Asset, Result
from satu.partners import queries, rules
from satu.partners.models import Partner
from satu.partners.store import CallName
from satu.people.queries import find_by_phone

MIN_TOP_UP = 1
STATES = {CardState.ACTIVE: "1", CardState.CLOSED: "2"}
FROZEN = "7"
BALANCE_TYPE = "BALANCE"


class Known(NamedTuple):
    """Who calls, and what names the call: the partner has proved that it is who it says."""

    partner: Partner
    profile: Profile
    call: CallName
    customer_token: str
    at: datetime

    @property
    def actor(self) -> str:
        """The partner in the audit trail."""
        return f"partner:{self.partner.code}"

    @property
    def reference_no(self) -> str:
        """Our name of a call that posts nothing; a repeat has the same."""
        partner, day, external_id = self.call
        return named_key(0, "snap", partner, day.isoformat(), external_id).hex


def inquire(known: Known, asked: AccountInquiry) -> InquiryAnswer:
    """Service 37: whether a card can be topped up, and with how much."""
    card = _card(known, asked.customer_number, "customerNumber")
    currency = _currency(card)
    amount = _amount(asked.amount, currency, "amount") if asked.amount else 0
    if card.state != CardState.ACTIVE:
        raise SnapRefusal(Case.INACTIVE)
    if amount > MAX_TOP_UP:
        raise SnapRefusal(Case.AMOUNT_LIMIT)
    room = cards.room(card, known.at)
    if room < max(amount, MIN_TOP_UP):
        raise SnapRefusal(Case.ACCOUNT_LIMIT)
    return InquiryAnswer(
        **_successful(Service.ACCOUNT_INQUIRY),
        reference_no=known.reference_no,
        partner_reference_no=asked.partner_reference_no,
        customer_number=mask(asked.customer_number or card.number),
        customer_name=_name(card),
        min_amount=_money(MIN_TOP_UP, currency),
        max_amount=_money(room, currency),
        amount=_money(amount, currency),
        fee_amount=_money(0, currency),
    )


def take_top_up(known: Known, asked: TopUpRequest) -> TopUpAnswer:
    """Service 38: credit a card once for a partner's reference; a repeat is answered alike."""
    card = _card(known, asked.customer_number, "customerNumber")
    currency = _currency(card)
    amount = _amount(asked.amount, currency, "amount")
    if asked.fee_amount:
        _amount(asked.fee_amount, currency, "feeAmount")
    reference = asked.partner_reference_no
    done = top_up(
        card=card.id,
        amount=amount,
        reference=reference,
        bank=known.partner.issuer_id,
        actor=known.actor,
        at=known.at,
    )
    if isinstance(done, CardRefusal):
        raise SnapRefusal(rules.case_of(done), done.value)
    _check_unchanged(known, done)
    booked = cards.topped_up(issuer=known.partner.issuer_id, reference=reference)
    assert booked is not None and (booked.card, booked.amount) == (card.id, amount)
    return TopUpAnswer(
        **_successful(Service.TOP_UP),
        reference_no=booked.posting.hex,
        partner_reference_no=reference,
        customer_number=mask(asked.customer_number or card.number),
        amount=_money(amount, currency),
    )


def tell_status(known: Known, asked: StatusRequest) -> StatusAnswer:
    """Service 39: what became of a top-up; one that is under way is waited for."""
    if asked.service_code != Service.TOP_UP:
        raise SnapRefusal(Case.FIELD_FORMAT, "serviceCode")
    reference = asked.original_partner_reference_no
    booked = cards.topped_up(issuer=known.partner.issuer_id, reference=reference)
    if booked is None or asked.original_reference_no not in ("", booked.posting.hex):
        raise SnapRefusal(Case.TRANSACTION_NOT_FOUND)
    card = cards.card(booked.card)
    assert card is not None
    return StatusAnswer(
        **_successful(Service.TOP_UP_STATUS),
        original_partner_reference_no=reference,
        original_reference_no=booked.posting.hex,
        original_external_id=asked.original_external_id,
        service_code=Service.TOP_UP.value,
        amount=_money(booked.amount, _currency(card)),
        latest_transaction_status="00",
        transaction_status_desc="Success",
    )


def tell_balance(known: Known, asked: BalanceRequest) -> BalanceAnswer:
    """Service 11: the balance of one of the bank's cards, or of whose token was sent."""
    card = _card(known, asked.account_no, "accountNo")
    currency = _currency(card)
    purse = ledger.balances(raw_connection(), [card.purse])[card.purse]
    info = AccountInfo(
        balance_type=BALANCE_TYPE,
        amount=_money(purse.balance, currency),
        hold_amount=_money(purse.held, currency),
        available_balance=_money(purse.balance - purse.held, currency),
        status=STATES.get(CardState(card.state), FROZEN),
    )
    return BalanceAnswer(
        **_successful(Service.BALANCE),
        reference_no=known.reference_no,
        partner_reference_no=asked.partner_reference_no,
        account_no=mask(card.number),
        name=_name(card),
        account_infos=[info],
    )


def _card(known: Known, number: str, field: str) -> Card:
    """The card that a call is about: by the number in `field`, the customer's token, or both."""
    found = _numbered(known.partner, number) if number else None
    if not known.customer_token:
        if found is None:
            raise SnapRefusal(Case.MANDATORY_FIELD, field)
        return found
    serial = queries.linked_card(known.partner, known.customer_token, known.at)
    linked = None if serial is None else cards.card(serial)
    # A card whose money went to another bank is no longer this bank's to see.
    if linked is None or linked.issuer_id != known.partner.issuer_id:
        raise SnapRefusal(Case.CUSTOMER_TOKEN_INVALID)
    if found is not None and found.id != linked.id:
        raise SnapRefusal(Case.ACCOUNT_UNKNOWN)
    return linked


def _numbered(partner: Partner, number: str) -> Card:
    """One of the partner's own bank's cards by its printed number or its holder's phone.

    Other banks' cards do not exist for it. A phone with several holders or cards names none.
    """
    if read_number(number):
        card = cards.find(number)
        found = [card] if card is not None and card.issuer_id == partner.issuer_id else []
    else:
        phone = read_phone(number)
        holders = find_by_phone(phone.text) if isinstance(phone, Phone) else []
        found = cards.owned(owners=holders, issuer=partner.issuer_id) if holders else []
    if len(found) != 1:
        raise SnapRefusal(Case.ACCOUNT_UNKNOWN)
    return found[0]


def _currency(card: Card) -> str:
    return Asset(asset_of(raw_connection(), card.purse)).name


def _amount(money: Money, currency: str, field: str) -> int:
    if money.currency != currency:
        raise SnapRefusal(Case.FIELD_FORMAT, f"{field}.currency")
    try:
        return read_amount(money.value, currency)
    except ValueError:
        raise SnapRefusal(Case.FIELD_FORMAT, f"{field}.value") from None


def _check_unchanged(known: Known, done: TopUp) -> None:
    """A reference that was used for another card or amount tops up nothing."""
    if done.result not in (Result.POSTED, Result.EXISTS):
        is_conflict = known.profile.changed_reference == "409xx01"
        raise SnapRefusal(Case.REFERENCE_TAKEN if is_conflict else Case.INCONSISTENT)


def _money(amount: int, currency: str) -> Money:
    return Money(write_amount(amount, currency), currency)


def _name(card: Card) -> str:
    """Whose card it is: banks learn no holder's name from us, and need none to credit a card."""
    return f"Kartu Satu {card.number[-4:]}"


def _successful(service: Service) -> dict[str, str]:
    return {
        "response_code": Case.SUCCESSFUL.code(service),
        "response_message": Case.SUCCESSFUL.message(),
    }
