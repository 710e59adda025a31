"""The files that pages load, under an address that tells their content; settings and a view ask.

An address that changes with the content is kept by browsers for a year. The style sheets of every
page come as one, because a phone waits for each file it asks for.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from pathlib import Path

STATIC = Path(__file__).resolve().parent.parent / "static"
SHEETS = STATIC / "satu" / "css"
TOPICS = ("tokens", "base", "parts", "lists", "show", "frames", "print")
FOREVER = "max-age=31536000, public, immutable"


@cache
def joined_sheet() -> str:
    """The topics' style sheets, one after another: read once in a process."""
    return "\n".join((SHEETS / f"{topic}.css").read_text(encoding="utf-8") for topic in TOPICS)


def address_of(folders: Iterable[Path]) -> str:
    """`/static/<digest>/`: another one as soon as a file below the folders is another."""
    digest = sha256(joined_sheet().encode())
    for folder in folders:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(path.read_bytes())
    return f"/static/{digest.hexdigest()[:12]}/"
