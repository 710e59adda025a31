"""A journey drawn on a city: along the line's stops, and words that stay words."""

from __future__ import annotations

import re

from satu.insight.places import Places
from satu.web.design.maps import Leg, Stop, journey
from satu.web.journey_map import Ride, drawn_on
from tests.live_city import town

PLACES = Places("v1", town())
CORRIDOR, FEEDER = 1, 2


def way_of(picture: str) -> list[str]:
    return re.search(r'class="peta-laju" stroke="[^"]+" d="M([^"]+)"', picture)[1].split("L")


def test_a_ride_goes_along_its_lines_stops():
    picture = drawn_on(PLACES, [Ride(1, 4, CORRIDOR)], "Kota - Blok M")
    assert len(way_of(picture)) == 4
    assert 'stroke="#D62126"' in picture and 'aria-label="Kota - Blok M"' in picture
    assert ">Halte Kota<" in picture and ">Halte Blok M<" in picture


def test_backwards_it_is_the_same_way_turned_round():
    there = way_of(drawn_on(PLACES, [Ride(1, 4, CORRIDOR)], "x"))
    assert way_of(drawn_on(PLACES, [Ride(4, 1, CORRIDOR)], "x")) == there[::-1]


def test_a_ride_without_an_end_is_where_it_began():
    picture = drawn_on(PLACES, [Ride(2, None, CORRIDOR)], "x")
    assert picture.count("<circle") == 1 and ">Halte Harmoni<" in picture


def test_a_ride_off_its_line_is_a_straight_way():
    assert len(way_of(drawn_on(PLACES, [Ride(1, 5, FEEDER)], "x"))) == 2


def test_a_change_is_named_once():
    picture = drawn_on(PLACES, [Ride(1, 2, CORRIDOR), Ride(2, 4, CORRIDOR)], "x")
    assert picture.count(">Halte Harmoni<") == 1 and picture.count("<circle") == 3


def test_unknown_places_have_no_picture():
    assert drawn_on(PLACES, [Ride(999, None, None), Ride(None, None, CORRIDOR)], "x") is None


def test_names_of_places_are_words_and_short_enough():
    long = Stop("Simpang <Kuningan> Balai Kartini Lama Sekali Arah Selatan", (-6.2, 106.8))
    picture = journey([Leg("#000000", [long.at], [long])], [], 'a "label"')
    assert "<Kuningan>" not in picture and "aria-label='a \"label\"'" in picture
    assert picture.count("<tspan") == 2 and "…" in picture


def test_a_name_that_would_leave_the_map_stands_under_its_circle():
    upper = Stop("Bundaran Hotel Indonesia", (-6.1, 106.8))
    lower = Stop("Blok M", (-6.3, 106.8))
    picture = journey([Leg("#000000", [upper.at, lower.at], [upper, lower])], [], "x")
    circles = [int(y) for y in re.findall(r'<circle [^>]*cy="(\d+)"', picture)]
    names = [int(y) for y in re.findall(r'<text [^>]*y="(\d+)"', picture)]
    assert names[0] > circles[0] and names[1] < circles[1]
    assert min(names) >= 18


def test_a_name_that_has_no_room_beside_another_is_left_out():
    market, gate = Stop("Market", (-6.2, 106.8)), Stop("Market, north gate", (-6.2, 106.8001))
    far = Stop("Castle", (-6.3, 106.9))
    legs = [Leg("#000000", [market.at, gate.at, far.at], [market, gate, gate, far])]
    picture = journey(legs, [], "x")
    assert picture.count("<circle") == 3
    tops = [int(y) for y in re.findall(r'<text [^>]*y="(\d+)"', picture)]
    assert len(tops) == 3 and tops[2] - tops[0] > 20  # one above its circle, one under it
    third = Stop("Market, south gate", (-6.2, 106.8002))
    crowded = journey([Leg("#000000", [market.at, far.at], [market, gate, third, far])], [], "x")
    assert crowded.count("<circle") == 4 and "north" not in crowded and "Castle" in crowded


def test_a_name_hides_no_circle_and_as_little_of_the_line_as_it_can():
    # The line climbs to the left of its start: the first place for the start's name is on it.
    start, end = Stop("Cawang Station", (-6.25, 106.88)), Stop("Kota", (-6.13, 106.81))
    beside = Stop("Cawang", (-6.2495, 106.885))
    legs = [Leg("#000000", [start.at, end.at], [start, end]), Leg("#111111", [beside.at], [beside])]
    picture = journey(legs, [], "x")
    circles = [(int(x), int(y)) for x, y in re.findall(r'cx="(\d+)" cy="(\d+)"', picture)]
    names = re.findall(r'y="(\d+)" text-anchor="(\w+)"><tspan x="(\d+)"', picture)
    assert len(circles) == len(names) == 3
    (y, anchor, _x), (_, start_y) = names[0], circles[0]
    assert anchor == "end" and int(y) > start_y  # under its circle, not on the line above it
    wide = max(len("Cawang Station"), len("Kota")) * 9
    for top, side, x in names:
        left = int(x) - wide if side == "end" else int(x)
        over = [
            one for one in circles if left < one[0] < left + wide and 0 < int(top) - one[1] < 13
        ]
        assert over == []
