"""What a gateway is started with: arguments, and three environment variables.

SATU_APP_URL      the database as role satu_app
SATU_SECRET_KEY   the installation's secret, from which keys are derived
SATU_ENV          "production" refuses a clock that is not real
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from satu.gateway.clock import ClockName
from satu.kernel.keys import MIN_SECRET_BYTES

MAX_LANES = 16


class SettingsError(Exception):
    """A setting is missing or wrong; its text is one line that says what to do."""


@dataclass(frozen=True)
class Settings:
    """One gateway's settings. Limits bound its memory: docs/reference/gateway.md."""

    database_url: str = field(repr=False)
    secret: bytes = field(repr=False)
    host: str = "127.0.0.1"
    port: int = 8001
    lanes: int = 3
    clock: ClockName = "real"
    queued_singles: int = 4_096
    queued_uploads: int = 20_000


def read(arguments: Sequence[str], environ: Mapping[str, str]) -> Settings:
    """The settings of the command line and the environment; SettingsError says what is wrong."""
    given = _parser().parse_args(arguments)
    url = environ.get("SATU_APP_URL", "")
    if not url:
        raise SettingsError("SATU_APP_URL is not set: name the database as role satu_app")
    secret = environ.get("SATU_SECRET_KEY", "").encode()
    if len(secret) < MIN_SECRET_BYTES:
        raise SettingsError(f"SATU_SECRET_KEY needs at least {MIN_SECRET_BYTES} characters")
    if given.clock != "real" and environ.get("SATU_ENV") == "production":
        raise SettingsError("--clock follow is for replays; production runs on the real clock")
    if not 1 <= given.lanes <= MAX_LANES:
        raise SettingsError(f"--lanes must be 1 to {MAX_LANES}")
    if given.queued_singles < 1 or given.queued_uploads < 1:
        raise SettingsError("queues must hold at least one tap")
    return Settings(database_url=url, secret=secret, **vars(given))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m satu.gateway.main",
        description="The readers' door: takes taps over HTTP, answers after they are committed.",
    )
    parser.add_argument("--host", default=Settings.host, help="address to listen on")
    parser.add_argument("--port", type=int, default=Settings.port, help="port to listen on")
    parser.add_argument(
        "--lanes", type=int, default=Settings.lanes, help="database connections that take taps"
    )
    parser.add_argument(
        "--clock",
        choices=("real", "follow"),
        default=Settings.clock,
        help="follow: stand at the newest tap, for replays; refused in production",
    )
    parser.add_argument(
        "--queued-singles",
        type=int,
        default=Settings.queued_singles,
        help="single taps that may wait before 429 is answered",
    )
    parser.add_argument(
        "--queued-uploads",
        type=int,
        default=Settings.queued_uploads,
        help="uploaded taps that may be here, unanswered, before 429 is answered",
    )
    return parser
