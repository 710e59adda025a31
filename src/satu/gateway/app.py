"""The ASGI application of the readers' door.

Taps and uploads are answered right here, without a framework between (each request is a few
dozen microseconds); everything else is Starlette's, in `satu.gateway.pages`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import structlog

from satu.gateway import door, pages
from satu.gateway import log as logs
from satu.gateway.answers import Codec, batch_result, codec_for, spoken_decision
from satu.gateway.body import UPLOAD_LIMIT, Body, UploadRoom, unpack
from satu.gateway.clock import clock_named
from satu.gateway.denials import DenyLists
from satu.gateway.desk import Desk, Evidence
from satu.gateway.door import KnownDevice, Receive, Scope, Send, Signed
from satu.gateway.health import HealthNotes
from satu.gateway.lanes import Lanes
from satu.gateway.link import Reader
from satu.gateway.metrics import Metrics
from satu.gateway.problems import ProblemError
from satu.gateway.registry import Registry
from satu.gateway.settings import Settings
from satu.taps.tap import Arrival
from satu.wire.messages import BatchResult, Tap

TAPS, UPLOADS = "/v1/taps", "/v1/tap-batches"
START_PATIENCE_S = 5.0

log = structlog.get_logger()


class Gateway:
    """One gateway process: its registry, lanes, desk and answers."""

    def __init__(self, settings: Settings) -> None:
        self.metrics = Metrics()
        self.clock = clock_named(settings.clock)
        self.registry = Registry(settings.secret, self.metrics.commit.observe)
        self._reader = Reader(settings.database_url)
        self.desk = Desk(settings.database_url, self.registry, self._reader)
        self.deny_lists = DenyLists(self._reader, self.registry.scheme)
        self.health = HealthNotes(self._reader, self.clock)
        self.lanes = Lanes(
            settings.database_url,
            road=lambda: self.registry.road,
            clock=self.clock,
            metrics=self.metrics,
            lanes=settings.lanes,
            queued_singles=settings.queued_singles,
            queued_uploads=settings.queued_uploads,
        )
        self._room = UploadRoom()
        self._pages = pages.application(self)

    @property
    def is_ready(self) -> bool:
        """Whether taps can be taken: city loaded, database there for the desk and every lane."""
        return self.registry.is_ready and self.desk.is_up and self.lanes.are_up

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Lanes and desk at work. When it ends, nothing waits: the server drains before."""
        serving = (self.lanes.serve(), self.desk.serve(), self.health.serve())
        tasks = [asyncio.create_task(work) for work in serving]
        # With the database at hand the first request finds everything ready.
        with suppress(TimeoutError):
            async with asyncio.timeout(START_PATIENCE_S):
                await self._started()
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.health.write()
            await self._reader.close()

    async def _started(self) -> None:
        await self.desk.looked.wait()
        while not self.lanes.are_up:
            await asyncio.sleep(0.01)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] not in (TAPS, UPLOADS):
            await self._pages(scope, receive, send)
            return
        path, body = scope["path"], Body(receive)
        try:
            if scope["method"] != "POST":
                raise ProblemError("method_not_allowed", headers={"allow": "POST"})
            take = self._take_tap if path == TAPS else self._take_upload
            codec, answer = await take(scope, body)
        except ProblemError as problem:
            self.metrics.requests.labels(path, str(problem.kind.status)).inc()
            await body.let_pass()
            await respond_problem(send, problem)
        except Exception as error:
            self.metrics.requests.labels(path, "500").inc()
            log.error("request_failed", path=path, **logs.of_error(error))
            await respond_problem(send, ProblemError("internal_error"))
        else:
            self.metrics.requests.labels(path, "200").inc()
            await respond(send, 200, codec.headers, answer)

    async def _take_tap(self, scope: Scope, body: Body) -> tuple[Codec, bytes]:
        signed = door.read_headers(scope)
        sent = await body.small(signed.content_length)
        device = await self.sender(signed)
        door.check_single(scope, signed, device, sent)
        codec = codec_for(signed.content_type)
        if signed.content_encoding:
            raise ProblemError("content_encoding_unknown", "a single tap comes as it is")
        tap = codec.read_tap(sent)
        self.clock.saw(tap.at_ms)
        arrival = self._arrival(device, tap, self.clock.now_ms())
        answer = await self.lanes.one(arrival)
        asset = self.registry.road.rules.bundle.asset
        return codec, codec.encode(spoken_decision(arrival, answer, asset))

    async def _take_upload(self, scope: Scope, body: Body) -> tuple[Codec, bytes]:
        signed = door.read_headers(scope)
        room = self._room.take(signed.content_length)
        try:
            sent = await body.whole(UPLOAD_LIMIT, signed.content_length)
            device = await self.sender(signed)
            message = door.check_upload(scope, signed, device, sent)
            codec = codec_for(signed.content_type)
            taps = codec.read_batch(unpack(sent, signed.content_encoding)).taps
            with self.lanes.room_for(len(taps)):
                evidence = Evidence(device.id, message, bytes.fromhex(signed.signature))
                return codec, codec.encode(await self._upload(device, taps, evidence))
        finally:
            self._room.give_back(room)

    async def _upload(
        self, device: KnownDevice, taps: Sequence[Tap], evidence: Evidence
    ) -> BatchResult:
        self.clock.saw(max(tap.at_ms for tap in taps))
        received_ms = self.clock.now_ms()
        upload = await self.desk.keep_upload(evidence, received_ms=received_ms, taps=len(taps))
        arrivals = [self._arrival(device, tap, received_ms, upload) for tap in taps]
        return batch_result(arrivals, await self.lanes.many(arrivals))

    async def sender(self, signed: Signed) -> KnownDevice:
        """The device that a timely request names; its signature is still to be checked."""
        signed.check_age()
        device = self.registry.device(signed.device)
        if device is None:
            await self.desk.look_again()
            device = self.registry.device(signed.device)
        if device is None:
            raise ProblemError("device_unknown" if self.registry.is_ready else "not_ready")
        return device

    @staticmethod
    def _arrival(
        device: KnownDevice, tap: Tap, received_ms: int, upload: int | None = None
    ) -> Arrival:
        return Arrival(device.id, tap, received_ms, upload, device.clock_offset_ms)


async def respond(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def respond_problem(send: Send, problem: ProblemError) -> None:
    await respond(send, problem.kind.status, problem.all_headers(), problem.body())
