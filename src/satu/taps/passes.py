"""Passes and categories as a city's tariffs know them, for the actions on cards' rights."""

from __future__ import annotations

from datetime import date, datetime

from satu.cards import rights_actions
from satu.cards.errors import Refusal
from satu.cards.queries import pass_sold
from satu.cards.rights_actions import PassSale
from satu.fares.tariff import Pass
from satu.kernel.days import Calendar, to_ms
from satu.services.rules import Bundle
from satu.taps import queries


def categories_of(bundle: Bundle) -> set[str]:
    """The rider categories that a city's tariffs know, whatever day they are of."""
    return {category.name for tariff in bundle.tariffs for category in tariff.categories}


def sell_pass(
    *, city: str, card: int, product: str, key: str, actor: str, at: datetime
) -> PassSale | Refusal:
    """Sell a pass at the price of the tariff in force, once for each key of the seller.

    The money is owed to the operator of the network that the pass names first. Refusals:
    product_unknown, then those of satu.cards.rights_actions.sell_pass.
    """
    sold = pass_sold(key)
    if sold is not None:  # a repeat is compared with what was sold, whatever it costs today
        price, owed_to = sold.price, sold.operator
    else:
        bundle = queries.active_bundle(city)
        on = Calendar(bundle.zone, bundle.day_start_hour).day_of(to_ms(at))
        offer = next((one for one in _passes_on(bundle, on) if one.product == product), None)
        if offer is None:
            return Refusal.PRODUCT_UNKNOWN
        price, owed_to = offer.price, operator_of(bundle, offer.networks[0])
    return rights_actions.sell_pass(
        card=card, product=product, price=price, owed_to=owed_to, key=key, actor=actor, at=at
    )


def _passes_on(bundle: Bundle, on: date) -> tuple[Pass, ...]:
    begun = [tariff for tariff in bundle.tariffs if tariff.valid_from <= on]
    return max(begun, key=lambda tariff: tariff.valid_from).passes if begun else ()


def operator_of(bundle: Bundle, network: str) -> int:
    """Who runs a network: of several operators the one with most of its routes, then points.

    LookupError if nobody does.
    """
    for places in (bundle.routes, bundle.points):
        count: dict[int, int] = {}
        for place in places:
            if place.network == network:
                count[place.operator] = count.get(place.operator, 0) + 1
        if count:
            return max(count, key=lambda operator: (count[operator], -operator))
    raise LookupError(f"nobody runs the network {network}")
