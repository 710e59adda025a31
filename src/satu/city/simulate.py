"""A simulated day of a city: people commute along its real routes. Pure and seeded.

The same city, population, day and seed give the same taps. `satu demo` sends them; what a
reader answers is not known here, so each event names its trip: who is refused does not ride on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from random import Random
from typing import Literal, NamedTuple

from satu.city.simulate_city import Journey, Leg, SimulatedCity
from satu.kernel.days import HOUR_MS
from satu.services.rules import Point
from satu.wire.messages import Decided, Direction, Tap

MINUTE_MS = 60_000
FIRST_TAP_H = 4.5
SEQUENCES_A_DAY = 1_000_000  # so a device never uses a name of another day again

COMMUTERS_A_CARD = 0.08
FAMILIES_A_CARD = 0.002
EMPTY_PURSES = 0.02
FOREIGN_CARDS = 0.003
FIRST_FOREIGN = 10**12  # serials that no city of ours has issued
FORGOTTEN_EXITS = 0.035
OPEN_GATES = 0.15  # a venue's visitors who leave by a gate without a reader

OFFLINE_BUSES = 0.05
UPLOAD_EVERY_MS = 30 * MINUTE_MS

BUS_METRES_S = 5.0
RAIL_METRES_S = 10.0

Mode = Literal["single", "offline"]
JOURNEYS: dict[Journey, int] = {
    "bus": 50,
    "bus_bus": 15,
    "rail": 15,
    "bus_rail": 10,
    "rail_bus": 5,
    "rail_bus_rail": 5,
}


class Population(NamedTuple):
    """Serials of the cards that ride: adults and children with money, and empty purses.

    Who rides of these is drawn by lot; `regulars` go to work on every day, and home by rail.
    """

    adults: Sequence[int]
    children: Sequence[int]
    empty: Sequence[int]
    regulars: Sequence[int] = ()

    @property
    def cards(self) -> int:
        return len(self.adults) + len(self.children) + len(self.empty)


class Event(NamedTuple):
    """A tap and when it is sent: at once by a reader that waits for the answer, or later in an
    upload of an offline bus. `device` is the reader's code; `trip` joins what one person does."""

    send_ms: int
    trip: int
    device: str
    tap: Tap
    mode: Mode


class _Touched(NamedTuple):
    """A card held to a reader, before the reader has numbered it."""

    at_ms: int
    trip: int
    card: int
    device: str
    point: str
    direction: Direction
    route: str = ""


def simulate_day(
    city: SimulatedCity, population: Population, day: date, seed: int, share: float = 1
) -> list[Event]:
    """Everything that happens on a service day from 04:30 on, in the order of sending.

    `share` of those who ride on other days do on this one, and all regulars.
    """
    random = Random(f"{seed}/{day}")
    start_ms = city.calendar.start_ms(day) - city.calendar.day_start_hour * HOUR_MS
    touched: list[_Touched] = []
    trip = 0
    for _ in range(round(population.cards * COMMUTERS_A_CARD * share)):
        empty = population.empty and random.random() < EMPTY_PURSES
        card = random.choice(population.empty if empty else population.adults)
        if random.random() < FOREIGN_CARDS:
            card = random.randrange(FIRST_FOREIGN, 2 * FIRST_FOREIGN)
        touched += _there_and_back(random, city, trip, card, start_ms)
        trip += 2
    for _ in range(round(population.cards * FAMILIES_A_CARD * share)):
        trip += 10
        touched += _outing(random, city, population, trip, start_ms)
    trip += 10
    for card in population.regulars:
        touched += _there_and_back(random, city, trip, card, start_ms, home="rail")
        trip += 2
    return _numbered(touched, day)


def _there_and_back(
    random: Random,
    city: SimulatedCity,
    trip: int,
    card: int,
    start_ms: int,
    home: Journey | None = None,
) -> list[_Touched]:
    """Two trips that are numbered on from `trip`, the one home as wanted."""
    touched = []
    starts_h = (_morning_h(random), _evening_h(random))
    for number, (start_h, journey) in enumerate(zip(starts_h, (None, home), strict=True), 1):
        at_ms = start_ms + round(start_h * HOUR_MS)
        touched += _commute(random, city, trip + number, card, at_ms, journey)
    return touched


def _morning_h(random: Random) -> float:
    return max(FIRST_TAP_H, min(10.5, random.gauss(6.75, 0.9))) + random.random() * 0.05


def _evening_h(random: Random) -> float:
    return max(13.0, min(22.0, random.gauss(17.5, 1.25))) + random.random() * 0.05


def _commute(
    random: Random,
    city: SimulatedCity,
    trip: int,
    card: int,
    at_ms: int,
    journey: Journey | None,
) -> list[_Touched]:
    """One way to work or home: taps in and out of each vehicle, changes on foot between."""
    touched = []
    for leg in city.legs(random, journey or _drawn(random)):
        vehicle = at_ms // (20 * MINUTE_MS) % 3 + 1
        device = f"gate:{leg.start.code}" if leg.is_rail else f"bus:{leg.route}:{vehicle}"
        touched.append(_Touched(at_ms, trip, card, device, leg.start.code, "entry", leg.route))
        at_ms += _riding_ms(random, leg)
        device = f"gate:{leg.end.code}" if leg.is_rail else device
        if leg.is_rail or random.random() >= FORGOTTEN_EXITS:
            touched.append(_Touched(at_ms, trip, card, device, leg.end.code, "exit", leg.route))
        at_ms += random.randint(3 * MINUTE_MS, 9 * MINUTE_MS)
    return touched


def _drawn(random: Random) -> Journey:
    (journey,) = random.choices(list(JOURNEYS), list(JOURNEYS.values()))
    return journey


def _riding_ms(random: Random, leg: Leg) -> int:
    wait_ms = random.randint(MINUTE_MS, 5 * MINUTE_MS) if leg.is_rail else MINUTE_MS
    return wait_ms + round(leg.metres / (RAIL_METRES_S if leg.is_rail else BUS_METRES_S) * 1000)


def _outing(
    random: Random, city: SimulatedCity, population: Population, trip: int, start_ms: int
) -> list[_Touched]:
    """A family at a venue: each with a card of their own, in within minutes, out together."""
    if not city.entrances:
        return []
    gate: Point = random.choice(city.entrances)
    family = [random.choice(population.adults) for _ in range(random.randint(1, 2))]
    if population.children:
        family += [random.choice(population.children) for _ in range(random.randint(1, 3))]
    in_ms = start_ms + round(random.triangular(6.05, 15.0, 8.5) * HOUR_MS)
    out_ms = in_ms + round(random.uniform(1.5, 4.5) * HOUR_MS)
    touched = []
    for member, card in enumerate(family):
        device = f"gate:{gate.code}"
        own = trip + member
        touched.append(_Touched(in_ms + member * 6_000, own, card, device, gate.code, "entry"))
        if random.random() >= OPEN_GATES:
            touched.append(_Touched(out_ms + member * 6_000, own, card, device, gate.code, "exit"))
    return touched


def _numbered(touched: list[_Touched], day: date) -> list[Event]:
    """Give each tap its device's next sequence, and say when and how it is sent."""
    used: Counter[str] = Counter()
    events = []
    for one in sorted(touched):
        sequence = day.toordinal() * SEQUENCES_A_DAY + used[one.device]
        used[one.device] += 1
        offline = is_offline(one.device)
        decided: Decided = "open" if offline else "ask"
        tap = Tap(
            sequence=sequence,
            at_ms=one.at_ms,
            token=str(one.card),
            point=one.point,
            direction=one.direction,
            route=one.route,
            decided=decided,
        )
        send_ms = (one.at_ms // UPLOAD_EVERY_MS + 1) * UPLOAD_EVERY_MS if offline else one.at_ms
        events.append(Event(send_ms, one.trip, one.device, tap, "offline" if offline else "single"))
    return sorted(events, key=lambda event: (event.send_ms, event.device, event.tap.sequence))


def is_offline(device: str) -> bool:
    """Whether a reader is one of the buses that upload late; the same buses on every day."""
    return device.startswith("bus:") and Random(device).random() < OFFLINE_BUSES


def devices(city: SimulatedCity) -> list[str]:
    """The codes of all readers that the simulation can use."""
    gates = {f"gate:{point.code}" for point in (*city.stations, *city.entrances)}
    buses = {f"bus:{route}:{vehicle}" for route in city.bus_routes for vehicle in (1, 2, 3)}
    return sorted(gates | buses)
