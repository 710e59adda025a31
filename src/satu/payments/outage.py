"""Banks that are out: their top-ups stop, and nothing else does. No tap ever asks for it.

Staff says so, or the circuit breaker of whoever calls the bank does; each takes back its own word.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from satu.audit.actions import record
from satu.audit.entry import Subject
from satu.cards.errors import Refusal as CardRefusal
from satu.cards.models import Issuer
from satu.payments.kinds import Cause
from satu.payments.models import Outage


def mark_out(*, bank: int, cause: Cause, actor: str, at: datetime) -> bool | CardRefusal:
    """Stop a bank's top-ups; whether that is news. Refusals: issuer_unknown."""
    with transaction.atomic():
        issuer = Issuer.objects.select_for_update().filter(id=bank).first()
        if issuer is None:
            return CardRefusal.ISSUER_UNKNOWN
        _, is_new = Outage.objects.get_or_create(bank=issuer, cause=cause, defaults={"since": at})
        if is_new:
            _record("issuer.out", bank, cause, actor, at)
    return is_new


def mark_back(*, bank: int, cause: Cause, actor: str, at: datetime) -> bool | CardRefusal:
    """Let a bank's top-ups go on, unless another cause stands; whether this one stood.

    Refusals: issuer_unknown.
    """
    with transaction.atomic():
        if not Issuer.objects.select_for_update().filter(id=bank).exists():
            return CardRefusal.ISSUER_UNKNOWN
        ended, _ = Outage.objects.filter(bank=bank, cause=cause).delete()
        if ended:
            _record("issuer.back", bank, cause, actor, at)
    return bool(ended)


def is_out(bank: int) -> bool:
    """Whether a bank's top-ups are stopped."""
    return Outage.objects.filter(bank=bank).exists()


def outages() -> dict[int, datetime]:
    """The banks that are out, and since when."""
    found: dict[int, datetime] = {}
    for bank, since in Outage.objects.order_by("-since").values_list("bank", "since"):
        found[bank] = since
    return found


def _record(action: str, bank: int, cause: Cause, actor: str, at: datetime) -> None:
    subject, detail = Subject("issuer", bank), {"cause": cause.name.lower()}
    record(actor=actor, action=action, subject=subject, detail=detail, at=at)
