"""Every write to banks' statements: the accounts they are of, and the statements. Audited."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

import msgspec
from django.db import IntegrityError, transaction

from satu.audit.actions import record
from satu.audit.entry import Detail, Subject
from satu.cards.models import Issuer
from satu.cards.store import asset_of
from satu.formats.iso20022 import camt053
from satu.ledger.actions import raw_connection
from satu.ledger.kinds import Asset
from satu.settlement.errors import Refusal
from satu.settlement.models import BankAccount, Statement, StatementLine

ACCOUNT = re.compile(r"[0-9A-Za-z]{1,34}", re.ASCII)
TRANSIT_DAYS = 3
MAX_TRANSIT_DAYS = 30
CHUNK = 5_000


class Imported(StrEnum):
    """What became of a statement that was not refused."""

    IMPORTED = "imported"
    EXISTS = "exists"


def keep_account(
    *, issuer: str, number: str, transit_days: int = TRANSIT_DAYS, actor: str, at: datetime
) -> BankAccount | Refusal:
    """Say in which account an issuer holds its float. A repeat may change `transit_days`.

    Refusals: issuer_unknown, account_invalid, account_taken.
    """
    bank = Issuer.objects.filter(code=issuer).first()
    if bank is None:
        return Refusal.ISSUER_UNKNOWN
    if not ACCOUNT.fullmatch(number) or not 0 <= transit_days <= MAX_TRANSIT_DAYS:
        return Refusal.ACCOUNT_INVALID
    currency = Asset(asset_of(raw_connection(), bank.float_account)).name
    try:
        with transaction.atomic():
            kept = BankAccount.objects.select_for_update().filter(issuer=bank).first()
            if kept is not None and kept.number != number and kept.statements.exists():
                return Refusal.ACCOUNT_TAKEN
            account, _ = BankAccount.objects.update_or_create(
                issuer=bank,
                defaults={"number": number, "currency": currency, "transit_days": transit_days},
            )
            subject, detail = Subject("issuer", bank.id), {"transit_days": transit_days}
            record(actor=actor, action="bank.account", subject=subject, detail=detail, at=at)
    except IntegrityError:
        return Refusal.ACCOUNT_TAKEN
    return account


def import_statements(
    *, statements: Sequence[camt053.Statement], actor: str, at: datetime
) -> list[Imported] | Refusal:
    """Keep a file's statements, all or none; what each came to. A repeat is `exists`.

    Refusals: account_unknown, currency_differs, statement_changed (same name, other content),
    statement_missing (it does not open with what the last one closed with).
    """
    with transaction.atomic():
        done: list[Imported] = []
        for statement in sorted(statements, key=lambda one: (one.account, one.opened_on)):
            became = _import(statement, actor, at)
            if isinstance(became, Refusal):
                transaction.set_rollback(True)
                return became
            done.append(became)
    return done


def _import(told: camt053.Statement, actor: str, at: datetime) -> Imported | Refusal:
    account = BankAccount.objects.select_for_update().filter(number=told.account).first()
    if account is None:
        return Refusal.ACCOUNT_UNKNOWN
    if told.currency != account.currency:
        return Refusal.CURRENCY_DIFFERS
    digest = sha256(msgspec.json.encode(told)).digest()
    kept = account.statements.filter(name=told.id).first()
    if kept is not None:
        return Imported.EXISTS if bytes(kept.digest) == digest else Refusal.STATEMENT_CHANGED
    last = account.statements.order_by("-closed_on", "-id").first()
    if last is not None and (last.closing != told.opening or last.closed_on > told.opened_on):
        return Refusal.STATEMENT_MISSING
    statement = Statement.objects.create(
        account=account,
        name=told.id,
        opening=told.opening,
        opened_on=told.opened_on,
        closing=told.closing,
        closed_on=told.closed_on,
        digest=digest,
        imported_at=at,
    )
    StatementLine.objects.bulk_create(
        [StatementLine(statement=statement, **line._asdict()) for line in told.lines],
        batch_size=CHUNK,
    )
    subject = Subject("issuer", account.issuer_id)
    detail: Detail = {"statement": told.id, "lines": len(told.lines), "closing": told.closing}
    record(actor=actor, action="bank.statement", subject=subject, detail=detail, at=at)
    return Imported.IMPORTED
