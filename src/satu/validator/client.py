"""A reader's way to the gateway over HTTP: taps, uploads, tariff, deny list. No Django.

Used by the reader's program, by replays and simulations. A refusal of a tap is a `Decision`;
what the gateway says about a bad request is raised as `GatewayRefusedError`.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from types import TracebackType

import httpx
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from satu.validator.keys import DeviceKeys
from satu.validator.request import (
    HEALTH_PATH,
    MSGPACK,
    TAPS_PATH,
    UPLOADS_PATH,
    encode,
    signed_headers,
    upload_body,
    upload_headers,
)
from satu.wire import denylist
from satu.wire.messages import BatchResult, Decision, Health, Problem, Tap
from satu.wire.signing import Sealed, SealedKind, unseal

TRY_AGAIN = frozenset({429, 502, 503, 504})
MAX_PAUSE_S = 10.0


def _real_now_ms() -> int:
    return time.time_ns() // 1_000_000


class GatewayRefusedError(Exception):
    """The gateway did not take a request; sending the same again will not help."""

    def __init__(self, status: int, problem: Problem | None) -> None:
        self.status = status
        self.problem = problem
        super().__init__(f"{status} {problem.code if problem else 'without a problem document'}")

    @property
    def code(self) -> str:
        """The problem's stable code, or `unreadable`."""
        return self.problem.code if self.problem else "unreadable"


class GatewayAwayError(Exception):
    """The gateway could not be reached or stayed busy: whether it took the request is unknown.

    Keep the taps and send them again; their names make that harmless.
    """


class SealBrokenError(Exception):
    """A tariff or deny list was not signed by the scheme: keep the one you have."""


class ReaderClient(AbstractAsyncContextManager["ReaderClient"]):
    """One reader's requests. Share `http` between the readers of one program.

    `attempts` bounds how often a request is sent when the gateway is busy or away.
    `scheme_key` is needed for tariff and deny list alone.
    """

    def __init__(
        self,
        base_url: str,
        keys: DeviceKeys,
        *,
        scheme_key: Ed25519PublicKey | None = None,
        http: httpx.AsyncClient | None = None,
        attempts: int = 5,
        now_ms: Callable[[], int] = _real_now_ms,
    ) -> None:
        assert attempts >= 1
        self.base_url = base_url.rstrip("/")
        self.keys = keys
        self.scheme_key = scheme_key
        self.attempts = attempts
        self._now_ms = now_ms
        self._owns_http = http is None
        self._http = http or new_http()
        self._etags: dict[str, tuple[str, Sealed]] = {}

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._owns_http:
            await self._http.aclose()

    async def tap(self, tap: Tap) -> Decision:
        """Ask about one tap."""
        body = encode(tap, MSGPACK)

        def headers() -> dict[str, str]:
            signed = signed_headers(self.keys, "POST", TAPS_PATH, self._now_ms(), body)
            return {**signed, "Content-Type": MSGPACK}

        answer = await self._send("POST", TAPS_PATH, headers, body)
        return msgspec.msgpack.decode(answer.content, type=Decision)

    async def upload(self, taps: Sequence[Tap], *, compress: bool = False) -> list[Decision]:
        """Send 1 to 5,000 kept taps; one decision a tap, in their order."""
        body, described = upload_body(taps, MSGPACK, compress=compress)

        def headers() -> dict[str, str]:
            return {**described, **upload_headers(self.keys, self._now_ms(), body)}

        answer = await self._send("POST", UPLOADS_PATH, headers, body)
        results = msgspec.msgpack.decode(answer.content, type=BatchResult).results
        assert len(results) == len(taps)
        return results

    async def tell_health(self, health: Health) -> None:
        """Tell how the reader is: taps that wait, the age of its lists."""
        body = encode(health, MSGPACK)

        def headers() -> dict[str, str]:
            signed = signed_headers(self.keys, "POST", HEALTH_PATH, self._now_ms(), body)
            return {**signed, "Content-Type": MSGPACK}

        await self._send("POST", HEALTH_PATH, headers, body)

    async def deny_list(self, since: int = 0) -> denylist.DenyList:
        """The deny list: a base (`since=0`) or the change from version `since`."""
        return denylist.decode((await self.sealed_deny_list(since)).content)

    async def sealed_deny_list(self, since: int = 0) -> Sealed:
        """The same as it was sealed, for `satu.validator.denials.DenyListKept`."""
        return await self._sealed("deny-list", f"/v1/deny-list?since={since}")

    async def tariff(self) -> Sealed:
        """The tariff in force, for `satu.validator.tariff.TariffKept`; its seal is verified.

        Asks only whether it changed if one was fetched before.
        """
        return await self._sealed("tariff", "/v1/tariff")

    async def _sealed(self, kind: SealedKind, target: str) -> Sealed:
        if self.scheme_key is None:
            raise ValueError("the scheme's public key is needed to read what it signs")
        tag, known = self._etags.get(target, ("", None))

        def headers() -> dict[str, str]:
            signed = signed_headers(self.keys, "GET", target, self._now_ms())
            return {**signed, "Accept": MSGPACK, **({"If-None-Match": tag} if tag else {})}

        answer = await self._send("GET", target, headers)
        if answer.status_code == 304 and known is not None:
            return known
        sealed = msgspec.msgpack.decode(answer.content, type=Sealed)
        if unseal(self.scheme_key, kind, sealed) is None:
            raise SealBrokenError(f"{target} is not signed by the scheme's key")
        # One answer a kind is kept: a deny list's address changes with every version.
        self._etags = {
            kept: value for kept, value in self._etags.items() if _path(kept) != _path(target)
        }
        self._etags[target] = (answer.headers.get("ETag", ""), sealed)
        return sealed

    async def _send(
        self,
        method: str,
        target: str,
        headers: Callable[[], Mapping[str, str]],
        body: bytes | None = None,
    ) -> httpx.Response:
        """Send until it is answered; each attempt is signed anew, at its own time."""
        last = "no attempt"
        for attempt in range(self.attempts):
            pause_s = min(MAX_PAUSE_S, 0.1 * 2**attempt)
            try:
                answer = await self._http.request(
                    method, self.base_url + target, headers=dict(headers()), content=body
                )
            except httpx.TransportError as error:
                last = type(error).__name__
            else:
                if answer.status_code in (200, 304):
                    return answer
                if answer.status_code not in TRY_AGAIN:
                    raise GatewayRefusedError(answer.status_code, _problem(answer))
                last = str(answer.status_code)
                pause_s = max(pause_s, _retry_after_s(answer))
            if attempt + 1 < self.attempts:
                await asyncio.sleep(pause_s * random.uniform(1.0, 1.25))
        raise GatewayAwayError(f"no answer after {self.attempts} attempts; last: {last}")


def new_http(connections: int = 64) -> httpx.AsyncClient:
    """An HTTP/1.1 client with kept-alive connections, to share between readers."""
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    return httpx.AsyncClient(http2=False, limits=limits, timeout=httpx.Timeout(30.0))


def _path(target: str) -> str:
    return target.partition("?")[0]


def _retry_after_s(answer: httpx.Response) -> float:
    told = answer.headers.get("Retry-After", "")
    return min(MAX_PAUSE_S, float(told)) if told.isdigit() else 0.0


def _problem(answer: httpx.Response) -> Problem | None:
    try:
        return msgspec.json.decode(answer.content, type=Problem)
    except msgspec.DecodeError:
        return None
