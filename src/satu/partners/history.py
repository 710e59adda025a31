"""Services 12, 13 and 14: what moved in and out of the purse that a card has at the partner.

Only with the token of a customer who agreed to it (`satu partner link`), and each look is written
down. Where somebody rode is never told: a ride is a debit with its time and amount.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from satu.audit.actions import record
from satu.audit.entry import Subject
from satu.cards import moving, purses
from satu.cards import queries as cards
from satu.cards.models import Card
from satu.formats.snap.codes import Case, Service, SnapRefusal
from satu.formats.snap.fields import read_timestamp, write_timestamp
from satu.formats.snap.history import (
    CREDIT,
    DEBIT,
    SOURCE,
    SUCCESS,
    AmountOf,
    Balances,
    DetailAnswer,
    DetailBalance,
    DetailRequest,
    HistoryAnswer,
    HistoryLine,
    HistoryRequest,
    LineInfo,
    MoneyAt,
    SourceOfFunds,
    StatementAnswer,
    StatementLine,
    StatementRequest,
    Total,
)
from satu.formats.snap.messages import Money
from satu.ledger.actions import raw_connection
from satu.ledger.kinds import PostingKind
from satu.partners import lines
from satu.partners.lines import Line
from satu.partners.services import Known, card_named, currency_of, money_of, successful
from satu.people.looks import WITH_CONSENT
from satu.taps.history import owned_from

KEPT = timedelta(days=56)  # where a person rode is unlinked from them after eight weeks
LONGEST = timedelta(days=31)
MOST_A_PAGE = 100

RIDE = ("PAYMENT", "Perjalanan / ride")
OTHER = ("ADJUSTMENT", "Penyesuaian / adjustment")
KINDS = {
    PostingKind.FARE: RIDE,
    PostingKind.COLLECTION: RIDE,
    PostingKind.PASS: ("PAYMENT", "Langganan / pass"),
    PostingKind.TOP_UP: ("TOP_UP", "Isi ulang / top-up"),
    PostingKind.TRANSFER_OF_VALUE: ("TRANSFER", "Kirim saldo / transfer"),
    PostingKind.CORRECTION: ("REFUND", "Koreksi tarif / fare corrected"),
    PostingKind.REFUND: ("REFUND", "Pengembalian / refund"),
    PostingKind.CASH_OUT: ("CASH_OUT", "Tarik tunai / cash-out"),
    PostingKind.SWITCH: ("TRANSFER", "Pindah bank / switch of banks"),
}


class Asked(NamedTuple):
    """A customer's purse at the partner, and the span of time that is asked for."""

    card: Card
    purse: int
    currency: str
    start: datetime
    end: datetime


def tell_list(known: Known, asked: HistoryRequest) -> HistoryAnswer:
    """Service 12: a page of transactions, the newest first."""
    size, number = int(asked.page_size), int(asked.page_number)
    if size > MOST_A_PAGE:
        raise SnapRefusal(Case.FIELD_FORMAT, "pageSize")
    spoken = _asked(known, "", asked.from_date_time, asked.to_date_time)
    found = [line for line in _lines(spoken) if line.at < spoken.end][::-1]
    first = size * (number - 1)
    _note(known, spoken.card)
    return HistoryAnswer(
        **successful(Service.HISTORY),
        reference_no=known.reference_no,
        partner_reference_no=asked.partner_reference_no,
        detail_data=[_told(line, spoken.currency) for line in found[first : first + size]],
    )


def tell_detail(known: Known, asked: DetailRequest) -> DetailAnswer:
    """Service 13: one transaction."""
    spoken = _asked(known, "", "", "")
    reference = asked.original_partner_reference_no
    key = _key(known, reference)
    line = key and lines.of_key(raw_connection(), spoken.purse, key)
    if not line or line.at < owned_from(spoken.card, line.at):
        raise SnapRefusal(Case.TRANSACTION_NOT_FOUND)
    _note(known, spoken.card)
    told = _told(line, spoken.currency)
    return DetailAnswer(
        **successful(Service.HISTORY_DETAIL),
        reference_no=line.key.hex,
        partner_reference_no=reference,
        amount=told.amount,
        date_time=told.date_time,
        remark=told.remark,
        source_of_funds=told.source_of_funds,
        status=told.status,
        type=told.type,
        additional_info=told.additional_info,
    )


def tell_statement(known: Known, asked: StatementRequest) -> StatementAnswer:
    """Service 14: the lines that lead from one balance to the other, the oldest first."""
    spoken = _asked(known, asked.account_no, asked.from_date_time, asked.to_date_time)
    if spoken.end - spoken.start > LONGEST:
        raise SnapRefusal(Case.FIELD_FORMAT, "toDateTime")
    currency, found = spoken.currency, _lines(spoken)
    within = [line for line in found if line.at < spoken.end]
    start, end = _balances(spoken, within, found[len(within) :])
    balances = Balances(
        amount=_money_at(end, currency, spoken.end),
        starting_balance=_money_at(start, currency, spoken.start),
        ending_balance=_money_at(end, currency, spoken.end),
    )
    _note(known, spoken.card)
    return StatementAnswer(
        **successful(Service.STATEMENT),
        reference_no=known.reference_no,
        partner_reference_no=asked.partner_reference_no,
        balance=[balances] if known.profile.statement_balance == "list" else balances,
        total_credit_entries=_total([one.amount for one in within if one.amount > 0], currency),
        total_debit_entries=_total([-one.amount for one in within if one.amount < 0], currency),
        has_more="N",
        last_record_date_time=_time(within[-1].at) if within else "",
        detail_data=[_stated(line, currency) for line in within],
    )


def _asked(known: Known, number: str, start: str, end: str) -> Asked:
    if not known.customer_token:
        raise SnapRefusal(Case.CUSTOMER_TOKEN_NOT_FOUND)
    card = card_named(known, number, "accountNo")
    purse = purses.at(card, known.partner.issuer_id)
    assert purse is not None, "a token leads to a card of the partner's bank"
    until = _instant(end, "toDateTime") or known.at
    since = _instant(start, "fromDateTime") or until - LONGEST
    if since >= until:
        raise SnapRefusal(Case.FIELD_FORMAT, "toDateTime")
    if since < known.at - KEPT:
        raise SnapRefusal(Case.FIELD_FORMAT, "fromDateTime")
    # What was before the card became its owner's is another's, who agreed to nothing.
    return Asked(card, purse.account, currency_of(card), owned_from(card, since), until)


def _instant(text: str, field: str) -> datetime | None:
    try:
        return read_timestamp(text) if text else None
    except ValueError:
        raise SnapRefusal(Case.FIELD_FORMAT, field) from None


def _lines(asked: Asked) -> list[Line]:
    """All lines since the start, also those after the end."""
    conn = raw_connection()
    sharing = moving.sharing(conn, asked.card.id)
    return lines.since(conn, asked.purse, sharing, asked.start)


def _key(known: Known, reference: str) -> UUID | None:
    """Our name of a posting: that of a top-up by the bank's reference, or as it is."""
    booked = cards.topped_up(issuer=known.partner.issuer_id, reference=reference)
    if booked is not None:
        return booked.posting
    try:
        return UUID(hex=reference)
    except ValueError:
        return None


def _balances(asked: Asked, within: list[Line], later: list[Line]) -> tuple[int, int]:
    """The purse's balance at the start and at the end of a span."""
    if within:
        return within[0].before, within[-1].after
    if later:
        return later[0].before, later[0].before
    found = purses.standing_of(raw_connection(), [asked.purse])[0]
    return found.balance, found.balance


def _told(line: Line, currency: str) -> HistoryLine:
    kind, remark = KINDS.get(line.kind, OTHER)
    amount = money_of(abs(line.amount), currency)
    is_debit = line.amount < 0
    return HistoryLine(
        date_time=_time(line.at),
        amount=amount,
        remark=remark,
        source_of_funds=[SourceOfFunds(SOURCE, amount)] if is_debit else [],
        status=SUCCESS,
        type=kind,
        additional_info=LineInfo(line.key.hex, DEBIT if is_debit else CREDIT),
    )


def _stated(line: Line, currency: str) -> StatementLine:
    return StatementLine(
        detail_balance=DetailBalance(
            start_amount=[AmountOf(money_of(line.before, currency))],
            end_amount=[AmountOf(money_of(line.after, currency))],
        ),
        amount=money_of(abs(line.amount), currency),
        transaction_date=_time(line.at),
        remark=KINDS.get(line.kind, OTHER)[1],
        transaction_id=line.key.hex,
        type=CREDIT if line.amount > 0 else DEBIT,
        transaction_detail_status=SUCCESS,
    )


def _total(amounts: list[int], currency: str) -> Total:
    money: Money = money_of(sum(amounts), currency)
    return Total(number_of_entries=str(len(amounts)), amount=money)


def _money_at(amount: int, currency: str, at: datetime) -> MoneyAt:
    money = money_of(amount, currency)
    return MoneyAt(money.value, money.currency, _time(at))


def _time(at: datetime) -> str:
    return write_timestamp(at, ZoneInfo(settings.TIME_ZONE))


def _note(known: Known, card: Card) -> None:
    """Write down that the bank looked: a holder sees who did."""
    record(
        actor=known.actor,
        action="partner.history_seen",
        subject=Subject("card", card.id),
        detail={"purpose": WITH_CONSENT, "bank": known.partner.issuer.code},
        at=known.at,
    )
