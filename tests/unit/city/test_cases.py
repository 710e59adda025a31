"""What a pack says of cases: Jakarta's file is right, and a wrong one is told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from satu.cases.kinds import CityCases
from satu.city.cases import read_cases
from satu.formats.faults.fault import Fault

JAKARTA = Path(__file__).resolve().parents[3] / "cities/jakarta"
TEXT = (JAKARTA / "cases.toml").read_text("utf-8")


def test_jakarta_says_by_when_and_in_which_words(tmp_path: Path) -> None:
    faults: list[Fault] = []
    city = read_cases(JAKARTA, faults)
    assert isinstance(city, CityCases) and faults == []
    assert date(2026, 8, 17) in city.hours.closed and date(2026, 8, 18) not in city.hours.closed
    lost = city.kind("lost_card")
    assert lost is not None and (lost.within, lost.unit) == (2, "hours")
    assert all(city.team(team) for kind in city.kinds for team in kind.teams)
    answered = {kind for answer in city.answers for kind in answer.kinds}
    assert answered == {kind.code for kind in city.kinds}
    assert read_cases(tmp_path, faults) is None and faults == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('days = ["mon", ', 'days = ["senin", ', "senin; allowed: mon"),
        ("begins = 07:30:00", "begins = 17:30:00", "not after begins"),
        ('country = "ID"', 'country = "XX"', "XX"),
        ("last = 2030-12-31\n", "", "first, last"),
        ('code = "question"', 'code = "refund"', "refund is there twice"),
        ('code = "lost_card"', 'code = "card_gone"', "lost_card is missing"),
        ('code = "repair_rejected"', 'code = "rejected"', "repair_rejected is missing"),
        ('teams = ["desk", "supervisor"]', 'teams = ["desk", "boss"]', "boss is not defined"),
        ('kinds = ["refund"]', 'kinds = ["refunds"]', "refunds is not defined"),
        ("{amount} dikembalikan", "Uang dikembalikan", "other places"),
        ("{days}", "{weeks}", "weeks cannot be filled in"),
        ("{days}", "{days", "expected '}'"),
        ("within = 72", "within = 0", "within"),
        ('unit = "hours"', 'unit = "moons"', "unit"),
    ],
)
def test_a_wrong_file_is_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in TEXT
    text = TEXT.replace(old, new) if old == "{days}" else TEXT.replace(old, new, 1)
    (tmp_path / "cases.toml").write_text(text, encoding="utf-8")
    faults: list[Fault] = []
    assert read_cases(tmp_path, faults) is None
    assert any(told in str(fault) for fault in faults), [str(fault) for fault in faults]
