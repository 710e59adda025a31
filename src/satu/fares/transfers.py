"""The transfer step: a change of vehicle costs what a transfer rule says. Pure.

Fares v2's types: 0 is A + AB, 1 is A + AB + B, 2 is AB; a later change of a chain adds to what
the chain cost before. Of a leg's options and the rules that lead to them the cheapest applies.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from satu.fares.concessions import Way, categories_of, reduced, ways
from satu.fares.draft import Draft
from satu.fares.durations import elapsed_ms
from satu.fares.legs import Leg, RunningTransfer
from satu.fares.prices import Prices
from satu.fares.tariff import TransferRule

MOST_LINKS = 16  # ways to go on from one leg that are kept; they differ in product or medium
BEFORE = -1  # the unit of an earlier day


class _Link(NamedTuple):
    """A leg that a transfer can start from, as one of the options that it was paid by."""

    run: RunningTransfer
    unit: int


class _Change(NamedTuple):
    """One way to pay for a unit: `fare`, and by how much that lowers the unit before.

    Without a rule there is no transfer; then it goes on from `link` only if it stands aside.
    """

    cost: int
    fare: int
    lowers: int
    way: Way
    link: _Link | None
    rule: TransferRule | None


def apply_transfers(draft: Draft) -> None:
    """Price changes between units, in order, each by the rules in force when it began.

    Units whose price is one for a missing tap, or was moved by a pass, neither give nor get a
    transfer. Type 2 and discounts can lower the unit before, if it is this day's.
    """
    links = [_Link(run, BEFORE) for run in draft.before.transfers]
    is_apart = not links and not _any_in_time(draft)
    if is_apart and not draft.runs_on:
        return
    taking_part = [index for index in range(len(draft.units)) if _takes_part(draft, index)]
    if is_apart:
        taking_part = taking_part[-1:]  # the others are too long ago for any later leg
    steps = draft.prices[-1].steps
    is_conceded = "entitlement" in steps[: steps.index("transfer")]
    for index in taking_part:
        found = ways(draft, index) if is_conceded else _unconceded(draft, index)
        if found[0].fare == draft.fares[index]:
            best = _moved(draft, index, found, links)
            if draft.runs_on or index != taking_part[-1]:
                links = _onward(draft, index, best, links)
    if draft.runs_on and (links or draft.after.transfers):
        runs = tuple(_until(link.run, draft.prices[-1]) for link in links)
        draft.after = msgspec.structs.replace(draft.after, transfers=runs)


def _any_in_time(draft: Draft) -> bool:
    """Whether any unit begins so soon after others that a rule may lead on."""
    units = draft.units
    if len(units) < 2:
        return False
    arrived_ms = max(units[0].leg.started_ms, units[0].leg.ended_ms)
    for index in range(1, len(units)):
        leg = units[index].leg
        if leg.started_ms - arrived_ms <= draft.prices[index].transfers.longest_ms:
            return True
        arrived_ms = max(arrived_ms, leg.started_ms, leg.ended_ms)
    return False


def _takes_part(draft: Draft, index: int) -> bool:
    """Whether a unit's price is its own, and one of the ways to pay for it knows transfers."""
    rules = draft.prices[index].transfers
    if not rules or not draft.is_plain(index):
        return False
    if draft.rider.entitlements:
        return True
    return any(rules.names(option.leg_group) for option in draft.options[index])


def _unconceded(draft: Draft, index: int) -> list[Way]:
    category = draft.rider.category
    return [Way(option.amount, option, category, False) for option in draft.options[index]]


def _moved(draft: Draft, index: int, found: list[Way], links: list[_Link]) -> list[_Change]:
    """Choose how a unit is paid and write its fare; all ways that cost as little, best first."""
    best: list[_Change] = []
    for way in found:
        for one in _changes(draft, index, way, links):
            if not best or one.cost < best[0].cost:
                best = [one]
            elif one.cost == best[0].cost:
                best.append(one)
    if len(best) > 1:
        best.sort(key=lambda one: one.rule is None)
    if best and best[0].rule is not None:
        _write(draft, index, best[0])
    return best


def _onward(draft: Draft, index: int, best: list[_Change], links: list[_Link]) -> list[_Link]:
    """The links that the unit after this one can go on from."""
    rules = draft.prices[index].transfers
    going_on: dict[RunningTransfer, _Link] = {}
    for one in best:
        group = one.way.option.leg_group
        if rules.onward(group):
            run = _run(draft.units[index].leg, one, draft.own[index])
            going_on[run] = _Link(run, index)
        elif one.rule is None and not rules.names(group):
            going_on.update({link.run: link for link in links})
    return list(going_on.values())[:MOST_LINKS]


def _changes(draft: Draft, index: int, way: Way, links: list[_Link]) -> list[_Change]:
    """The ways to pay a unit by one option: by the rules that fit, else by itself."""
    prices, leg = draft.prices[index], draft.units[index].leg
    changes = [
        _change(draft, index, way, link, rule)
        for link in links
        for rule in _fitting(prices, link.run, way, leg, draft.rider.medium)
    ]
    if not changes and not way.option.is_transfer_only:
        changes.append(_Change(way.fare, way.fare, 0, way, None, None))
    return changes


def _fitting(
    prices: Prices, run: RunningTransfer, way: Way, leg: Leg, medium: str
) -> list[TransferRule]:
    """The rules for a change; of those that count changes, only the shortest that spans it."""
    option = way.option
    is_same = run.leg_group == option.leg_group
    fitting = [
        rule
        for rule in prices.transfers.between(run.leg_group, option.leg_group)
        if (not rule.filter_product or run.product == option.product == rule.filter_product)
        and (not rule.same_product or run.product == option.product)
        and (rule.any_medium or run.medium == option.medium)
        and not (rule.other_network and run.network == leg.network)
        and _is_in_time(rule, run, is_same, leg, prices)
        and (not is_same or rule.count <= 0 or rule.count > run.count)
        and _is_sold(prices, rule, way, medium)
    ]
    if is_same and len(fitting) > 1:
        spans = min(_span(rule) for rule in fitting)
        fitting = [rule for rule in fitting if _span(rule) == spans]
    return fitting


def _is_sold(prices: Prices, rule: TransferRule, way: Way, medium: str) -> bool:
    """Whether the rider can have the product of a change; each category may have its own rule."""
    if not rule.product:
        return True
    return prices.product_amount(rule.product, way.category, medium) is not None


def _span(rule: TransferRule) -> float:
    return rule.count if rule.count > 0 else float("inf")


def _is_in_time(
    rule: TransferRule, run: RunningTransfer, is_same: bool, leg: Leg, prices: Prices
) -> bool:
    if not rule.duration_s:
        return leg.started_ms - max(run.started_ms, run.ended_ms) <= prices.gap_ms
    since = _since(rule, run, is_same)
    return elapsed_ms(rule.duration_type, *since, leg) <= rule.duration_s * 1000


def _since(rule: TransferRule, run: RunningTransfer, is_same: bool) -> tuple[int, int]:
    """The departure and arrival that a rule's duration is reckoned from."""
    if rule.from_first:
        return run.chain_started_ms, run.chain_started_ms
    if is_same:
        return run.first_started_ms, run.first_ended_ms
    return run.started_ms, run.ended_ms


def _change(draft: Draft, index: int, way: Way, link: _Link, rule: TransferRule) -> _Change:
    """What a unit costs by a rule. Concessions apply to what the change adds."""
    prices, leg, rider = draft.prices[index], draft.units[index].leg, draft.rider
    amount = prices.product_amount(rule.product, way.category, rider.medium) or 0
    if rule.kind == 1:
        amount += way.option.amount
    elif rule.kind == 2:
        amount -= link.run.given
    if amount > 0 and way.is_conceded:
        amount = reduced(prices, leg, categories_of(rider, leg), way.category, amount)
    lowers = _given_back(draft, link, -amount) if amount < 0 else 0
    fare = max(0, amount)
    return _Change(fare - lowers, fare, lowers, way, link, rule)


def _given_back(draft: Draft, link: _Link, amount: int) -> int:
    """What a change takes off the unit before it: all, or its share of what that costs in full."""
    if link.unit == BEFORE:
        return 0
    fare, full = draft.fares[link.unit], link.run.given
    if not full:
        return min(amount, fare)
    return fare - fare * max(0, full - amount) // full


def _write(draft: Draft, index: int, change: _Change) -> None:
    link = change.link
    assert link is not None
    name = f"{link.run.leg_group}>{change.way.option.leg_group}"
    draft.chosen[index] = change.way.option
    draft.change(index, "transfer", name, change.fare)
    if change.lowers:
        fare = draft.fares[link.unit] - change.lowers
        draft.change(link.unit, "transfer", name, fare)


def _run(leg: Leg, change: _Change, own: int) -> RunningTransfer:
    """The chain after a leg. What a rule of type 2 can replace is its first leg's own fare."""
    option, link = change.way.option, change.link
    since, count = (leg.started_ms, leg.ended_ms), 0
    if link is not None and link.run.leg_group == option.leg_group:
        since = link.run.first_started_ms, link.run.first_ended_ms
        count = link.run.count + 1
    return RunningTransfer(
        leg_group=option.leg_group,
        product=option.product,
        medium=option.medium,
        started_ms=leg.started_ms,
        ended_ms=leg.ended_ms,
        first_started_ms=since[0],
        first_ended_ms=since[1],
        count=count,
        given=own if link is None else 0,
        until_ms=0,
        network=leg.network,
        chain_started_ms=leg.started_ms if link is None else link.run.chain_started_ms,
    )


def _until(run: RunningTransfer, prices: Prices) -> RunningTransfer:
    """A chain that knows until when a leg can begin that goes on with it."""
    until_ms = run.until_ms
    for rule in prices.transfers.onward(run.leg_group):
        since = _since(rule, run, rule.to_group == run.leg_group)
        if not rule.duration_s:
            last_ms = max(run.started_ms, run.ended_ms) + prices.gap_ms
        elif rule.duration_type in (0, 1):
            last_ms = since[0] + rule.duration_s * 1000
        else:
            last_ms = max(since) + rule.duration_s * 1000
        until_ms = max(until_ms, last_ms)
    return msgspec.structs.replace(run, until_ms=until_ms)
