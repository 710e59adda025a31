"""Names of places, ways between them and what they cost, in the made-up city of cities/contoh."""

from __future__ import annotations

from datetime import datetime
from functools import cache

import msgspec
import pytest

from satu.city.pack import read_pack
from satu.cli.replay import CITIES
from satu.fares.tariff import FareMedium
from satu.insight.places import Places
from satu.services.base import Rider
from satu.services.rules import Rules
from satu.web.public.fares import Asked
from satu.web.public.quotes import quote
from satu.web.public.stops import Stops
from satu.web.public.ways import Net, Ride, Walk

BUS, METRO = "Hills · Bus Contoh", "Hills · Metro Contoh"


@cache
def rules() -> Rules:
    return Rules(read_pack(CITIES / "contoh").bundle())


@cache
def places() -> Places:
    return Places("v", rules().bundle)


@cache
def stops() -> Stops:
    return Stops(places())


def stop(label: str):
    found = stops().named(label)
    assert found is not None, label
    return found


def ways(start: str, end: str, **given):
    return Net(places()).ways(stop(start).points, stop(end).points, **given)


def at(day: int, hour: int, minute: int = 0) -> int:
    return rules().calendar.at(datetime(2026, 3, day, hour, minute))


def test_labels_are_unique_and_say_whose_a_name_is():
    labels = [one.label for one in stops().all]
    assert len(set(labels)) == len(labels)
    assert {BUS, METRO, "Lake", "School", "Market"} <= set(labels)
    assert stop(BUS).points != stop(METRO).points


@pytest.mark.parametrize(
    ("words", "found"),
    [("lake", "Lake"), ("  LAKE ", "Lake"), ("harb", "Harbour"), ("hills metro", METRO)],
)
def test_a_part_of_a_name_is_enough_if_it_can_mean_one_place(words: str, found: str):
    assert stop(words).label == found


def test_what_can_mean_several_places_or_none_is_no_place():
    assert stops().named("hills") is None
    assert [one.label for one in stops().find("hills")] == [METRO, BUS]
    assert stops().named("nowhere") is None and stops().named(" ") is None


def test_a_name_that_begins_so_comes_before_one_that_holds_it():
    assert next(one.name for one in stops().find("market")) == "Market"


def test_the_quickest_way_is_found_for_each_number_of_rides():
    (direct,) = ways(METRO, "Harbour")
    (ride,) = direct.rides
    assert (ride.metres, rules().routes[ride.route].code) == (8_000, "red")
    changing = ways(METRO, "Castle")
    assert all(way.seconds > 0 for way in changing)
    (way,) = changing
    assert [type(part) for part in way.parts] == [Walk, Ride, Walk, Ride]
    assert [rules().routes[ride.route].code for ride in way.rides] == ["10", "blue"]


def test_lines_can_be_ruled_out_and_then_nothing_leads_there():
    assert ways(METRO, "Castle", allows=lambda route: route.network == "metro") == []
    assert ways(METRO, "Harbour", allows=lambda route: route.network == "bus") == []


def test_a_way_costs_what_the_same_taps_would():
    (way,) = ways(METRO, "Castle")
    quoted = quote(rules(), places(), way, at(23, 6, 30), Rider("adult", rules().card_medium))
    legs = [leg for journey in quoted.told.journeys for leg in journey.legs]
    assert [leg.fare for leg in legs] == [180, 140]  # Market to Castle: one zone, less the change
    assert quoted.told.fare == 320 and quoted.changes == 1
    assert quoted.minimum == 100 and quoted.tariff.version
    reduced = quote(rules(), places(), way, at(23, 6, 30), Rider("reduced", rules().card_medium))
    assert reduced.told.fare == 90 + 110 - 40


def test_the_peak_costs_more_and_a_day_without_a_tariff_is_told():
    (way,) = ways(METRO, "Harbour")
    rider = Rider("adult", rules().card_medium)
    assert quote(rules(), places(), way, at(23, 8), rider).told.fare == 340
    assert quote(rules(), places(), way, at(23, 12), rider).told.fare == 290
    with pytest.raises(LookupError):
        quote(rules(), places(), way, rules().calendar.at(datetime(2020, 1, 1, 8)), rider)


def test_a_ride_at_the_days_end_stays_in_its_service_day():
    (way,) = ways(METRO, "Harbour")
    told = quote(rules(), places(), way, at(24, 3, 55), Rider("adult", rules().card_medium)).told
    assert (told.day.day, told.fare) == (23, 290)


def test_where_fares_differ_by_medium_one_chooses_it():
    (tariff,) = rules().bundle.tariffs
    media = (FareMedium("paper", 1, "Paper"), FareMedium("card", 2, "Card"))
    several = Asked(None, stops(), msgspec.structs.replace(tariff, media=media))
    assert several.fields["bayar"].choices == [("card", "Card"), ("paper", "Paper")]
    assert "bayar" not in Asked(None, stops(), tariff).fields
    assert several.fields["golongan"].choices[0][0] == "adult"
