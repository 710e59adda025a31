"""What changes between two tariffs, rule by rule. Pure; the pages put it into words.

A rule is known by what it applies to (a product by id, category and medium; a leg rule by network,
areas, hours …); what it says about that is compared field by field.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Literal, NamedTuple

import msgspec

from satu.fares.tariff import Tariff

# The lists of a tariff, and by which fields a row of each is known.
KEYS: dict[str, tuple[str, ...]] = {
    "networks": ("id",),
    "products": ("id", "category", "medium"),
    "leg_rules": (
        *("network", "from_area", "to_area", "from_timeframe", "to_timeframe"),
        *("leg_group", "product"),
    ),
    "transfers": ("from_group", "to_group", "filter_product"),
    "joins": ("from_network", "to_network", "from_stop", "to_stop"),
    "packages": ("name",),
    "caps": ("name",),
    "concessions": ("category", "networks", "timeframe"),
    "special_days": ("day", "name"),
    "passes": ("product",),
    "apportionments": ("scope",),
    "timeframes": ("name", "start_minute", "service"),
    "services": ("id",),
    "categories": ("name",),
    "media": ("id",),
}
WHOLE = ("asset", "has_priorities", "journey_gap_minutes", "round_to", "rounding", "steps")


class FieldChange(NamedTuple):
    """A field that says something else, as plain data of satu.fares.tariff."""

    field: str
    before: Any
    after: Any


class RuleChange(NamedTuple):
    """A rule that is new, gone or other. `rule` is the row as it is after (of a gone one: was),
    `fields` what is other."""

    of: str
    how: Literal["new", "gone", "other"]
    rule: Any
    fields: tuple[FieldChange, ...] = ()

    def known_by(self) -> list[tuple[str, Any]]:
        """The fields by which it is known, without those that are empty."""
        named = ((name, getattr(self.rule, name)) for name in KEYS[self.of])
        return [(name, value) for name, value in named if value not in ("", ())]

    def says(self) -> list[tuple[str, Any]]:
        """What it says beyond that, without what says what every rule says."""
        return [
            (field.name, value)
            for field in msgspec.structs.fields(self.rule)
            if field.name not in KEYS[self.of]
            and (value := getattr(self.rule, field.name)) != field.default
        ]


class Changes(NamedTuple):
    """All that changes: what holds for the whole tariff, then list by list. `areas` counts the
    stops that belong to other areas."""

    whole: tuple[FieldChange, ...]
    rules: tuple[RuleChange, ...]
    areas: int

    @property
    def is_empty(self) -> bool:
        return not (self.whole or self.rules or self.areas)


def changes(old: Tariff, new: Tariff) -> Changes:
    """What `new` says that `old` does not; the version's name, day and source aside."""
    whole = tuple(_fields(old, new, WHOLE))
    rules = [one for of, keys in KEYS.items() for one in _of(of, keys, old, new)]
    moved = set(old.stop_areas) ^ set(new.stop_areas)
    return Changes(whole, tuple(rules), len({stop for stop, _ in moved}))


def _of(of: str, keys: tuple[str, ...], old: Tariff, new: Tariff) -> Iterable[RuleChange]:
    before, after = _named(getattr(old, of), keys), _named(getattr(new, of), keys)
    for key, rule in after.items():
        if key not in before:
            yield RuleChange(of, "new", rule)
        elif before[key] != rule:
            names = [one for one in rule.__struct_fields__ if one not in keys]
            yield RuleChange(of, "other", rule, tuple(_fields(before[key], rule, names)))
    for key, rule in before.items():
        if key not in after:
            yield RuleChange(of, "gone", rule)


def _named(rows: Sequence[msgspec.Struct], keys: tuple[str, ...]) -> dict[tuple[Any, ...], Any]:
    """Rows by what they are known by; of several alike each has its place as well."""
    seen: Counter[tuple[Any, ...]] = Counter()
    found = {}
    for row in rows:
        key = tuple(getattr(row, name) for name in keys)
        found[(*key, seen[key])] = row
        seen[key] += 1
    return found


def _fields(old: Any, new: Any, names: Iterable[str]) -> Iterable[FieldChange]:
    for name in names:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield FieldChange(name, before, after)
