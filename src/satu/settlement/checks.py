"""Keeps what a comparison of floats with banks' statements found, for pages. Run by a job."""

from __future__ import annotations

from datetime import datetime

from satu.cards.queries import issuers
from satu.settlement import rules
from satu.settlement.models import FloatCheck
from satu.settlement.queries import check_floats

FOUND_KEPT = 200


def keep_checks(*, at: datetime) -> int:
    """Compare every float with its bank's statements and keep what was found; how many had any."""
    numbers = {issuer.code: issuer.id for issuer in issuers()}
    kept = 0
    for checked in check_floats():
        if checked.balance is not None:
            values = _values(checked.balance) | {"at": at}
            FloatCheck.objects.update_or_create(issuer_id=numbers[checked.issuer], defaults=values)
            kept += 1
    return kept


def _values(balance: rules.Balance) -> dict[str, object]:
    missing = [one for one in balance.found if one.finding not in rules.IN_TRANSIT]
    on_the_way = [one for one in balance.found if one.finding in rules.IN_TRANSIT]
    return {
        "float_balance": balance.float_balance,
        "closing": balance.closing,
        "closed_on": balance.closed_on,
        "opening_difference": balance.opening_difference,
        "in_balance": balance.in_balance,
        "found_count": len(balance.found),
        "missing": len(missing),
        "found": [
            [one.finding.value, item.reference, item.booked, item.stated, item.on.isoformat()]
            for one in [*missing, *on_the_way][:FOUND_KEPT]
            for item in [one.item]
        ],
    }
