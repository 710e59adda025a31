"""A pack's rules for messages: Jakarta's are right, and a wrong file is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from satu.city.messages import read_message_rules
from satu.formats.faults.fault import Fault
from satu.messages.kinds import Rules

JAKARTA = Path(__file__).resolve().parents[3] / "cities/jakarta"


def test_jakarta_warns_of_a_low_balance(tmp_path: Path) -> None:
    faults: list[Fault] = []
    assert read_message_rules(JAKARTA, "IDR", faults) == Rules("IDR", 10_000, 20)
    assert read_message_rules(tmp_path, "IDR", faults) is None and faults == []


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('low_balance = "12,5"', "12,5"),
        ("most_a_day = 0", "most_a_day"),
        ("most_a_week = 5", "most_a_week"),
        ("low_balance =", "messages.toml: no whole TOML"),
    ],
)
def test_a_wrong_file_is_told(tmp_path: Path, content: str, told: str) -> None:
    (tmp_path / "messages.toml").write_text(content, encoding="utf-8")
    faults: list[Fault] = []
    assert read_message_rules(tmp_path, "IDR", faults) is None
    assert told in str(faults[0]) and faults[0].file == "messages.toml"
