"""Every write to a city's places and readers. Each is one transaction and is audited.

A place's number stays with its code for ever, and a place is never removed: taps that come late
still name it. Gateways read the active bundle, which changes in one step or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

import msgspec
from django.db import connection, transaction

from satu.audit.actions import record
from satu.audit.entry import Detail, Subject
from satu.services.rules import Bundle, Point, Route
from satu.taps import bundles, models
from satu.taps.activation import Loaded, activate, lock, locked_bundle

BATCH_ROWS = 2_000
LOADED = "city pack loaded"
PLACES_ADDED = "places added"


class NewDevice(NamedTuple):
    """A reader to be registered; operator and point by their numbers.

    `public_key` is its raw Ed25519 key (32 bytes), or what gives it for the reader's number:
    the keys of simulated readers are derived from that.
    """

    code: str
    operator: int
    point: int | None
    public_key: bytes | Callable[[int], bytes]


ModelT = TypeVar("ModelT", models.Operator, models.Point, models.Route, models.Device)
CodedT = TypeVar("CodedT", Point, Route, NewDevice)


def load_places(*, bundle: Bundle, actor: str, at: datetime, reason: str = LOADED) -> Loaded:
    """Make a city's facts the ones in force. The given numbers only connect its parts.

    Places that the city had before and these facts do not name stay known. NotActivated, if the
    facts cannot be used: nothing changed.
    """
    with transaction.atomic():
        old = locked_bundle(bundle.city)
        numbers = _keep_places(bundle)
        new = bundles.united(old, bundles.renumbered(bundle, numbers))
        return activate(new, old, actor=actor, at=at, reason=reason)


def add_places(
    *, points: Sequence[Point], routes: Sequence[Route], city: str, actor: str, at: datetime
) -> Loaded:
    """Add points and routes to a loaded city; those whose code is known stay as they are.

    Their `id` is not looked at; `operator` is an operator's number in the city, patterns must be
    empty. LookupError if the city is not loaded.
    """
    assert not any(route.patterns for route in routes)
    with transaction.atomic():
        old = locked_bundle(city)
        if old is None:
            raise LookupError(f"{city} is not loaded")
        new_points = _not_in(points, {point.code for point in old.points})
        new_routes = _not_in(routes, {route.code for route in old.routes})
        point_ids = _keep(models.Point, {p.code: _point_fields(p, p.operator) for p in new_points})
        route_ids = _keep(models.Route, {r.code: _route_fields(r, r.operator) for r in new_routes})
        replace = msgspec.structs.replace
        added = replace(
            old,
            points=tuple(replace(point, id=point_ids[point.code]) for point in new_points),
            routes=tuple(replace(route, id=route_ids[route.code]) for route in new_routes),
        )
        new = bundles.united(old, added)
        return activate(new, old, actor=actor, at=at, reason=PLACES_ADDED)


def register_devices(*, devices: Sequence[NewDevice], actor: str, at: datetime) -> dict[str, int]:
    """Make readers known, or bring them up to date: their numbers by code."""
    with transaction.atomic():
        lock()
        known = dict(models.Device.objects.values_list("code", "id"))
        fresh = _not_in(devices, known)
        known |= zip((device.code for device in fresh), _device_numbers(len(fresh)), strict=True)
        wanted = {device.code: _device_fields(device, known[device.code]) for device in devices}
        changed = _kept(models.Device, wanted)
        if changed:
            details: Detail = {"devices": changed}
            subject = Subject("device", known[devices[0].code])
            record(subject=subject, action="device.kept", actor=actor, at=at, detail=details)
    return {device.code: known[device.code] for device in devices}


def _keep_places(bundle: Bundle) -> bundles.Numbers:
    operators = _keep(
        models.Operator,
        {place.code: {"name": place.name, "colour": place.colour} for place in bundle.operators},
    )
    numbers = {place.id: operators[place.code] for place in bundle.operators}
    points = {place.code: _point_fields(place, numbers[place.operator]) for place in bundle.points}
    routes = {route.code: _route_fields(route, numbers[route.operator]) for route in bundle.routes}
    return bundles.Numbers(operators, _keep(models.Point, points), _keep(models.Route, routes))


def _point_fields(point: Point, operator: int) -> dict[str, Any]:
    return {
        "name": point.name,
        "kind": point.kind,
        "operator_id": operator,
        "network": point.network,
        "area": point.area,
        "lat": point.lat,
        "lon": point.lon,
    }


def _route_fields(route: Route, operator: int) -> dict[str, Any]:
    return {
        "name": route.name,
        "operator_id": operator,
        "network": route.network,
        "colour": route.colour,
    }


def _device_fields(device: NewDevice, number: int) -> dict[str, Any]:
    key = device.public_key
    return {
        "id": number,
        "operator_id": device.operator,
        "point_id": device.point,
        "public_key": key(number) if callable(key) else key,
    }


def _device_numbers(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("select nextval('taps_device_id_seq') from generate_series(1, %s)", [count])
        return [number for (number,) in cursor.fetchall()]


def _keep(model: type[ModelT], wanted: Mapping[str, dict[str, Any]]) -> dict[str, int]:
    """Write what is new or differs; the numbers of the wanted codes."""
    _kept(model, wanted)
    rows = model._default_manager.values_list("code", "id")
    return {code: number for code, number in rows if code in wanted}


def _kept(model: type[ModelT], wanted: Mapping[str, dict[str, Any]]) -> int:
    """Write what is new or differs; how many rows that were.

    Rows that are as wanted are not touched, so that no number is drawn for nothing.
    """
    if not wanted:
        return 0
    objects = model._default_manager
    names = [name for name in next(iter(wanted.values())) if name != "id"]
    known = {row.code: row for row in objects.all()}
    new = [model(code=code, **fields) for code, fields in wanted.items() if code not in known]
    changed = []
    for code, row in known.items():
        fields = wanted.get(code)
        if fields is None or all(_same(getattr(row, name), fields[name]) for name in names):
            continue
        for name in names:
            setattr(row, name, fields[name])
        changed.append(row)
    objects.bulk_create(new, batch_size=BATCH_ROWS)
    if changed:
        objects.bulk_update(changed, names, batch_size=BATCH_ROWS)
    return len(new) + len(changed)


def _same(stored: Any, wanted: Any) -> bool:
    return bool((bytes(stored) if isinstance(stored, memoryview) else stored) == wanted)


def _not_in(places: Sequence[CodedT], known: Container[str]) -> list[CodedT]:
    return list({place.code: place for place in places if place.code not in known}.values())
