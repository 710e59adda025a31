"""XML of a message as a tree without namespaces: strict, bounded, never with entities. Pure.

A document type is refused before it is read, so nothing can be expanded or fetched.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, NoReturn
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

MAX_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 64


class MessageFault(ValueError):
    """A message that is not what it should be; the text says what and where."""


class Message(NamedTuple):
    """A document: its namespace, and its root element with plain names."""

    namespace: str
    root: Element


def read_message(data: bytes) -> Message:
    """The tree of an XML document; MessageFault if it is none, too large, or has a DTD."""
    if len(data) > MAX_BYTES:
        raise MessageFault(f"more than {MAX_BYTES // 1024 // 1024} MB; ask for smaller statements")
    builder, depth = TreeBuilder(), [0]
    namespaces: list[str] = []
    parser = expat.ParserCreate(namespace_separator=" ")

    def start(name: str, attributes: Mapping[str, str]) -> None:
        namespace, _, local = name.rpartition(" ")
        if not namespaces:
            namespaces.append(namespace)
        depth[0] += 1
        if depth[0] > MAX_DEPTH:
            raise MessageFault("elements are nested too deeply")
        builder.start(local, dict(attributes))

    def end(name: str) -> None:
        depth[0] -= 1
        builder.end(name.rpartition(" ")[2])

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise MessageFault(f"no XML: {error}") from None
    return Message(namespaces[0], builder.close())


def _refuse_doctype(*_: object) -> NoReturn:
    raise MessageFault("a document type is not allowed in a message")
