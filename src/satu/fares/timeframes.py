"""Which timeframes an instant of the local clock lies in. Pure; built and asked by prices."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date

from satu.fares.tariff import Service, Timeframe

LAST_DATES = 512  # dates whose bands are kept at hand


def runs_on(service: Service, on: date) -> bool:
    """Whether a date belongs to a service; an exception counts more than the weekday."""
    if on in service.added:
        return True
    if on in service.removed or not service.first <= on <= service.last:
        return False
    return service.weekdays[on.weekday()]


class Clock:
    """A tariff's timeframes, ready to be asked. A timeframe of an unknown service never fits."""

    def __init__(self, timeframes: tuple[Timeframe, ...], services: tuple[Service, ...]) -> None:
        self._timeframes = timeframes
        self._services = {service.id: service for service in services}
        self._of_date: dict[date, tuple[list[int], list[tuple[str, ...]]]] = {}

    def at(self, on: date, minute: int) -> tuple[str, ...]:
        """The names of all timeframes that a local minute of a calendar date lies in, sorted."""
        bands = self._of_date.get(on)
        if bands is None:
            if len(self._of_date) >= LAST_DATES:
                self._of_date.clear()
            bands = self._of_date[on] = self._bands(on)
        return bands[1][bisect_right(bands[0], minute) - 1]

    def _bands(self, on: date) -> tuple[list[int], list[tuple[str, ...]]]:
        """The minutes at which something begins or ends that date, and what runs from each on."""
        running = [one for one in self._timeframes if self._is_in_force(one, on)]
        starts = {0, *(one.start_minute for one in running), *(one.end_minute for one in running)}
        bands = sorted(starts)
        names = [
            tuple(
                sorted({one.name for one in running if one.start_minute <= start < one.end_minute})
            )
            for start in bands
        ]
        return bands, names

    def _is_in_force(self, timeframe: Timeframe, on: date) -> bool:
        if not timeframe.service:
            return True
        service = self._services.get(timeframe.service)
        return service is not None and runs_on(service, on)
