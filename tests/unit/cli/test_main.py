"""The command line: quick to help, and every listed command is there."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest
from typer.testing import CliRunner

from satu.cli.main import COMMANDS, build


def test_help_names_every_command_and_imports_none() -> None:
    code = (
        "import sys; sys.argv = ['satu', '--help']\n"
        "from satu.cli.start import main\n"
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


def test_without_the_server_it_says_in_one_line_what_to_install() -> None:
    text = (Path(__file__).parents[3] / "pyproject.toml").read_text()
    assert tomllib.loads(text)["project"]["scripts"] == {"satu": "satu.cli.start:main"}
    code = (
        "import sys; sys.modules['typer'] = None; sys.argv = ['satu', '--help']\n"
        "from satu.cli.start import main\n"
        "main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "satu: paket typer belum ada; pasang dengan: pip install 'satu[server]' / "
        "the package typer is missing; install it with: pip install 'satu[server]'\n"
    )


def test_an_unknown_command_is_refused() -> None:
    assert CliRunner().invoke(build("nope"), ["nope"]).exit_code == 2
