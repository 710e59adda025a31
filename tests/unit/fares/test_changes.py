"""What changes between two tariffs: rules by what they are known by, field by field."""

from __future__ import annotations

from datetime import date

import msgspec

from satu.fares.changes import FieldChange, changes
from satu.fares.tariff import Cap, Flat, LegRule, Network, Product, Tariff, TransferRule

OLD = Tariff(
    version="one",
    valid_from=date(2025, 1, 1),
    networks=(Network("bus"), Network("rail", closed=True, minimum=5_000)),
    products=(Product("bus", Flat(3_500)), Product("bus", Flat(2_000), category="pupil")),
    leg_rules=(LegRule("bus", network="bus"), LegRule("bus", network="rail")),
    transfers=(TransferRule("a", "a", count=-1), TransferRule("a", "a", count=1)),
)


def other(**more: object) -> Tariff:
    return msgspec.structs.replace(OLD, **more)


def test_the_same_rules_under_another_name_change_nothing() -> None:
    new = other(version="two", valid_from=date(2027, 1, 1), source="a decree")
    assert changes(OLD, new).is_empty


def test_a_dearer_product_says_before_and_after() -> None:
    new = other(products=(Product("bus", Flat(4_000)), OLD.products[1]))
    (one,) = changes(OLD, new).rules
    assert (one.of, one.how, one.known_by()) == ("products", "other", [("id", "bus")])
    assert one.fields == (FieldChange("price", Flat(3_500), Flat(4_000)),)
    (one,) = changes(OLD, other(products=(OLD.products[0],))).rules
    assert (one.how, one.known_by()) == ("gone", [("id", "bus"), ("category", "pupil")])


def test_what_is_new_and_what_is_gone_in_each_list() -> None:
    new = other(networks=(OLD.networks[1],), caps=(Cap("day", "day", limit=10_000),))
    gone, cap = changes(OLD, new).rules
    assert (gone.of, gone.how, gone.known_by()) == ("networks", "gone", [("id", "bus")])
    assert (cap.of, cap.how, cap.known_by()) == ("caps", "new", [("name", "day")])
    assert cap.says() == [("period", "day"), ("limit", 10_000)] and gone.says() == []


def test_rules_alike_are_held_apart_by_their_place() -> None:
    assert changes(OLD, other(transfers=OLD.transfers)).is_empty
    found = changes(OLD, other(transfers=OLD.transfers[:1])).rules
    assert [(one.of, one.how, one.rule.count) for one in found] == [("transfers", "gone", 1)]


def test_the_whole_tariff_and_its_areas() -> None:
    new = other(round_to=500, stop_areas=(("H1", "north"), ("H2", "north")))
    found = changes(OLD, new)
    assert found.whole == (FieldChange("round_to", 1, 500),)
    assert (found.areas, found.rules) == (2, ())
    moved = other(stop_areas=(("H1", "south"), ("H2", "north")))
    assert changes(new, moved).areas == 1


def test_back_again_is_the_opposite() -> None:
    new = other(products=(*OLD.products, Product("zoo", Flat(1))), round_to=500)
    there, back = changes(OLD, new), changes(new, OLD)
    assert [one.how for one in there.rules] == ["new"] and back.rules[0].how == "gone"
    (was,) = back.whole
    assert (was.before, was.after) == (500, 1)
