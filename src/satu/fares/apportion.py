"""How an amount that several legs cost together is shared out. Pure, whole numbers only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import lcm
from typing import NamedTuple

from satu.fares.legs import Leg
from satu.fares.tariff import Apportionment, Tariff


class Part(NamedTuple):
    """A leg that takes part: its stand-alone price, and what it was charged among the others."""

    leg: Leg
    own: int
    charged: int


def shared_of(tariff: Tariff) -> dict[str, Apportionment]:
    """By scope, the apportionments that do more than leave each leg what it was charged."""
    return {
        one.scope: one for one in tariff.apportionments if one.method != "incremental" or one.bearer
    }


def split(total: int, weights: Sequence[int]) -> list[int]:
    """Whole parts of an amount by weight; what is left over goes to the largest fractions first.

    Of equal fractions the first gets it. If nothing weighs anything, all weigh the same.
    """
    whole = sum(weights)
    if not whole:
        weights, whole = [1] * len(weights), len(weights)
    parts = [total * weight // whole for weight in weights]
    by_fraction = sorted(range(len(weights)), key=lambda i: -(total * weights[i] % whole))
    for index in by_fraction[: total - sum(parts)]:
        parts[index] += 1
    return parts


def owed(rules: Apportionment, parts: Sequence[Part]) -> list[int]:
    """What each leg's operator is owed; sums to what all were charged.

    A bearer's legs bear the discount first, up to their own fares; what goes beyond is spread
    over the others as the method says, and so is everything if there is no discount.
    """
    total = sum(part.charged for part in parts)
    weights = _weights(rules, parts)
    borne = [part.leg.network == rules.bearer for part in parts]
    if not any(borne) or total >= sum(part.own for part in parts):
        return split(total, weights)
    others = sum(part.own for part, bears in zip(parts, borne, strict=True) if not bears)
    if others > total:
        others_weigh = [0 if bears else w for w, bears in zip(weights, borne, strict=True)]
        return _split_among(total, others_weigh, [not bears for bears in borne])
    bearers = _split_among(
        total - others,
        [part.own if bears else 0 for part, bears in zip(parts, borne, strict=True)],
        borne,
    )
    return [
        bearer if bears else part.own
        for part, bearer, bears in zip(parts, bearers, borne, strict=True)
    ]


def filled(
    fares: Sequence[int], sources: Sequence[tuple[int, int]]
) -> list[tuple[tuple[int, int], ...]]:
    """Each fare made up of what is owed, in order: (operator, amount) pairs that sum to it.

    `sources` are such pairs too; they and the fares have the same sum.
    """
    assert sum(fares) == sum(amount for _, amount in sources), "all that is charged is owed"
    ahead = iter(sources)
    operator, amount = 0, 0
    found = []
    for fare in fares:
        shares: Counter[int] = Counter()
        while fare:
            if not amount:
                operator, amount = next(ahead)
            taken = min(fare, amount)
            if taken:
                shares[operator] += taken
            fare, amount = fare - taken, amount - taken
        found.append(tuple(shares.items()))
    return found


def _split_among(total: int, weights: Sequence[int], takes_part: Sequence[bool]) -> list[int]:
    """`split` over some of the legs only, even if none of them weighs anything."""
    places = [index for index, takes in enumerate(takes_part) if takes]
    found = [0] * len(weights)
    for index, part in zip(places, split(total, [weights[i] for i in places]), strict=True):
        found[index] = part
    return found


def _weights(rules: Apportionment, parts: Sequence[Part]) -> list[int]:
    match rules.method:
        case "incremental":
            return [part.charged for part in parts]
        case "standalone":
            return [part.own for part in parts]
        case "distance":
            return [part.leg.metres or 0 for part in parts]
        case "fixed":
            return _fixed(dict(rules.parts), parts)


def _fixed(of_network: dict[str, int], parts: Sequence[Part]) -> list[int]:
    """A network's parts, divided equally between its legs; a network without parts has none."""
    times = Counter(part.leg.network for part in parts)
    common = lcm(*times.values())
    networks = [part.leg.network for part in parts]
    return [of_network.get(name, 0) * common // times[name] for name in networks]
