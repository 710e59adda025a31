"""The readers' pages: filters, sorting, a file; what staff do to a reader is asked, done, told."""

from __future__ import annotations

import pytest

from satu.ledger.actions import raw_connection
from satu.taps.actions import NewDevice, register_devices
from satu.taps.health import HealthSeen, keep_health
from satu.taps.models import Device
from satu.taps.places import DeviceState
from tests.live_city import MORNING, LiveCity, after
from tests.web_doors import staff_client

NEW_KEY = "ab" * 32


@pytest.fixture
def readers(database) -> dict[str, int]:
    city = LiveCity(database)
    wanted = [
        NewDevice(code, city.operators["bus"], city.points[code[-2:]], bytes(32))
        for code in ("gate-H0", "gate-H1")
    ]
    numbers = register_devices(devices=wanted, actor="test", at=MORNING)
    keep_health(
        raw_connection(),
        [HealthSeen(numbers["gate-H1"], after(-60), -45_000, 900, "old", 8, 90_000, "satu 0.1")],
    )
    return numbers


def page(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_readers_are_listed_with_what_they_told(readers):
    told = page(staff_client("ani", "auditor"), "/console/devices/")
    for words in ("gate-H0", "Halte Kota", "Belum pernah", "−45,0\u00a0s", "900", "Usang"):
        assert words in told, words
    number = readers["gate-H0"]
    assert f'href="/console/devices/{number}/"' in told


@pytest.mark.parametrize(
    ("asked", "first", "missing"),
    [
        ("?soal=queue", "gate-H1", "gate-H0"),
        ("?q=halte+kota", "gate-H0", "gate-H1"),
        ("?keadaan=1", "Tidak ada pembaca yang cocok", "gate-H0"),
        ("?operator=x&hal=zz&urut=nothing", "gate-H0", "Tidak ada pembaca"),
        ("?hal=99", "Tidak ada pembaca", "gate-H0"),
    ],
)
def test_a_list_is_narrowed_by_its_address(readers, asked, first, missing):
    told = page(staff_client("ani", "technician"), f"/console/devices/{asked}")
    assert first in told and missing not in told.replace('value="halte kota"', "")


def test_a_list_is_sorted_and_given_as_a_file(readers):
    client = staff_client("ani", "technician")
    told = page(client, "/console/devices/?urut=-queue")
    assert told.index("gate-H1") < told.index("gate-H0") and 'aria-sort="descending"' in told
    answer = client.get("/console/devices/?format=csv&urut=-queue")
    lines = answer.getvalue().decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Pembaca,Tempat,Keadaan") and lines[1].startswith("gate-H1,")
    assert len(lines) == 3


def test_a_readers_page_tells_what_to_do(readers):
    told = page(staff_client("ani", "technician"), f"/console/devices/{readers['gate-H1']}/")
    for words in ("Jamnya salah", "Daftarnya usang", "Banyak tap menunggu", "satu 0.1"):
        assert words in told, words
    assert "Ganti kuncinya" in told
    assert "Ganti kuncinya" not in page(
        staff_client("budi", "auditor"), f"/console/devices/{readers['gate-H1']}/"
    )
    assert staff_client("ani", "technician").get("/console/devices/999999/").status_code == 404


def test_a_reader_is_blocked_with_a_reason(readers):
    client, number = staff_client("ani", "technician"), readers["gate-H0"]
    path = f"/console/devices/{number}/block"
    assert "Blokir gate-H0?" in page(client, path)
    assert client.post(path, {"reason": ""}).status_code == 200
    assert Device.objects.get(id=number).state == DeviceState.ACTIVE
    answer = client.post(path, {"reason": "Dicuri dari gerbang"}, follow=True)
    told = answer.content.decode()
    assert "Selesai" in told and "ani · Dicuri dari gerbang" in told
    assert Device.objects.get(id=number).state == DeviceState.BLOCKED
    assert "Memang sudah begitu" in client.post(path, {"reason": "lagi"}).content.decode()
    assert client.get(f"/console/devices/{number}/explode").status_code == 404


def test_a_reader_gets_new_keys(readers):
    client, number = staff_client("ani", "technician"), readers["gate-H0"]
    path = f"/console/devices/{number}/key"
    wrong = client.post(path, {"reason": "rusak", "key": "ab"})
    assert wrong.status_code == 200 and Device.objects.get(id=number).key_version == 1
    client.post(path, {"reason": "rusak", "key": NEW_KEY})
    kept = Device.objects.get(id=number)
    assert (bytes(kept.public_key).hex(), kept.key_version) == (NEW_KEY, 2)


def test_the_city_before_its_first_tap_has_its_pages(database):
    client = staff_client("ani", "technician")
    for path in ("devices/", "alarms/", "live/", "live/alarms", "live/find?q=x"):
        page(client, f"/console/{path}")
    for path in ("live/compared", "live/place/1", "live/operator/1", "live/hour/2026-11-23/3"):
        assert client.get(f"/console/{path}").status_code == 404
