"""Operators' and banks' own pages: their figures, the files, and nothing of anybody else."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from satu.cards.interbank import set_prefund
from satu.payments.kinds import Cause
from satu.payments.outage import mark_out
from satu.taps.actions import NewDevice, register_devices
from tests.database.party_support import AT, a_morning, checked, clearing_file
from tests.live_city import MORNING, LiveCity
from tests.web_doors import staff_client

OPERATOR_PAGES = ("operator/", "operator/lines/", "operator/owed/", "operator/readers/")
BANK_PAGES = ("bank/", "bank/owed/", "bank/clearing/")


@pytest.fixture
def city(database: Any) -> LiveCity:
    made = LiveCity(database)
    a_morning(made)
    wanted = [
        NewDevice(f"gate-{code}", made.operators[whose], made.points[code], bytes(32))
        for whose, code in (("bus", "H0"), ("zoo", "ZOO"))
    ]
    register_devices(devices=wanted, actor="test", at=MORNING)
    return made


@pytest.fixture
def rina(city: LiveCity) -> Client:
    return staff_client("rina", "operator", acts_for="operator:bus")


@pytest.fixture
def bayu(city: LiveCity) -> Client:
    return staff_client("bayu", "bank", acts_for="issuer:bank-satria")


def page(client: Client, path: str) -> str:
    answer = client.get(f"/console/{path}")
    assert answer.status_code == 200, path
    return answer.content.decode().replace("\u00a0", " ")


def lines(client: Client, path: str) -> list[str]:
    answer = client.get(f"/console/{path}")
    return list(answer.getvalue().decode("utf-8-sig").splitlines())


def test_an_operator_sees_what_it_earned(rina: Client) -> None:
    told = page(rina, "operator/")
    for words in ("Bus Kota", "Rp 11.000", "33,3 %", "14,3 %", "Saldo kurang", "Tanpa tap keluar"):
        assert words in told, words
    assert "Ragunan" not in told and "Rp 4.000" not in told
    assert lines(rina, "operator/?format=csv&dari=2026-11-22&sampai=2026-11-23") == [
        "Hari,Pendapatan,Penumpang,Perjalanan,Tidak lengkap,Tap,Ditolak",
        "23 Nov 2026,6000,4,3,1,7,1",
        "22 Nov 2026,5000,0,0,0,0,0",
    ]


def test_an_operator_sees_its_lines_and_debts(rina: Client) -> None:
    assert lines(rina, "operator/lines/?format=csv&urut=-fare")[1:] == [
        "1,7000,2,2,0,0,0",
        "F,2000,1,1,1,0,0",
        '"Di gerbang dan pintu, tanpa jalur",0,0,0,0,7,1',
    ]
    assert "Kota - Blok M" in page(rina, "operator/lines/")
    assert lines(rina, "operator/owed/?format=csv")[1:] == [
        "Bank Satria,8500,2026-11-22,3500,5000,0,0",
        "Bank Melati,2500,2026-11-23,2500,0,0,0",
    ]
    told = page(rina, "operator/owed/")
    by_name = lines(rina, "operator/owed/?format=csv&urut=other")[1:]
    assert [line.split(",")[0] for line in by_name] == ["Bank Melati", "Bank Satria"]
    youngest = lines(rina, "operator/owed/?format=csv&urut=-since")[1:]
    assert [line.split(",")[0] for line in youngest] == ["Bank Melati", "Bank Satria"]
    assert "Rp 11.000" in told and "22 Nov 2026" in told and "Rp 4.000" not in told


def test_an_operator_sees_its_readers_alone(rina: Client) -> None:
    told = page(rina, "operator/readers/")
    assert "gate-H0" in told and "gate-ZOO" not in told
    assert "gate-ZOO" not in page(rina, "operator/readers/?operator=2&q=ragunan")
    assert [line.split(",")[0] for line in lines(rina, "operator/readers/?format=csv")] == [
        "Pembaca",
        "gate-H0",
    ]


@pytest.mark.parametrize("asked", ["?dari=x&sampai=y", "?dari=2030-01-01", "?sampai=1999-01-01"])
def test_a_period_that_is_none_is_mended(rina: Client, bayu: Client, asked: str) -> None:
    page(rina, f"operator/{asked}")
    page(bayu, f"bank/{asked}")


def test_a_bank_sees_its_float_and_book(bayu: Client) -> None:
    told = page(bayu, "bank/")
    for words in ("Bank Satria", "Belum dibandingkan", "Rp 1.000.000", "Rp 991.500", "Rp 8.500"):
        assert words in told, words
    assert "Bank Melati" not in told and "Rp 6.500" not in told
    checked(1)
    told = page(bayu, "bank/")
    for words in ("Seimbang dengan bank", "T-17", "Dalam perjalanan ke bank", "Rp 960.000"):
        assert words in told, words


def test_a_bank_is_told_what_is_missing_and_that_it_is_out(bayu: Client) -> None:
    checked(1, missing=1)
    mark_out(bank=1, cause=Cause.STAFF, actor="test", at=AT)
    assert set_prefund(bank=1, amount=77_000, actor="test", at=AT) is None
    told = page(bayu, "bank/")
    for words in ("Tidak seimbang dengan bank", "Tidak ada di bank", "dihentikan", "Rp 77.000"):
        assert words in told, words


def test_a_bank_sees_its_debts_and_clearing_files(bayu: Client) -> None:
    own, other = clearing_file(1, 7_000), clearing_file(2, 9_000, is_paid=True)
    assert lines(bayu, "bank/owed/?format=csv")[1:] == ["Bus Kota,8500,2026-11-22,3500,5000,0,0"]
    assert "Bus Kota" in page(bayu, "bank/owed/")
    told = page(bayu, "bank/clearing/")
    assert "Rp 7.000" in told and "Belum dijawab" in told and "Rp 9.000" not in told
    answer = bayu.get(f"/console/bank/clearing/{own}")
    assert answer.content.decode() == "line,reference,rides,amount\n1,chip-1,2,7000\n"
    assert bayu.get(f"/console/bank/clearing/{other}").status_code == 404
    assert bayu.get("/console/bank/clearing/999999").status_code == 404


def test_others_find_nothing_there(rina: Client, bayu: Client) -> None:
    desk = staff_client("ani", "desk", "auditor", "administrator")
    for path in OPERATOR_PAGES:
        assert bayu.get(f"/console/{path}").status_code == 404
        assert desk.get(f"/console/{path}").status_code == 404
    for path in BANK_PAGES:
        assert rina.get(f"/console/{path}").status_code == 404
        assert desk.get(f"/console/{path}").status_code == 404


def test_who_acts_for_nobody_known_finds_nothing(city: LiveCity) -> None:
    stranger = staff_client("tuti", "operator", acts_for="operator:tram")
    banker = staff_client("tono", "bank", acts_for="issuer:unknown")
    assert {stranger.get(f"/console/{path}").status_code for path in OPERATOR_PAGES} == {404}
    assert {banker.get(f"/console/{path}").status_code for path in BANK_PAGES} == {404}


def test_they_come_to_their_own_page_first(city: LiveCity) -> None:
    from tests.web_doors import hire, link_path

    for login, role, party, path in (
        ("rina", "operator", "operator:bus", "/console/operator/"),
        ("bayu", "bank", "issuer:bank-satria", "/console/bank/"),
    ):
        link = link_path(hire(login, role, acts_for=party))
        assert Client().get(link).headers["Location"] == path


def test_in_english_and_before_anything_happened(database: Any) -> None:
    LiveCity(database)
    for login, role, party, paths, words in (
        ("rina", "operator", "operator:bus", OPERATOR_PAGES, "Revenue by day"),
        ("bayu", "bank", "issuer:bank-satria", BANK_PAGES, "Not compared with a statement yet"),
    ):
        client = staff_client(login, role, acts_for=party)
        client.cookies["satu_language"] = "en"
        assert words in page(client, paths[0])
        for path in paths:
            page(client, path)
