"""Rides as a price sees them: networks, stations, metres, local times. Pure."""

from __future__ import annotations

from satu.fares.legs import Leg
from satu.fares.tariff import Network
from satu.kernel.refusal import WHOLE_CLASSES, UseClass
from satu.services.base import TapSeen
from satu.services.rules import Measured, Rules
from satu.services.transit.state import Ride

MINUTE_MS = 60_000
UNKNOWN = (None, None, 0)


def network_name(rules: Rules, tap: TapSeen) -> str:
    """The network of the route, if a known one is told; else that of the point."""
    route = rules.routes.get(tap.route)
    return route.network if route else rules.points[tap.point].network


def network_of(rules: Rules, ride: Ride) -> Network:
    """The network of a ride, by the tariff of the day on which it began."""
    prices = rules.prices_on(rules.calendar.day_of(ride.started_ms))
    return prices.networks[ride.network]


def operator_of(rules: Rules, ride: Ride) -> int:
    route = rules.routes.get(ride.route)
    return route.operator if route else rules.points[ride.point_in or ride.point_out].operator


def is_over_time(rules: Rules, ride: Ride, at_ms: int) -> bool:
    """Whether a ride lasts longer than the longest journey at an instant."""
    return at_ms - ride.started_ms > network_of(rules, ride).longest_minutes * MINUTE_MS


def leg_of(rules: Rules, ride: Ride) -> Leg:
    """A ride as a leg. Nobody saw when an exit that was completed took place: as if at once."""
    started_ms, ended_ms = ride.started_ms, ride.ended_ms
    point_in, point_out = ride.point_in, ride.point_out
    calendar, stations = rules.calendar, rules.stations
    if ride.use_class is UseClass.AUTO_COMPLETED:
        ended_ms = started_ms
    day, on, minute = calendar.local(started_ms)
    _, ended_on, ended_minute = calendar.local(ended_ms) if ended_ms else UNKNOWN
    prices = rules.prices_on(day)
    way = _measured(rules, ride)
    return Leg(
        ride.network,
        operator_of(rules, ride),
        day,
        on,
        minute,
        started_ms,
        ended_ms,
        ride.use_class,
        rules.areas(prices, point_in) if point_in else (),
        rules.areas(prices, point_out) if point_out else (),
        stations[point_in] if point_in else "",
        stations[point_out] if point_out else "",
        ended_on,
        ended_minute,
        way.metres if way else None,
        way.is_estimated if way else False,
    )


def _measured(rules: Rules, ride: Ride) -> Measured | None:
    """The way of a ride by its route; else the shortest within its network."""
    if ride.use_class not in WHOLE_CLASSES or not ride.point_out:
        return None
    return rules.way(ride.network, ride.route, ride.point_in, ride.point_out)
