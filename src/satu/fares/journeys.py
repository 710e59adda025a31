"""Constructs rides that a tariff's rules speak of: instants, stops, lengths. Pure; for reach."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from satu.fares.legs import Leg
from satu.fares.prices import Prices
from satu.fares.tariff import Distance, LegRule, Service, Table, Tariff
from satu.kernel.refusal import UseClass

RIDE_MINUTES = 2
NOON = 12 * 60
DAYS_AHEAD = 14  # two weeks have every weekday, and a few holidays beside them
EXCEPTIONS = 7  # dates of a service that are tried
PAIRS = 60  # pairs of areas of a table that are tried
METRES = (1_000, 0, 5_000, 15_000, 40_000, 100_000)
ANYWHERE = ("",)


class Instant(NamedTuple):
    """When a ride begins, and the timeframes it begins and ends in."""

    on: date
    minute: int
    names_in: frozenset[str]
    names_out: frozenset[str]


class Maker:
    """Makes the legs that a tariff's leg rules may fit."""

    def __init__(self, tariff: Tariff, prices: Prices) -> None:
        self.tariff = tariff
        self.instants = _instants(tariff, prices)
        of_stop: dict[str, tuple[str, ...]] = {}
        for stop, area in tariff.stop_areas:
            of_stop[stop] = (*of_stop.get(stop, ()), area)
        self._places = list(dict.fromkeys(of_stop.values()))
        self._listed_in = {rule.from_area for rule in tariff.leg_rules}
        self._listed_out = {rule.to_area for rule in tariff.leg_rules}
        self._tables = {
            product.id: product.price.rows
            for product in tariff.products
            if isinstance(product.price, Table)
        }
        self._measured = {
            product.id for product in tariff.products if isinstance(product.price, Distance)
        }

    def legs(self, rule: LegRule, network: str) -> Iterator[Leg]:
        """Rides on a network that a rule may fit: each time, pair of places and length."""
        lengths: Sequence[int | None] = METRES if rule.product in self._measured else (None,)
        for instant in self.instants:
            if rule.from_timeframe and rule.from_timeframe not in instant.names_in:
                continue
            if rule.to_timeframe and rule.to_timeframe not in instant.names_out:
                continue
            for areas_in, areas_out in self._pairs(rule):
                for metres in lengths:
                    yield ride(network, instant.on, instant.minute, areas_in, areas_out, metres)

    def _pairs(self, rule: LegRule) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
        rows = self._tables.get(rule.product)
        if rows and not rule.from_area and not rule.to_area:
            yield from (((start,), (end,)) for start, end, _ in rows[:PAIRS])
            return
        for areas_in in self._areas(rule.from_area, self._listed_in):
            for areas_out in self._areas(rule.to_area, self._listed_out):
                yield areas_in, areas_out

    def _areas(self, area: str, listed: set[str]) -> list[tuple[str, ...]]:
        """The areas of stops within an area; a stop of that name where none is assigned to it.

        Without an area: a stop of no area that rules list, then, with priorities, any stop.
        """
        if area:
            return [place for place in self._places if area in place] or [(area,)]
        if not self.tariff.has_priorities:
            free = [place for place in self._places if listed.isdisjoint(place)]
            return [ANYWHERE, *free[:1]]
        return [ANYWHERE, *self._places]


def ride(
    network: str,
    on: date,
    minute: int,
    areas_in: tuple[str, ...],
    areas_out: tuple[str, ...],
    metres: int | None,
) -> Leg:
    """A complete ride of two minutes that begins at a minute of a date's local clock."""
    start = datetime(on.year, on.month, on.day) + timedelta(minutes=minute)
    end = start + timedelta(minutes=RIDE_MINUTES)
    return Leg(
        network=network,
        operator=1,
        day=on,
        on=on,
        minute=minute,
        started_ms=_ms(start),
        ended_ms=_ms(end),
        use_class=UseClass.COMPLETE,
        areas_in=areas_in,
        areas_out=areas_out,
        stop_in="in",
        stop_out="out",
        ended_on=end.date(),
        ended_minute=end.hour * 60 + end.minute,
        metres=metres,
    )


def _ms(at: datetime) -> int:
    return int((at - datetime(1970, 1, 1)).total_seconds() * 1000)


def _instants(tariff: Tariff, prices: Prices) -> list[Instant]:
    """One instant for each set of timeframes that a ride can begin and end in."""
    names = {band.name for band in tariff.timeframes}
    minutes = {NOON, 0}
    for band in tariff.timeframes:
        for minute in (band.start_minute, band.end_minute):
            minutes |= {minute % (24 * 60), (minute - RIDE_MINUTES // 2) % (24 * 60)}
    found: dict[tuple[frozenset[str], frozenset[str]], Instant] = {}
    for on in _dates(tariff):
        for minute in sorted(minutes, key=lambda minute: (minute != NOON, minute)):
            later = minute + RIDE_MINUTES
            end = on + timedelta(days=later // (24 * 60))
            names_in = frozenset(n for n in names if prices.is_in(n, on, minute))
            names_out = frozenset(n for n in names if prices.is_in(n, end, later % (24 * 60)))
            found.setdefault((names_in, names_out), Instant(on, minute, names_in, names_out))
    return list(found.values())


def _dates(tariff: Tariff) -> list[date]:
    """The version's first days, and days on which each service is special."""
    days = {tariff.valid_from + timedelta(days=ahead) for ahead in range(DAYS_AHEAD)}
    for service in tariff.services:
        days |= set(_service_dates(service, tariff.valid_from))
    return sorted(day for day in days if day >= tariff.valid_from)


def _service_dates(service: Service, valid_from: date) -> Iterator[date]:
    first = max(service.first, valid_from)
    yield from (first + timedelta(days=ahead) for ahead in range(DAYS_AHEAD))
    for exceptions in (service.added, service.removed):
        yield from [day for day in exceptions if day >= valid_from][:EXCEPTIONS]
