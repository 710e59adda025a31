"""Columns as PostgreSQL reads them."""

from datetime import date
from enum import IntEnum
from uuid import UUID

from satu.kernel import pgarray


class Kind(IntEnum):
    FIRST = 1


def test_columns_of_one_type() -> None:
    assert pgarray.ints([]) == "{}"
    assert pgarray.ints([Kind.FIRST, -2, 9_223_372_036_854_775_807]) == (
        "{1,-2,9223372036854775807}"
    )
    assert pgarray.optional([date(2026, 11, 22), None]) == '{"2026-11-22",null}'
    assert pgarray.optional([UUID(int=10)]) == '{"00000000-0000-0000-0000-00000000000a"}'
    assert pgarray.sparse([None, 3]) == "{null,3}"
    assert pgarray.sparse([None, None]) == "{}"
    assert pgarray.flags([True, False]) == "{t,f}"
    assert pgarray.blobs([b"\x01\xff", b""]) == '{"\\\\x01ff","\\\\x"}'
    assert pgarray.words(['say "so"', "a\\b"]) == '{"say \\"so\\"","a\\\\b"}'
