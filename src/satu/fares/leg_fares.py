"""The leg step: what each effective leg costs by itself. Pure."""

from __future__ import annotations

from satu.fares.draft import Draft
from satu.fares.offers import charge_for
from satu.fares.prices import Option
from satu.kernel.refusal import WHOLE_CLASSES


def price_units(draft: Draft) -> None:
    """Give every unit its own fare, for the rider's category; of several options the cheapest."""
    category, medium = draft.rider.category, draft.rider.medium
    for index, unit in enumerate(draft.units):
        options = draft.prices[index].options(unit.leg, category, medium)
        option = options[0] if options else None
        if option is not None and not option.is_plain:
            option = _by_previous(draft, index, option)
        draft.options.append(options)
        draft.chosen.append(option)
        amount = 0 if option is None else option.amount
        draft.own.append(amount)
        draft.fares.append(amount)
        if draft.traces is not None:
            _trace(draft, index)


def _trace(draft: Draft, index: int) -> None:
    """Write down where a unit's own fare comes from."""
    members, option = draft.units[index].members, draft.chosen[index]
    draft.fares[index] = 0
    if len(members) > 1:
        networks = (draft.legs[members[0]].network, draft.legs[members[-1]].network)
        draft.change(index, "join", ">".join(networks), 0)
    if option is not None:
        draft.change(index, "leg", option.rule, option.amount)


def _by_previous(draft: Draft, index: int, option: Option) -> Option:
    """A charge that is the last complete fare on the network that day, if there was one."""
    leg = draft.units[index].leg
    network = draft.prices[index].networks[leg.network]
    charge = charge_for(network, leg)
    if charge is None or charge.kind != "previous":
        return option
    for before in range(index - 1, -1, -1):
        other, found = draft.units[before].leg, draft.chosen[before]
        if (
            found is not None
            and other.network == leg.network
            and other.day == leg.day
            and other.use_class in WHOLE_CLASSES
            and found.is_plain
        ):
            return option._replace(amount=found.amount, is_estimated=found.is_estimated)
    return option
