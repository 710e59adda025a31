"""What each service of SNAP BI does for a partner that has proved who it is.

Every function takes the partner, the request and the time, and returns an answer or raises a
SnapRefusal. A partner sees its own bank's cards; any other it can top up and learns nothing of.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from satu.audit.actions import record
from satu.audit.entry import Detail, Subject
from satu.audit.queries import done_since
from satu.cards import purses
from satu.cards import queries as cards
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
from satu.ledger.actions import raw_connection
from satu.ledger.kinds import Asset, Result
from satu.partners import notices, queries, rules
from satu.partners.models import Partner
from satu.partners.store import CallName
from satu.partners.virtual import taken
from satu.payments.errors import Refusal, Refused
from satu.payments.outage import is_out
from satu.payments.top_ups import Paid, fee_at, top_up
from satu.people.looks import WITH_CONSENT
from satu.people.queries import find_by_phone

MIN_TOP_UP = 1
# An app asks for the balance whenever it is opened: within so long it is one look.
ONE_LOOK = timedelta(minutes=30)
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
    card = card_named(known, asked.customer_number, "customerNumber", any_bank=True)
    currency = currency_of(card)
    amount = read_money(asked.amount, currency, "amount") if asked.amount else 0
    room = room_for(known, card, amount)
    return InquiryAnswer(
        **successful(Service.ACCOUNT_INQUIRY),
        reference_no=known.reference_no,
        partner_reference_no=asked.partner_reference_no,
        customer_number=mask(asked.customer_number or card.number),
        customer_name=name_of(card),
        min_amount=money_of(MIN_TOP_UP, currency),
        max_amount=money_of(room, currency),
        amount=money_of(amount, currency),
        fee_amount=money_of(fee_for(known, card, amount), currency),
    )


def room_for(known: Known, card: Card, amount: int) -> int:
    """The most that the partner may bring a card now, if it may bring `amount`.

    Of another bank's card it is not told: what is left of a limit tells the balance.
    """
    if is_out(known.partner.issuer_id):
        raise SnapRefusal(Case.NOT_PERMITTED, Refusal.BANK_IS_OUT)
    if card.state != CardState.ACTIVE:
        raise SnapRefusal(Case.INACTIVE)
    if amount > MAX_TOP_UP:
        raise SnapRefusal(Case.AMOUNT_LIMIT)
    room = cards.room(card, known.at)
    if room < max(amount, MIN_TOP_UP):
        raise SnapRefusal(Case.ACCOUNT_LIMIT)
    return room if purses.at(card, known.partner.issuer_id) else MAX_TOP_UP


def fee_for(known: Known, card: Card, amount: int) -> int:
    """The most that the partner may take from the payer of a top-up."""
    bank = known.partner.issuer_id
    return fee_at(bank, bank if purses.at(card, bank) else card.issuer_id, amount)


def take_top_up(known: Known, asked: TopUpRequest) -> TopUpAnswer:
    """Service 38: credit a card once for a partner's reference; a repeat is answered alike."""
    card = card_named(known, asked.customer_number, "customerNumber", any_bank=True)
    currency = currency_of(card)
    amount = read_money(asked.amount, currency, "amount")
    fee = read_money(asked.fee_amount, currency, "feeAmount") if asked.fee_amount else 0
    reference = asked.partner_reference_no
    done = top_up(
        bank=known.partner.issuer_id,
        card=card.id,
        amount=amount,
        reference=reference,
        fee=fee,
        actor=known.actor,
        at=known.at,
    )
    if isinstance(done, Refused):
        raise SnapRefusal(rules.case_of(done), done.value)
    check_unchanged(known, done)
    if done.result is Result.EXISTS and taken(known.partner, reference) is not None:
        # A virtual account was paid under it: this is other money.
        raise SnapRefusal(Case.REFERENCE_TAKEN)
    booked = cards.topped_up(issuer=known.partner.issuer_id, reference=reference)
    assert booked is not None and (booked.card, booked.amount) == (card.id, amount)
    if done.result is Result.POSTED:
        notices.note(
            known.partner,
            reference=reference,
            posting=booked.posting,
            amount=amount,
            currency=currency,
            at=known.at,
        )
    return TopUpAnswer(
        **successful(Service.TOP_UP),
        reference_no=booked.posting.hex,
        partner_reference_no=reference,
        customer_number=mask(asked.customer_number or card.number),
        amount=money_of(amount, currency),
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
        **successful(Service.TOP_UP_STATUS),
        original_partner_reference_no=reference,
        original_reference_no=booked.posting.hex,
        original_external_id=asked.original_external_id,
        service_code=Service.TOP_UP.value,
        amount=money_of(booked.amount, currency_of(card)),
        latest_transaction_status="00",
        transaction_status_desc="Success",
    )


def tell_balance(known: Known, asked: BalanceRequest) -> BalanceAnswer:
    """Service 11: the balance of one of the bank's cards, or of whose token was sent."""
    card = card_named(known, asked.account_no, "accountNo")
    currency = currency_of(card)
    purse = purses.at(card, known.partner.issuer_id)
    assert purse is not None
    if known.customer_token:
        _note_balance(known, card)
    info = AccountInfo(
        balance_type=BALANCE_TYPE,
        amount=money_of(purse.balance, currency),
        hold_amount=money_of(purse.held, currency),
        available_balance=money_of(purse.available, currency),
        status=STATES.get(CardState(card.state), FROZEN).zfill(known.profile.state_digits),
    )
    return BalanceAnswer(
        **successful(Service.BALANCE),
        reference_no=known.reference_no,
        partner_reference_no=asked.partner_reference_no,
        account_no=mask(card.number),
        name=name_of(card),
        account_infos=[info],
    )


def _note_balance(known: Known, card: Card) -> None:
    """Write down that the bank looked for its customer: a holder sees it, once in a while."""
    subject, action = Subject("card", card.id), "partner.balance_seen"
    detail: Detail = {"purpose": WITH_CONSENT, "bank": known.partner.issuer.code}
    since, actor = known.at - ONE_LOOK, known.actor
    if not done_since(subject=subject, action=action, actor=actor, detail=detail, since=since):
        record(subject=subject, action=action, actor=actor, at=known.at, detail=detail)


def card_named(known: Known, number: str, field: str, *, any_bank: bool = False) -> Card:
    """The card that a call is about: by the number in `field`, the customer's token, or both.

    `any_bank`: another bank's card may be meant, by the number printed on it.
    """
    found = _numbered(known.partner, number, any_bank) if number else None
    if not known.customer_token:
        if found is None:
            raise SnapRefusal(Case.MANDATORY_FIELD, field)
        return found
    serial = queries.linked_card(known.partner, known.customer_token, known.at)
    linked = None if serial is None else cards.card(serial)
    # A card whose money went to another bank is no longer this bank's to see.
    if linked is None or purses.at(linked, known.partner.issuer_id) is None:
        raise SnapRefusal(Case.CUSTOMER_TOKEN_INVALID)
    if found is not None and found.id != linked.id:
        raise SnapRefusal(Case.ACCOUNT_UNKNOWN)
    return linked


def _numbered(partner: Partner, number: str, any_bank: bool) -> Card:
    """A card by its printed number, or one of the partner's own bank's by its holder's phone.

    A phone with several holders or cards names none.
    """
    if read_number(number):
        card = cards.find(number)
        is_seen = card is not None and (any_bank or purses.at(card, partner.issuer_id) is not None)
        found = [card] if card is not None and is_seen else []
    else:
        phone = read_phone(number)
        holders = find_by_phone(phone.text) if isinstance(phone, Phone) else []
        found = cards.owned(owners=holders, issuer=partner.issuer_id) if holders else []
    if len(found) != 1:
        raise SnapRefusal(Case.ACCOUNT_UNKNOWN)
    return found[0]


def currency_of(card: Card) -> str:
    """The currency of a card's purse."""
    return Asset(asset_of(raw_connection(), card.purse)).name


def read_money(money: Money, currency: str, field: str) -> int:
    """An amount in the purse's smallest units; SnapRefusal FIELD_FORMAT names the field."""
    if money.currency != currency:
        raise SnapRefusal(Case.FIELD_FORMAT, f"{field}.currency")
    try:
        return read_amount(money.value, currency)
    except ValueError:
        raise SnapRefusal(Case.FIELD_FORMAT, f"{field}.value") from None


def check_unchanged(known: Known, done: Paid) -> None:
    """A reference that was used for another card or amount tops up nothing."""
    if done.result not in (Result.POSTED, Result.EXISTS):
        is_conflict = known.profile.changed_reference == "409xx01"
        raise SnapRefusal(Case.REFERENCE_TAKEN if is_conflict else Case.INCONSISTENT)


def money_of(amount: int, currency: str) -> Money:
    """Smallest units as answers tell them."""
    return Money(write_amount(amount, currency), currency)


def name_of(card: Card) -> str:
    """Whose card it is: banks learn no holder's name from us, and need none to credit a card."""
    return f"Kartu Satu {card.number[-4:]}"


def successful(service: Service) -> dict[str, str]:
    """What an answer begins with when all went well."""
    return {
        "response_code": Case.SUCCESSFUL.code(service),
        "response_message": Case.SUCCESSFUL.message(),
    }
