"""Kinds of cards as the city pack tells them: kept by the city's loader."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from satu.audit.actions import record_all
from satu.audit.entry import Subject
from satu.cards import models
from satu.cards.kinds import CardProduct


def ensure_products(*, products: Sequence[CardProduct], actor: str, at: datetime) -> int:
    """Make kinds of cards known, or bring them up to date; how many were changed.

    Those that are not named stay: cards of them are in people's pockets.
    """
    with transaction.atomic():
        known = models.Product.objects.in_bulk([one.id for one in products])
        changed = [one for one in products if _differs(one, known.get(one.id))]
        for one in changed:
            kept = one._asdict()
            models.Product.objects.update_or_create(id=kept.pop("id"), defaults=kept)
        subjects = [(Subject("product", one.id), {"code": one.code}) for one in changed]
        record_all(actor=actor, action="product.kept", subjects=subjects, at=at)
    return len(changed)


def _differs(wanted: CardProduct, known: models.Product | None) -> bool:
    return known is None or any(
        getattr(known, name) != value for name, value in wanted._asdict().items()
    )
