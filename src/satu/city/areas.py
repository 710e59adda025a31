"""A city pack's kelurahan and what they are in: `areas.csv`, which it may do without."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec

from satu.city.tables import read_table, table_files
from satu.formats.faults.fault import Fault

TABLE = "areas"


class AreaRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An area: a code with dots is inside the one before its last dot."""

    code: Annotated[
        str, msgspec.Meta(pattern=r"^[A-Z0-9][A-Z0-9.-]{0,19}$", examples=["31.71.01.1001"])
    ]
    name: Annotated[str, msgspec.Meta(min_length=1)]


def read_areas(folder: Path, faults: list[Fault]) -> tuple[AreaRow, ...]:
    """The areas in a folder; none if there is no such file. Each code once, parents included."""
    if not table_files(folder, TABLE):
        return ()
    lines = read_table(folder, TABLE, AreaRow, faults)
    codes: set[str] = set()
    for line in lines:
        if line.value.code in codes:
            faults.append(line.fault("code", "name_repeated", name=line.value.code))
        codes.add(line.value.code)
    for line in lines:
        parent = line.value.code.rpartition(".")[0]
        if "." in parent and parent not in codes:
            faults.append(line.fault("code", "area_parent_missing", name=parent))
    return tuple(line.value for line in lines)
