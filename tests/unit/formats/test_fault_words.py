"""Every fault has words in both languages that name the same, and nobody tells a fault without."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from satu.formats.faults.fault import Fault, Remark, fault_at, words_of
from satu.formats.faults.files import FILES
from satu.formats.faults.packs import PACKS
from satu.formats.faults.remarks import REMARKS
from satu.formats.faults.tariffs import TARIFFS
from satu.formats.faults.words import WORDS
from satu.wire.messages import Words

ROOT = Path(__file__).resolve().parents[3]
SOURCE = ROOT / "src/satu"
TABLE = ROOT / "docs/reference/faults.md"
TELLERS = [
    *(SOURCE / "fares").rglob("*.py"),
    *(SOURCE / "city").glob("*.py"),
    *(SOURCE / "formats").glob("*.py"),
    SOURCE / "people/register.py",
    SOURCE / "taps/activation.py",
    SOURCE / "taps/drafts.py",
    SOURCE / "cli/tariff.py",
]
# The code is the last of their positional arguments.
TELLING = {"fault_at", "fault", "note", "_wrong", "_why", "Why", "_tell_dangling", "_cannot_read"}
KINDS = ("category", "medium", "network", "product", "service", "timeframe")


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def trees() -> Iterator[ast.Module]:
    return (ast.parse(path.read_text("utf-8")) for path in TELLERS)


def test_every_code_has_words_in_both_languages_that_name_the_same() -> None:
    assert len(WORDS) == sum(map(len, (FILES, TARIFFS, REMARKS, PACKS))), "a code stands once"
    for code, words in WORDS.items():
        assert words.id and words.en and words.id != words.en, code
        assert places(words.id) == places(words.en), code
        assert code == code.lower() and " " not in code


def test_who_tells_a_fault_gives_what_its_words_name() -> None:
    told = set()
    for node in (node for tree in trees() for node in ast.walk(tree)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        code = getattr(node.args[-1], "value", None)
        if name not in TELLING or not isinstance(code, str):
            continue
        assert code in WORDS, (name, code)
        told.add(code)
        given = {one.arg for one in node.keywords if one.arg}
        is_spread = len(given) < len(node.keywords) or name == "_tell_dangling"
        assert is_spread or places(WORDS[code].en) <= given, (code, given)
    assert len(told) > len(WORDS) // 2


def test_no_words_are_left_that_nobody_tells() -> None:
    texts = {
        node.value
        for tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert set(WORDS) - texts <= {f"{kind}_undefined" for kind in KINDS}


def test_long_lists_are_cut_in_each_language() -> None:
    names = tuple("abcdefghij")
    assert words_of("codes_missing", (("names", names),)) == Words(
        "a, b, c, d, e, f, g, h dan 2 lainnya tidak ada; tambahkan",
        "a, b, c, d, e, f, g, h and 2 more is missing; add it",
    )
    none = words_of("name_undefined", (("name", "x"), ("allowed", ())))
    assert none.id == "'x' belum ditetapkan; boleh: tidak ada: belum ada yang ditetapkan"


def test_a_fault_is_a_value_with_a_place() -> None:
    fault = fault_at("a.csv", 3, "code", "name_repeated", name="{x}")
    assert fault.told("id") == "a.csv:3: code: '{x}' sudah ditetapkan; simpan satu saja"
    assert str(fault) == fault.told("en") == "a.csv:3: code: '{x}' is already defined; keep one"
    assert str(Fault("a.csv", 0, "", "toml_field_missing")) == "a.csv: it is missing; write it"
    assert fault.as_json() == {
        "file": "a.csv",
        "row": 3,
        "field": "code",
        "code": "name_repeated",
        "values": {"name": "{x}"},
        "words": {
            "id": "'{x}' sudah ditetapkan; simpan satu saja",
            "en": "'{x}' is already defined; keep one",
        },
    }
    assert Remark("a.csv", 0, "", "file_unread").told("en") == (
        "a.csv: a file of fares that is not read"
    )
    with pytest.raises(KeyError):
        words_of("name_repeated", ())


def test_the_page_of_codes_has_each_with_its_words() -> None:
    rows = [line for line in TABLE.read_text("utf-8").splitlines() if line.startswith("| `")]
    assert rows == [f"| `{code}` | {words.id} | {words.en} |" for code, words in WORDS.items()]
