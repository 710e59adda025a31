"""A demo's city: made ready once, then day after day of simulated rides. Called by `satu demo`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

import psycopg
from asgiref.sync import sync_to_async

from satu.city.demo import CityClock, Rides, ride
from satu.city.demo_banks import deposit, let_banks_in, pay_in
from satu.city.demo_jobs import run_jobs
from satu.city.demo_office import keep_office
from satu.city.demo_setup import (
    free_day,
    issue_demo_cards,
    opening_day,
    population,
    ready_simulated_readers,
)
from satu.city.demo_troubles import Troubles, troubled, troubles_of
from satu.city.pack import Pack
from satu.city.replay_books import read_books, uses_of
from satu.city.replay_setup import city_ready
from satu.city.simulate import FIRST_TAP_H, Population, simulate_day
from satu.city.simulate_city import SimulatedCity
from satu.insight.jobs import keep_tallies, keep_watch
from satu.insight.queries import books, issuer_names
from satu.kernel.days import HOUR_MS, from_ms
from satu.ledger.actions import expire_holds, roll_up
from satu.ledger.kinds import Asset
from satu.services.rules import Rules
from satu.settlement.checks import keep_checks
from satu.taps.closing import close_days
from satu.taps.places import bundle_digest, load_bundle
from satu.validator.client import ReaderClient, new_http
from satu.validator.keys import DeviceKeys
from satu.wire.messages import Health

NEXT = timedelta(days=1)
CHORES_S = 5.0
TALLIES_S = 15.0
SAYS_S = 0.5
HEALTH_PAUSE_S = 0.1


class DemoOrder(NamedTuple):
    """What a demo asks for. `real_ms` is the real clock; `issued` is told of new cards."""

    pack: Pack
    database: str
    cards: int
    seed: int
    master: bytes
    real_ms: Callable[[], int]
    issued: Callable[[int], None]


def prepare(order: DemoOrder) -> DemoCity:
    """Load the city, issue what cards are missing, register readers, choose the day.

    A demo that was stopped left its day open: that ends first.
    """
    real_at = from_ms(order.real_ms())
    city_ready(pack=order.pack, at=real_at)
    with psycopg.connect(order.database, autocommit=True) as conn:
        rules = Rules(load_bundle(conn, order.pack.city.code))
        tariff = bundle_digest(conn, order.pack.city.code).hex()
        day = free_day(conn, rules.calendar.day_of(order.real_ms()))
        at = from_ms(rules.calendar.start_ms(day))
        known = population(conn, order.cards).cards
        order.issued(known)
        opened = from_ms(rules.calendar.start_ms(opening_day(conn, day)))
        deposit(at=opened)
        if known < order.cards:
            issue_demo_cards(wanted=order.cards - known, at=opened, issued=order.issued)
        people = population(conn, order.cards)
    close_days(url=order.database, before=day, now_ms=rules.calendar.start_ms(day))
    city = SimulatedCity(rules)
    return DemoCity(
        database=order.database,
        rules=rules,
        city=city,
        people=people,
        keys=ready_simulated_readers(city=city, rules=rules, master=order.master, at=at),
        seed=order.seed,
        tariff=tariff,
        first_day=day,
        real_ms=order.real_ms,
    )


@dataclass
class DemoCity:
    """What rides, where and when. `days` are the service days that were begun."""

    database: str
    rules: Rules
    city: SimulatedCity
    people: Population
    keys: Mapping[str, DeviceKeys]
    seed: int
    tariff: str
    first_day: date
    real_ms: Callable[[], int]
    rides: Rides = field(default_factory=Rides)
    days: list[date] = field(default_factory=list)

    def pay_in(self) -> None:
        """What the banks tell on the first day's morning; asked again, it is there already."""
        at = from_ms(self.rules.calendar.start_ms(self.first_day))
        with psycopg.connect(self.database, autocommit=True) as conn:
            pay_in(conn, let_banks_in(at=at), day=self.first_day, at=at)

    async def live(
        self, address: str, *, speed: float, minutes: float | None, says: Callable[[str], None]
    ) -> None:
        """Simulate day after day; with `minutes`, end after so many real ones."""
        with suppress(TimeoutError):
            async with asyncio.timeout(None if minutes is None else minutes * 60):
                day = self.first_day
                while True:
                    await self._live_day(address, day, speed, says)
                    day += NEXT

    async def _live_day(
        self, address: str, day: date, speed: float, says: Callable[[str], None]
    ) -> None:
        events = simulate_day(self.city, self.people, day, self.seed)
        troubles = troubles_of(events, self.seed)
        events = troubled(events, troubles)
        self.days.append(day)
        midnight_ms = (
            self.rules.calendar.start_ms(day) - self.rules.calendar.day_start_hour * HOUR_MS
        )
        clock = CityClock(midnight_ms + round(FIRST_TAP_H * HOUR_MS), speed)
        chores = [
            asyncio.create_task(self._keep_house(clock)),
            asyncio.create_task(self._keep_office()),
            asyncio.create_task(self._keep_tallies()),
            asyncio.create_task(self._say(clock, says)),
            asyncio.create_task(self._tell_health(address, clock, troubles)),
        ]
        try:
            await ride(address, events, self.keys, clock, self.rides, self.real_ms)
            await self._close(day)
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from failed
        finally:
            for chore in chores:
                chore.cancel()
            await asyncio.gather(*chores, return_exceptions=True)

    async def _keep_house(self, clock: CityClock) -> None:
        """What jobs do in a city, by the city's own clock."""
        while True:
            await asyncio.sleep(CHORES_S)
            city_at, at = from_ms(clock.now_ms()), from_ms(self.real_ms())
            await sync_to_async(roll_up)(at=city_at)
            await sync_to_async(expire_holds)(at=city_at)
            await sync_to_async(run_jobs)(city_at=city_at, at=at)
            if self.rides.taps:  # until then the city stands at the evening of a day that is over
                await sync_to_async(keep_watch)(at=at)

    async def _keep_tallies(self) -> None:
        """What operators and banks are shown; in a city a job counts it every ten minutes."""
        while True:
            await asyncio.sleep(TALLIES_S)
            await sync_to_async(keep_tallies)(at=from_ms(self.real_ms()))
            await sync_to_async(keep_checks)(at=from_ms(self.real_ms()))

    async def _keep_office(self) -> None:
        """What staff asked for, beside the city's own chores: a rehearsal may take a while."""
        while True:
            await asyncio.sleep(CHORES_S)
            await asyncio.to_thread(
                keep_office, url=self.database, clock=lambda: from_ms(self.real_ms())
            )

    async def _tell_health(self, address: str, clock: CityClock, troubles: Troubles) -> None:
        """Readers tell how they are, one after another; they ask, so none of their taps waits.

        The one whose clock is wrong begins, so that staff need not wait for it.
        """
        health = Health(queued=0, tariff=self.tariff, program="satu demo")
        order = sorted(self.keys, key=lambda code: code != troubles.ahead)
        async with new_http(connections=1) as http:
            while True:
                for code in order:
                    if troubles.is_dark(code, clock.now_ms()):
                        continue
                    now_ms = troubles.clock_of(code, self.real_ms)
                    client = ReaderClient(address, self.keys[code], http=http, now_ms=now_ms)
                    await client.tell_health(health)
                    await asyncio.sleep(HEALTH_PAUSE_S)

    async def _say(self, clock: CityClock, says: Callable[[str], None]) -> None:
        before = 0
        while True:
            await asyncio.sleep(SAYS_S)
            at = from_ms(clock.now_ms()).astimezone(self.rules.calendar.zone)
            rate = (self.rides.taps - before) / SAYS_S
            before = self.rides.taps
            says(f"{at:%d %b %H:%M}  {before:,} tap  {rate:.0f}/s")

    async def _close(self, day: date) -> None:
        """The day's end; what is left of the night passes at once."""
        await asyncio.to_thread(
            close_days,
            url=self.database,
            before=day + NEXT,
            now_ms=self.rules.calendar.end_ms(day),
        )

    def figures(self, conn: psycopg.Connection) -> dict[str, Any]:
        """The summary: what the readers were told, and what the books hold of these days."""
        refused = {
            code: count for code, count in self.rides.outcomes.most_common() if code != "accepted"
        }
        uses = uses_of(conn, self.days)
        held = read_books(conn, uses, self.days)
        names = issuer_names(conn)
        return {
            "days": [day.isoformat() for day in self.days],
            "taps": self.rides.taps,
            "accepted": self.rides.accepted,
            "refused": refused,
            "journeys": held.journeys,
            "incomplete": held.incomplete,
            "currency": self.rules.bundle.asset,
            "revenue": held.revenue,
            "unfunded": held.unfunded,
            "revenue_by_operator": dict(held.by_operator),
            "money_by_bank": {
                names[book.book]: book.float_total
                for book in books(conn, Asset[self.rules.bundle.asset])
                if book.book in names
            },
        }
