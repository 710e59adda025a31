"""A resident at the portal over HTTP, and a reader at a stop: what both sides of a gate see."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from typing import Any

import httpx

from satu.validator.keys import DeviceKeys
from satu.web.doors import codes
from satu.wire.denylist import Denied
from satu.wire.messages import Decision, Tap
from tests.journeys.gateway_support import RunningGateway, Town

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


class Portal:
    """What a resident's browser sends and shows: pages, and forms with what stands in them."""

    def __init__(self, base_url: str) -> None:
        self.http = httpx.Client(base_url=base_url, follow_redirects=True, timeout=60)

    def sign_in(self, phone: str) -> None:
        """By a code, as anybody does."""
        self.send("/masuk/", contact=phone)
        shown = codes.outbox(datetime.now(UTC))
        assert shown
        self.send("/masuk/kode/", code=shown[0].code)

    def page(self, path: str) -> str:
        answer = self.http.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def send(self, path: str, **told: Any) -> str:
        """Open a page and send its form: the page that it leads to."""
        found = TOKEN.search(self.page(path))
        assert found, path
        answer = self.http.post(path, data={"csrfmiddlewaretoken": found[1], **told})
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text


class Reader:
    """A reader at a stop: it asks, and uploads what it did while it was offline."""

    def __init__(self, town: Town, door: RunningGateway, keys: DeviceKeys) -> None:
        self.town, self.door, self.keys = town, door, keys
        self.denied = Denied()

    def enters(self, card: int) -> Decision:
        tap = self.town.tap(card, direction="entry", decided="ask")

        async def ask() -> Decision:
            async with self.door.client(self.town, self.keys) as client:
                return await client.tap(tap)

        return asyncio.run(ask())

    def uploads(self, taps: list[Tap]) -> list[Decision]:
        async def send() -> list[Decision]:
            async with self.door.client(self.town, self.keys) as client:
                return await client.upload(taps)

        return asyncio.run(send())

    def denies(self, card: int) -> bool:
        """Whether the published list, brought up to date, has a card."""

        async def fetch() -> None:
            async with self.door.client(self.town, self.keys) as client:
                self.denied.apply(await client.deny_list(self.denied.version))

        asyncio.run(fetch())
        return card in self.denied
