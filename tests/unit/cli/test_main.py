"""The command line: quick to help, and every listed command is there."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest
from typer.testing import CliRunner

from satu.cli.main import COMMANDS, build


def test_help_names_every_command_and_imports_none() -> None:
    code = (
        "import sys; sys.argv = ['satu', '--help']\n"
        "from satu.cli.main import main\n"
        "try: main()\n"
        "except SystemExit as end: print(end.code, 'django' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0 False"
    assert [name for name in COMMANDS if name not in done.stdout] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_teaches_with_help(name: str) -> None:
    module = import_module(f"satu.cli.{name.replace('-', '_')}")
    assert hasattr(module, "command") != hasattr(module, "app")
    shown = CliRunner().invoke(build(name), [name, "--help"])
    assert shown.exit_code == 0
    assert "Usage" in shown.stdout


def test_an_unknown_command_is_refused() -> None:
    assert CliRunner().invoke(build("nope"), ["nope"]).exit_code == 2
