"""Money that a bank is asked to transfer: what closed cards get back. Each try is audited.

Before a call is made its payout is kept as unknown, so that a crash leaves no doubt. What is
unknown is asked for (service 36) until the bank says what it is; nothing is ever guessed.
"""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings
from django.db import transaction

from satu.audit.actions import record
from satu.audit.entry import Detail, Subject
from satu.cards.closing import PaidBack, paid_back
from satu.cards.models import Closing
from satu.formats.snap import outgoing
from satu.formats.snap.fields import write_timestamp
from satu.formats.snap.outgoing import Outcome, Told, Transfer, Wanted
from satu.partners import banks, due
from satu.partners.client import SnapClient
from satu.partners.errors import Refusal
from satu.partners.models import Bank, Payout
from satu.partners.sealed import open_sealed, seal

TRIES = 2  # of one call with one external id
AT_ONCE = 20
ACTOR = "job:call_banks"


class State(IntEnum):
    """What is known of a payout. Numbers are stored."""

    WAITING = 0
    UNKNOWN = 1
    DONE = 2
    REFUSED = 3


BECOMES = {
    Outcome.DONE: State.DONE,
    Outcome.REFUSED: State.REFUSED,
    Outcome.UNKNOWN: State.UNKNOWN,
    Outcome.NOT_DONE: State.WAITING,
}


def pay_back(
    *, card: int, account: str, bank_code: str, name: str, actor: str, at: datetime
) -> list[Payout] | Refusal:
    """Have a closed card's banks transfer what was paid back to an account, once: the transfers.

    Of several purses each one's bank transfers its own. `bank_code` "" is an account of the same
    bank: not for several. A repeat is answered with what stands; after a refusal by a bank the
    next one is a further try. Refusals: account_invalid, nothing_paid_back, bank_not_connected.
    """
    if not banks.is_account(account, bank_code, name):
        return Refusal.ACCOUNT_INVALID
    with transaction.atomic():
        Closing.objects.select_for_update(of=("self",)).filter(card=card).first()
        parts = paid_back(card)
        if not parts:
            return Refusal.NOTHING_PAID_BACK
        if len(parts) > 1 and not bank_code:
            return Refusal.ACCOUNT_INVALID
        if any(banks.bank_of(part.bank) is None for part in parts):
            return Refusal.BANK_NOT_CONNECTED
        goes_to = msgspec.json.encode([account, bank_code, name])
        return [_ask_bank(card, part, goes_to, actor, at) for part in parts]


def _ask_bank(card: int, part: PaidBack, goes_to: bytes, actor: str, at: datetime) -> Payout:
    bank = banks.bank_of(part.bank)
    assert bank is not None
    tries = list(Payout.objects.filter(card=card, partner_id=bank.pk).order_by("id"))
    if tries and tries[-1].state != State.REFUSED:
        return tries[-1]
    reference = part.posting.hex + (f"-{len(tries) + 1}" if tries else "")
    payout = Payout.objects.create(
        partner_id=bank.pk,
        reference=reference,
        card=card,
        amount=part.amount,
        currency=banks.currency(part.bank),
        sealed=seal(settings.PARTNER_KEY, reference, goes_to),
        made_at=at,
        next_at=at,
    )
    _record("partner.payout_asked", payout, actor, at)
    return payout


def not_done() -> list[Payout]:
    """Payouts that wait, are not known or were refused, oldest first."""
    found = Payout.objects.select_related("partner").exclude(state=State.DONE)
    return list(found.order_by("id"))


def go_on(bank: Bank, client: SnapClient, at: datetime) -> int:
    """Go on with a bank's payouts whose time has come; how many became known."""
    known = 0
    waiting = Payout.objects.filter(state__lt=State.DONE)
    for payout in due.taken(bank, waiting, at, most=AT_ONCE):
        _go_on(bank, payout, client, at)
        known += payout.state in (State.DONE, State.REFUSED)
    return known


def _go_on(bank: Bank, payout: Payout, client: SnapClient, at: datetime) -> None:
    transfer = _transfer(bank, payout)
    if payout.state == State.UNKNOWN:
        _keep(payout, _inquire(bank, payout, transfer, client, at), at)
        return
    payout.state = State.UNKNOWN  # if we die in the call, it may have been made
    payout.save(update_fields=["state"])
    _keep(payout, _send(bank, payout, transfer, client, at), at)


def _send(bank: Bank, payout: Payout, transfer: Transfer, client: SnapClient, at: datetime) -> Told:
    """Ask for the transfer; without an answer once more, with the same external id and body."""
    zone = ZoneInfo(settings.TIME_ZONE)
    body = outgoing.transfer_body(transfer, write_timestamp(payout.made_at, zone))
    external_id = f"{at.astimezone(zone):%Y%m%d}-P{payout.pk}"
    heard = banks.ask(bank, client, transfer.wanted, body, external_id, at, tries=TRIES)
    if heard.reply is None:
        return Told(Outcome.UNKNOWN if heard.was_sent else Outcome.NOT_DONE, heard.why)
    told = outgoing.read_transfer(transfer, *heard.reply)
    # After a try without an answer even a refusal is of this try alone.
    is_sure = not heard.was_sent or told.outcome is Outcome.DONE
    return told if is_sure else told._replace(outcome=Outcome.UNKNOWN)


def _inquire(
    bank: Bank, payout: Payout, transfer: Transfer, client: SnapClient, at: datetime
) -> Told:
    """Ask what became of it. A bank that knows nothing of it is sent the same reference again."""
    external_id = f"{at:%Y%m%d}-S{payout.pk}-{payout.attempts}"
    body = outgoing.status_body(transfer)
    heard = banks.ask(bank, client, Wanted.TRANSFER_STATUS, body, external_id, at)
    if heard.reply is None:
        return Told(Outcome.UNKNOWN, heard.why)
    return outgoing.read_status(transfer, *heard.reply)


def _keep(payout: Payout, told: Told, at: datetime) -> None:
    payout.state = BECOMES[told.outcome]
    payout.response_code = told.code
    payout.bank_reference = told.reference or payout.bank_reference
    payout.next_at = at + due.pause(payout.attempts)
    if payout.state in (State.DONE, State.REFUSED):
        payout.known_at = at
        payout.sealed = b""  # from here on the bank alone knows where the money went
    with transaction.atomic():
        payout.save()
        if payout.known_at is not None:
            done = payout.state == State.DONE
            _record("partner.paid_out" if done else "partner.payout_refused", payout, ACTOR, at)


def _transfer(bank: Bank, payout: Payout) -> Transfer:
    opened = open_sealed(settings.PARTNER_KEY, payout.reference, bytes(payout.sealed))
    account, bank_code, name = msgspec.json.decode(opened, type=tuple[str, str, str])
    return Transfer(
        payout.reference, payout.amount, payout.currency, bank.source, account, bank_code, name
    )


def _record(action: str, payout: Payout, actor: str, at: datetime) -> None:
    subject = Subject("card", payout.card)
    code = payout.response_code or None
    detail: Detail = {"reference": payout.reference, "amount": payout.amount, "code": code}
    record(actor=actor, action=action, subject=subject, detail=detail, at=at)
