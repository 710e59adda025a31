"""A file of rides on disk: its lines, its digest, and how far an interrupted replay had come."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TextIO

from satu.formats.rides import Format, Row, read_rows


@contextmanager
def rows_of(path: Path, form: Format) -> Iterator[Iterator[Row]]:
    """The rows of a csv or csv.gz file, read as they are asked for. Raises NotThisFormat."""
    with _text(path) as lines:
        yield read_rows(lines, form)


def _text(path: Path) -> TextIO:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    if packed:
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def digest_of(path: Path) -> str:
    """SHA-256 of the file as it lies there, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Progress:
    """The service days of a file that were sent whole and closed. Kept until the replay ends.

    So an interrupted replay goes on with the day it was in, and a finished one starts anew.
    """

    def __init__(self, folder: Path, digest: str) -> None:
        self._path = folder / f"{digest}.json"
        self.done = self._read()

    def _read(self) -> list[date]:
        try:
            return [date.fromisoformat(day) for day in json.loads(self._path.read_text())["days"]]
        except FileNotFoundError:
            return []

    def finish(self, days: Iterable[date]) -> None:
        """Note days as sent and closed, so that it survives a crash."""
        self.done = [*self.done, *days]
        self._path.parent.mkdir(parents=True, exist_ok=True)
        written = self._path.with_suffix(".new")
        with written.open("w") as file:
            json.dump({"days": [day.isoformat() for day in self.done]}, file)
            file.flush()
            os.fsync(file.fileno())
        written.replace(self._path)

    def forget(self) -> None:
        """The replay has ended: the next one starts anew."""
        self._path.unlink(missing_ok=True)
