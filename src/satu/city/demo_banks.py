"""The banks of a demo: each is a partner, and some of its holders pay by virtual account."""

from __future__ import annotations

from datetime import date, datetime

import psycopg

from satu.cards.interbank import deposited, set_prefund
from satu.cards.queries import issuers
from satu.city.bank_partner import RealBankError, let_in
from satu.partners.models import Partner
from satu.partners.virtual import Paid, Took, take

ACTOR = "city.demo"
PAYERS = 20  # of each bank, a day
AMOUNT = 50_000
DEPOSIT = 5_000_000_000  # of each bank, for what it may come to owe the others
HOLDERS = "select id, number from cards_card where issuer = %s and state = 0 order by id limit %s"


def let_banks_in(*, at: datetime) -> list[Partner]:
    """Every bank that is simulated, as a partner; one with a key of its own is left alone."""
    found = []
    for issuer in issuers():
        try:
            partner = let_in(code=issuer.code, actor=ACTOR, at=at)
        except RealBankError:
            continue
        assert isinstance(partner, Partner), partner
        found.append(partner)
    return found


def deposit(*, at: datetime) -> None:
    """Have every bank that has not yet deposit money for what it may come to owe the others."""
    for issuer in issuers():
        if not deposited(issuer.id):
            refusal = set_prefund(bank=issuer.id, amount=DEPOSIT, actor=ACTOR, at=at)
            assert refusal is None, refusal


def pay_in(conn: psycopg.Connection, partners: list[Partner], *, day: date, at: datetime) -> int:
    """Have some holders of each bank pay to their cards' numbers, once a day: how many did."""
    paid = 0
    for partner in partners:
        for card, number in conn.execute(HOLDERS, [partner.issuer_id, PAYERS]).fetchall():
            by_number = Paid(f"demo-{day:%Y%m%d}-{card}", AMOUNT)
            took = take(partner=partner, customer_no=number, paid=by_number, actor=ACTOR, at=at)
            paid += isinstance(took, Took) and took.is_new
    return paid
