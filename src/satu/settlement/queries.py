"""What is read of banks' statements and clearing: floats against banks, files of rides."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q, Sum

from satu.cards.queries import issuers
from satu.ledger.actions import raw_connection
from satu.settlement import rules, store
from satu.settlement.clearing_files import written
from satu.settlement.models import BankAccount, ClearingFile, FloatCheck


class Checked(NamedTuple):
    """An issuer's float against the bank; without a balance, no statement was ever imported."""

    issuer: str
    currency: str
    balance: rules.Balance | None


class Clearing(NamedTuple):
    """A clearing file: what it asks for, and how much of it the bank has answered."""

    id: int
    day: date
    written_at: datetime
    lines: int
    amount: int
    answered: int
    refused: int


def last_check(issuer: int) -> FloatCheck | None:
    """What the last comparison of an issuer's float found; None: no statement yet, or not since."""
    return FloatCheck.objects.filter(issuer=issuer).first()


def clearings(issuer: int, *, page: int, limit: int) -> tuple[list[Clearing], bool]:
    """A page of an issuer's clearing files, the newest first, and whether there are older ones."""
    files = ClearingFile.objects.filter(bank=issuer).order_by("-day")
    start = (page - 1) * limit
    shown = list(files[start : start + limit + 1])
    of = {one.id: one for one in shown[:limit]}
    sums = (
        ClearingFile.objects.filter(id__in=list(of))
        .annotate(
            lines_count=Count("lines"),
            amount=Sum("lines__amount", default=0),
            answered=Count("lines", filter=Q(lines__is_paid__isnull=False)),
            refused=Count("lines", filter=Q(lines__is_paid=False)),
        )
        .order_by("-day")
        .values_list("id", "lines_count", "amount", "answered", "refused")
    )
    found = [Clearing(id_, of[id_].day, of[id_].written_at, *rest) for id_, *rest in sums]
    return found, len(shown) > limit


def clearing_text(issuer: int, file: int) -> tuple[date, str] | None:
    """A clearing file of an issuer as it is sent: its day and its CSV; None: it has no such."""
    found = ClearingFile.objects.filter(bank=issuer, id=file).first()
    if found is None:
        return None
    lines = found.lines.values_list("number", "reference", "rides", "amount")
    return found.day, written(lines)


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
