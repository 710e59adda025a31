"""`satu city load`: a pack with a fault changes nothing, and is told in a language."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from satu.cli.main import build
from tests.unit.city.packs import broken, write_pack


@pytest.mark.parametrize(
    ("options", "count", "told"),
    [
        ([], "1 kesalahan", "'tram' belum ditetapkan; boleh: bus, rail"),
        (["--language", "en"], "1 fault(s)", "'tram' is not defined; allowed: bus, rail"),
    ],
)
def test_a_faulty_pack_is_told_in_a_language(
    tmp_path: Path, options: list[str], count: str, told: str
) -> None:
    pack = write_pack(tmp_path, broken("points/bus.csv", "stop,bus", "stop,tram"))
    done = CliRunner().invoke(build("city"), ["city", "load", str(pack), *options])
    assert done.exit_code == 1
    assert done.stderr == f"satu: {pack}: {count}\n  points/bus.csv:2: operator: {told}\n"
