"""What keeps a bench from running."""

from __future__ import annotations


class BenchProblem(Exception):
    """A bench cannot run or its figures would be wrong; one line that says what to do."""


class GatewayProblem(BenchProblem):
    """A gateway did not do its part; its log tells more."""
