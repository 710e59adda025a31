"""What riders' categories, passes and kinds of cards are called, by the tariffs in force."""

from __future__ import annotations

from satu.cards.shown import product_names
from satu.fares.words import Phrases, plain
from satu.ledger.actions import raw_connection
from satu.services.rules import Rules
from satu.taps.looking import rules_in_force
from satu.taps.places import NoCityLoaded
from satu.web.said import say


def city_rules() -> Rules | None:
    """The city's rules in force; None: no city is loaded."""
    try:
        return rules_in_force(raw_connection())
    except NoCityLoaded:
        return None


def category_words() -> dict[str, str]:
    """The categories that some tariff knows, by code, in the page's language."""
    rules = city_rules()
    if rules is None:
        return {}
    found: dict[str, str] = {}
    for tariff in rules.bundle.tariffs:
        phrases = Phrases(tariff)
        for category in tariff.categories:
            found[category.name] = say(phrases.category(category.name))
    return found


def product_words() -> dict[str, str]:
    """Kinds of cards and the tariffs' passes, by code, in the page's language."""
    rules = city_rules()
    tariffs = rules.bundle.tariffs if rules else ()
    passes = {one.product: one.name or plain(one.product) for t in tariffs for one in t.passes}
    return passes | {code: say(words) for code, words in product_names().items()}


def usual_category() -> str:
    """The category of who has none of the others."""
    rules = city_rules()
    tariffs = rules.bundle.tariffs if rules else ()
    known = [one for tariff in tariffs for one in tariff.categories]
    return next((one.name for one in reversed(known) if one.is_default), "adult")
