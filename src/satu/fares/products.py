"""A tariff's products made ready: which rows a rider may have, and what leg rules offer. Pure."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from satu.fares.amounts import Amount, amount_of
from satu.fares.tariff import Flat, Product, Tariff


class Option(NamedTuple):
    """One way to pay for a leg. `is_plain`: its own price, not one for a missing tap.

    `leg_rule` is the number of the tariff's leg rule that offers it (-1: a charge, no rule);
    `rule` is its name in traces: "product:ID", or the reason of a charge.
    """

    amount: int
    product: str
    medium: str
    leg_group: str
    is_plain: bool
    is_transfer_only: bool
    rule: str
    is_estimated: bool = False
    leg_rule: int = -1


class Offer(NamedTuple):
    """A product that a leg rule asks for, with the price of the row that fits the rider.

    `options` remembers what came of it: there are few different amounts.
    """

    amount: Amount
    product: str
    medium: str
    leg_group: str
    is_transfer_only: bool
    leg_rule: int
    options: dict[tuple[int, bool], Option]

    def option(self, amount: int, is_estimated: bool) -> Option:
        """The offer at what it comes to for a leg."""
        key = (amount, is_estimated)
        option = self.options.get(key)
        if option is None:
            option = self.options[key] = Option(
                amount,
                self.product,
                self.medium,
                self.leg_group,
                True,
                self.is_transfer_only,
                f"product:{self.product}",
                is_estimated,
                self.leg_rule,
            )
        return option


class Products:
    """Every product of a tariff, by rider category and medium ("" is any medium)."""

    def __init__(self, tariff: Tariff) -> None:
        self._leg_rules = tariff.leg_rules
        self._rows: dict[str, list[tuple[Product, Amount]]] = {}
        for row in tariff.products:
            self._rows.setdefault(row.id, []).append((row, amount_of(row.price)))
        self._fitting = cache(self._fit)
        self.offers = cache(self._offer)

    def flat_amount(self, product: str, category: str, medium: str) -> int | None:
        """The least that a rider can have a flat product for; None: not at all."""
        rows = self._fitting(product, category, medium)
        amounts = (row.price.amount for row, _ in rows if isinstance(row.price, Flat))
        return min(amounts, default=None)

    def _offer(self, leg_rule: int, category: str, medium: str) -> tuple[Offer, ...]:
        """What a leg rule, by its number, offers to a category on a medium."""
        rule = self._leg_rules[leg_rule]
        return tuple(
            Offer(amount, row.id, row.medium, rule.leg_group, rule.is_transfer_only, leg_rule, {})
            for row, amount in self._fitting(rule.product, category, medium)
        )

    def _fit(self, product: str, category: str, medium: str) -> list[tuple[Product, Amount]]:
        """The rows of a product for a rider, the most specific one for each medium.

        A row that names the category goes before one for everybody, then one that names the
        medium before one for any.
        """
        rows = [one for one in self._rows.get(product, ()) if one[0].category in ("", category)]
        media = [medium] if medium else list(dict.fromkeys(row.medium for row, _ in rows))
        found: dict[int, tuple[Product, Amount]] = {}
        for one in media:
            fit = [number for number, (row, _) in enumerate(rows) if row.medium in ("", one)]
            if fit:
                best = max(fit, key=lambda n: (rows[n][0].category != "", rows[n][0].medium != ""))
                found[best] = rows[best]
        return [found[number] for number in sorted(found)]
