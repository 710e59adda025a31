"""Residents' and family cards' numbers: what they tell, what they cannot, and what they hide."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satu.formats.identifiers.area import OLD_PROVINCES, PROVINCES, Area, AreaSystem
from satu.formats.identifiers.fault import Doubt, Fault
from satu.formats.identifiers.kk import FamilyCard, read_kk
from satu.formats.identifiers.nik import Nik, Sex, make_nik, possible_days, read_nik

TODAY = date(2026, 11, 22)
GAMBIR = "31.71.01"

districts = st.builds(
    "{}.{:02}.{:02}".format, st.sampled_from(sorted(PROVINCES)), st.integers(1, 99), st.integers(1)
).filter(lambda code: len(code) == len(GAMBIR))
births = st.dates(date(1900, 1, 1), TODAY)
serials = st.integers(1, 9_999)


@given(districts, births, st.sampled_from(Sex), serials)
def test_what_goes_in_comes_out(code: str, born: date, sex: Sex, serial: int) -> None:
    text = make_nik(district_code=code, born=born, sex=sex, serial=serial)
    found = read_nik(text, on=TODAY)
    assert isinstance(found, Nik)
    assert (found.text, found.area, found.sex, found.serial) == (
        text,
        Area(AreaSystem.KEMENDAGRI, code),
        sex,
        serial,
    )
    assert born in found.births
    assert found.born in (born, None)
    assert (Doubt.CENTURY_UNSURE in found.doubts) is (found.born is None)
    assert read_nik(found.shown, on=TODAY) == found


@given(st.text("0123456789", min_size=16, max_size=16))
def test_of_any_sixteen_digits_those_with_a_province_and_a_day_are_niks(text: str) -> None:
    found = read_nik(text, on=TODAY)
    day = int(text[6:8])
    days = possible_days(day - 40 * (day > 40), int(text[8:10]), int(text[10:12]), TODAY)
    if text[:2] not in PROVINCES | OLD_PROVINCES:
        assert found is Fault.NIK_AREA_UNKNOWN
    elif not days:
        assert found is Fault.NIK_DATE_IMPOSSIBLE
    else:
        assert isinstance(found, Nik) and found.births == days


@given(st.text(max_size=30))
def test_anything_typed_is_read_or_refused(typed: str) -> None:
    assert isinstance(read_nik(typed, on=TODAY), Nik | Fault)


@pytest.mark.parametrize(
    "typed",
    ["317101 570845 0001", "3171.0157.0845.0001", "31-71-01-57-08-45-0001", "\t3171015708450001\n"],
)
def test_what_people_put_between_groups_does_not_matter(typed: str) -> None:
    found = read_nik(typed, on=TODAY)
    assert isinstance(found, Nik) and found.text == "3171015708450001"
    assert (found.sex, found.born) == (Sex.FEMALE, date(1945, 8, 17))


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", Fault.NIK_LENGTH),
        ("31710157084500O1", Fault.NIK_CHARACTERS),
        ("٣١٧١٠١٥٧٠٨٤٥٠٠٠١", Fault.NIK_CHARACTERS),
        ("+3171015708450001", Fault.NIK_CHARACTERS),
        ("317101570845000", Fault.NIK_LENGTH),
        ("31710157084500011", Fault.NIK_LENGTH),
        ("0071015708450001", Fault.NIK_AREA_UNKNOWN),
        ("3171010008450001", Fault.NIK_DATE_IMPOSSIBLE),
        ("3171014008450001", Fault.NIK_DATE_IMPOSSIBLE),
        ("3171013208450001", Fault.NIK_DATE_IMPOSSIBLE),
        ("3171017208450001", Fault.NIK_DATE_IMPOSSIBLE),
        ("3171011700450001", Fault.NIK_DATE_IMPOSSIBLE),
    ],
)
def test_what_is_no_nik(typed: str, fault: Fault) -> None:
    assert read_nik(typed, on=TODAY) is fault


def test_the_century_is_never_guessed() -> None:
    found = read_nik("3171012211260001", on=TODAY)
    assert isinstance(found, Nik)
    assert found.births == (date(1926, 11, 22), date(2026, 11, 22))
    assert found.born is None and found.doubts == (Doubt.CENTURY_UNSURE,)
    day_before = read_nik("3171012211260001", on=TODAY - timedelta(days=1))
    assert isinstance(day_before, Nik) and day_before.born == date(1926, 11, 22)


def test_a_day_that_one_century_lacks_is_of_the_other() -> None:
    found = read_nik("3171012902000001", on=TODAY)
    assert isinstance(found, Nik) and found.born == date(2000, 2, 29)
    assert read_nik("3171012902010001", on=TODAY) is Fault.NIK_DATE_IMPOSSIBLE


def test_an_area_off_the_list_is_a_doubt_and_an_old_one_too() -> None:
    listed = read_nik("3171011708450001", on=TODAY, areas={GAMBIR})
    merged = read_nik("3171991708450001", on=TODAY, areas={GAMBIR})
    of_old = read_nik("0954041708450001", on=TODAY, areas={GAMBIR})
    assert isinstance(listed, Nik) and listed.doubts == ()
    assert isinstance(merged, Nik) and merged.doubts == (Doubt.AREA_UNKNOWN,)
    assert isinstance(of_old, Nik) and of_old.doubts == (Doubt.AREA_OLD,)


def test_a_number_in_a_log_is_masked() -> None:
    found = read_nik("3171015708450001", on=TODAY)
    assert isinstance(found, Nik)
    for text in (found.masked, str(found), repr(found), f"{[found]}"):
        assert "0001" in text
        assert not any(part in text for part in ("3171", "570845", "1945", "31.71"))
    assert (found.masked, found.shown) == ("••••••••••••0001", "317101 570845 0001")


def test_a_family_cards_number_has_the_day_of_its_issue() -> None:
    found = read_kk("3171 0117 0812 0001", on=TODAY)
    assert isinstance(found, FamilyCard)
    assert found.issues == (date(1912, 8, 17), date(2012, 8, 17))
    assert (found.area.code, found.serial, found.shown) == (GAMBIR, 1, "317101 170812 0001")
    assert found.doubts == (Doubt.CENTURY_UNSURE,)


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("3171015708450001", Fault.KK_DATE_IMPOSSIBLE),  # a woman's NIK
        ("9971011708120001", Fault.KK_AREA_UNKNOWN),
        ("317101170812", Fault.KK_LENGTH),
        ("KK 3171011708120001", Fault.KK_CHARACTERS),
    ],
)
def test_what_is_no_family_card(typed: str, fault: Fault) -> None:
    assert read_kk(typed, on=TODAY) is fault
