"""What two people of the staff do together, by name: who may propose and approve it.

Money that moves by the hand of staff, and fares that change.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from satu.approvals.kinds import (
    ActivateTariff,
    Goodwill,
    Parameters,
    PayBack,
    Prefund,
    RollBackTariff,
)
from satu.audit.entry import Subject
from satu.cards import queries as cards
from satu.cards.bearers import Cause
from satu.cards.errors import Refusal as CardRefusal
from satu.cards.interbank import set_prefund
from satu.cards.losses import bear_loss
from satu.partners.errors import Refusal as PartnerRefusal
from satu.partners.payouts import pay_back
from satu.people.kinds import Role
from satu.taps.activation import NotActivated, roll_back
from satu.taps.drafts import activate_draft, draft
from satu.taps.queries import cities, operator_code
from satu.wire.messages import Words

WHOLE_CITY = ""


class Carried(NamedTuple):
    """What an action answered: its code, and whether it did what was approved."""

    code: str
    is_done: bool


class Action(NamedTuple):
    """Something that two people do. `party` is whose money it is: staff who act for another party
    have no say (None: no such card or bank). `carry_out` gets the proposal's number, the approver
    and the time."""

    words: Words
    parameters: type[Parameters]
    proposers: frozenset[Role]
    approvers: frozenset[Role]
    party: Callable[[Any], str | None]
    subject: Callable[[Any], Subject]
    amount: Callable[[Any], int | None]
    carry_out: Callable[[Any, int, str, datetime], Carried]


def _of_card(card: int) -> str | None:
    found = cards.card(card)
    return f"issuer:{found.issuer.code}" if found else None


def _of_goodwill(asked: Goodwill) -> str | None:
    issuer = _of_card(asked.card)
    if issuer is None or not asked.operator:
        return issuer
    operator = operator_code(asked.operator)
    return f"operator:{operator}" if operator else None


def _goodwill(asked: Goodwill, proposal: int, actor: str, at: datetime) -> Carried:
    done = bear_loss(
        card=asked.card,
        cause=Cause.SERVICE_FAILED if asked.operator else Cause.GOODWILL,
        amount=asked.amount,
        key=f"approval/{proposal}",
        operator=asked.operator,
        actor=actor,
        at=at,
    )
    if isinstance(done, CardRefusal):
        return Carried(done.value, False)
    return Carried(done.result.code, done.result.is_in_books)


def _of_bank(asked: Prefund) -> str | None:
    codes = [bank.code for bank in cards.issuers() if bank.id == asked.bank]
    return f"issuer:{codes[0]}" if codes else None


def _prefund(asked: Prefund, proposal: int, actor: str, at: datetime) -> Carried:
    refusal = set_prefund(bank=asked.bank, amount=asked.amount, actor=actor, at=at)
    return Carried(refusal.value, False) if refusal else Carried("kept", True)


def _pay_back(asked: PayBack, proposal: int, actor: str, at: datetime) -> Carried:
    done = pay_back(
        card=asked.card,
        account=asked.account,
        bank_code=asked.bank_code,
        name=asked.name,
        actor=actor,
        at=at,
    )
    if isinstance(done, PartnerRefusal):
        return Carried(done.value, False)
    return Carried("asked_of_bank", True)


def _of_draft(asked: ActivateTariff) -> str | None:
    return WHOLE_CITY if draft(asked.draft) else None


def _of_city(asked: RollBackTariff) -> str | None:
    return WHOLE_CITY if asked.city in cities() else None


def _activate(asked: ActivateTariff, proposal: int, actor: str, at: datetime) -> Carried:
    try:
        done = activate_draft(
            draft=asked.draft, replace=asked.replace, reason=asked.why, actor=actor, at=at
        )
    except NotActivated as refused:
        return Carried(refused.code, False)
    return Carried("in_force" if done.changed else "was_in_force", True)


def _roll_back(asked: RollBackTariff, proposal: int, actor: str, at: datetime) -> Carried:
    try:
        roll_back(city=asked.city, actor=actor, at=at, reason=asked.why)
    except NotActivated as refused:
        return Carried(refused.code, False)
    return Carried("rolled_back", True)


ACTIONS: dict[str, Action] = {
    "card.goodwill": Action(
        words=Words("Ganti rugi ke kartu", "Money made good to a card"),
        parameters=Goodwill,
        proposers=frozenset({Role.DESK, Role.BANK, Role.OPERATOR}),
        approvers=frozenset({Role.BANK, Role.OPERATOR}),
        party=_of_goodwill,
        subject=lambda asked: Subject("card", asked.card),
        amount=lambda asked: asked.amount,
        carry_out=_goodwill,
    ),
    "issuer.prefund": Action(
        words=Words(
            "Jaminan bank untuk utang antarbank", "A bank's deposit, its cap between banks"
        ),
        parameters=Prefund,
        # A bank never decides what the others may trust it with.
        proposers=frozenset({Role.BANK, Role.TREASURER}),
        approvers=frozenset({Role.TREASURER}),
        party=_of_bank,
        subject=lambda asked: Subject("issuer", asked.bank),
        amount=lambda asked: asked.amount,
        carry_out=_prefund,
    ),
    "card.pay_back": Action(
        words=Words("Saldo kartu tutup ke rekening lain", "A closed card's money to an account"),
        parameters=PayBack,
        proposers=frozenset({Role.DESK, Role.BANK}),
        approvers=frozenset({Role.BANK}),
        party=lambda asked: _of_card(asked.card),
        subject=lambda asked: Subject("card", asked.card),
        amount=lambda asked: None,
        carry_out=_pay_back,
    ),
    "tariff.activate": Action(
        words=Words("Tarif baru berlaku", "A tariff comes into force"),
        parameters=ActivateTariff,
        proposers=frozenset({Role.ADMINISTRATOR}),
        approvers=frozenset({Role.ADMINISTRATOR, Role.TREASURER}),
        party=_of_draft,
        subject=lambda asked: Subject("draft", asked.draft),
        amount=lambda asked: None,
        carry_out=_activate,
    ),
    "tariff.roll_back": Action(
        words=Words("Tarif sebelumnya berlaku lagi", "The tariffs of before come back"),
        parameters=RollBackTariff,
        proposers=frozenset({Role.ADMINISTRATOR}),
        approvers=frozenset({Role.ADMINISTRATOR, Role.TREASURER}),
        party=_of_city,
        subject=lambda asked: Subject("city", asked.city),
        amount=lambda asked: None,
        carry_out=_roll_back,
    ),
}
