"""What changes between two tariffs, in the page's language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from satu.fares.changes import Changes, FieldChange, RuleChange
from satu.fares.tariff import Charge, Distance, Flat, SameStation, Table, Tariff
from satu.web.design import formats
from satu.web.design.cells import Badge
from satu.web.said import language, say
from satu.wire.messages import Words

MONEY = frozenset({"amount", "minimum", "base", "per_unit", "cap", "limit", "price", "round_to"})
PRODUCTS = frozenset({"products", "product", "filter_product"})
SHOWN_DATES = 4
ARROW = " → "


class Told(NamedTuple):
    """A change as a row: which part of the tariff, what happened to it, its name, how."""

    part: str
    badge: Badge
    name: str
    how: str


def told(found: Changes, tariff: Tariff) -> list[Told]:
    """Every change in words, the whole tariff's first; money and categories are the newer's."""
    say = _Sayer(tariff)
    rows = []
    if found.whole:
        how = say.fields(found.whole)
        rows.append(Told(_("The whole tariff"), Badge("info", _("Changed")), "", how))
    rows += [say.rule(one) for one in found.rules]
    if found.areas:
        stops = _("%(n)s stops belong to other areas") % {"n": say.count(found.areas)}
        rows.append(Told(_("Areas"), Badge("info", _("Changed")), "", stops))
    return rows


def part_words() -> dict[str, str]:
    """The parts of a tariff."""
    return {
        "networks": _("Networks"),
        "products": _("Prices"),
        "leg_rules": _("Which price applies"),
        "transfers": _("Changes of vehicle"),
        "joins": _("Counted as one ride"),
        "packages": _("Packages"),
        "caps": _("Caps"),
        "concessions": _("Concessions"),
        "special_days": _("Special days"),
        "passes": _("Passes"),
        "apportionments": _("Shares between operators"),
        "timeframes": _("Hours"),
        "services": _("Days"),
        "categories": _("Rider categories"),
        "media": _("Media"),
    }


def field_words() -> dict[str, str]:
    """The fields that people speak of; others keep their names of the files."""
    return {
        "name": _("name"),
        "period": _("period"),
        "price": _("price"),
        "amount": _("amount"),
        "asset": _("currency"),
        "minimum": _("minimum balance"),
        "closed": _("gates at both ends"),
        "entry_only": _("in only"),
        "charge_at": _("charged at"),
        "longest_minutes": _("longest ride"),
        "missing_exit": _("without a tap out"),
        "missing_entry": _("without a tap in"),
        "same_station": _("out where one came in"),
        "over_time": _("over time"),
        "max_riders": _("riders on a card"),
        "passback_minutes": _("same card again within"),
        "autocompletes": _("rides completed a month"),
        "repairs": _("repairs a month"),
        "product": _("product"),
        "duration_s": _("within"),
        "duration_minutes": _("within"),
        "count": _("times"),
        "limit": _("limit"),
        "rides": _("rides"),
        "percent": _("share paid in per cent"),
        "base": _("base"),
        "per_unit": _("for each unit"),
        "cap": _("at most"),
        "networks": _("networks"),
        "categories": _("categories"),
        "areas": _("areas"),
        "modes": _("modes"),
        "timeframe": _("hours"),
        "end_minute": _("until"),
        "first": _("from"),
        "last": _("to"),
        "weekdays": _("weekdays"),
        "added": _("also on"),
        "removed": _("not on"),
        "method": _("method"),
        "parts": _("parts"),
        "priority": _("priority"),
        "journey_gap_minutes": _("a journey ends after"),
        "round_to": _("rounded to"),
        "rounding": _("rounding"),
        "steps": _("order of steps"),
        "label_id": _("Indonesian name"),
        "label_en": _("English name"),
    }


def day_names() -> tuple[str, ...]:
    """Monday to Sunday, short."""
    return (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))


class _Sayer:
    """Writes values of a tariff in one language."""

    def __init__(self, tariff: Tariff) -> None:
        self.asset = tariff.asset
        self.language = language()
        self.categories = {
            one.name: say(Words(one.label_id, one.label_en)) or one.name
            for one in tariff.categories
        }
        self.products = {one.id: one.name for one in tariff.products if one.name}
        self.names = field_words()
        self.parts = part_words()

    def rule(self, one: RuleChange) -> Told:
        badge = {
            "new": Badge("good", _("New")),
            "gone": Badge("bad", _("Gone")),
            "other": Badge("info", _("Changed")),
        }[one.how]
        if one.how == "other":
            how = self.fields(one.fields)
        else:
            said = ((self.names.get(name, name), self.value(name, v)) for name, v in one.says())
            how = "; ".join(f"{name}: {value}" for name, value in said)
        known = dict.fromkeys(
            self.value(one.of if name == "id" else name, value) for name, value in one.known_by()
        )
        return Told(self.parts[one.of], badge, " · ".join(known) or _("everywhere"), how)

    def fields(self, found: tuple[FieldChange, ...]) -> str:
        return "; ".join(self._field(one) for one in found)

    def _field(self, one: FieldChange) -> str:
        name = self.names.get(one.field, one.field)
        if isinstance(one.before, Table) and isinstance(one.after, Table):
            n = len({row[:2] for row in set(one.before.rows) ^ set(one.after.rows)})
            return f"{name}: " + _("%(n)s pairs of places") % {"n": self.count(n)}
        before, after = (self.value(one.field, value) for value in (one.before, one.after))
        return f"{name}: {before}{ARROW}{after}"

    def value(self, field: str, value: Any) -> str:
        """A value as people read it."""
        if value is None or value == "" or value == ():
            return "–"
        if field in ("category", "categories") and isinstance(value, str):
            return self.categories.get(value, value)
        if field in PRODUCTS and isinstance(value, str):
            return self.products.get(value, value)
        for kind, written in self._kinds():
            if isinstance(value, kind):
                return written(field, value)
        return str(value)

    def _kinds(self) -> tuple[tuple[type, Callable[[str, Any], str]], ...]:
        """Booleans before whole numbers: they are such too."""
        return (
            (bool, lambda _field, value: _("yes") if value else _("no")),
            (int, self._number),
            (date, lambda _field, value: formats.day(value, self.language)),
            (Flat, lambda _field, value: self.money(value.amount)),
            (Table, self._table),
            (Distance, self._distance),
            (Charge, self._charge),
            (SameStation, self._same_station),
            (tuple, self._list),
        )

    def money(self, amount: int) -> str:
        return formats.money(amount, self.asset, self.language)

    def count(self, number: int) -> str:
        return formats.count(number, self.language)

    def _number(self, field: str, value: int) -> str:
        if field in MONEY:
            return self.money(value)
        if field in ("start_minute", "end_minute"):
            return f"{value // 60:02}:{value % 60:02}"
        if field.endswith("_minutes"):
            return _("%(n)s min") % {"n": value}
        if field.endswith("_s"):
            return _("%(n)s min") % {"n": value // 60} if value % 60 == 0 else f"{value} s"
        return self.count(value)

    def _table(self, _field: str, value: Table) -> str:
        amounts = [amount for _from, _to, amount in value.rows]
        least, most = self.money(min(amounts)), self.money(max(amounts))
        return f"{least}–{most}, " + _("%(n)s pairs of places") % {"n": self.count(len(amounts))}

    def _distance(self, _field: str, value: Distance) -> str:
        said = {
            "base": self.money(value.base),
            "first": self._length(value.base_units * value.unit_m),
            "step": self.money(value.step),
            "each": self._length(value.step_units * value.unit_m),
        }
        words = _("%(base)s for the first %(first)s, then %(step)s for each %(each)s") % said
        if value.cap is None:
            return words
        return words + _(", at most %(cap)s") % {"cap": self.money(value.cap)}

    def _length(self, metres: int) -> str:
        return f"{metres} m" if metres % 1000 else f"{metres // 1000} km"

    def _charge(self, _field: str, value: Charge) -> str:
        return {
            "own": _("its own fare"),
            "dearest": _("the dearest fare"),
            "flat": self.money(value.amount),
            "cap": _("the cap"),
            "previous": _("the last complete fare"),
        }[value.kind]

    def _same_station(self, field: str, value: SameStation) -> str:
        after = _("%(n)s min") % {"n": value.from_minutes}
        return f"≥ {after}: {self._charge(field, value.charge)}"

    def _list(self, field: str, value: tuple[Any, ...]) -> str:
        if field == "weekdays":
            return ", ".join(name for name, runs in zip(day_names(), value, strict=True) if runs)
        if all(isinstance(one, date) for one in value) and len(value) > SHOWN_DATES:
            return _("%(n)s dates") % {"n": len(value)}
        return ", ".join(self.value(field, one) for one in value)
