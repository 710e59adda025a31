"""Reads the text of a PDF that is made of embedded letters: each page as its words in order.

Enough for what this project prints: streams in Flate and ASCII85, letters by their ToUnicode.
"""

from __future__ import annotations

import base64
import re
import zlib

OBJECT = re.compile(rb"(\d+) 0 obj\s(.*?)endobj", re.DOTALL)
STREAM = re.compile(rb"stream\r?\n(.*?)\r?\n?endstream", re.DOTALL)
FONT = re.compile(rb"/(F[0-9]+(?:\+[0-9]+)?) (\d+) 0 R")
SHOWN = re.compile(rb"/(F[0-9+]+) [0-9.]+ Tf|\(((?:\\.|[^\\)])*)\) Tj", re.DOTALL)
ESCAPED = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def pages_of(pdf: bytes) -> list[str]:
    """The words of each page of a PDF, a line for each piece that was written."""
    assert pdf.startswith(b"%PDF-"), pdf[:20]
    objects = {int(number): body for number, body in OBJECT.findall(pdf)}
    letters = _letters(objects)
    pages = [body for body in objects.values() if re.search(rb"/Type /Page\b", body)]
    pages.sort(key=lambda body: int(_found(rb"/Contents (\d+)", body)))
    return [_words(objects[int(_found(rb"/Contents (\d+)", body))], letters) for body in pages]


def fonts_embedded(pdf: bytes) -> set[str]:
    """The names of the fonts whose letters are in the file."""
    return {name.decode() for name in re.findall(rb"/FontName /[A-Z0-9]+\+([\w-]+)", pdf)}


def _letters(objects: dict[int, bytes]) -> dict[str, dict[int, str]]:
    """For each font what its bytes stand for."""
    found: dict[str, dict[int, str]] = {}
    for body in objects.values():
        name = re.search(rb"/Name /(F[0-9+]+)", body)
        table = re.search(rb"/ToUnicode (\d+)", body)
        if name and table:
            found[name[1].decode()] = _unicode(_stream(objects[int(table[1])]))
    return found


def _unicode(table: bytes) -> dict[int, str]:
    """A ToUnicode table of single characters and of ranges."""
    known: dict[int, str] = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for code, letter in re.findall(rb"<(\w+)>\s*<(\w+)>", block):
            known[int(code, 16)] = chr(int(letter, 16))
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, _, letters in re.findall(rb"<(\w+)>\s*<(\w+)>\s*\[(.*?)\]", block, re.DOTALL):
            for place, letter in enumerate(re.findall(rb"<(\w+)>", letters)):
                known[int(first, 16) + place] = chr(int(letter, 16))
    return known


def _words(body: bytes, letters: dict[str, dict[int, str]]) -> str:
    lines, font = [], dict[int, str]()
    for name, shown in SHOWN.findall(_stream(body)):
        if name:
            font = letters.get(name.decode(), {})
        else:
            clear = ESCAPED.sub(_unescaped, shown)
            lines.append("".join(font.get(byte, chr(byte)) for byte in clear))
    return "\n".join(lines)


def _unescaped(found: re.Match[bytes]) -> bytes:
    said = found[1]
    return bytes([int(said, 8)]) if len(said) == 3 else ESCAPES.get(said, said)


def _stream(body: bytes) -> bytes:
    content = STREAM.search(body)
    assert content is not None
    data = content[1]
    if b"ASCII85Decode" in body:
        data = base64.a85decode(data.strip().removesuffix(b"~>"))
    return zlib.decompress(data) if b"FlateDecode" in body else data


def _found(pattern: bytes, body: bytes) -> bytes:
    found = re.search(pattern, body)
    assert found is not None, pattern
    return found[1]
