"""An OpenAPI document as pages show it: operations with fields, answers and examples. Pure.

Knows as much of JSON Schema as the repository's own documents use: references, objects, lists,
alternatives, and the bounds of single values.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

METHODS = ("get", "post", "put", "patch", "delete")
DEEPEST = 4
Schema = Mapping[str, Any]

# What a field's example says where its schema has none: a day in Jakarta, all of it made up.
EXAMPLES: dict[str, Any] = {
    "sequence": 7,
    "at_ms": 1795388220000,
    "token": "12",
    "point": "H00014P",
    "route": "1",
    "riders": 1,
    "device": 41,
    "charge": 3500,
    "full_fare": 3500,
    "balance": 41500,
    "meaning": "entry",
    "code": "accepted",
    "id": "Silakan masuk. Tarif Rp 3.500. Saldo Rp 41.500.",
    "en": "Please enter. Fare Rp 3,500. Balance Rp 41,500.",
    "queued": 0,
    "value": "50000.00",
    "currency": "IDR",
    "grantType": "client_credentials",
    "customerNumber": "9360110000000174",
    "accountNo": "9360110000000174",
    "partnerReferenceNo": "2026112200000001",
    "originalPartnerReferenceNo": "2026112200000001",
    "serviceCode": "38",
    "transactionDate": "2026-11-22T08:24:05+07:00",
    "responseMessage": "Successful",
    "accessToken": "kq1x…",
    "tokenType": "Bearer",
    "expiresIn": "900",
    "referenceNo": "019ab1c27d3e7f40a1b2c3d4e5f60718",
    "customerName": "Kartu Satu 0174",
    "latestTransactionStatus": "00",
    "transactionStatusDesc": "Success",
    "balanceType": "BALANCE",
    "dateTime": "2026-11-22T08:24:05+07:00",
    "trxDateTime": "2026-11-22T08:24:05+07:00",
    "inquiryRequestId": "inq-20261122-1",
    "paymentRequestId": "pay-20261122-1",
    "partnerServiceId": "   88123",
    "customerNo": "9360110000000174",
    "virtualAccountNo": "   881239360110000000174",
    "start": "H00014P",
    "started_at": "2026-11-23T07:10:00+07:00",
    "end": "H00207P",
    "ended_at": "2026-11-23T07:48:00+07:00",
    "category": "adult",
    "asset": "IDR",
}
CODE = re.compile(r"`(\d{7})`")
HIDDEN = frozenset({"additionalInfo"})


class Field(NamedTuple):
    """A field of a body, or a parameter. `depth` tells how far inside it stands."""

    name: str
    kind: str
    is_required: bool
    about: str
    depth: int = 0
    place: str = ""


class Answer(NamedTuple):
    """What may come back: the status, its words line by line, fields and an example if good."""

    status: str
    lines: tuple[str, ...]
    fields: tuple[Field, ...]
    example: str

    @property
    def is_good(self) -> bool:
        return self.status.startswith(("2", "3"))


class Operation(NamedTuple):
    """A door: how it is called and what it answers."""

    anchor: str
    method: str
    path: str
    summary: str
    about: tuple[str, ...]
    parameters: tuple[Field, ...]
    body: tuple[Field, ...]
    body_about: tuple[str, ...]
    example: str
    answers: tuple[Answer, ...]


class Contract(NamedTuple):
    """A whole document."""

    title: str
    version: str
    about: tuple[str, ...]
    operations: tuple[Operation, ...]


def read(document: Mapping[str, Any]) -> Contract:
    """A document as its page shows it."""
    reader = _Reader(document)
    info = document["info"]
    return Contract(
        info["title"],
        info["version"],
        _paragraphs(info.get("description", "")),
        tuple(
            reader.operation(path, method, methods[method])
            for path, methods in document["paths"].items()
            for method in METHODS
            if method in methods
        ),
    )


class _Reader:
    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document

    def operation(self, path: str, method: str, told: Schema) -> Operation:
        body = self._schema_in(told.get("requestBody", {}))
        return Operation(
            str(told.get("operationId", path.strip("/").replace("/", "-"))),
            method.upper(),
            path,
            told.get("summary", ""),
            _paragraphs(told.get("description", "")),
            tuple(self._parameter(one) for one in told.get("parameters", ())),
            tuple(self._fields(body)) if body else (),
            self._about(body),
            _written(self._example(body)) if body else "",
            tuple(self._answer(str(code), one) for code, one in told["responses"].items()),
        )

    def _parameter(self, told: Schema) -> Field:
        told = self._found(told)
        schema = told.get("schema", {})
        about = " ".join([told.get("description", ""), _bounds(self._found(schema))]).strip()
        return Field(
            told["name"],
            self._kind(schema),
            bool(told.get("required")),
            about,
            place=told["in"],
        )

    def _answer(self, status: str, told: Schema) -> Answer:
        told = self._found(told)
        is_good = status.startswith("2")
        schema = self._schema_in(told) if is_good else None
        example = self._example(schema) if schema and self._is_object(schema) else None
        code = CODE.match(told.get("description", ""))
        if example is not None and code and "responseCode" in example:
            example["responseCode"] = code[1]
        return Answer(
            status,
            self._said(told, schema),
            tuple(self._fields(schema)) if schema else (),
            _written(example) if example is not None else "",
        )

    def _said(self, told: Schema, schema: Schema | None) -> tuple[str, ...]:
        """An answer's words, and its message's; a message's bare name says nothing."""
        words = told.get("description", "")
        is_name = schema is not None and schema.get("$ref", "").endswith(f"/{words}")
        return (*(() if is_name else _paragraphs(words)), *self._about(schema))

    def _about(self, schema: Schema | None) -> tuple[str, ...]:
        """What a message says of itself."""
        return _paragraphs(self._found(schema).get("description", "")) if schema else ()

    def _schema_in(self, told: Schema) -> Schema | None:
        content = self._found(told).get("content", {})
        kind = next((one for one in content if "json" in one), next(iter(content), ""))
        found = content.get(kind, {}).get("schema")
        return found if found else None

    def _is_object(self, schema: Schema) -> bool:
        found = self._found(schema)
        return bool(found.get("properties"))

    def _fields(
        self, schema: Schema, depth: int = 0, seen: tuple[str, ...] = ()
    ) -> Iterator[Field]:
        """The fields of an object, each followed by those inside it."""
        found = self._found(schema)
        if "items" in found and not depth:
            found = self._found(found["items"])
        required = set(found.get("required", ()))
        for name, inner in found.get("properties", {}).items():
            if name in HIDDEN:
                continue
            told = self._plain(inner)
            about = inner.get("description") or ("" if "$ref" in told else _words(told))
            about = " ".join([about, _bounds(self._found(told))]).strip()
            yield Field(name, self._kind(inner), name in required, about, depth)
            within = self._within(told)
            label = str(within.get("title", "")) if within else ""
            if within and depth < DEEPEST and label not in seen:
                yield from self._fields(within, depth + 1, (*seen, label))

    def _within(self, schema: Schema) -> Schema | None:
        """The object that a field holds, or of which it holds a list."""
        found = self._found(schema)
        if "items" in found and isinstance(found["items"], Mapping):
            found = self._found(self._plain(found["items"]))
        return found if found.get("properties") else None

    def _found(self, schema: Schema) -> Schema:
        """What a reference leads to."""
        if "$ref" not in schema:
            return schema
        at: Any = self.document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            at = at[part]
        return self._found(at)

    def _plain(self, schema: Schema) -> Schema:
        """Of alternatives the first that is something; null is said by what is not required."""
        for name in ("anyOf", "oneOf", "allOf"):
            options: list[Schema] = [
                one for one in schema.get(name, ()) if one.get("type") != "null"
            ]
            if options:
                return options[0]
        return schema

    def _kind(self, schema: Schema) -> str:
        plain = self._plain(schema)
        found = self._found(plain)
        kind = found.get("type", "")
        if isinstance(kind, list):
            kind = next((one for one in kind if one != "null"), "")
        if kind == "array":
            items = found.get("items", {})
            return f"[{self._kind(items)}]" if items else "[]"
        if not kind and "enum" in found:
            kind = "string" if isinstance(found["enum"][0], str) else "integer"
        if found.get("format"):
            return f"{kind} ({found['format']})"
        return str(kind or "any")

    def _example(self, schema: Schema, name: str = "", depth: int = 0) -> Any:
        plain = self._plain(schema)
        found = self._found(plain)
        if name in EXAMPLES and "properties" not in found and "items" not in found:
            return EXAMPLES[name]
        for given in ("example", "const"):
            if given in found:
                return found[given]
        if found.get("enum"):
            return found["enum"][0]
        if "properties" in found:
            return self._object(found, depth)
        if "items" in found and isinstance(found["items"], Mapping):
            return [self._example(found["items"], "", depth + 1)] if depth < DEEPEST else []
        kind = found.get("type")
        if kind in ("integer", "number"):
            return max(found.get("minimum", 0), 0)
        if kind == "boolean":
            return True
        return "" if kind == "string" else None

    def _object(self, found: Schema, depth: int) -> dict[str, Any]:
        """An object's example: what is required, and above it what the examples know."""
        required = set(found.get("required", ()))
        kept = {}
        for name, inner in found["properties"].items():
            is_told = name in required or (name in EXAMPLES and depth < 2)
            if is_told and name not in HIDDEN and depth < DEEPEST:
                kept[name] = self._example(inner, name, depth + 1)
        return kept


def _bounds(schema: Schema) -> str:
    """The bounds of a single value: `1–9`, `≤ 64`, its alternatives, its pattern."""
    found = []
    if schema.get("enum"):
        found.append(" | ".join(str(one) for one in schema["enum"]))
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is not None and most is not None:
        found.append(f"{least}–{most}")
    elif least is not None:
        found.append(f"≥ {least}")
    if schema.get("maxLength") is not None:
        found.append(f"{schema.get('minLength', 0)}–{schema['maxLength']} characters")
    if schema.get("minItems") is not None or schema.get("maxItems") is not None:
        found.append(f"{schema.get('minItems', 0)}–{schema.get('maxItems', '∞')} items")
    if schema.get("pattern"):
        found.append(f"`{schema['pattern']}`")
    if schema.get("default") not in (None, "", []):
        found.append(f"= {schema['default']}")
    return "; ".join(found)


def _words(schema: Schema) -> str:
    return str(schema.get("description", ""))


def _paragraphs(text: str) -> tuple[str, ...]:
    parts = (" ".join(part.split()) for part in text.split("\n\n"))
    return tuple(part for part in parts if part)


def _written(example: Any) -> str:
    return json.dumps(example, indent=2, ensure_ascii=False)
