"""The shortest way between two points along a network's lines, with changes between them. Pure.

Called by `satu.services.rules` for rides of which no line is told: behind gates a rider changes
trains unseen, so the network's distance is that of the shortest way.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import NamedTuple

# From a point to its neighbours: (metres, whether they are estimated).
Edges = Mapping[int, Mapping[int, tuple[int, bool]]]


class Line(NamedTuple):
    """One trip's points with metres from its start, in the order of travel."""

    network: str
    calls: tuple[tuple[int, int], ...]
    is_estimated: bool = False


class Ways:
    """The lines of a city, ready to be asked. A network's graph is made when it is first asked."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._lines: dict[str, list[Line]] = {}
        for line in lines:
            self._lines.setdefault(line.network, []).append(line)
        self._edges: dict[str, Edges] = {}

    def shortest(self, network: str, start: int, end: int) -> tuple[int, bool] | None:
        """Metres of the shortest way, and whether any of them are estimated; None: no way.

        Of equally short ways the one that is not estimated counts. A round trip is no way.
        """
        if network not in self._edges:
            self._edges[network] = _edges(self._lines.get(network, ()))
        edges = self._edges[network]
        if start == end or start not in edges:
            return None
        done: set[int] = set()
        queue = [(0, False, start)]
        while queue:
            metres, is_estimated, point = heapq.heappop(queue)
            if point == end:
                return metres, is_estimated
            if point in done:
                continue
            done.add(point)
            for neighbour, (further, is_guess) in edges.get(point, {}).items():
                if neighbour not in done:
                    heapq.heappush(queue, (metres + further, is_estimated or is_guess, neighbour))
        return None


def _edges(lines: Iterable[Line]) -> Edges:
    """Each pair of points that follow each other on some line, by its shortest metres."""
    edges: dict[int, dict[int, tuple[int, bool]]] = {}
    for line in lines:
        for (here, before), (there, after) in pairwise(line.calls):
            known = edges.setdefault(here, {}).get(there)
            found = (after - before, line.is_estimated)
            edges[here][there] = found if known is None else min(known, found)
    return edges
