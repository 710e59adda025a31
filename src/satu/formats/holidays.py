"""Public holidays of a country, by the library `holidays`. Called where tariffs are read.

The engine never asks it: the dates are written into a tariff's services before it is hashed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import holidays


def public_holidays(country: str, subdivision: str, first: date, last: date) -> Iterable[date]:
    """The public holidays from `first` to `last`, both included, in order.

    `country` is an ISO 3166-1 code of two letters, `subdivision` the rest of an ISO 3166-2 code
    ("": those of the whole country). LookupError: the library does not know them.
    """
    years = range(first.year, last.year + 1)
    try:
        days = holidays.country_holidays(country, subdiv=subdivision or None, years=years)
    except NotImplementedError as error:
        where = f"{country}-{subdivision}" if subdivision else country
        raise LookupError(f"no public holidays are known of {where!r}") from error
    return sorted(day for day in days if first <= day <= last)
