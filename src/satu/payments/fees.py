"""What paying money in costs, as the city pack tells it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from satu.audit.actions import record
from satu.audit.entry import Subject
from satu.payments.kinds import Channel, FeeRule
from satu.payments.models import Fee


def fees() -> list[FeeRule]:
    """The rules in force."""
    rows = Fee.objects.order_by("channel", "up_to").values_list("channel", "up_to", "fee")
    return [FeeRule(Channel(channel), up_to, fee) for channel, up_to, fee in rows]


def keep_fees(*, rules: Sequence[FeeRule], actor: str, at: datetime) -> bool:
    """Make these rules the ones in force; whether they are others than before."""
    assert all(rule.fee >= 0 and (rule.up_to is None or rule.up_to > 0) for rule in rules), rules
    with transaction.atomic():
        if set(fees()) == set(rules):
            return False
        Fee.objects.all().delete()
        Fee.objects.bulk_create(Fee(**rule._asdict()) for rule in rules)
        subject, detail = Subject("payments", "fees"), {"rules": len(rules)}
        record(actor=actor, action="payments.fees_kept", subject=subject, detail=detail, at=at)
    return True
