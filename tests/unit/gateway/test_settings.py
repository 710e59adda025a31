"""What a gateway is started with."""

from __future__ import annotations

import pytest

from satu.gateway.clock import FollowingClock, clock_named, real_now_ms
from satu.gateway.settings import SettingsError, read

ENVIRON = {"SATU_APP_URL": "postgresql://satu_app:word@db/satu", "SATU_SECRET_KEY": "s" * 32}


def test_arguments_and_environment_make_the_settings() -> None:
    settings = read(["--port", "9", "--lanes", "3", "--clock", "follow"], ENVIRON)
    assert (settings.port, settings.lanes, settings.clock) == (9, 3, "follow")
    assert settings.secret == b"s" * 32
    assert "word" not in repr(settings) and "sss" not in repr(settings)


@pytest.mark.parametrize(
    ("arguments", "environ", "named"),
    [
        ([], {"SATU_SECRET_KEY": "s" * 32}, "SATU_APP_URL"),
        ([], {**ENVIRON, "SATU_SECRET_KEY": "short"}, "SATU_SECRET_KEY"),
        (["--clock", "follow"], {**ENVIRON, "SATU_ENV": "production"}, "--clock"),
        (["--lanes", "0"], ENVIRON, "--lanes"),
        (["--queued-singles", "0"], ENVIRON, "queues"),
    ],
)
def test_what_is_wrong_is_named(arguments: list[str], environ: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        read(arguments, environ)


def test_a_following_clock_stands_at_the_newest_tap() -> None:
    clock = FollowingClock()
    for at_ms, now_ms in ((5, 5), (9, 9), (7, 9)):
        clock.saw(at_ms)
        assert clock.now_ms() == now_ms


def test_the_real_clock_minds_no_tap() -> None:
    clock = clock_named("real")
    clock.saw(real_now_ms() + 10**9)
    assert abs(clock.now_ms() - real_now_ms()) < 10_000
