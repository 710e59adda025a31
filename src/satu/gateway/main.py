"""Start a gateway: `python -m satu.gateway.main --port 8001`. SIGTERM ends it when all is answered.

Granian runs inside this process: one process to start, to stop and to kill.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import sys

import structlog
import uvloop
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server

from satu.gateway import log as logs
from satu.gateway.app import Gateway
from satu.gateway.settings import Settings, SettingsError, read

MAX_CONNECTIONS = 4_096
HTTP = HTTP1Settings(header_read_timeout=30_000, max_buffer_size=64 * 1024)
YOUNG_OBJECTS = 50_000  # a batch in flight is many objects; the default would sweep within it

log = structlog.get_logger()


def main() -> None:
    """Serve until SIGTERM or SIGINT; exit 0 then, 2 if a setting is wrong."""
    try:
        settings = read(sys.argv[1:], os.environ)
    except SettingsError as error:
        print(f"gateway: {error}", file=sys.stderr)
        sys.exit(2)
    logs.configure()
    logging.getLogger("_granian").setLevel(logging.ERROR)
    uvloop.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    server = Server(
        Gateway(settings),
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        http1_settings=HTTP,
        websockets=False,
        backlog=1_024,
        backpressure=MAX_CONNECTIONS,
        log_enabled=False,
    )
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, server.stop)
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 20, 50)
    log.info("gateway_starting", host=settings.host, port=settings.port, clock=settings.clock)
    await server.serve()
    log.info("gateway_ended")


if __name__ == "__main__":
    main()
