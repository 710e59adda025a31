"""Every identifier of the given vectors, with the traps, and the ministry's list of areas."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from satu.formats.crc16 import crc16
from satu.formats.identifiers.area import PROVINCES, Area, AreaSystem
from satu.formats.identifiers.billing import read_billing_code
from satu.formats.identifiers.bpjs import read_bpjs
from satu.formats.identifiers.fault import Doubt, Fault
from satu.formats.identifiers.nik import Nik, read_nik
from satu.formats.identifiers.nop import WIDTHS, Nop, PropertyKind, read_nop
from satu.formats.identifiers.npwp import Npwp, read_npwp
from satu.formats.identifiers.pan import LENGTHS, PREFIX

Given = Callable[[str], Path]
TODAY = date(2026, 11, 22)

NIK_FAULTS = {
    "3171013002001234": Fault.NIK_DATE_IMPOSSIBLE,
    "9971011708450001": Fault.NIK_AREA_UNKNOWN,
    "31710117084500": Fault.NIK_LENGTH,
    "3502027102019913": Fault.NIK_DATE_IMPOSSIBLE,
    "3273010119800002": Fault.NIK_DATE_IMPOSSIBLE,
    "3171018108450001": Fault.NIK_DATE_IMPOSSIBLE,
}
NIK_DOUBTS = {
    "3171011708450000": (Doubt.SERIAL_ZERO,),
    "3171991708450001": (Doubt.AREA_UNKNOWN,),
    "0954041708450001": (Doubt.AREA_OLD,),
}
NPWP_FAULTS = {
    "216090524017001": Fault.NPWP_CHECK_DIGIT,
    "123456789": Fault.NPWP_LENGTH,
}


@pytest.fixture(scope="module")
def vectors(given: Given) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(given("vectors/identifiers.json").read_text())
    return found


@pytest.fixture(scope="module")
def names(given: Given) -> dict[str, str]:
    """The names of areas by the home ministry's codes."""
    with given("data/reference/kode_wilayah.csv").open(encoding="utf-8") as file:
        return {row["kode"]: row["nama"].strip() for row in csv.DictReader(file)}


def test_the_vectors_are_those_that_are_known_here(vectors: dict[str, Any]) -> None:
    assert {kind: len(found) for kind, found in vectors.items()} == {
        "nik": 13,
        "npwp": 6,
        "nop": 2,
        "city_code_traps": 3,
        "kode_billing": 3,
        "bpjs": 1,
        "qris_pan_9360": 2,
        "crc16": 3,
    }


def test_niks(vectors: dict[str, Any], names: dict[str, str]) -> None:
    areas = {code for code in names if len(code) == len("31.71.01")}
    for vector in vectors["nik"]:
        found = read_nik(vector["v"], on=TODAY, areas=areas)
        if vector["valid"] is False:
            assert found is NIK_FAULTS[vector["v"]], vector
            continue
        assert isinstance(found, Nik), vector
        assert found.text == vector["v"]
        assert found.doubts == NIK_DOUBTS.get(vector["v"], ()), vector
        if "born" in vector:
            assert found.born == date.fromisoformat(vector["born"])
        if "sex" in vector:
            assert found.sex == vector["sex"]
        if "area" in vector:
            code, name = vector["area"].split(",")[0].split(" ")
            assert found.area == Area(AreaSystem.KEMENDAGRI, code)
            assert names[code] == name


def test_taxpayers_numbers(vectors: dict[str, Any]) -> None:
    for vector in vectors["npwp"]:
        found = read_npwp(vector["v"], on=TODAY)
        if not vector["valid"]:
            assert found is NPWP_FAULTS[vector["v"]], vector
            continue
        assert isinstance(found, Npwp), vector
        digits = vector["v"].replace(".", "").replace("-", "")
        assert found.text == digits.zfill(16)
        assert (found.nik is None) is (found.text[0] == "0")
        if "compact" in vector:
            assert found.old == vector["compact"]
            assert found.shown == vector["v"]


def test_properties_numbers(vectors: dict[str, Any]) -> None:
    layout, sample = vectors["nop"]
    assert list(WIDTHS) == layout["widths"] and sum(WIDTHS) == layout["total"]
    assert {kind.value for kind in PropertyKind} == set(layout["last_digit"])
    found = read_nop(sample["v"])
    assert isinstance(found, Nop)
    assert found.shown == "31.71.010.001.001-0001.0"
    assert found.kind is PropertyKind.ONE_TAXPAYER


def test_one_code_is_two_cities(vectors: dict[str, Any], names: dict[str, str]) -> None:
    traps = vectors["city_code_traps"]
    for code, city in traps["kemendagri_NIK"].items():
        nik = read_nik(f"{code}011708450001", on=TODAY)
        nop = read_nop(f"{code}01000100100010")
        assert isinstance(nik, Nik) and isinstance(nop, Nop)
        found = names[nik.area.code[:5]].replace("Kepulauan", "Kep.")
        assert found.endswith(city)
        assert nop.regency == Area(AreaSystem.BPS, code)
        assert nop.regency != Area(AreaSystem.KEMENDAGRI, code)
    moved = [
        code for code, city in traps["bps_NOP"].items() if traps["kemendagri_NIK"][code] != city
    ]
    assert moved == ["3171", "3172", "3173", "3174", "3175"]


def test_billing_codes(vectors: dict[str, Any]) -> None:
    layout, *samples = vectors["kode_billing"]
    for range_of_digits, collector in layout["first_digit"].items():
        first, last = map(int, range_of_digits.split("-"))
        for digit in range(first, last + 1):
            found = read_billing_code(f"{digit}".ljust(layout["len"], "1"))
            assert not isinstance(found, Fault)
            assert found.collector == collector.split(" ")[0]
    for sample in samples:
        found = read_billing_code(sample["v"])
        assert not isinstance(found, Fault)
        assert (found.text, found.collector) == (sample["v"], sample["kind"])


def test_a_members_virtual_account(vectors: dict[str, Any]) -> None:
    for sample in vectors["bpjs"]:
        found = read_bpjs(sample["card"])
        assert not isinstance(found, Fault)
        assert found.virtual_account == sample["va"]


def test_what_a_qris_code_is_checked_with(vectors: dict[str, Any]) -> None:
    rule, checksum = vectors["qris_pan_9360"], vectors["crc16"]
    assert PREFIX in rule["rule"] and {18, 19} <= set(LENGTHS)
    assert crc16(checksum["check_input"].encode()) == checksum["check"]


def test_the_ministrys_provinces(names: dict[str, str]) -> None:
    assert {code for code in names if len(code) == 2} == PROVINCES
