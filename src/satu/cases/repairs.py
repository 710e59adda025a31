"""Missing taps that riders told and no rule could decide: each is a case until staff decide it."""

from __future__ import annotations

from datetime import datetime

from satu.cards import queries as cards
from satu.cases import models, queries
from satu.cases.actions import NewCase, answer_case, open_case
from satu.cases.errors import Refusal
from satu.cases.kinds import (
    REFUND,
    REPAIR,
    REPAIR_APPROVED,
    REPAIR_REJECTED,
    REPAIR_WITHDRAWN,
    Channel,
    Filling,
)
from satu.cases.rules import OPEN
from satu.taps.models import Repair
from satu.taps.repair_queries import repairs_in, waiting_for_staff
from satu.taps.repair_rules import RepairState

ANSWERS = {
    RepairState.APPROVED: REPAIR_APPROVED,
    RepairState.REJECTED: REPAIR_REJECTED,
    RepairState.WITHDRAWN: REPAIR_WITHDRAWN,
}


def follow_repairs(*, actor: str, at: datetime) -> int:
    """Open a case for each repair that waits for staff, and answer those that were decided.

    How many were opened or answered. Safe to run again; a page may call it after a decision. Who
    comes back after the answer is answered by people.
    """
    if queries.city_cases() is None:
        return 0
    steps = sum([_open(repair, actor, at) for repair in waiting_for_staff()])
    unanswered = models.Case.objects.filter(state__in=OPEN, answered_at=None)
    standing = unanswered.filter(about__startswith=REPAIR)
    cases = {int(case.about.removeprefix(REPAIR)): case.id for case in standing}
    decided = [one for one in repairs_in(cases) if one.state != RepairState.ASKED]
    return steps + sum([_answer(cases[one.id], one, actor, at) for one in decided])


def _open(repair: Repair, actor: str, at: datetime) -> bool:
    name = f"{REPAIR}{repair.id}"
    if models.Case.objects.filter(key=name).exists():
        return False
    card = cards.card(repair.card)
    new = NewCase(
        kind=REFUND,
        channel=Channel.PAGE,
        key=name,
        resident=card.owner if card else None,
        card=repair.card if card else None,
        about=name,
    )
    return not isinstance(open_case(new=new, actor=actor, at=at), Refusal)


def _answer(case: int, repair: Repair, actor: str, at: datetime) -> bool:
    state = RepairState(repair.state)
    filling = Filling(amount=repair.refunded) if state is RepairState.APPROVED else Filling()
    done = answer_case(
        case=case, answer=ANSWERS[state], filling=filling, text="", actor=actor, at=at
    )
    return not isinstance(done, Refusal)
