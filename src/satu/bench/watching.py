"""Viewers of the live page: `python -m satu.bench.watching ADDRESS COOKIE HOW_MANY`.

A process of its own, so that the load it is measured beside keeps its pace. Each viewer asks for
what is new as the page's script does, and waits as long as it is told to. Ends when its standard
input does, and tells as JSON how often was asked and how long answers took. No Django.
"""

from __future__ import annotations

import asyncio
import json
import sys
from random import Random
from time import perf_counter
from urllib.parse import urlsplit

DATA = "/console/live/data?since="
OK = b"200"
FIRST_PAUSE_S = 1.0
PATIENCE_S = 30.0


class Seen:
    """What all viewers together saw."""

    def __init__(self) -> None:
        self.latencies_s: list[float] = []
        self.faults: list[str] = []

    def told(self) -> dict[str, object]:
        """As the command tells it: how many answers, and the milliseconds they took."""
        ordered = sorted(self.latencies_s)

        def percentile(share: float) -> float:
            place = min(len(ordered) - 1, int(len(ordered) * share))
            return round(1_000 * ordered[place], 1) if ordered else 0.0

        return {
            "answers": len(ordered),
            "p50_ms": percentile(0.50),
            "p95_ms": percentile(0.95),
            "faults": self.faults[:3],
        }


async def watch(address: str, cookie: str, seen: Seen, start_s: float) -> None:
    """One viewer's life, on a connection that is kept."""
    where = urlsplit(address)
    since, pause_s = 0, FIRST_PAUSE_S
    await asyncio.sleep(start_s)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    try:
        while True:
            started = perf_counter()
            writer.write(_request(where.netloc, since, cookie))
            async with asyncio.timeout(PATIENCE_S):
                status, body = await _answer(reader)
            if status != OK:
                seen.faults.append(f"answered {status.decode()}")
                return
            seen.latencies_s.append(perf_counter() - started)
            told = json.loads(body)
            since, pause_s = told["version"], told["pause_ms"] / 1_000
            await asyncio.sleep(pause_s)
    except (OSError, EOFError, TimeoutError) as error:
        seen.faults.append(f"{type(error).__name__}: {error}")
    finally:
        writer.close()


def _request(host: str, since: int, cookie: str) -> bytes:
    lines = (f"GET {DATA}{since} HTTP/1.1", f"Host: {host}", f"Cookie: {cookie}", "Accept: */*")
    return "\r\n".join((*lines, "", "")).encode()


async def _answer(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """The status and the body of an answer that tells its length, or comes in chunks."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status = head.split(b" ", 2)[1]
    if b"transfer-encoding: chunked" in head:
        return status, await _chunks(reader)
    start = head.index(b"content-length: ") + len(b"content-length: ")
    return status, await reader.readexactly(int(head[start : head.index(b"\r\n", start)]))


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int(await reader.readuntil(b"\r\n"), 16):
        body += (await reader.readexactly(size + 2))[:-2]
    await reader.readuntil(b"\r\n")
    return body


async def _watch_all(address: str, cookie: str, viewers: int) -> Seen:
    seen, random = Seen(), Random("viewers")
    tasks = [
        asyncio.create_task(watch(address, cookie, seen, FIRST_PAUSE_S * random.random()))
        for _ in range(viewers)
    ]
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return seen


def main() -> None:
    address, cookie, viewers = sys.argv[1:]
    print(json.dumps(asyncio.run(_watch_all(address, cookie, int(viewers))).told()))


if __name__ == "__main__":
    main()
