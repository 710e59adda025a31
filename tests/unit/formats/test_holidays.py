"""Public holidays of Indonesia, as its government announced them."""

from __future__ import annotations

from datetime import date

import pytest

from satu.formats.holidays import public_holidays


def test_known_days_of_indonesia() -> None:
    days = public_holidays("ID", "", date(2025, 3, 1), date(2025, 8, 31))
    assert list(days) == [
        date(2025, 3, 29),  # Nyepi
        date(2025, 3, 31),  # Idul Fitri
        date(2025, 4, 1),
        date(2025, 4, 18),  # Wafat Yesus Kristus
        date(2025, 4, 20),  # Paskah
        date(2025, 5, 1),  # Hari Buruh
        date(2025, 5, 12),  # Waisak
        date(2025, 5, 29),  # Kenaikan Yesus Kristus
        date(2025, 6, 1),  # Hari Lahir Pancasila
        date(2025, 6, 6),  # Idul Adha
        date(2025, 6, 27),  # Tahun Baru Islam
        date(2025, 8, 17),  # Proklamasi Kemerdekaan
    ]


def test_first_and_last_day_are_included() -> None:
    new_year, christmas = date(2024, 1, 1), date(2024, 12, 25)
    assert list(public_holidays("ID", "", new_year, new_year)) == [new_year]
    within = list(public_holidays("ID", "", new_year, christmas))
    assert (within[0], within[-1]) == (new_year, christmas)


def test_a_part_of_a_country_has_its_own() -> None:
    bavaria = public_holidays("DE", "BY", date(2025, 1, 1), date(2025, 1, 31))
    berlin = public_holidays("DE", "BE", date(2025, 1, 1), date(2025, 1, 31))
    assert set(bavaria) - set(berlin) == {date(2025, 1, 6)}


@pytest.mark.parametrize(("country", "subdivision"), [("XX", ""), ("ID", "NOWHERE")])
def test_an_unknown_country_is_told(country: str, subdivision: str) -> None:
    with pytest.raises(LookupError, match=country):
        public_holidays(country, subdivision, date(2025, 1, 1), date(2025, 12, 31))
