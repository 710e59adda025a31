"""Who may move money: never who administers, never alone, and everything has words."""

from __future__ import annotations

import pytest

from satu.approvals.errors import WORDS, Refusal
from satu.approvals.registry import ACTIONS
from satu.people.kinds import STAFF_ROLES, Role

FARES = {"tariff.activate", "tariff.roll_back"}
POWERLESS = {Role.ADMINISTRATOR, Role.TECHNICIAN, Role.AUDITOR, Role.PRIVACY, Role.BENEFITS}


@pytest.mark.parametrize("name", sorted(set(ACTIONS) - FARES))
def test_nobody_who_administers_or_audits_moves_money(name: str) -> None:
    action = ACTIONS[name]
    assert action.proposers and action.approvers
    assert action.proposers | action.approvers <= STAFF_ROLES - POWERLESS
    assert Role.DESK not in action.approvers, "a counter asks, it does not decide"
    assert action.words.id and action.words.en


@pytest.mark.parametrize("name", sorted(FARES))
def test_fares_are_the_citys_and_no_partys(name: str) -> None:
    action = ACTIONS[name]
    assert action.proposers == {Role.ADMINISTRATOR}
    assert action.approvers == {Role.ADMINISTRATOR, Role.TREASURER}
    assert action.words.id and action.words.en


def test_every_refusal_says_what_to_do() -> None:
    assert set(WORDS) == set(Refusal)
