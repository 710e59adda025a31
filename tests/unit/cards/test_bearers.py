"""Who bears a loss: the program's table is the one that people read."""

from __future__ import annotations

import re
from pathlib import Path

from satu.cards.bearers import BEARERS, NEW_MONEY, NOT_POSTED, Bearer, Cause
from satu.cards.words import CAUSES

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "who-bears-a-loss.md"

POSTED = {
    Bearer.ISSUER: "loss → purse",
    Bearer.OPERATOR: "payable → purse",
    Bearer.SCHEME: "loss → receivable",
}


def test_every_cause_has_a_bearer_and_the_page_says_the_same() -> None:
    row = re.compile(r"^\| `(\w+)` \| (\w+) \| .* \| (.*) \|$", re.MULTILINE)
    assert row.findall(PAGE.read_text(encoding="utf-8")) == [
        (cause.value, bearer.value, "none" if cause in NOT_POSTED else POSTED[bearer])
        for cause, bearer in BEARERS.items()
    ]
    assert set(BEARERS) == set(CAUSES) == set(Cause) and not NOT_POSTED & NEW_MONEY
