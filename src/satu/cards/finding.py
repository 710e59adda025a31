"""Finding a person by what they tell at a counter: NIK, phone, or the number on a card."""

from __future__ import annotations

from datetime import datetime

from satu.cards import queries
from satu.people import access
from satu.people.errors import Refusal
from satu.people.kinds import Role


def find_person(
    *,
    nik: str = "",
    phone: str = "",
    card: str = "",
    actor: str,
    role: Role,
    purpose: str,
    case: str,
    at: datetime,
) -> list[int] | Refusal:
    """The residents with a NIK, a phone, or a card by its printed number or serial: one is told.

    For staff; that they searched, in which role and for what, is kept and shown to who was found.
    Refusals: as in `satu.people.access.find_person`.
    """
    assert [bool(nik), bool(phone), bool(card)].count(True) == 1
    number = None
    if card:
        found = queries.find(card)
        number = found.owner or 0 if found else 0
    return access.find_person(
        nik=nik,
        phone=phone,
        number=number,
        actor=actor,
        role=role,
        purpose=purpose,
        case=case,
        at=at,
    )
