"""The register of purposes as a file: Jakarta's is right, and a wrong one is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from satu.people.kinds import CARERS_TRIPS, Basis, Kept
from satu.people.register import RegisterFault, read_register

JAKARTA = (Path(__file__).resolve().parents[3] / "cities/jakarta/purposes.toml").read_text("utf-8")


def test_jakartas_register_says_why_and_who() -> None:
    wanted = read_register(JAKARTA)
    bases = {purpose.code: purpose.basis for purpose in wanted.purposes}
    assert set(bases.values()) == set(Basis)
    assert bases[CARERS_TRIPS] is Basis.CONSENT
    kept = {rule.what: rule.keep_days for rule in wanted.retention}
    assert set(kept) == set(Kept) and kept[Kept.TRIPS] == 56


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('code = "surveys"', 'code = "benefits"', "twice"),
        ('code = "guardianship"', 'code = "wali"', "guardianship is missing"),
        ('basis = "contract"', 'basis = "interest"', r"purposes\[1\].basis: its value"),
        ('roles = ["desk"]', 'roles = ["technician"]', "technician never"),
        ('roles = ["desk"]', 'roles = ["boss"]', "roles"),
        ("version = 1", "version = 2", "versions 1, 2"),
        ('basis = "consent"\nroles = []', 'basis = "contract"\nroles = []', "by consent alone"),
        ("keep_days = 56", "keep_days = -1", "keep_days"),
        ('what = "trips"', 'what = "names"', "what"),
        ("[[purposes]]", "[[purposes]", "purposes.toml:5: no whole TOML"),
    ],
)
def test_a_wrong_register_is_told_where(old: str, new: str, told: str) -> None:
    assert old in JAKARTA
    with pytest.raises(RegisterFault, match=told):
        read_register(JAKARTA.replace(old, new, 1))
