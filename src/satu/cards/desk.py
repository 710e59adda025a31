"""A card at the desk: how it stands, for staff who say why they look, and what they do to it.

What is done is the holder's own (satu.cards.lifecycle); here staff also say why, and in which case.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.timezone import localdate

from satu.audit.actions import record
from satu.audit.entry import Subject
from satu.audit.queries import done_since
from satu.cards import actions, family, lifecycle, models, rules, store
from satu.cards.closing import Closed, close_card
from satu.cards.collecting import settlement_day
from satu.cards.errors import Refusal
from satu.cards.held import CardHeld, Purse, held, purses_of
from satu.cards.kinds import CardProduct, Why
from satu.cards.lifecycle import Replaced
from satu.cards.rights_actions import RightsSet, grant
from satu.fares.legs import Entitlement
from satu.ledger import store as ledger
from satu.ledger.actions import raw_connection
from satu.people.rules import CASE, PERSONAL_NUMBER

LOOKED = "card.looked_at"
# Who turns the pages of one card for one reason is written down once in so long.
ONE_LOOK = timedelta(minutes=30)


class Limit(NamedTuple):
    """What of a limit is used; `most` None: no such limit."""

    used: int
    most: int | None


class AtDesk(NamedTuple):
    """A card as staff see it: its state and its money, nothing of where it was.

    Amounts in the smallest unit of `asset`; `owed` is what rides cost that the purses could not
    pay. `owner` is a resident's number, `product` None: no kind. `before` is the card that it took
    the place of, `paid_back` what was paid to the holder of a closed one (None: not yet).
    """

    held: CardHeld
    issuer: str
    owner: int | None
    product: CardProduct | None
    purses: tuple[Purse, ...]
    asset: str
    owed: int
    balance: Limit
    month: Limit
    before: int | None
    pay_from: date | None
    paid_back: int | None


class Step(StrEnum):
    """What staff can do to a card."""

    FREEZE = "freeze"
    UNFREEZE = "unfreeze"
    LOST = "lost"
    STOLEN = "stolen"
    LET_BACK = "let_back"
    REPLACE = "replace"
    CLOSE = "close"


class Because(NamedTuple):
    """Why staff act: a code, and the case in which it was asked ("": at the counter)."""

    reason: str
    case: str = ""


Done = actions.Changed | Replaced | Closed


def look_at_card(
    *, card: int, purpose: str, case: str = "", actor: str, at: datetime
) -> AtDesk | None:
    """How a card stands, for somebody who says why they look; that is kept. None: no such card."""
    assert purpose, "who looks says why"
    detail = {"purpose": purpose, "case": case}
    subject = Subject("card", card)
    with transaction.atomic():
        found = models.Card.objects.select_related("issuer").filter(id=card).first()
        if found is None:
            return None
        since = at - ONE_LOOK
        if not done_since(subject=subject, action=LOOKED, actor=actor, detail=detail, since=since):
            record(subject=subject, action=LOOKED, actor=actor, at=at, detail=detail)
        return _standing(found, at)


def _standing(found: models.Card, at: datetime) -> AtDesk:
    conn, purses = raw_connection(), tuple(purses_of(found.id))
    card = held(found.id, localdate(at))
    assert card is not None and purses
    product = models.Product.objects.filter(id=found.product).values(*CardProduct._fields).first()
    kind = CardProduct(**product) if product else None
    limits = rules.NO_LIMITS
    if kind is not None:
        of_product = rules.limits_of(kind, is_registered=found.owner is not None)
        limits = family.within(of_product, found.owner, at)
    in_order = [purse for purse in purses if not purse.is_former]
    month = store.incoming(
        conn, [purse.account for purse in in_order], settlement_day(at).replace(day=1)
    )
    before = models.Replacement.objects.filter(successor=found.id).values_list("card", flat=True)
    closing = models.Closing.objects.filter(card=found.id).first()
    return AtDesk(
        held=card,
        issuer=found.issuer.code,
        owner=found.owner,
        product=kind,
        purses=purses,
        asset=purses[0].asset,
        owed=-ledger.balances(conn, [found.receivable])[found.receivable].balance,
        balance=Limit(sum(purse.balance for purse in in_order), limits.balance),
        month=Limit(month, limits.monthly),
        before=before.first(),
        pay_from=closing.pay_from if closing else None,
        paid_back=closing.amount if closing else None,
    )


def act_on_card(
    *, step: Step, card: int, because: Because, actor: str, at: datetime
) -> Done | Refusal:
    """Let staff do something to a card in its holder's name; why is kept with it.

    Refusals: reason_invalid, and those of the action itself, which then leaves no trace.
    """
    if not actions.REASON.fullmatch(because.reason) or not _is_case(because.case):
        return Refusal.REASON_INVALID
    with transaction.atomic():
        done = _steps(card, because.reason, actor, at)[step]()
        if isinstance(done, Refusal):
            return done
        _record(card, step.value, because, actor, at)
    return done


def grant_at_desk(
    *,
    card: int,
    entitlement: Entitlement,
    categories: Collection[str],
    because: Because,
    actor: str,
    at: datetime,
) -> RightsSet | Refusal:
    """Add a right to a card; what proves it is kept, which group it is is not.

    Refusals: reason_invalid, and those of satu.cards.rights_actions.grant.
    """
    if not actions.REASON.fullmatch(because.reason) or not _is_case(because.case):
        return Refusal.REASON_INVALID
    with transaction.atomic():
        done = grant(card=card, entitlement=entitlement, categories=categories, actor=actor, at=at)
        if not isinstance(done, Refusal):
            _record(card, "grant", because, actor, at)
    return done


def _record(card: int, step: str, because: Because, actor: str, at: datetime) -> None:
    detail = {"step": step, "reason": because.reason, "case": because.case}
    subject = Subject("card", card)
    record(subject=subject, action="card.asked_at_desk", actor=actor, at=at, detail=detail)


def _is_case(case: str) -> bool:
    return not case or bool(CASE.fullmatch(case) and not PERSONAL_NUMBER.search(case))


def _steps(
    card: int, reason: str, actor: str, at: datetime
) -> dict[Step, Callable[[], Done | Refusal]]:
    who: dict[str, Any] = {"card": card, "actor": actor, "at": at}
    holder: dict[str, Any] = {**who, "owner": None}
    why = Why(reason) if reason in set(Why) else Why.DAMAGED
    return {
        Step.FREEZE: lambda: lifecycle.freeze_card(**holder),
        Step.UNFREEZE: lambda: lifecycle.unfreeze_card(**holder),
        Step.LOST: lambda: lifecycle.report_lost(**holder, why=Why.LOST),
        Step.STOLEN: lambda: lifecycle.report_lost(**holder, why=Why.STOLEN),
        Step.LET_BACK: lambda: actions.unblock_card(**who, reason=reason),
        Step.REPLACE: lambda: lifecycle.replace_card(**who, why=why),
        Step.CLOSE: lambda: close_card(**who),
    }
