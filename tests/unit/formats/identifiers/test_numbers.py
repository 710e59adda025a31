"""The numbers of taxes, properties, insurance, licences and QRIS; what is said of a wrong one."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satu.formats.crc16 import crc16
from satu.formats.identifiers.billing import BillingCode, Collector, read_billing_code
from satu.formats.identifiers.bpjs import Bpjs, read_bpjs
from satu.formats.identifiers.fault import DOUBTS, WORDS, Doubt, Fault
from satu.formats.identifiers.nop import Nop, PropertyKind, read_nop
from satu.formats.identifiers.npwp import Npwp, read_npwp
from satu.formats.identifiers.pan import QrisPan, read_qris_pan
from satu.formats.identifiers.sim import Sim, read_sim
from satu.formats.luhn import check_digit

TODAY = date(2026, 11, 22)
NIK = "3171015708450001"


def digits(count: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=count, max_size=count)


@given(digits(8), digits(3), digits(3))
def test_old_and_new_spelling_of_a_taxpayer_are_one(payer: str, office: str, branch: str) -> None:
    old = payer + check_digit(payer) + office + branch
    found = read_npwp(old, on=TODAY)
    assert isinstance(found, Npwp)
    assert found == read_npwp("0" + old, on=TODAY) == read_npwp(found.shown, on=TODAY)
    assert (found.text, found.old, found.office, found.branch) == ("0" + old, old, office, branch)
    assert found.nik is None


@given(digits(8), st.integers(1, 9), digits(6))
def test_a_mistyped_taxpayer_is_refused(payer: str, error: int, rest: str) -> None:
    wrong = str((int(check_digit(payer)) + error) % 10)
    assert read_npwp(payer + wrong + rest, on=TODAY) is Fault.NPWP_CHECK_DIGIT


def test_a_persons_tax_number_is_the_nik() -> None:
    found = read_npwp(NIK, on=TODAY)
    assert isinstance(found, Npwp) and found.nik is not None
    assert (found.old, found.office, found.branch) == (None, None, None)
    assert found.shown == "3171 0157 0845 0001"
    assert read_npwp("3171017208450001", on=TODAY) is Fault.NIK_DATE_IMPOSSIBLE
    assert read_npwp("NPWP 1", on=TODAY) is Fault.NPWP_CHARACTERS


@given(digits(17), st.sampled_from(PropertyKind))
def test_a_property_is_shown_as_on_its_notice(body: str, kind: PropertyKind) -> None:
    found = read_nop(body + kind.value)
    assert isinstance(found, Nop) and found.kind is kind
    assert read_nop(found.shown) == found
    assert found.village.code == body[:10] and found.district.code == body[:7]
    assert found.block + found.serial == body[10:]


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("317101000100100011", Fault.NOP_LAST_DIGIT),
        ("31710100010010001", Fault.NOP_LENGTH),
        ("31710100010010001X", Fault.NOP_CHARACTERS),
    ],
)
def test_what_is_no_property(typed: str, fault: Fault) -> None:
    assert read_nop(typed) is fault


def test_a_billing_code_tells_whose_it_is() -> None:
    found = [read_billing_code(f"{first}20000000000001") for first in "0369"]
    assert [one.collector for one in found if isinstance(one, BillingCode)] == [
        Collector.TAX,
        Collector.TAX,
        Collector.CUSTOMS,
        Collector.OTHER_REVENUE,
    ]
    assert read_billing_code("8200-0000") is Fault.BILLING_LENGTH
    assert read_billing_code("82000000000000I") is Fault.BILLING_CHARACTERS


def test_a_member_of_bpjs() -> None:
    found = read_bpjs("0002 4240 01133")
    assert isinstance(found, Bpjs)
    assert (found.text, found.virtual_account) == ("0002424001133", "8888802424001133")
    assert read_bpjs("8888802424001133") is Fault.BPJS_LENGTH
    assert read_bpjs("BPJS") is Fault.BPJS_CHARACTERS


def test_a_driving_licence() -> None:
    for typed, shown in (("850512345678", "8505-1234-5678"), ("14080512000123", None), (NIK, None)):
        found = read_sim(typed, on=TODAY)
        assert isinstance(found, Sim) and found.text == typed
        assert (found.nik is not None) is (typed == NIK)
        assert read_sim(found.shown, on=TODAY) == found
        assert shown is None or found.shown == shown
    assert read_sim("85051234567", on=TODAY) is Fault.SIM_LENGTH
    assert read_sim("SIM A", on=TODAY) is Fault.SIM_CHARACTERS
    assert read_sim("9971015708450001", on=TODAY) is Fault.NIK_AREA_UNKNOWN


def test_a_qris_account_has_no_check_digit() -> None:
    for last in "0123456789":
        found = read_qris_pan(f"93600002123456789{last}")
        assert isinstance(found, QrisPan) and found.nns == "0002"
    assert read_qris_pan("936000021234567") is Fault.PAN_LENGTH
    assert read_qris_pan("4360000212345678") is Fault.PAN_PREFIX
    assert read_qris_pan("9360-0002-ABCD") is Fault.PAN_CHARACTERS


@given(st.binary(max_size=50), st.integers(0, 49), st.integers(1, 255))
def test_the_checksum_sees_any_changed_byte(data: bytes, place: int, change: int) -> None:
    if place < len(data):
        changed = bytearray(data)
        changed[place] ^= change
        assert crc16(bytes(changed)) != crc16(data)
    assert crc16(b"123456789") == "29B1"


def test_every_fault_and_doubt_says_what_to_do() -> None:
    assert set(WORDS) == set(Fault) and set(DOUBTS) == set(Doubt)
    for words in (*WORDS.values(), *DOUBTS.values()):
        assert words.id.endswith(".") and words.en.endswith(".")
        assert words.id != words.en
