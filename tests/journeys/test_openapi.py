"""The contract: what /openapi.json says is what the gateway does, whatever is sent to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from requests import PreparedRequest
from requests.auth import AuthBase
from schemathesis import GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)

from satu.project.clock import now_ms
from satu.validator.keys import DeviceKeys
from satu.validator.request import UPLOADS_PATH, signed_headers, upload_headers
from tests.journeys.gateway_support import RunningGateway, Town, gateway

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)
EXAMPLES = 40
CAN_BE_WRONG = ("/v1/tap", "/v1/deny-list")


@pytest.fixture
def town(database: Any) -> Town:
    return Town(database)


@pytest.fixture
def door(town: Town) -> Iterator[RunningGateway]:
    with gateway() as running:
        yield running


def test_every_address_is_described(door: RunningGateway) -> None:
    document = door.http.get("/openapi.json").json()
    assert document["openapi"] == "3.1.0"
    assert set(document["paths"]) == {
        "/v1/taps",
        "/v1/tap-batches",
        "/v1/health",
        "/v1/tariff",
        "/v1/deny-list",
        "/openapi.json",
        "/healthz",
        "/readyz",
        "/metrics",
    }
    for methods in document["paths"].values():
        for operation in methods.values():
            assert operation["summary"] and "200" in operation["responses"]
    tap = document["components"]["schemas"]["Tap"]
    assert set(tap["required"]) == {"sequence", "at_ms", "token", "point"}
    assert tap["additionalProperties"] is False
    problem = document["components"]["schemas"]["Problem"]
    assert problem["properties"]["detail"] == {"type": "string"}  # RFC 9457
    assert set(problem["required"]) == {"type", "title", "status", "code", "detail", "words"}
    told = document["paths"]["/v1/taps"]["post"]["responses"]
    assert {"400", "401", "403", "408", "413", "415", "422", "429", "500", "503"} <= set(told)


class Signer(AuthBase):
    """Signs whatever was made up, so that it comes past the first door."""

    def __init__(self, keys: DeviceKeys) -> None:
        self.keys = keys

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        assert request.method is not None
        body = request.body or b""
        body = body.encode() if isinstance(body, str) else body
        target = request.path_url
        if target == UPLOADS_PATH:
            request.headers.update(upload_headers(self.keys, now_ms(), body))
        else:
            request.headers.update(
                signed_headers(self.keys, request.method, target, now_ms(), body)
            )
        return request


@schemathesis.serializer("application/msgpack")
def as_msgpack(_: schemathesis.SerializationContext, value: Any) -> bytes:
    try:
        return value if isinstance(value, bytes) else msgspec.msgpack.encode(value)
    except OverflowError:  # an integer that msgpack cannot write: send what is no msgpack at all
        return b"\xc1"


def attack(door: RunningGateway, signer: Signer | None) -> dict[int, int]:
    """Send what schemathesis makes up for every operation; how often each status came."""
    statuses: dict[int, int] = {}
    document = door.http.get("/openapi.json").json()
    schema = schemathesis.openapi.from_dict(document)
    operations = [found.ok() for found in schema.get_all_operations()]
    wrong = [operation for operation in operations if operation.path.startswith(CAN_BE_WRONG)]
    cases = [operation.as_strategy() for operation in operations]
    cases += [operation.as_strategy(GenerationMode.NEGATIVE) for operation in wrong]
    for strategy in cases:

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=strategy)
        def send(case: schemathesis.Case) -> None:
            answer = case.call(base_url=door.base_url, auth=signer)
            case.validate_response(answer, checks=list(CHECKS))
            statuses[answer.status_code] = statuses.get(answer.status_code, 0) + 1

        send()
    return statuses


def test_made_up_requests_of_a_known_device_meet_no_fault(town: Town, door: RunningGateway) -> None:
    statuses = attack(door, Signer(town.reader()))
    assert statuses[200] > EXAMPLES and statuses[422] > EXAMPLES
    assert not any(status >= 500 for status in statuses)
    assert 401 not in statuses
    assert '"request_failed"' not in door.log() and '"batch_broken"' not in door.log()
    assert town.count("ledger_posting") == 0


def test_made_up_requests_of_strangers_meet_no_fault(town: Town, door: RunningGateway) -> None:
    statuses = attack(door, None)
    assert statuses[401] >= EXAMPLES
    assert not any(status >= 500 for status in statuses)
    assert town.count("taps_tap") == 0
