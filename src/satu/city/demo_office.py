"""What the demo's office does behind its desks: it seals the audit trail, proves it and rehearses
tariffs when asked, and has a draft to look at. In a city the jobs' process does that.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import msgspec
import psycopg

from satu.audit.proofs import ask_proof, make_asked, newest_proof
from satu.audit.store import seal
from satu.fares.tariff import Flat, Product, Tariff
from satu.services.rules import Bundle
from satu.taps.drafts import keep_tariff, run_rehearsals

ACTOR = "staff:sari"  # satu.city.demo_people lets them in
NOTICE = timedelta(days=60)
DEARER = 500  # a flat fare, in the smallest unit


def keep_office(*, url: str, clock: Callable[[], datetime]) -> None:
    """Do what staff asked for; called every few seconds."""
    with psycopg.connect(url, autocommit=True) as conn:
        seal(conn, at=clock())
    make_asked(url=url, at=clock())
    run_rehearsals(url=url, processes=1, clock=clock)


def open_office(*, bundle: Bundle, at: datetime) -> int | None:
    """A draft with dearer flat fares for two months from now, and a proof of the trail's chain.

    The draft's number; None: the city's tariff has no flat fare. A repeat changes nothing.
    """
    if newest_proof() is None:
        ask_proof(actor=ACTOR, at=at)
    newest = max(bundle.tariffs, key=lambda one: one.valid_from)
    drafted = dearer(newest, date(at.year, at.month, 1) + NOTICE)
    if drafted.products == newest.products:
        return None
    kept = keep_tariff(city=bundle.city, tariff=drafted, notes=(), actor=ACTOR, at=at)
    return kept.draft.id if kept.draft else None


def dearer(tariff: Tariff, first: date) -> Tariff:
    """A tariff whose flat fares cost more, from a day on."""
    return msgspec.structs.replace(
        tariff,
        version=f"Rancangan {first.year}",
        valid_from=first,
        source="Contoh untuk gladi",
        products=tuple(_dearer(one) for one in tariff.products),
    )


def _dearer(product: Product) -> Product:
    if not isinstance(product.price, Flat) or product.price.amount < DEARER:
        return product
    return msgspec.structs.replace(product, price=Flat(product.price.amount + DEARER))
