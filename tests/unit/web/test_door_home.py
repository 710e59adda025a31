"""Which machine asks: in production the one that the proxy saw, whatever the request claims."""

from __future__ import annotations

from django.test import RequestFactory, override_settings

from satu.web.doors.home import address_of


def test_a_machine_is_what_the_proxy_saw_and_not_what_it_says() -> None:
    claimed = {"X-Forwarded-For": "198.51.100.1, 192.0.2.9"}
    request = RequestFactory().get("/", headers=claimed, REMOTE_ADDR="10.0.0.1")
    with override_settings(PRODUCTION=False):
        assert address_of(request) == "10.0.0.1"
    with override_settings(PRODUCTION=True):
        assert address_of(request) == "192.0.2.9"
        assert address_of(RequestFactory().get("/", REMOTE_ADDR="10.0.0.1")) == "10.0.0.1"
