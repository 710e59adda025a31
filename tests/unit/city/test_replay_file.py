"""Files of rides on disk, and what an interrupted replay remembers of them."""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

import pytest

from satu.city.replay_file import Progress, digest_of, rows_of
from satu.city.replay_send import kind_of
from satu.formats.tides import TIDES
from satu.wire.messages import Decision

TEXT = (
    "transaction_id,event_timestamp,amount,fare_action,stop_id,token_id\n"
    "a,2025-06-02T08:00:00,3500,Enter,P1,c1\n"
)


@pytest.mark.parametrize("name", ["rides.csv", "rides.csv.gz", "rides"])
def test_a_file_is_read_by_what_it_is_not_by_its_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    content = ("\ufeff" + TEXT).encode()
    path.write_bytes(gzip.compress(content) if name != "rides.csv" else content)
    with rows_of(path, TIDES) as rows:
        assert [row.card for row in rows] == ["c1"]


def test_finished_days_are_remembered_until_the_replay_ends(tmp_path: Path) -> None:
    path = tmp_path / "rides.csv"
    path.write_text(TEXT)
    digest = digest_of(path)
    progress = Progress(tmp_path / "replays", digest)
    assert progress.done == []
    progress.finish([date(2025, 6, 2)])
    progress.finish([date(2025, 6, 3)])

    assert Progress(tmp_path / "replays", digest).done == [date(2025, 6, 2), date(2025, 6, 3)]
    path.write_text(TEXT + "b,2025-06-02T09:00:00,3500,Exit,P1,c1\n")
    assert Progress(tmp_path / "replays", digest_of(path)).done == []

    progress.forget()
    assert Progress(tmp_path / "replays", digest).done == []
    assert list((tmp_path / "replays").iterdir()) == []


@pytest.mark.parametrize(
    ("decision", "kind"),
    [
        (Decision(1, 1, True, "accepted"), "accepted"),
        (Decision(1, 1, False, "balance_insufficient"), "refused"),
        (Decision(1, 1, False, "quarantined_card_unknown"), "quarantined"),
        (Decision(1, 1, False, "quarantined_card_unknown", repeat=True), "repeats"),
        (Decision(1, 1, True, "accepted", repeat=True), "repeats"),
    ],
)
def test_a_decision_is_counted_once(decision: Decision, kind: str) -> None:
    assert kind_of(decision) == kind
