"""Folding a card's linked days: append a tap, or fold again from a late one on. Pure.

Days are given oldest first and returned as new values. Whatever order taps arrive in, the days
end the same: a day is a function of its taps, in order, and of what the day before handed on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import msgspec
from msgspec.structs import replace

from satu.services.base import Rider, Step, TapSeen, service_for, service_named
from satu.services.rules import Rules
from satu.taps import day as days
from satu.taps.day import NOTHING_CARRIED, Day, TapKey

NEXT = timedelta(days=1)


class Folding(msgspec.Struct, frozen=True):
    """What folds need to know besides taps."""

    rules: Rules
    rider: Rider


class Folded(msgspec.Struct, frozen=True):
    """The days that changed, oldest first, and the steps of the taps that were added."""

    days: list[Day]
    steps: dict[int, Step]


def key_of(tap: TapSeen) -> TapKey:
    return TapKey(tap.at_ms, tap.id)


def is_next(latest: Day | None, on: date, tap: TapSeen) -> bool:
    """Whether a tap comes after everything folded so far, so that it can simply be appended."""
    if latest is None or on > latest.day:
        return True
    return on == latest.day and not latest.is_closed and key_of(tap) > latest.last


def append(folding: Folding, latest: Day | None, on: date, tap: TapSeen) -> Folded:
    """Fold a tap that `is_next`; a day that ended is closed on the way."""
    changed: list[Day] = []
    if latest is None:
        current = days.begin(on, NOTHING_CARRIED, folding.rules, folding.rider)
    elif latest.day == on:
        current = latest
    else:
        ended, carried = _end(folding, latest, until=on)
        changed += ended
        current = days.begin(on, carried, folding.rules, folding.rider)
    current, step = _fold(folding, current, tap)
    return Folded([*changed, current], {tap.id: step})


def refold(
    folding: Folding,
    stored: Sequence[Day],
    seen: Mapping[int, TapSeen],
    on: date,
    *,
    add: Sequence[TapSeen] = (),
    remove: int | None = None,
) -> Folded:
    """Fold again from the day `on`, with more taps or one less, as far as anything changes.

    `stored` are the card's days from the one before `on`; `seen` has the taps folded in them.
    """
    earlier = [day for day in stored if day.day < on]
    rest = [day for day in stored if day.day >= on]
    changed: list[Day] = []
    carried = NOTHING_CARRIED
    if earlier:
        ended, carried = _end(folding, earlier[-1], until=on)
        changed += ended
    kept = {day.day: day for day in rest}
    on_taps = {tap: seen[tap] for tap in kept[on].taps} if on in kept else {}
    on_taps |= {tap.id: tap for tap in add}
    if remove is not None:
        del on_taps[remove]
    current, steps = _fold_all(folding, on, kept.get(on), carried, on_taps)
    later = [day for day in rest if day.day > on]
    for index in range(len(later) + 1):
        following = later[index] if index < len(later) else None
        if following is None and not (current.day in kept and kept[current.day].is_closed):
            changed.append(current)
            break
        ended, carried = _end(folding, current, until=following.day if following else None)
        changed += ended
        if following is None or following.carried_in == carried:
            break
        taps = {tap: seen[tap] for tap in following.taps}
        current, _ = _fold_all(folding, following.day, following, carried, taps)
    return Folded(changed, {tap.id: steps[tap.id] for tap in add})


def close(folding: Folding, latest: Day) -> Folded:
    """End a card's newest day; what stays open begins the next."""
    ended, _ = _end(folding, latest, until=None)
    return Folded(ended, {})


def _fold(folding: Folding, day: Day, tap: TapSeen) -> tuple[Day, Step]:
    service = service_for(folding.rules.points[tap.point].kind)
    name = service.name
    state = day.states.get(name)
    if state is None:
        state = service.start(None)
    step = service.fold(folding.rules, state, tap, folding.rider)
    return (
        Day(
            day.day,
            day.revision,
            key_of(tap),
            (*day.taps, tap.id),
            day.carried_in,
            {**day.states, name: step.state},
            {**day.uses, name: step.uses},
            day.holds,
            day.postings,
            False,
        ),
        step,
    )


def _fold_all(
    folding: Folding,
    on: date,
    stored: Day | None,
    carried: bytes,
    taps: Mapping[int, TapSeen],
) -> tuple[Day, dict[int, Step]]:
    """A day from its beginning; keeps the stored day's revision, holds and postings."""
    current = days.begin(on, carried, folding.rules, folding.rider)
    if stored is not None:
        current = replace(
            current, revision=stored.revision, holds=stored.holds, postings=stored.postings
        )
    steps: dict[int, Step] = {}
    for tap in sorted(taps.values(), key=key_of):
        current, steps[tap.id] = _fold(folding, current, tap)
    return current, steps


def _end(folding: Folding, day: Day, *, until: date | None) -> tuple[list[Day], bytes]:
    """Close a day and, while something stays open, the empty days after it, up to `until`.

    Returns the days that this made or changed and what the last hands on. Without `until` an
    open end begins one more day, which stays open for its own closing.
    """
    changed: list[Day] = []
    current = day
    while True:
        if not current.is_closed:
            current = _closed(folding, current)
            changed.append(current)
        end_ms = folding.rules.calendar.end_ms(current.day)
        carried = days.carry(current, end_ms)
        following = days.begin(current.day + NEXT, carried, folding.rules, folding.rider)
        if not following.is_open or following.day == until:
            return changed, carried
        if until is None:
            return [*changed, following], carried
        current = following


def _closed(folding: Folding, day: Day) -> Day:
    end_ms = folding.rules.calendar.end_ms(day.day)
    states, uses = dict(day.states), dict(day.uses)
    for name, state in day.states.items():
        step = service_named(name).close(folding.rules, state, end_ms, folding.rider)
        states[name] = step.state
        uses[name] = step.uses
    return replace(day, states=states, uses=uses, is_closed=True)
