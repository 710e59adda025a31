"""`satu …` run inside the test's own process: what it printed, and its exit code.

A process of its own costs seconds to start. Journeys about processes themselves start one.
"""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from typing import Any, NamedTuple

import click

from satu.cli.main import build


class Finished(NamedTuple):
    """What a command left."""

    returncode: int
    stdout: str
    stderr: str

    @property
    def told(self) -> dict[str, Any]:
        """What `--json` writes: one object as the last line of standard output."""
        found: dict[str, Any] = json.loads(self.stdout.splitlines()[-1])
        return found


def satu(*arguments: str) -> Finished:
    """Run `satu ARGUMENTS`."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = _run(arguments)
    return Finished(code, out.getvalue(), err.getvalue())


def _run(arguments: tuple[str, ...]) -> int:
    try:
        ended = build(arguments[0])(list(arguments), prog_name="satu", standalone_mode=False)
    except SystemExit as end:
        return int(end.code or 0)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    return ended if isinstance(ended, int) else 0
