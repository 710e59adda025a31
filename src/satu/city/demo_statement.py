"""A statement of a demo's bank, so that its float can be compared.

The newest that came in is on the way to the bank, as on any day. Called by `satu demo`.
"""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from satu.cards.models import Issuer
from satu.formats.iso20022.camt053 import Line, Statement
from satu.ledger.actions import raw_connection
from satu.settlement import store
from satu.settlement.actions import import_statements, keep_account
from satu.settlement.checks import keep_checks
from satu.settlement.models import BankAccount

ACTOR = "city.demo"
NUMBER = "1230004567890"
ON_THE_WAY = 3


def send_demo_statement(*, issuer: str, on: date, at: datetime) -> bool:
    """Keep a bank's statement of a day, but for the newest that came in; whether it is new.

    The first is all there is: those that follow would have to book what came in.
    """
    bank = Issuer.objects.filter(code=issuer).first()
    account = keep_account(issuer=issuer, number=NUMBER, actor=ACTOR, at=at)
    if bank is None or not isinstance(account, BankAccount) or account.statements.exists():
        return False
    opened = datetime.combine(on, time.min, ZoneInfo(settings.TIME_ZONE))
    with transaction.atomic():
        stated = store.Stated(bank.id, bank.float_account, opened, settings.TIME_ZONE)
        sides = store.sides(raw_connection(), stated)
    held = sides.float_balance - sides.booked
    items = sorted(sides.items, key=lambda one: one.reference)
    lines = tuple(Line(one.reference, one.booked or 0, on) for one in items[:-ON_THE_WAY])
    closing = held + sum(line.amount for line in lines)
    name = f"DEMO-{on:%Y%m%d}"
    statement = Statement(name, NUMBER, account.currency, held, on, closing, on, lines)
    import_statements(statements=[statement], actor=ACTOR, at=at)
    keep_checks(at=at)
    return True
