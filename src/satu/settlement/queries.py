"""What is read of banks' statements: each issuer's float against its bank."""

from __future__ import annotations

from datetime import datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from satu.cards.queries import issuers
from satu.ledger.actions import raw_connection
from satu.settlement import rules, store
from satu.settlement.models import BankAccount


class Checked(NamedTuple):
    """An issuer's float against the bank; without a balance, no statement was ever imported."""

    issuer: str
    currency: str
    balance: rules.Balance | None


def check_floats() -> list[Checked]:
    """Every issuer's float against all statements of its bank, by number, at one moment each."""
    accounts = {account.issuer_id: account for account in BankAccount.objects.all()}
    checked = []
    for issuer in issuers():
        account = accounts.get(issuer.id)
        currency = account.currency if account else ""
        balance = _balance(account, issuer.float_account) if account else None
        checked.append(Checked(issuer.code, currency, balance))
    return checked


def _balance(account: BankAccount, float_account: int) -> rules.Balance | None:
    with transaction.atomic():
        conn = raw_connection()
        # Sums and postings of one moment: top-ups go on meanwhile.
        conn.execute("set transaction isolation level repeatable read")
        first = account.statements.order_by("opened_on", "id").first()
        last = account.statements.order_by("-closed_on", "-id").first()
        if first is None or last is None:
            return None
        opened = datetime.combine(first.opened_on, time.min, ZoneInfo(settings.TIME_ZONE))
        stated = store.Stated(account.issuer_id, float_account, opened, settings.TIME_ZONE)
        sides = store.sides(conn, stated)
        return rules.compare(
            sides.items,
            float_balance=sides.float_balance,
            booked=sides.booked,
            opening=first.opening,
            closing=last.closing,
            closed_on=last.closed_on,
            transit_days=account.transit_days,
        )
