"""What a bank owes for its own chips and tokens: a file a settlement day, and the bank's answer.

What the bank paid comes into its float and fills the card's guarantee again. What it refused is
owed by the card like any ride that was not paid: operators keep a claim, and it opens no door.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

import psycopg
from django.db import transaction

from satu.audit.actions import record
from satu.audit.entry import Detail, Subject
from satu.cards import store
from satu.cards.actions import change_state
from satu.cards.collecting import post_now, settlement_day
from satu.cards.kinds import CardState
from satu.cards.models import Issuer
from satu.kernel.days import to_ms
from satu.kernel.ids import named_key
from satu.ledger.actions import ensure_accounts, raw_connection
from satu.ledger.entry import Entry
from satu.ledger.kinds import SCHEME, AccountKind, Asset, PostingKind, Result
from satu.settlement.clearing_files import Answer
from satu.settlement.errors import Refusal
from satu.settlement.models import ClearingFile, ClearingLine

# What moved between a guaranteed purse and the operators; what a refusal took back names no tap.
MOVED = f"""
select x.purse, x.reference, p.service_day, o.party as operator, o.id as payable, p.kind,
       case when p.debit = x.purse then p.amount else -p.amount end as amount, p.use
  from cards_external x
  join ledger_posting p on x.purse in (p.debit, p.credit)
  join ledger_account o
    on o.id = case when p.debit = x.purse then p.credit else p.debit end
   and o.kind = {AccountKind.PAYABLE.value}
 where x.issuer = %(bank)s and p.settlement_day = %(day)s
   and (p.kind <> {PostingKind.CORRECTION.value} or p.tap is not null)
"""
LINES = f"""
select purse, reference, count(distinct use), sum(amount)::bigint from ({MOVED}) m
 group by purse, reference having sum(amount) <> 0 order by reference
"""
# Rides alone, by the day and the operator that a refusal takes them back from.
RIDDEN = f"""
select service_day, operator, payable, sum(amount)::bigint from ({MOVED}) m
 where purse = %(purse)s and kind <> {PostingKind.REFUND.value}
 group by 1, 2, 3 having sum(amount) > 0 order by 1, 2
"""


class Cleared(NamedTuple):
    """What became of a bank's answer: lines by outcome, and those that were answered before."""

    paid: int
    refused: int
    repeated: int


def write_clearing(*, bank: str, day: date, actor: str, at: datetime) -> ClearingFile | Refusal:
    """The file of a bank and a settlement day that is over; once it is written it stays.

    Refusals: issuer_unknown, day_not_over.
    """
    issuer = Issuer.objects.filter(code=bank).first()
    if issuer is None:
        return Refusal.ISSUER_UNKNOWN
    if day >= settlement_day(at):
        return Refusal.DAY_NOT_OVER
    with transaction.atomic():
        conn = raw_connection()
        store.lock_reference(conn, f"clearing {issuer.id} {day}")
        file, is_new = ClearingFile.objects.get_or_create(
            bank_id=issuer.id, day=day, defaults={"written_at": at}
        )
        if is_new:
            found = conn.execute(LINES, {"bank": issuer.id, "day": day}).fetchall()
            ClearingLine.objects.bulk_create(
                ClearingLine(
                    file=file, number=n, purse=purse, reference=reference, rides=rides, amount=sum_
                )
                for n, (purse, reference, rides, sum_) in enumerate(found, 1)
            )
            subject = Subject("clearing", file.id)
            detail: Detail = {"bank": bank, "day": day.isoformat(), "lines": len(found)}
            record(actor=actor, action="clearing.written", subject=subject, detail=detail, at=at)
    return file


def read_answer(
    *, bank: str, day: date, answers: Sequence[Answer], actor: str, at: datetime
) -> Cleared | Refusal:
    """Take a bank's answer over, whole or not at all; a line's second answer changes nothing.

    Refusals: issuer_unknown, clearing_unknown, line_unknown, line_answered_otherwise,
    credit_refused (money that the bank is to give back cannot be refused).
    """
    issuer = Issuer.objects.filter(code=bank).first()
    if issuer is None:
        return Refusal.ISSUER_UNKNOWN
    file = ClearingFile.objects.filter(bank_id=issuer.id, day=day).first()
    if file is None:
        return Refusal.CLEARING_UNKNOWN
    with transaction.atomic():
        store.lock_reference(raw_connection(), f"clearing {issuer.id} {day}")
        lines = {line.number: line for line in file.lines.all()}
        told = {answer.number: answer for answer in answers}
        if refusal := _refuse(lines, told):
            return refusal
        new = [told[number] for number in sorted(told) if lines[number].is_paid is None]
        for answer in new:
            _settle(issuer, file, lines[answer.number], answer, actor, at)
        paid = sum(answer.is_paid for answer in new)
        done = Cleared(paid, len(new) - paid, len(told) - len(new))
        if new:
            subject = Subject("clearing", file.id)
            detail = {"paid": done.paid, "refused": done.refused}
            record(actor=actor, action="clearing.answered", subject=subject, detail=detail, at=at)
    return done


def _refuse(lines: dict[int, ClearingLine], told: dict[int, Answer]) -> Refusal | None:
    if told.keys() - lines.keys():
        return Refusal.LINE_UNKNOWN
    for answer in told.values():
        line = lines[answer.number]
        if line.is_paid is not None and line.is_paid != answer.is_paid:
            return Refusal.LINE_ANSWERED_OTHERWISE
        if line.amount < 0 and not answer.is_paid:
            return Refusal.CREDIT_REFUSED
    return None


def _settle(
    issuer: Issuer,
    file: ClearingFile,
    line: ClearingLine,
    answer: Answer,
    actor: str,
    at: datetime,
) -> None:
    conn = raw_connection()
    row = _card_of(conn, line.purse)
    if answer.is_paid:
        entries = [_paid(issuer, file, line, row, at)]
    else:
        entries = _taken_back(conn, issuer, file, line, row, actor, at)
    results = post_now(conn, entries, at)
    assert all(result is Result.POSTED for result in results), results
    if not answer.is_paid and row.state is CardState.ACTIVE:
        change_state(row.id, CardState.BLOCKED, "card.blocked", "clearing_refused", actor, at)
    else:
        store.raise_versions(conn, [row.id])
    line.is_paid, line.reason, line.answered_at = answer.is_paid, answer.reason, at
    line.posting = entries[0].key
    line.save(update_fields=["is_paid", "reason", "answered_at", "posting"])


def _card_of(conn: psycopg.Connection, purse: int) -> store.CardRow:
    """The card that a bank's chip or token stands for, locked."""
    found = conn.execute("select card from cards_external where purse = %s", [purse]).fetchone()
    assert found is not None
    row = store.lock_card(conn, found[0])
    assert row is not None
    return row


def _paid(
    issuer: Issuer, file: ClearingFile, line: ClearingLine, row: store.CardRow, at: datetime
) -> Entry:
    """What the bank paid comes in; what it is to give back goes out."""
    sides = (issuer.float_account, line.purse)
    debit, credit = sides if line.amount > 0 else sides[::-1]
    at_ms, kind = to_ms(at), PostingKind.SETTLEMENT
    key = named_key(at_ms, "clearing", file.id, line.number)
    return Entry(key, debit, credit, abs(line.amount), kind, at_ms, file.day, row.card_group)


def _taken_back(
    conn: psycopg.Connection,
    issuer: Issuer,
    file: ClearingFile,
    line: ClearingLine,
    row: store.CardRow,
    actor: str,
    at: datetime,
) -> list[Entry]:
    """The operators are owed the rides by the card, in the scheme's book, no more by the bank."""
    parameters = {"bank": issuer.id, "day": file.day, "purse": line.purse}
    asset = Asset(store.asset_of(conn, line.purse))
    at_ms, left = to_ms(at), line.amount
    entries: list[Entry] = []
    for on, operator, payable, ridden in conn.execute(RIDDEN, parameters).fetchall():
        amount = min(left, ridden)
        if not amount:
            break
        name = (AccountKind.UNFUNDED_CLAIM, SCHEME, asset, operator, 0)
        claim = ensure_accounts(wanted=[name], actor=actor, at=at)[name]
        moves = (
            (payable, line.purse, PostingKind.CORRECTION),
            (row.receivable, claim, PostingKind.SHORTFALL),
        )
        for debit, credit, kind in moves:
            key = named_key(at_ms, "clearing", file.id, line.number, len(entries))
            entries.append(
                Entry(key, debit, credit, amount, kind, at_ms, on, row.card_group, link=1)
            )
        left -= amount
    assert left == 0, f"line {line.number} is of more than was ridden"
    return entries
