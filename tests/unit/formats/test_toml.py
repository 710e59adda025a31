"""TOML as typed values: each thing that can be wrong is a fault at its place."""

from __future__ import annotations

import msgspec
import pytest

from satu.formats.faults.fault import Fault, fault_at
from satu.formats.toml import read_toml


class Shelf(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    books: int


class Room(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    shelves: list[Shelf] = []


def test_a_file_becomes_a_value() -> None:
    assert read_toml(b'name = "A"\n[[shelves]]\nbooks = 3\n', "room.toml", Room) == Room(
        "A", [Shelf(3)]
    )


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", Fault("room.toml", 0, "name", "toml_field_missing")),
        (b'name = "A"\n[[shelves]]\n', Fault("room.toml", 0, "shelves[0].books",
         "toml_field_missing")),
        (b'name = "A"\ncolour = "red"\n', Fault("room.toml", 0, "colour", "toml_field_unknown")),
        (b'name = "A"\n[[shelves]]\nbooks = "3"\n', fault_at("room.toml", 0, "shelves[0].books",
         "toml_field_unreadable", detail="Expected `int`, got `str`")),
        (b'name = "A"\n[[shelves]\n', Fault("room.toml", 2, "", "toml_broken")),
        (b"name = ", Fault("room.toml", 0, "", "toml_broken")),
        (b'name = "\xe9"\n', Fault("room.toml", 0, "", "file_not_text")),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_where(content: bytes, fault: Fault) -> None:
    assert read_toml(content, "room.toml", Room) == fault
