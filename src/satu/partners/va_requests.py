"""Numbers for one top-up: a bank is asked to open one (27), and what became of it (26).

As with payouts, before a call is made the number is kept as unknown, and what is unknown is asked
for. The bank tells of a payment by service 25 or 34; if that got lost, service 26 does. All three
name the same paymentRequestId, which is booked once.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from satu.audit.actions import record
from satu.audit.entry import Detail, Subject
from satu.cards import queries as cards
from satu.cards import rules as card_rules
from satu.cards import store
from satu.cards.actions import refuse_state
from satu.cards.errors import Refusal as CardRefusal
from satu.formats.luhn import check_digit
from satu.formats.snap import outgoing
from satu.formats.snap.fields import read_amount, write_timestamp
from satu.formats.snap.outgoing import Opening, Outcome, VaTold, Wanted
from satu.formats.snap.profile import load_profile
from satu.formats.snap.virtual_accounts import padded
from satu.ledger.actions import raw_connection
from satu.partners import banks, due, virtual
from satu.partners.client import SnapClient
from satu.partners.errors import Refusal
from satu.partners.models import Bank, VirtualAccount
from satu.partners.rules import State
from satu.partners.virtual import Paid, Took
from satu.payments.errors import Refusal as PaymentRefusal
from satu.payments.errors import Refused
from satu.payments.outage import is_out

AT_ONCE = 20
TRIES = 2  # of one call with one external id
LIFE = timedelta(hours=24)
GRACE = timedelta(minutes=15)  # a payment of the last moment is on its way to us
NUMBER_DIGITS = 11
ACTOR = "job:call_banks"


def open_number(
    *, card: int, bank: int, amount: int, key: str, actor: str, at: datetime
) -> VirtualAccount | Refusal | Refused:
    """Have a bank open a number for one top-up of a card, once for each key; it lasts a day.

    The job asks the bank; the number is good for payers once its state is OPEN. Refusals:
    amount_not_positive, amount_too_large, reference_invalid, key_taken, card_unknown,
    card_closed, card_blocked, balance_limit_passed, bank_not_connected, service_id_lacking,
    bank_is_out.
    """
    if refusal := card_rules.refuse_money(amount, key):
        return refusal
    with transaction.atomic():
        conn = raw_connection()
        store.lock_reference(conn, f"virtual account {key}")
        known = VirtualAccount.objects.select_related("partner").filter(key=key).first()
        if known is not None:
            same = (known.card, known.amount, known.partner.issuer_id) == (card, amount, bank)
            return known if same else Refusal.KEY_TAKEN
        row = store.lock_card(conn, card)
        if row is None:
            return CardRefusal.CARD_UNKNOWN
        found = cards.card(card)
        assert found is not None
        if refused := refuse_state(row):
            return refused
        if cards.room(found, at) < amount:
            return CardRefusal.BALANCE_LIMIT_PASSED
        asked = banks.bank_of(bank)
        if asked is None:
            return Refusal.BANK_NOT_CONNECTED
        if not load_profile(asked.partner.profile).service_id:
            return Refusal.SERVICE_ID_LACKING
        if is_out(bank):
            return PaymentRefusal.BANK_IS_OUT
        return _make(asked, card, amount, key, actor, at)


def _make(bank: Bank, card: int, amount: int, key: str, actor: str, at: datetime) -> VirtualAccount:
    row = raw_connection().execute("select nextval('partners_virtual_account_id_seq')").fetchone()
    assert row is not None
    digits = f"{row[0]:0{NUMBER_DIGITS}}"
    customer_no = digits + check_digit(digits)
    made = VirtualAccount.objects.create(
        id=row[0],
        partner=bank.partner,
        key=key,
        reference=f"VA{customer_no}",
        customer_no=customer_no,
        card=card,
        amount=amount,
        currency=banks.currency(bank.partner.issuer_id),
        made_at=at,
        expires_at=at + LIFE,
        next_at=at,
    )
    _record("partner.va_asked", made, actor, at)
    return made


def open_numbers(card: int, at: datetime) -> list[VirtualAccount]:
    """The numbers of a card that can be paid to now, or will be once the bank has answered."""
    found = VirtualAccount.objects.select_related("partner").filter(card=card, expires_at__gt=at)
    return list(found.filter(state__lte=State.OPEN).order_by("id"))


def recent(limit: int = 100) -> list[VirtualAccount]:
    """Numbers that were asked for, the newest first."""
    return list(VirtualAccount.objects.select_related("partner").order_by("-id")[:limit])


def go_on(bank: Bank, client: SnapClient, at: datetime) -> int:
    """Go on with a bank's numbers whose time has come; of how many it is known what they are."""
    known = 0
    waiting = VirtualAccount.objects.filter(state__lte=State.OPEN)
    for asked in due.taken(bank, waiting, at, most=AT_ONCE):
        _go_on(bank, asked, client, at)
        known += asked.state >= State.OPEN
    return known


def _go_on(bank: Bank, asked: VirtualAccount, client: SnapClient, at: datetime) -> None:
    if asked.state != State.WAITING:
        _keep(asked, _ask(bank, asked, client, at), at)
    elif at >= asked.expires_at:
        _set(asked, State.EXPIRED, asked.response_code, at)
    else:
        # If we die in the call, the number may be open.
        _set(asked, State.UNKNOWN, asked.response_code, at)
        state, code = _open(bank, asked, client, at)
        _set(asked, state, code, at)


def _open(bank: Bank, asked: VirtualAccount, client: SnapClient, at: datetime) -> tuple[State, str]:
    external_id = f"{at:%Y%m%d}-V{asked.pk}-{asked.attempts}"
    opening = _opening(bank, asked)
    body = outgoing.opening_body(opening)
    heard = banks.ask(bank, client, Wanted.VA_CREATE, body, external_id, at, tries=TRIES)
    if heard.reply is None:
        return (State.UNKNOWN if heard.was_sent else State.WAITING), heard.why
    told = outgoing.read_opening(opening, *heard.reply)
    if heard.was_sent and told.outcome is not Outcome.DONE:
        return State.UNKNOWN, told.code
    became = {
        Outcome.DONE: State.OPEN,
        Outcome.REFUSED: State.REFUSED,
        Outcome.NOT_DONE: State.WAITING,
    }
    return became.get(told.outcome, State.UNKNOWN), told.code


def _ask(bank: Bank, asked: VirtualAccount, client: SnapClient, at: datetime) -> VaTold:
    inquiry = f"{at:%Y%m%d}-W{asked.pk}-{asked.attempts}"
    opening = _opening(bank, asked)
    body = outgoing.number_body(opening, inquiry)
    heard = banks.ask(bank, client, Wanted.VA_STATUS, body, inquiry, at)
    if heard.reply is None:
        return VaTold(None, heard.why)
    return outgoing.read_number(opening, *heard.reply)


def _keep(asked: VirtualAccount, told: VaTold, at: datetime) -> None:
    """What the bank says of a number that may be open."""
    if told.paid:
        _book(asked, told, at)
    elif told.is_there is None:
        _set(asked, State(asked.state), told.code, at)
    elif at >= asked.expires_at + GRACE:
        _set(asked, State.EXPIRED, told.code, at)
    elif told.is_there or asked.state == State.OPEN:
        _set(asked, State.OPEN, told.code, at)
    else:  # it never heard of it: it is sent again, under the same name
        _set(asked, State.WAITING, told.code, at)


def _book(asked: VirtualAccount, told: VaTold, at: datetime) -> None:
    try:
        amount = read_amount(told.paid, asked.currency)
    except ValueError:
        _set(asked, State(asked.state), told.code, at)
        return
    paid = Paid(told.request, amount, is_final=True)
    number = asked.customer_no
    took = virtual.take(partner=asked.partner, customer_no=number, paid=paid, actor=ACTOR, at=at)
    is_ours = isinstance(took, Took) and (took.customer_no, took.amount) == (number, amount)
    _set(asked, State.PAID if is_ours else State.UNPLACED, told.code, at)


def _set(asked: VirtualAccount, state: State, code: str, at: datetime) -> None:
    """Write down what is known, unless a payment came in meanwhile: that stays."""
    asked.next_at = at + due.pause(asked.attempts)
    if state == State.OPEN:
        asked.next_at = min(asked.next_at, max(asked.expires_at + GRACE, at + due.SHORTEST))
    ended = state > State.OPEN
    changes = {"state": state, "response_code": code, "next_at": asked.next_at}
    with transaction.atomic():
        mine = VirtualAccount.objects.filter(pk=asked.pk, state__lte=State.OPEN)
        changed = mine.update(**changes, known_at=at if ended else None)
        asked.state, asked.response_code = state, code
        if changed and ended:
            _record(f"partner.va_{state.name.lower()}", asked, ACTOR, at)


def _opening(bank: Bank, asked: VirtualAccount) -> Opening:
    card = cards.card(asked.card)
    assert card is not None
    return Opening(
        asked.reference,
        padded(load_profile(bank.partner.profile).service_id),
        asked.customer_no,
        f"Kartu Satu {card.number[-4:]}",
        asked.amount,
        asked.currency,
        write_timestamp(asked.expires_at, ZoneInfo(settings.TIME_ZONE)),
    )


def _record(action: str, asked: VirtualAccount, actor: str, at: datetime) -> None:
    subject = Subject("card", asked.card)
    code = asked.response_code or None
    detail: Detail = {"reference": asked.reference, "amount": asked.amount, "code": code}
    record(actor=actor, action=action, subject=subject, detail=detail, at=at)
