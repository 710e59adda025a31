"""Who asks a public page to compute asks in turn: a bucket a machine, and a few at a time in all.

Kept in the process's memory: a limit that asks the database would cost more than what it spares.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from satu.web.design.faults import too_many
from satu.web.doors.home import address_of

MACHINES = 10_000  # of whom is known how often they asked; who has not asked for longest goes
AT_ONCE = 3  # the processor has few cores, and readers' taps need them
PATIENCE_S = 4.0

View = Callable[..., HttpResponseBase]


class Buckets:
    """So many at once, and so many a minute after: a bucket for each that asks."""

    def __init__(self, burst: int, per_minute: int) -> None:
        self.burst = float(burst)
        self.per_s = per_minute / 60
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait_s(self, who: str, now_s: float) -> int:
        """Take one; 0: it was there. Else the seconds until one is, and nothing is taken."""
        with self._lock:
            left, then_s = self._left.pop(who, (self.burst, now_s))
            left = min(self.burst, left + (now_s - then_s) * self.per_s)
            wait = 0 if left >= 1 else max(1, round((1 - left) / self.per_s))
            self._left[who] = (left if wait else left - 1, now_s)
            while len(self._left) > MACHINES:
                self._left.popitem(last=False)
        return wait


_turns = threading.BoundedSemaphore(AT_ONCE)


def limited(
    buckets: Buckets, when: Callable[[HttpRequest], bool] = lambda request: True
) -> Callable[[View], View]:
    """A view that computes `when` a request says so: 429 for who asks too often, or too many."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            if not when(request):
                return view(request, *args, **kwargs)
            wait = buckets.wait_s(address_of(request), time.monotonic())
            if wait:
                return too_many(wait)
            with _turn() as is_mine:
                return view(request, *args, **kwargs) if is_mine else too_many(1)

        return answer

    return decorate


@contextmanager
def _turn() -> Iterator[bool]:
    is_mine = _turns.acquire(timeout=PATIENCE_S)
    try:
        yield is_mine
    finally:
        if is_mine:
            _turns.release()
