"""The pass step: legs that a period product covers cost nothing. Pure.

A covered leg stands aside from transfers and packages: its price is the pass. What a pass was
sold for is posted where it is sold, not here.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

import msgspec

from satu.fares.draft import Draft
from satu.fares.legs import Leg, PassHeld, RunningPass
from satu.fares.prices import MINUTE_MS
from satu.fares.tariff import Pass

DAY_MS = 1_440 * MINUTE_MS


class _Cover(NamedTuple):
    """A pass that can cover a leg, best first: one in use, the one that ends first, the oldest.

    One that nobody has used yet ends last of all: it is kept while another one runs.
    """

    is_new: bool
    end_ms: int
    id: int
    product: str
    activated_ms: int
    first: date


def apply_passes(draft: Draft) -> None:
    """Let the rider's passes cover legs that would cost something, in order."""
    held = draft.rider.passes
    if not (held or draft.before.passes):
        return
    ids = {one.id for one in held}
    used = {running.id: running for running in draft.before.passes if running.id in ids}
    for index, fare in enumerate(draft.fares):
        if fare and draft.is_plain(index):
            covers = [_cover(draft, index, one, used.get(one.id)) for one in held]
            best = min((cover for cover in covers if cover), default=None)
            if best is not None:
                rides = used[best.id].rides + 1 if best.id in used else 1
                used[best.id] = RunningPass(best.id, best.activated_ms, best.first, rides)
                _settle(draft, index, best.product)
    if draft.runs_on:
        running = tuple(used[number] for number in sorted(used))
        draft.after = msgspec.structs.replace(draft.after, passes=running)


def _settle(draft: Draft, index: int, product: str) -> None:
    draft.change(index, "pass", product, 0)
    option = draft.chosen[index]
    assert option is not None, "a leg without a price is not plain"
    draft.chosen[index] = option._replace(is_plain=False)


def _cover(draft: Draft, index: int, held: PassHeld, running: RunningPass | None) -> _Cover | None:
    """How a pass covers a unit; None: it does not, or the unit's version does not know it."""
    unit = draft.units[index]
    leg, members = unit.leg, unit.members
    rules = _rules(draft, index, held.product)
    if rules is None or leg.started_ms < held.bought_ms:
        return None
    if any(draft.legs[member].network not in rules.networks for member in members):
        return None
    is_new = running is None and rules.activation == "first_use"
    if running is not None:
        activated_ms, first, rides = running.activated_ms, running.first, running.rides
    elif is_new:
        activated_ms, first, rides = leg.started_ms, leg.day, 0
    else:
        activated_ms, first, rides = held.bought_ms, held.bought_on, 0
    is_used_up = rules.rides is not None and rides >= rules.rides
    if is_used_up or not _runs(rules, activated_ms, first, leg):
        return None
    end_ms = _end_ms(rules, activated_ms)
    return _Cover(is_new, end_ms, held.id, held.product, activated_ms, first)


def _rules(draft: Draft, index: int, product: str) -> Pass | None:
    passes = draft.prices[index].tariff.passes
    return next((one for one in passes if one.product == product), None)


def _runs(rules: Pass, activated_ms: int, first: date, leg: Leg) -> bool:
    """Whether an activated pass still runs when a leg begins."""
    if rules.whole_days:
        return leg.day < first + timedelta(days=rules.whole_days)
    return leg.started_ms <= activated_ms + rules.minutes * MINUTE_MS


def _end_ms(rules: Pass, activated_ms: int) -> int:
    """When a pass ends, or about when, to tell which of several ends first."""
    return activated_ms + rules.minutes * MINUTE_MS + rules.whole_days * DAY_MS
