"""What a product's price comes to for a leg: flat, from a table, or by distance. Pure."""

from __future__ import annotations

from satu.fares.legs import Leg
from satu.fares.tariff import Distance, Flat, Price, Rounding, Table


def rounded_units(quantity: int, unit: int, rounding: Rounding) -> int:
    """How many units a quantity comes to; halves go up. Both are whole and not negative."""
    if rounding == "up":
        return -(-quantity // unit)
    if rounding == "nearest":
        return (quantity + unit // 2) // unit
    return quantity // unit


class FlatAmount:
    """One amount, whatever the leg."""

    is_flat = True
    is_by_metres = False

    def __init__(self, price: Flat) -> None:
        self.amount = price.amount

    def of(self, leg: Leg) -> int | None:
        return self.amount

    def dearest(self, areas_in: tuple[str, ...], areas_out: tuple[str, ...]) -> int:
        return self.amount


class TableAmount:
    """A directional table. Of several areas of a stop the cheapest pair counts."""

    is_flat = False
    is_by_metres = False

    def __init__(self, price: Table) -> None:
        self.amounts = {(a, b): amount for a, b, amount in price.rows}
        self.dearest_of_all = max(self.amounts.values(), default=0)
        self.dearest_from: dict[str, int] = {}
        self.dearest_to: dict[str, int] = {}
        for (area_in, area_out), amount in self.amounts.items():
            self.dearest_from[area_in] = max(amount, self.dearest_from.get(area_in, 0))
            self.dearest_to[area_out] = max(amount, self.dearest_to.get(area_out, 0))

    def of(self, leg: Leg) -> int | None:
        """None: a pair that the table does not know."""
        if len(leg.areas_in) == 1 and len(leg.areas_out) == 1:
            return self.amounts.get((leg.areas_in[0], leg.areas_out[0]))
        pairs = ((a, b) for a in leg.areas_in for b in leg.areas_out)
        return min((self.amounts[pair] for pair in pairs if pair in self.amounts), default=None)

    def dearest(self, areas_in: tuple[str, ...], areas_out: tuple[str, ...]) -> int:
        """The dearest from the known entry, or to the known exit; else of the whole table."""
        found = [self.dearest_from[area] for area in areas_in if area in self.dearest_from]
        found = found or [self.dearest_to[area] for area in areas_out if area in self.dearest_to]
        return max(found, default=self.dearest_of_all)


class DistanceAmount:
    """By the metres of the leg."""

    is_flat = False
    is_by_metres = True

    def __init__(self, price: Distance) -> None:
        self.price = price
        self.dearest_of_all = self.by(price.longest_m) if price.cap is None else price.cap

    def by(self, metres: int) -> int:
        """The amount for so many metres."""
        price = self.price
        units = rounded_units(metres, price.unit_m, price.rounding)
        steps = -(-max(0, units - price.base_units) // price.step_units)
        amount = price.base + price.step * steps
        return amount if price.cap is None else min(amount, price.cap)

    def of(self, leg: Leg) -> int | None:
        """None: nobody knows how far it was."""
        return None if leg.metres is None else self.by(leg.metres)

    def dearest(self, areas_in: tuple[str, ...], areas_out: tuple[str, ...]) -> int:
        return self.dearest_of_all


Amount = FlatAmount | TableAmount | DistanceAmount


def amount_of(price: Price) -> Amount:
    """A price made ready to be asked."""
    match price:
        case Flat():
            return FlatAmount(price)
        case Table():
            return TableAmount(price)
        case Distance():
            return DistanceAmount(price)
