"""The package step: several networks at one price by distance (Kepgub DKI 733/2022). Pure.

A leg is charged what the package costs with it less what it cost before; how the operators share
the whole is told by `satu.fares.shares`.
"""

from __future__ import annotations

import msgspec

from satu.fares.amounts import rounded_units
from satu.fares.draft import Draft
from satu.fares.legs import Leg, RunningPackage
from satu.fares.prices import MINUTE_MS
from satu.fares.tariff import Package


def apply_packages(draft: Draft) -> None:
    """Gather units into packages, in order, and replace their fares where the package applies."""
    if not (draft.runs_on or _may_apply(draft)):
        return
    groups = _resumed(draft)
    for index, unit in enumerate(draft.units):
        found = draft.prices[index].package_of.get(unit.leg.network)
        if found is None or not draft.is_plain(index):
            continue
        rules, mode = found
        group = groups.get(rules.name)
        if group is None or not group.fits(unit.leg):
            group = groups[rules.name] = _next_group(group, rules, unit.leg, draft)
        group.add(index, draft, mode)
    for group in groups.values():
        group.settle(draft)
    if draft.runs_on and (groups or draft.before.packages):
        running = tuple([groups[name].running() for name in sorted(groups)])
        draft.after = msgspec.structs.replace(draft.after, packages=running)


def _may_apply(draft: Draft) -> bool:
    """Whether there are modes enough for any package; most days know only one."""
    if draft.before.packages:
        return True
    modes: set[tuple[str, str]] = set()
    prices = draft.prices[0]
    for leg in draft.legs:
        found = prices.package_of.get(leg.network)
        if found is not None:
            modes.add((found[0].name, found[1]))
            if len(modes) > 1 or found[0].min_modes == 1:
                return True
    return prices is not draft.prices[-1]


class _Group:
    """Legs of one package. A leg's fare stays its own until the package applies.

    When a journey outlasts its package, the leg that did so begins a group that goes on from it:
    `surcharge` is what the package before lacked to its cap, `own_before` what it lacked to its
    legs' own fares, so that the whole journey is compared. `own_owed` is that until a day has
    charged it. `given` is what is charged for good: by earlier days at first, by all legs once
    the group is settled.
    """

    __slots__ = (
        "given",
        "is_continued",
        "is_estimated",
        "last_ms",
        "members",
        "metres",
        "modes",
        "own",
        "own_owed",
        "rules",
        "started_ms",
        "surcharge",
        "unknown",
    )

    def __init__(
        self,
        rules: Package,
        started_ms: int,
        surcharge: int = 0,
        own_before: int = 0,
        is_continued: bool = False,
    ) -> None:
        self.rules = rules
        self.started_ms = self.last_ms = started_ms
        self.surcharge = surcharge
        self.is_continued = is_continued
        self.is_estimated = False
        self.modes: set[str] = set()
        self.metres = self.unknown = self.given = 0
        self.own = self.own_owed = own_before
        # (index of the unit; metres, unknown and is_estimated with it)
        self.members: list[tuple[int, int, int, bool]] = []

    def end_ms(self) -> int:
        return self.started_ms + self.rules.duration_minutes * MINUTE_MS

    def fits(self, leg: Leg) -> bool:
        return max(leg.started_ms, leg.ended_ms) <= self.end_ms()

    def is_package(self) -> bool:
        return self.is_continued or len(self.modes) >= self.rules.min_modes

    def is_outlasted_by(self, leg: Leg) -> bool:
        """Whether a leg that does not fit goes on with this package's journey."""
        change_ms = self.rules.change_minutes * MINUTE_MS
        went_on = leg.started_ms <= max(self.end_ms(), self.last_ms + change_ms)
        return went_on and self.is_package()

    def add(self, index: int, draft: Draft, mode: str) -> None:
        unit, own = draft.units[index], draft.fares[index]
        leg = unit.leg
        self.modes.add(mode)
        if len(unit.members) > 1:
            self._add_modes(index, draft)
        self.last_ms = max(self.last_ms, leg.started_ms, leg.ended_ms)
        self.own += own
        if leg.metres is None:
            self.unknown += own
        else:
            self.metres += leg.metres
            self.is_estimated = self.is_estimated or leg.is_estimated
        self.members.append((index, self.metres, self.unknown, self.is_estimated))

    def _add_modes(self, index: int, draft: Draft) -> None:
        """The modes of all legs of a joined unit."""
        package_of = draft.prices[index].package_of
        for member in draft.units[index].members:
            found = package_of.get(draft.legs[member].network)
            if found is not None and found[0].name == self.rules.name:
                self.modes.add(found[1])

    def price(self, metres: int, unknown: int) -> int:
        """What legs cost as a package that come to so many metres, and fares of unknown length."""
        rules = self.rules
        units = rounded_units(metres, rules.unit_m, rules.rounding)
        by_distance = rules.base + rules.per_unit * units + unknown
        return self.surcharge + min(rules.cap, by_distance)

    def applies(self) -> bool:
        if not self.is_package():
            return False
        return self.rules.when == "always" or self.price(self.metres, self.unknown) < self.own

    def settle(self, draft: Draft) -> None:
        """Write the fares of today's units, once all units of the group are known."""
        if not self.members:
            return
        name = self.rules.name
        if not self.applies():
            first = self.members[0][0]
            if self.own_owed:
                draft.change(first, "package", name, draft.fares[first] + self.own_owed)
            self.given = self.own
            return
        for index, metres, unknown, is_estimated in self.members:
            added = max(0, self.price(metres, unknown) - self.given)
            draft.change(index, "package", name, added, is_estimated)
            self.given += added
        draft.packages.append((name, [member[0] for member in self.members]))

    def running(self) -> RunningPackage:
        """What the next day must know. Only called on a group that is settled."""
        return RunningPackage(
            name=self.rules.name,
            started_ms=self.started_ms,
            last_ms=self.last_ms,
            until_ms=max(self.end_ms(), self.last_ms + self.rules.change_minutes * MINUTE_MS),
            modes=tuple(sorted(self.modes)),
            metres=self.metres,
            unknown=self.unknown,
            surcharge=self.surcharge,
            is_continued=self.is_continued,
            given=self.given,
            is_estimated=self.is_estimated,
        )


def _resumed(draft: Draft) -> dict[str, _Group]:
    """The packages that earlier days handed on, by the rules now in force."""
    rules_of = {package.name: package for package in draft.prices[0].tariff.packages}
    groups = {}
    for running in draft.before.packages:
        if running.name not in rules_of:
            continue
        group = _Group(
            rules_of[running.name],
            running.started_ms,
            running.surcharge,
            is_continued=running.is_continued,
        )
        group.last_ms = running.last_ms
        group.is_estimated = running.is_estimated
        group.modes = set(running.modes)
        group.metres, group.unknown = running.metres, running.unknown
        group.own = group.given = running.given
        groups[running.name] = group
    return groups


def _next_group(group: _Group | None, rules: Package, leg: Leg, draft: Draft) -> _Group:
    """The group that a leg begins, perhaps going on from the one before."""
    if group is None:
        return _Group(rules, leg.started_ms)
    group.settle(draft)
    if not group.is_outlasted_by(leg):
        return _Group(rules, leg.started_ms)
    surcharge = max(0, group.surcharge + rules.cap - group.given)
    return _Group(rules, leg.started_ms, surcharge, group.own - group.given, is_continued=True)
