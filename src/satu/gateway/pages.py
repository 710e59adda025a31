"""Everything the readers' door answers besides taps: documents for readers, health, metrics."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import structlog
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from satu.gateway import door
from satu.gateway import log as logs
from satu.gateway.answers import CODECS, codec_for
from satu.gateway.body import Body
from satu.gateway.openapi import document
from satu.gateway.problems import ProblemError
from satu.gateway.registry import etag
from satu.wire.signing import Sealed

if TYPE_CHECKING:
    from satu.gateway.app import Gateway

MAX_VERSION_DIGITS = 18

log = structlog.get_logger()


class Pages:
    """The handlers of one gateway."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._openapi = document()

    async def tariff(self, request: Request) -> Response:
        digest, sealed = self._gateway.registry.tariff
        return _sealed(request, sealed, etag("tariff", digest), "public, max-age=30")

    async def deny_list(self, request: Request) -> Response:
        await self._check(request)
        since = request.query_params.get("since", "0")
        if not (since.isascii() and since.isdigit() and len(since) <= MAX_VERSION_DIGITS):
            raise ProblemError("since_invalid")
        answer = await self._gateway.deny_lists.since(int(since))
        tag = etag("deny-list", answer.version, answer.since, answer.hour)
        return _sealed(request, answer.sealed, tag, "private, no-cache")

    async def _check(self, request: Request) -> None:
        signed = door.read_headers(request.scope)
        device = await self._gateway.sender(signed)
        door.check_single(request.scope, signed, device, b"")

    async def health_report(self, request: Request) -> Response:
        signed = door.read_headers(request.scope)
        body = await Body(request.receive).small(signed.content_length)
        device = await self._gateway.sender(signed)
        door.check_single(request.scope, signed, device, body)
        codec = codec_for(signed.content_type)
        if signed.content_encoding:
            raise ProblemError("content_encoding_unknown", "a report comes as it is")
        report = codec.read_health(body)
        self._gateway.health.note(device.id, signed.time_ms, report)
        return Response("ok\n", media_type="text/plain")

    async def openapi(self, _: Request) -> Response:
        return Response(self._openapi, media_type="application/json")

    async def health(self, _: Request) -> Response:
        return Response("ok\n", media_type="text/plain")

    async def ready(self, _: Request) -> Response:
        if not self._gateway.registry.is_ready:
            raise ProblemError("not_ready")
        if not self._gateway.is_ready:
            raise ProblemError("database_away")
        return Response("ok\n", media_type="text/plain")

    async def metrics(self, _: Request) -> Response:
        return Response(self._gateway.metrics.text(), media_type=CONTENT_TYPE_LATEST)


def application(gateway: Gateway) -> Starlette:
    """The Starlette application around a gateway; its lifespan runs the gateway."""
    pages = Pages(gateway)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with gateway.running():
            yield

    report = Route("/v1/health", pages.health_report, methods=["POST"])
    handlers: dict[str, Callable[[Request], object]] = {
        "/v1/tariff": pages.tariff,
        "/v1/deny-list": pages.deny_list,
        "/openapi.json": pages.openapi,
        "/healthz": pages.health,
        "/readyz": pages.ready,
        "/metrics": pages.metrics,
    }
    return Starlette(
        routes=[
            report,
            *(Route(path, handler, methods=["GET"]) for path, handler in handlers.items()),
        ],
        lifespan=lifespan,
        exception_handlers={
            ProblemError: _on_problem,
            HTTPException: _on_http_exception,
            Exception: _on_fault,
        },
    )


def _sealed(request: Request, sealed: Sealed, name: str, cache_control: str) -> Response:
    """A sealed document as msgpack if asked for, else JSON; 304 if the asker has it."""
    wanted = request.headers.get("accept", "").encode("latin-1")
    codec = CODECS[door.MSGPACK if door.MSGPACK in wanted else door.JSON]
    tag = etag(name, codec.name.decode())
    headers = {"ETag": tag, "Cache-Control": cache_control, "Vary": "Accept"}
    known = request.headers.get("if-none-match", "")
    if tag in [candidate.strip().removeprefix("W/") for candidate in known.split(",")]:
        return Response(status_code=304, headers=headers)
    return Response(codec.encode(sealed), media_type=codec.name.decode(), headers=headers)


def _problem_response(problem: ProblemError) -> Response:
    headers = {name.decode(): value.decode() for name, value in problem.all_headers()}
    return Response(problem.body(), status_code=problem.kind.status, headers=headers)


async def _on_problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)
    return _problem_response(error)


async def _on_http_exception(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = "method_not_allowed" if error.status_code == 405 else "not_found"
    return _problem_response(ProblemError(code, headers=dict(error.headers or {})))


async def _on_fault(request: Request, error: Exception) -> Response:
    log.error("request_failed", path=request.url.path, **logs.of_error(error))
    return _problem_response(ProblemError("internal_error"))
