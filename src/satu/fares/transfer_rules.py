"""Which transfer rules lead from one leg group to another, as in GTFS Fares v2. Pure."""

from __future__ import annotations

from satu.fares.tariff import Tariff, TransferRule


class TransferRules:
    """A tariff's transfer rules, ready to be asked.

    An empty group of a rule stands for the groups of leg rules that no transfer rule lists on
    that side. A leg without a group has no transfers. `longest_ms`: no rule leads further than
    that from an arrival to the next departure.
    """

    def __init__(self, tariff: Tariff) -> None:
        self.rules = tariff.transfers
        gap_s = tariff.journey_gap_minutes * 60
        self.longest_ms = max((rule.duration_s or gap_s for rule in self.rules), default=0) * 1000
        self._from = frozenset(rule.from_group for rule in self.rules) - {""}
        self._to = frozenset(rule.to_group for rule in self.rules) - {""}
        self._between: dict[tuple[str, str], tuple[TransferRule, ...]] = {}
        groups = {rule.leg_group for rule in tariff.leg_rules} - {""}
        self._onward = {group: self._onward_from(group) for group in groups}
        self._taking_part = {
            group
            for group in groups
            if self._onward[group]
            or any(_is_group(rule.to_group, group, self._to) for rule in self.rules)
        }

    def __bool__(self) -> bool:
        return bool(self.rules)

    def between(self, from_group: str, to_group: str) -> tuple[TransferRule, ...]:
        """The rules for a change between two groups, in the tariff's order."""
        key = (from_group, to_group)
        found = self._between.get(key)
        if found is None:
            onward = self._onward.get(from_group, ())
            found = tuple(one for one in onward if _is_group(one.to_group, to_group, self._to))
            self._between[key] = found if to_group else ()
        return self._between[key]

    def onward(self, group: str) -> tuple[TransferRule, ...]:
        """The rules that lead on from a group."""
        return self._onward.get(group, ())

    def names(self, group: str) -> bool:
        """Whether any rule leads from or to a group; others stand aside of a chain."""
        return group in self._taking_part

    def _onward_from(self, group: str) -> tuple[TransferRule, ...]:
        return tuple(rule for rule in self.rules if _is_group(rule.from_group, group, self._from))


def _is_group(wanted: str, group: str, listed: frozenset[str]) -> bool:
    return wanted == group if wanted else group not in listed
