"""The installed `satu`: runs the command line, or says in one line what it lacks.

Readers are built on `satu[validator]` alone, which brings this script too.
"""

from __future__ import annotations

import sys
from importlib import import_module

LACKS = (
    "satu: paket {name} belum ada; pasang dengan: pip install 'satu[server]' / "
    "the package {name} is missing; install it with: pip install 'satu[server]'"
)


def main() -> None:
    """Run what was typed; exit 2 if this was installed without what commands need."""
    try:
        line = import_module("satu.cli.main")
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] == "satu":
            raise
        print(LACKS.format(name=error.name), file=sys.stderr)
        sys.exit(2)
    line.main()
