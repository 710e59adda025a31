"""The door's contract as OpenAPI 3.1, made from the messages themselves."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version
from typing import Any

import msgspec

from satu.gateway.problems import CATALOGUE, MEDIA_TYPE
from satu.kernel.ids import MAX_DEVICE
from satu.wire.messages import BatchResult, Decision, Health, Problem, Tap, TapBatch
from satu.wire.signing import DEVICE_HEADER, SIGNATURE_HEADER, TIME_HEADER, Sealed

REF = "#/components/schemas/{name}"
JSON, MSGPACK = "application/json", "application/msgpack"

UNSIGNED = ("signature_missing", "device_unknown", "signature_wrong", "request_too_old",
            "request_from_future")  # fmt: skip
ASKING = (*UNSIGNED, "device_blocked")
BODY = ("body_malformed", "body_too_slow", "body_too_large", "content_type_unknown",
        "content_encoding_unknown", "body_invalid")  # fmt: skip
LOAD = ("busy", "internal_error", "database_away", "not_ready")

INTRODUCTION = """\
Readers send taps here and fetch what they need to decide alone. Pembaca kartu mengirim tap ke
sini dan mengambil data untuk memutuskan sendiri.

Every request but those for the tariff, health and this document carries `Satu-Device`,
`Satu-Time` (milliseconds since 1970, UTC, at most five minutes off) and `Satu-Signature`, over
`method \\n target \\n time \\n body`: HMAC-SHA256 with the device's request key, or for an upload
Ed25519 with the device's own key; hexadecimal. `(device, sequence)` names a tap for ever: send
it again whenever no answer came.

A bad request is answered with `application/problem+json` (RFC 9457): `code` is for programs,
`detail` says what was wrong this time, `words` says in Indonesian and English what to do.
"""


def document() -> bytes:
    """The document as JSON."""
    schemas = msgspec.json.schema_components(
        [Tap, TapBatch, Decision, BatchResult, Health, Problem, Sealed], ref_template=REF
    )[1]
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {
                "title": "Satu: the readers' door",
                "version": version("satu"),
                "description": INTRODUCTION,
                "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            },
            "paths": _paths(),
            "components": {"schemas": schemas, "parameters": _signing_parameters()},
        }
    )


def _paths() -> dict[str, Any]:
    return {
        "/v1/taps": {"post": _post_tap()},
        "/v1/tap-batches": {"post": _post_upload()},
        "/v1/health": {"post": _post_health()},
        "/v1/tariff": {"get": _get_tariff()},
        "/v1/deny-list": {"get": _get_deny_list()},
        "/openapi.json": {"get": _get("openapi", "This document", JSON)},
        "/healthz": {"get": _get("healthz", "The process runs", "text/plain")},
        "/readyz": {
            "get": _get(
                "readyz", "Taps can be taken", "text/plain", problems=("database_away", "not_ready")
            )
        },
        "/metrics": {"get": _get("metrics", "Figures for Prometheus", "text/plain")},
    }


def _post_tap() -> dict[str, Any]:
    return {
        "operationId": "postTap",
        "summary": "One tap: accepted or refused, with fare, balance and words for the screen",
        "description": "Answered after the decision is durable. Signed with HMAC-SHA256.",
        "parameters": _signing_references(),
        "requestBody": _body("Tap"),
        "responses": _responses("Decision", (*ASKING, *BODY, *LOAD)),
    }


def _post_upload() -> dict[str, Any]:
    encoding = {
        "name": "Content-Encoding",
        "in": "header",
        "required": False,
        "schema": {"enum": ["gzip", "identity"]},
        "description": "The signature covers the body as it travels.",
    }
    return {
        "operationId": "postTapBatch",
        "summary": "Up to 5,000 kept taps: one result a tap, in their order",
        "description": "Signed with the device's Ed25519 key; signature and body are kept.",
        "parameters": [*_signing_references(), encoding],
        "requestBody": _body("TapBatch"),
        "responses": _responses("BatchResult", (*ASKING, *BODY, *LOAD)),
    }


def _post_health() -> dict[str, Any]:
    taken = {"description": "Taken", "content": {"text/plain": {"schema": {"type": "string"}}}}
    problems = _problems((*ASKING, *BODY, "internal_error", "not_ready", "database_away"))
    return {
        "operationId": "postHealth",
        "summary": "What a reader tells of itself: taps that wait, the age of its lists",
        "description": "The newest report is kept. Signed with HMAC-SHA256; how far `Satu-Time` "
        "is off tells the drift of the reader's clock.",
        "parameters": _signing_references(),
        "requestBody": _body("Health"),
        "responses": {"200": taken} | problems,
    }


def _get_tariff() -> dict[str, Any]:
    problems = ("internal_error", "not_ready")
    return {
        "operationId": "getTariff",
        "summary": "The tariff in force, signed by the scheme",
        "description": "`content` is msgpack of `{digest, bundle}`. The asker need not sign.",
        "parameters": [_if_none_match()],
        "responses": _responses("Sealed", problems) | _not_modified(),
    }


def _get_deny_list() -> dict[str, Any]:
    since = {
        "name": "since",
        "in": "query",
        "required": False,
        "schema": {"type": "integer", "minimum": 0, "maximum": 10**18 - 1, "default": 0},
        "description": "The version the reader has; 0 or one never issued: the whole list.",
    }
    problems = (*ASKING, "since_invalid", "internal_error", "database_away", "not_ready")
    return {
        "operationId": "getDenyList",
        "summary": "Denied cards' serials, signed by the scheme: all, or the change from a version",
        "description": "`content` is msgpack of `{version, since, issued_ms, added, removed}`; "
        "serials are LEB128 gaps (serial less the one before, less 1) of the sorted list.",
        "parameters": [*_signing_references(), since, _if_none_match()],
        "responses": _responses("Sealed", problems) | _not_modified(),
    }


def _get(name: str, about: str, media_type: str, problems: Iterable[str] = ()) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object"} if media_type == JSON else {"type": "string"}
    answer = {"description": about, "content": {media_type: {"schema": schema}}}
    return {
        "operationId": name,
        "summary": about,
        "responses": {"200": answer, **_problems((*problems, "internal_error"))},
    }


def _body(name: str) -> dict[str, Any]:
    return {"required": True, "content": _both(name)}


def _both(name: str) -> dict[str, Any]:
    schema = {"$ref": REF.format(name=name)}
    return {JSON: {"schema": schema}, MSGPACK: {"schema": schema}}


def _responses(name: str, problems: Iterable[str]) -> dict[str, Any]:
    answer = {"description": name, "content": _both(name)}
    return {"200": answer, **_problems(problems)}


def _problems(codes: Iterable[str]) -> dict[str, Any]:
    """The problems by status; each description names the codes and what to do."""
    by_status: dict[int, list[str]] = {}
    for code in codes:
        by_status.setdefault(CATALOGUE[code].status, []).append(code)
    return {str(status): _problem(found) for status, found in sorted(by_status.items())}


def _problem(codes: list[str]) -> dict[str, Any]:
    kinds = [CATALOGUE[code] for code in codes]
    lines = [
        f"`{code}`: {kind.title}. {kind.words.en} / {kind.words.id}"
        for code, kind in zip(codes, kinds, strict=True)
    ]
    schema = {"$ref": REF.format(name="Problem")}
    answer: dict[str, Any] = {
        "description": "\n\n".join(lines),
        "content": {MEDIA_TYPE: {"schema": schema}},
    }
    if any(kind.retry_after_s for kind in kinds):
        answer["headers"] = {
            "Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait"}
        }
    return answer


def _not_modified() -> dict[str, Any]:
    return {"304": {"description": "The ETag given is still current"}}


def _if_none_match() -> dict[str, Any]:
    return {
        "name": "If-None-Match",
        "in": "header",
        "required": False,
        "schema": {"type": "string"},
    }


def _signing_parameters() -> dict[str, Any]:
    schemas: dict[str, dict[str, Any]] = {
        DEVICE_HEADER: {"type": "integer", "minimum": 1, "maximum": MAX_DEVICE},
        TIME_HEADER: {"type": "integer", "minimum": 0, "maximum": 4_102_444_800_000},
        SIGNATURE_HEADER: {"type": "string", "pattern": "^[0-9a-f]{64}([0-9a-f]{64})?$"},
    }
    return {
        name: {"name": name, "in": "header", "required": True, "schema": schema}
        for name, schema in schemas.items()
    }


def _signing_references() -> list[dict[str, str]]:
    return [{"$ref": f"#/components/parameters/{name}"} for name in _signing_parameters()]
