"""TOML files as typed values: what cannot be read is a fault at its place. Pure."""

from __future__ import annotations

import re
from typing import TypeVar

import msgspec

from satu.formats.faults.fault import Fault, fault_at

ValueT = TypeVar("ValueT")

_LINE = re.compile(r"\(at line (\d+), column \d+\)")
_PATH = re.compile(r" - at `\$\.?([^`]+)`")
_FIELD = re.compile(r"^Object (missing required|contains unknown) field `([^`]+)`")


def read_toml(content: bytes | str, file: str, kind: type[ValueT]) -> ValueT | Fault:
    """A file's content as `kind`, or what is wrong with it first."""
    try:
        return msgspec.toml.decode(content, type=kind)
    except UnicodeDecodeError:
        return Fault(file, 0, "", "file_not_text")
    except msgspec.ValidationError as error:
        return _of_field(str(error), file)
    except msgspec.DecodeError as error:
        line = _LINE.search(str(error))
        return Fault(file, int(line.group(1)) if line else 0, "", "toml_broken")


def _of_field(told: str, file: str) -> Fault:
    place, named = _PATH.search(told), _FIELD.search(told)
    path = place.group(1) if place else ""
    if named is None:
        return fault_at(file, 0, path, "toml_field_unreadable", detail=told.split(" - at ")[0])
    field = ".".join(part for part in (path, named.group(2)) if part)
    is_missing = named.group(1) == "missing required"
    return Fault(file, 0, field, "toml_field_missing" if is_missing else "toml_field_unknown")
