"""Every trace has a sentence in both languages, with the names that people know."""

from __future__ import annotations

from datetime import date
from typing import get_args

import pytest

from satu.fares.legs import Trace
from satu.fares.rate import STEPS
from satu.fares.tariff import (
    Cap,
    Category,
    Charge,
    ChargeKind,
    Distance,
    Flat,
    Network,
    Package,
    Pass,
    Product,
    SpecialDay,
    Table,
    Tariff,
)
from satu.fares.words import CHARGES, CLASSES, PERIODS, REASONS, ROUNDINGS, Phrases
from satu.kernel.refusal import UseClass
from satu.wire.messages import Words

TARIFF = Tariff(
    version="1",
    valid_from=date(2026, 1, 1),
    networks=(
        Network("bus", missing_exit=Charge("own")),
        Network(
            "rail",
            closed=True,
            missing_exit=Charge("dearest"),
            missing_entry=Charge("flat", 5_000),
            over_time=Charge("cap"),
        ),
    ),
    products=(
        Product("bus_single", Flat(3_500), name="Transjakarta"),
        Product("bus_single", Flat(2_000), category="pupil", name="Transjakarta, pupils"),
        Product("rail_km", Distance(3_000, 25, 1_000, 10, 1_000)),
        Product("rail_od", Table((("A", "B", 5_000),)), name="MRT"),
    ),
    leg_rules=(),
    categories=(Category("adult", is_default=True), Category("pupil", "Pelajar", "Pupils")),
    packages=(
        Package("jak_lingko", (("bus",), ("rail",)), 2_500, 250, 1_000, 10_000, 180, 45, "up"),
    ),
    caps=(
        Cap("day_cap", "day", limit=10_000),
        Cap("twelve", "rolling", rides=12, rolling_minutes=10_080),
        Cap("both", "week", limit=50_000, rides=10),
    ),
    passes=(Pass("pass_month", 100_000, ("bus",), name="Langganan bulanan"),),
    special_days=(SpecialDay(date(2026, 8, 17), 1, "HUT RI"),),
)
PHRASES = Phrases(TARIFF)

TOLD = [
    ("join", "rail>bus", 0, "Satu perjalanan yang disambung: rail ke bus"),
    ("join", "rail>rail", 0, "Satu perjalanan yang disambung"),
    ("leg", "product:bus_single", 3_500, "Tarif Transjakarta"),
    ("leg", "product:rail_km", 4_000, "Tarif rail km, menurut jarak"),
    ("leg", "product:rail_od", 5_000, "Tarif MRT, menurut asal dan tujuan"),
    ("leg", "missing_exit", 9_000, "Tidak ada tap keluar: tarif tertinggi yang mungkin"),
    ("leg", "missing_entry", 5_000, "Tidak ada tap masuk: biaya tetap"),
    ("leg", "same_station", 3_000, "Keluar di tempat masuk"),
    ("leg", "over_time", 9_000, "Lebih lama dari batas waktu: tarif tertinggi jaringan ini"),
    ("leg", "no_rule", 0, "Tidak ada aturan tarif: gratis"),
    ("entitlement", "category:pupil", -1_500, "Tarif kelompok Pelajar"),
    ("entitlement", "day:HUT RI", -3_499, "Hari istimewa: HUT RI"),
    ("entitlement", "day:", -3_499, "Hari istimewa"),
    ("pass", "pass_month", -3_500, "Ditanggung tiket Langganan bulanan"),
    ("transfer", "bus>rail", -3_500, "Potongan pindah kendaraan (bus ke rail)"),
    ("transfer", "bus>bus", 500, "Pindah kendaraan"),
    ("package", "jak_lingko", -7_000, "Tarif terpadu jak lingko"),
    ("cap", "day_cap", -1_000, "Batas harian tercapai (day cap): paling banyak Rp 10.000"),
    (
        "cap",
        "twelve",
        -1_000,
        "Batas bergulir tercapai (twelve): paling banyak 12 perjalanan berbayar",
    ),
    ("rounding", "nearest:100", 50, "Dibulatkan ke kelipatan terdekat dari Rp 100"),
]


def say(step: str, rule: str, amount: int = 0, network: str = "rail") -> Words:
    return PHRASES.say(Trace(step, rule, amount), network)


@pytest.mark.parametrize(("step", "rule", "amount", "indonesian"), TOLD)
def test_rules_are_told_with_their_names(
    step: str, rule: str, amount: int, indonesian: str
) -> None:
    words = say(step, rule, amount)
    assert words.id == indonesian
    assert words.en and words.en != words.id
    assert "_" not in words.id + words.en and ":" not in words.en[-1:]


def test_every_step_and_every_word_of_the_engine_is_covered() -> None:
    assert {step for step, *_ in TOLD} == set(STEPS)
    assert set(CHARGES) == set(get_args(ChargeKind))
    assert set(CLASSES) == set(UseClass)
    tables = (CHARGES, CLASSES, PERIODS, REASONS, ROUNDINGS)
    for words in (words for table in tables for words in table.values()):
        assert words.id and words.en and words.id != words.en
    for reason in REASONS:
        assert say("leg", reason).id.startswith(REASONS[reason].id)
    for cap in TARIFF.caps:
        assert PERIODS[cap.period].en in say("cap", cap.name).en


def test_what_rests_on_an_estimate_says_so() -> None:
    told = PHRASES.say(Trace("leg", "product:rail_km", 4_000, True), "rail")
    assert told.id == "Tarif rail km, menurut jarak (jaraknya perkiraan)"
    assert told.en == "Fare rail km, by distance (its distance is an estimate)"
    told = PHRASES.say(Trace("leg", "product:rail_km", 4_000, True), "rail", 12_340)
    assert told.id == "Tarif rail km, menurut jarak 12,3 km (jaraknya perkiraan)"
    assert told.en == "Fare rail km, by distance 12.3 km (its distance is an estimate)"


def test_a_missing_tap_is_told_by_its_own_networks_rule() -> None:
    assert say("leg", "missing_exit", network="bus").en == "There is no tap out: the usual fare"


def test_a_category_without_a_label_is_called_by_its_name() -> None:
    assert PHRASES.category("pupil") == Words("Pelajar", "Pupils")
    assert PHRASES.category("war_veteran") == Words("war veteran", "war veteran")


def test_a_step_without_words_is_a_fault_of_ours() -> None:
    with pytest.raises(ValueError, match="no words"):
        say("magic", "wand")
