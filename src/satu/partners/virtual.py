"""Virtual accounts: which card a number at a bank leads to, and money paid to it, booked once.

Every card has a standing number at every bank: the bank's service id for us, and the number printed
on the card. A number of twelve digits is for one top-up (satu.partners.va_requests).
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from satu.audit.actions import record
from satu.audit.entry import Detail, Subject
from satu.cards import queries as cards
from satu.cards import store
from satu.cards.models import Card
from satu.cards.rules import read_number
from satu.formats.snap.profile import load_profile
from satu.formats.snap.virtual_accounts import padded
from satu.ledger.actions import raw_connection
from satu.ledger.kinds import Result
from satu.partners import queries, rules
from satu.partners.errors import Refusal
from satu.partners.models import Partner, VaPayment, VirtualAccount
from satu.partners.rules import State
from satu.payments.errors import Refused
from satu.payments.orders import living
from satu.payments.top_ups import top_up


class Number(NamedTuple):
    """A virtual account as a person types it, and whose bank's it is."""

    bank: str
    account: str


class Leads(NamedTuple):
    """Where a number leads: a card, and for one top-up alone what was asked for."""

    card: Card
    request: VirtualAccount | None


class Paid(NamedTuple):
    """Money for a number. `request` is the bank's paymentRequestId; `fee` it took on top.

    `is_final`: the bank has the money for good and only tells, so that it is booked while the
    bank is out, and though another amount was asked for.
    """

    request: str
    amount: int
    fee: int = 0
    is_final: bool = False


class Took(NamedTuple):
    """What became of money paid to a number: `is_new`, or booked before as it says."""

    is_new: bool
    customer_no: str
    amount: int
    posting: UUID


def numbers_of(card: Card) -> list[Number]:
    """A card's standing numbers, one a bank that gave us a service id, by bank's code."""
    served = [(one.code, load_profile(one.profile).service_id) for one in queries.open_partners()]
    return [Number(code, service + card.number) for code, service in served if service]


def full_number(partner: Partner, customer_no: str) -> str:
    """A number as it is sent: the service id padded to eight, then the rest."""
    return padded(load_profile(partner.profile).service_id) + customer_no


def find(partner: Partner, customer_no: str) -> Leads | None:
    """Where a number of a bank leads; None: nowhere. A replaced card's request to its successor."""
    if read_number(customer_no) is not None:
        card = cards.find(customer_no)
        return Leads(card, None) if card is not None else None
    asked = VirtualAccount.objects.filter(partner=partner, customer_no=customer_no).first()
    if asked is None:
        return None
    card = cards.card(living(asked.card))
    assert card is not None
    return Leads(card, asked)


def taken(partner: Partner, request: str) -> VaPayment | None:
    """What was booked under a paymentRequestId of a bank; None: nothing yet."""
    return VaPayment.objects.filter(partner=partner, request=request).first()


def take(
    *, partner: Partner, customer_no: str, paid: Paid, actor: str, at: datetime
) -> Took | Refused | Refusal:
    """Top up the card that a number leads to, once for each paymentRequestId of the bank.

    A repeat is told what was booked then: the caller compares. Of one request two payments are
    looked at one after the other. Refusals: va_unknown, va_paid, va_expired, va_amount_differs,
    va_reference_taken (the bank used it for something else), and as
    satu.payments.top_ups.top_up.
    """
    with transaction.atomic():
        conn = raw_connection()
        numbers = VirtualAccount.objects.select_for_update()
        asked = numbers.filter(partner=partner, customer_no=customer_no).first()
        store.lock_reference(conn, rules.reference_of(paid.request))
        before = taken(partner, paid.request)
        if before is not None:
            return Took(False, before.customer_no, before.amount, before.posting)
        leads = find(partner, customer_no)
        if leads is None:
            return Refusal.VA_UNKNOWN
        if asked is not None and not paid.is_final and (refusal := refuse(asked, paid.amount, at)):
            return refusal
        done = top_up(
            bank=partner.issuer_id,
            card=leads.card.id,
            amount=paid.amount,
            reference=rules.reference_of(paid.request),
            fee=paid.fee,
            is_taken=paid.is_final,
            actor=actor,
            at=at,
        )
        if isinstance(done, Refused):
            return done
        if done.result is not Result.POSTED:
            return Refusal.VA_REFERENCE_TAKEN
        return _keep(partner, customer_no, paid, asked, actor, at)


def refuse(asked: VirtualAccount, amount: int, at: datetime) -> Refusal | None:
    """Why an amount cannot be paid to a number for one top-up now; None: it can."""
    if asked.state == State.PAID:
        return Refusal.VA_PAID
    if asked.state in (State.REFUSED, State.UNPLACED):
        return Refusal.VA_UNKNOWN
    if asked.state == State.EXPIRED or at >= asked.expires_at:
        return Refusal.VA_EXPIRED
    return Refusal.VA_AMOUNT_DIFFERS if amount != asked.amount else None


def _keep(
    partner: Partner,
    customer_no: str,
    paid: Paid,
    asked: VirtualAccount | None,
    actor: str,
    at: datetime,
) -> Took:
    booked = cards.topped_up(issuer=partner.issuer_id, reference=rules.reference_of(paid.request))
    assert booked is not None and booked.amount == paid.amount
    VaPayment.objects.create(
        partner=partner,
        request=paid.request,
        customer_no=customer_no,
        amount=paid.amount,
        posting=booked.posting,
        at=at,
    )
    if asked is not None:
        asked.state = State.PAID
        asked.known_at = at
        asked.save(update_fields=["state", "known_at"])
    detail: Detail = {"partner": partner.code, "amount": paid.amount, "reference": paid.request}
    subject = Subject("card", booked.card)
    record(actor=actor, action="partner.va_paid", subject=subject, detail=detail, at=at)
    return Took(True, customer_no, paid.amount, booked.posting)
