"""The packs that come with Satu can be read, and journeys reach each of their rules."""

from __future__ import annotations

import re
from itertools import takewhile
from pathlib import Path

import pytest

from satu.cards.rules import limits_of
from satu.city.fees import read_fees
from satu.city.pack import read_pack
from satu.city.products import read_products
from satu.city.rows import City
from satu.fares.reach import reach
from satu.formats.faults.fault import Fault
from satu.payments.kinds import Channel
from satu.payments.rules import fee_of

CITIES = Path(__file__).resolve().parents[3] / "cities"
PACKS = sorted(path.name for path in CITIES.iterdir() if path.is_dir())
YEAR = re.compile(r"\b(19|20)\d\d\b")


def test_which_cities_there_are() -> None:
    assert PACKS == ["buenos-aires", "contoh", "jakarta"]


@pytest.mark.parametrize("name", PACKS)
def test_a_pack_has_no_faults_and_one_currency(name: str) -> None:
    pack = read_pack(CITIES / name)
    assert isinstance(pack.city, City)
    assert pack.city.code == name
    assert {tariff.asset for tariff in pack.tariffs} == {pack.city.currency}
    assert pack.bundle().asset == pack.city.currency


@pytest.mark.parametrize("name", ["buenos-aires", "contoh"])
def test_every_rule_is_reached(name: str) -> None:
    for tariff in read_pack(CITIES / name).tariffs:
        assert reach(tariff).unreached == ()


def test_a_line_of_buenos_aires_is_a_network() -> None:
    pack = read_pack(CITIES / "buenos-aires")
    buses = [row for row in pack.routes if row.code.startswith("sube-COL-")]
    assert len({row.network for row in buses}) == len(buses) == 372
    networks = {one.id: one for one in pack.tariffs[-1].networks}
    gates = {name for name, one in networks.items() if one.closed}
    assert gates == {
        "roca",
        "sarmiento",
        "mitre",
        "san-martin",
        "belgrano-sur",
        "urquiza",
        "belgrano-norte",
    }
    assert all(one.entry_only for name, one in networks.items() if name not in gates)


def test_jakartas_cards_have_the_limits_of_bank_indonesia() -> None:
    """Rp 2 m unregistered; registered Rp 20 m, Rp 40 m coming in a month; 14 working days.

    The month of unregistered cards is an assumption, as products.csv says.
    """
    faults: list[Fault] = []
    products = read_products(CITIES / "jakarta", "IDR", faults)
    assert faults == []
    assert [one.code for one in products] == [
        "resident",
        "pupil",
        "senior",
        "visitor",
        "merchant-staff",
    ]
    for one in products:
        unregistered = limits_of(one, is_registered=False)
        registered = limits_of(one, is_registered=True)
        assert (unregistered.balance, registered.balance) == (2_000_000, 20_000_000), one.code
        assert (unregistered.monthly, registered.monthly) == (20_000_000, 40_000_000), one.code
        assert one.redeem_days == 14, one.code


@pytest.mark.parametrize(
    ("channel", "amount", "fee"),
    [
        (Channel.OWN_BANK, 1, 0),
        (Channel.OWN_BANK, 200_000, 0),
        (Channel.OWN_BANK, 200_001, 750),
        (Channel.OWN_BANK, 20_000_000, 750),
        (Channel.OTHER_BANK, 1, 1_500),
        (Channel.OTHER_BANK, 20_000_000, 1_500),
        (Channel.AGENT, 200_000, 1_500),
    ],
)
def test_a_top_up_in_jakarta_costs_what_bank_indonesia_lets_it(
    channel: Channel, amount: int, fee: int
) -> None:
    faults: list[Fault] = []
    rules = read_fees(CITIES / "jakarta", "IDR", faults)
    assert (fee_of(rules, channel, amount), faults) == (fee, [])


def test_every_file_of_jakarta_says_its_source_and_year() -> None:
    """A tariff's tables by the file that names its version, in a folder named by its first day."""
    root = CITIES / "jakarta"
    tables = [path for kind in ("*.csv", "*.toml") for path in root.rglob(kind)]
    assert len(tables) > 20
    for path in tables:
        lines = path.read_text("utf-8").splitlines()
        header = " ".join(takewhile(lambda line: line.startswith("#"), lines))
        assert header.startswith("# source: ") and YEAR.search(header), path.name
    for day in (root / "tariffs").iterdir():
        *_, row = (day / "satu_tariff.txt").read_text("utf-8").splitlines()
        _, first_day, source = row.split(",", 2)
        assert first_day == day.name.replace("-", "") and YEAR.search(source), day.name
