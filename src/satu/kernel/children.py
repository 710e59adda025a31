"""Processes of a command's own that take work one piece after the other. Pure.

Each piece goes over a pipe and its outcome comes back; what is done in between is the caller's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any


class ProcessEnded(RuntimeError):
    """A process ended before its work was done; it wrote why before this."""


@contextmanager
def children(
    count: int, target: Callable[..., None], *arguments: object
) -> Iterator[list[Connection]]:
    """Pipes to processes that run `target(*arguments, pipe)` and end with this one, however it
    ends.
    """
    context = get_context("spawn")
    pipes, started = [], []
    try:
        for _ in range(count):
            ours, theirs = context.Pipe()
            child = context.Process(target=target, args=(*arguments, theirs), daemon=True)
            child.start()
            theirs.close()
            pipes.append(ours)
            started.append(child)
        yield pipes
    finally:
        for pipe in pipes:
            pipe.close()
        for child in started:
            child.join()


def hear(pipe: Connection) -> Any:
    """What a process says next; ProcessEnded if it is gone."""
    try:
        return pipe.recv()
    except (EOFError, ConnectionResetError):
        raise ProcessEnded("a process ended early; it wrote why before this") from None


def answer(pipe: Connection, work: Callable[[Any], Any]) -> None:
    """A process' own loop: a piece comes, what became of it goes back, until nobody asks."""
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            pipe.send(work(pipe.recv()))
