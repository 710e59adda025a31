"""The day's closing: what waits for its end in days that are over is ended by rule.

Run by the jobs shortly after the service day's end, and by a replay as its clock passes it. A
card that tapped since needs no closing: its next tap closed the day on the way.
"""

from __future__ import annotations

import asyncio
from datetime import date

import psycopg

from satu.services import all as services
from satu.services.rules import Rules
from satu.taps import places
from satu.taps.directory import Directory
from satu.taps.road import Road


def close_days(
    *, url: str, now_ms: int, before: date | None = None, rules: Rules | None = None
) -> int:
    """End every card's open days before a service day (the one of `now_ms`): how many cards.

    Safe to run again, beside gateways, and after a crash: each card's closing is one commit.
    `rules` are the city's, from one who closes day after day and has measured many ways already;
    without them they are loaded.
    """
    assert services.SERVICES
    if rules is None:
        with psycopg.connect(url) as conn:
            rules = Rules(places.load_bundle(conn))
    return asyncio.run(_close(url, rules, now_ms, before or rules.calendar.day_of(now_ms)))


async def _close(url: str, rules: Rules, now_ms: int, before: date) -> int:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as conn:
        road = Road(rules, await Directory.load(conn), token_key=b"")
        return await road.close(conn, before=before, now_ms=now_ms)
