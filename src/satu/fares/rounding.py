"""The rounding step: fares in the steps that a city takes money in. Pure."""

from __future__ import annotations

from satu.fares.amounts import rounded_units
from satu.fares.draft import Draft
from satu.fares.tariff import Rounding


def apply_rounding(draft: Draft) -> None:
    """Round every fare to a multiple of its version's `round_to`; halves of "nearest" go up."""
    for index, fare in enumerate(draft.fares):
        tariff = draft.prices[index].tariff
        if fare % tariff.round_to:
            to = rounded(fare, tariff.round_to, tariff.rounding)
            draft.change(index, "rounding", f"{tariff.rounding}:{tariff.round_to}", to)


def rounded(amount: int, round_to: int, rounding: Rounding) -> int:
    """An amount of money, not negative, as a multiple of `round_to`."""
    if round_to == 1:
        return amount
    return rounded_units(amount, round_to, rounding) * round_to
