"""What every command shares: a running database and gateway, progress, the last JSON line."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from satu.project import gateways
from satu.project.database import Urls, check_app_login, migrate, open_database

console = Console(stderr=True, highlight=False)


def json_line(value: dict[str, Any]) -> None:
    """Print one JSON object; the last thing a command with --json writes to standard output."""
    print(json.dumps(value, ensure_ascii=False, default=str), flush=True)


def fail(message: str) -> NoReturn:
    """Say in one line on standard error what went wrong and what to do; exit 1."""
    print(f"satu: {message}", file=sys.stderr)
    sys.exit(1)


def progress() -> Progress:
    """A progress bar on standard error; use as a context manager and add tasks to it."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
    )


@contextmanager
def running_database() -> Iterator[Urls]:
    """The installation's database, running and migrated, with Django ready for actions.

    A server that this started is stopped again when nobody else uses it.
    """
    with open_database() as urls:
        migrate(urls.owner)
        check_app_login(urls.app)
        yield urls


@contextmanager
def running_gateway(arguments: Sequence[str] = ()) -> Iterator[str]:
    """The address of a gateway: the one that runs for this SATU_HOME, else one of its own.

    With `arguments` (an injected clock, say) it is always one of its own. The database must
    be running.
    """
    found = None if arguments else gateways.find()
    if found is not None:
        yield found
        return
    with gateways.start(arguments) as address:
        yield address
