"""Readers: how they are, found and sorted; blocked, retired, given new keys, all written down."""

from __future__ import annotations

from datetime import timedelta

import pytest

from satu.audit.models import AuditEntry
from satu.insight.devices import Counts, Trouble, Wanted, counts, device, devices, devices_at
from satu.ledger.actions import raw_connection
from satu.taps.actions import NewDevice, register_devices
from satu.taps.devices import Refusal, replace_key, set_state
from satu.taps.health import HealthSeen, keep_health
from satu.taps.models import Device
from satu.taps.places import DeviceState
from tests.live_city import MORNING, LiveCity

ME = {"actor": "staff:ani", "at": MORNING}
HERE = {"tariff": "new", "now": MORNING}
HOUR = timedelta(hours=1)


@pytest.fixture
def readers(database) -> dict[str, int]:
    city = LiveCity(database)
    bus, zoo = city.operators["bus"], city.operators["zoo"]
    places = {"gate-1": (bus, "H0"), "gate-2": (bus, "H1"), "bus-7": (bus, None), "z": (zoo, "ZOO")}
    wanted = [
        NewDevice(code, operator, city.points[place] if place else None, bytes(32))
        for code, (operator, place) in places.items()
    ]
    numbers = register_devices(devices=wanted, actor="test", at=MORNING)
    told = [
        HealthSeen(numbers["gate-1"], MORNING - HOUR, 250, 0, "new", 9, 3_600, "1.0"),
        HealthSeen(numbers["gate-2"], MORNING, -45_000, 900, "old", 8, 90_000, ""),
        HealthSeen(numbers["z"], MORNING - 30 * HOUR, 0, 0, "", 0, None, ""),
    ]
    keep_health(raw_connection(), told)
    return numbers


def codes(wanted: Wanted, **more) -> list[str]:
    found, count = devices(raw_connection(), wanted, **HERE, **more)
    assert count == len(found)
    return [one.code for one in found]


def test_what_a_reader_told_and_what_it_never_told(readers):
    one = device(raw_connection(), readers["gate-2"], **HERE)
    assert one is not None
    assert (one.point_name, one.operator_name, one.state) == (
        "Halte Harmoni",
        "Bus Kota",
        DeviceState.ACTIVE,
    )
    assert one.has_wrong_clock and one.has_queue and one.is_tariff_old and one.has_old_deny_list
    never = device(raw_connection(), readers["bus-7"], **HERE)
    assert never is not None and never.seen_at is None and never.queued is None
    assert not (never.has_wrong_clock or never.has_queue or never.has_old_deny_list)
    assert device(raw_connection(), 999_999, **HERE) is None


def test_a_list_grows_older_while_nothing_is_heard(readers):
    now = {"tariff": "new", "now": MORNING + 23 * HOUR}
    one = device(raw_connection(), readers["gate-1"], **now)
    assert one is not None and one.deny_list_age_s == 25 * 3_600 and one.has_old_deny_list


def test_readers_are_found_by_words_operator_state_and_trouble(readers):
    assert codes(Wanted()) == ["bus-7", "gate-1", "gate-2", "z"]
    assert codes(Wanted(words="GATE")) == ["gate-1", "gate-2"]
    assert codes(Wanted(words="gate harmoni")) == ["gate-2"]
    assert codes(Wanted(words="%")) == [] and codes(Wanted(words="_")) == []
    zoo = Device.objects.get(code="z").operator_id
    assert codes(Wanted(operator=zoo)) == ["z"]
    assert codes(Wanted(state=DeviceState.BLOCKED)) == []
    assert codes(Wanted(trouble=Trouble.SILENT)) == ["bus-7", "z"]
    assert codes(Wanted(trouble=Trouble.CLOCK)) == ["gate-2"]
    assert codes(Wanted(trouble=Trouble.QUEUE)) == ["gate-2"]
    assert codes(Wanted(trouble=Trouble.LISTS)) == ["gate-2"]
    assert counts(raw_connection(), **HERE) == Counts(4, 2, 1, 1, 1)


def test_readers_are_sorted_and_what_is_unknown_comes_last(readers):
    assert codes(Wanted(), sort="seen") == ["z", "gate-1", "gate-2", "bus-7"]
    assert codes(Wanted(), sort="drift", is_down=True) == ["gate-2", "gate-1", "z", "bus-7"]
    assert codes(Wanted(), sort="lists") == ["gate-1", "gate-2", "bus-7", "z"]


def test_an_older_report_does_not_replace_a_newer_one(readers):
    late = HealthSeen(readers["gate-2"], MORNING - HOUR, 0, 0, "new", 9, 0, "")
    keep_health(raw_connection(), [late])
    one = device(raw_connection(), readers["gate-2"], **HERE)
    assert one is not None and one.queued == 900


def test_a_retired_reader_never_comes_back(readers):
    number = readers["gate-1"]
    gate = {"device": number, **ME}
    assert set_state(state=DeviceState.BLOCKED, reason=" ", **gate) is Refusal.REASON_MISSING
    assert set_state(state=DeviceState.ACTIVE, reason="x", **gate) is Refusal.ALREADY_SO
    assert set_state(state=DeviceState.BLOCKED, reason="dicuri", **gate) is None
    assert set_state(state=DeviceState.ACTIVE, reason="ketemu", **gate) is None
    assert set_state(state=DeviceState.RETIRED, reason="rusak", **gate) is None
    assert set_state(state=DeviceState.ACTIVE, reason="x", **gate) is Refusal.RETIRED
    assert replace_key(public_key=bytes(range(32)), reason="x", **gate) is Refusal.RETIRED
    kept = AuditEntry.objects.filter(
        subject_kind="device", subject_id=str(number), actor="staff:ani"
    )
    assert [(one.action, one.detail["reason"]) for one in kept.order_by("id")] == [
        ("device.blocked", "dicuri"),
        ("device.active", "ketemu"),
        ("device.retired", "rusak"),
    ]
    point = Device.objects.get(id=number).point_id
    assert devices_at(raw_connection(), [point], **HERE) == []


def test_a_new_key_ends_the_old_ones(readers):
    gate = {"device": readers["gate-1"], **ME}
    key = bytes(range(32))
    assert replace_key(public_key=b"short", reason="baru", **gate) is Refusal.KEY_INVALID
    assert replace_key(public_key=bytes(32), reason="baru", **gate) is Refusal.ALREADY_SO
    assert replace_key(public_key=key, reason="baru", **gate) is None
    kept = Device.objects.get(id=readers["gate-1"])
    assert (bytes(kept.public_key), kept.key_version) == (key, 2)
    assert AuditEntry.objects.filter(action="device.key_replaced").count() == 1
    unknown = {"device": 999_999, **ME}
    assert replace_key(public_key=key, reason="x", **unknown) is Refusal.DEVICE_UNKNOWN
