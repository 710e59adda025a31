"""Who bears a loss: the program's table is the one that people read."""

from __future__ import annotations

import re
from pathlib import Path

from satu.cards.bearers import BEARERS, Cause

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "who-bears-a-loss.md"


def test_every_cause_has_a_bearer_and_the_page_says_the_same() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert rows == [(cause.value, bearer.value) for cause, bearer in BEARERS.items()]
    assert set(BEARERS) == set(Cause)
