"""The bench's made-up file, and what it concludes from what it measured."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from satu.bench import cards_file
from satu.bench.cards_import import WHOLE_CITY, extrapolated, percentile
from satu.cards.import_file import Allowed, Lines, Row
from satu.cards.import_run import File
from satu.people.kinds import Assurance

ALLOWED = Allowed(["resident"], ["adult"], "936008", Assurance.IN_PERSON, date(2026, 1, 5))


def test_every_line_is_a_card_of_another_person(tmp_path: Path) -> None:
    path = tmp_path / "cards.csv"
    header = cards_file.write(path, 12_345)
    with File(path) as file:
        assert file.header == header
        lines = Lines(header, ALLOWED, bytes(32))
        rows = [row for chunk in file.chunks() for row in lines.read(chunk.first, chunk.lines)]
    assert all(isinstance(row, Row) for row in rows)
    niks = {row.person.profile.nik for row in rows if isinstance(row, Row)}  # type: ignore[union-attr]
    assert len(rows) == len(niks) == 12_345
    turns = {cards_file.line(turn * cards_file.SERIALS).split(",")[8] for turn in range(1_300)}
    assert len(turns) == 1_300, "twelve million people, each once"


@pytest.mark.parametrize(
    ("few", "many", "whole"),
    [
        ((100_000, 1.0), (1_000_000, 1.0), 1.0),
        ((250_000, 1.0), (1_000_000, 2.0), 2.0 + 0.5 * 3.585),
        ((250_000, 2.0), (1_000_000, 1.0), 1.0),
        ((6_000_000, 1.0), (WHOLE_CITY, 1.5), 1.5),
    ],
)
def test_a_doubling_costs_what_the_last_ones_did(
    few: tuple[int, float], many: tuple[int, float], whole: float
) -> None:
    assert extrapolated(few, many) == pytest.approx(whole, abs=0.001)


def test_a_percentile_is_one_of_the_values() -> None:
    assert percentile([float(n) for n in range(100, 0, -1)], 95) == 95.0
    assert percentile([7.0], 95) == 7.0
