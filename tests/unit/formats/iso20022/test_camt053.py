"""Banks' statements: what is read of them, and what is refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satu.formats.iso20022.camt053 import Line, read_statements
from satu.formats.iso20022.xml import MessageFault, read_message
from tests.statements import ACCOUNT, DAY, VERSION_2, VERSION_8, Booked, balance, statement

LINES = [
    Booked(30_000, [("T-1", 10_000), ("T-2", 20_000)]),
    Booked(-5_000, [("OUT-1", -5_000)]),
    Booked(700, own="BANK-7"),
    Booked(9_999, [("T-3", 9_999)], status="PDNG"),
]


@pytest.mark.parametrize("version", [VERSION_2, VERSION_8])
def test_a_statement_is_read_with_its_details(version: str) -> None:
    (found,) = read_statements(statement("S-1", 100_000, LINES, version=version))
    assert (found.id, found.account, found.currency) == ("S-1", ACCOUNT, "IDR")
    assert (found.opening, found.closing) == (100_000, 125_700)
    assert (found.opened_on, found.closed_on) == (DAY, DAY)
    assert found.lines == (
        Line("T-1", 10_000, DAY),
        Line("T-2", 20_000, DAY),
        Line("OUT-1", -5_000, DAY),
        Line("BANK-7", 700, DAY),
    )


def test_what_the_day_before_closed_with_opens_the_day() -> None:
    yesterday = DAY - timedelta(days=1)
    told = statement("S-1", 5, [], opening_code="PRCD", opening_on=yesterday)
    assert read_statements(told)[0].opened_on == DAY


def test_a_reference_that_was_not_provided_is_none() -> None:
    told = statement("S-1", 0, [Booked(7, [("NOTPROVIDED", 7)], own="B-1"), Booked(8)])
    assert [line.reference for line in read_statements(told)[0].lines] == ["B-1", ""]


SUMMARY = (
    "<TxsSummry><TtlNtries><NbOfNtries>{}</NbOfNtries></TtlNtries>"
    "<TtlCdtNtries><NbOfNtries>1</NbOfNtries><Sum>{}</Sum></TtlCdtNtries></TxsSummry>"
)


def test_the_banks_own_sums_are_checked() -> None:
    line = [Booked(10, [("T-1", 10)])]
    assert read_statements(statement("S", 0, line, more=SUMMARY.format(1, "10.00")))
    for count, total in ((2, "10.00"), (1, "11.00")):
        with pytest.raises(MessageFault, match="says"):
            read_statements(statement("S", 0, line, more=SUMMARY.format(count, total)))


GOOD = statement("S-1", 100, [Booked(50, [("T-1", 50)])]).decode()


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (statement("S-1", 100, [Booked(50)], closing=151).decode(), "do not make closing"),
        (statement("S-1", 9, [Booked(5, [("A", 2), ("B", 2)])]).decode(), "do not make its amount"),
        (GOOD.replace("CLBD", "ITBD"), "no balance CLBD"),
        (GOOD.replace(balance("CLBD", 150, DAY), balance("CLBD", 150, DAY) * 2), "more than one"),
        (GOOD.replace('<Amt Ccy="IDR">50.00', '<Amt Ccy="USD">50.00'), "in USD"),
        (GOOD.replace("<Ccy>IDR", "<Ccy>USD"), "more than one currency"),
        (GOOD.replace(">50.00</Amt>", ">50.50</Amt>"), "finer than IDR"),
        (GOOD.replace(">50.00</Amt>", ">-50.00</Amt>"), "below zero"),
        (GOOD.replace("<Id>S-1</Id>", ""), "without Id"),
        (GOOD.replace(ACCOUNT, ""), "no account"),
        (GOOD.replace("camt.053.001.08", "camt.054.001.08"), "no camt.053"),
        (GOOD.replace("Stmt", "Rpt"), "no statement"),
        (GOOD.replace(str(DAY), "5 January"), "no date"),
        (GOOD[:-9], "no XML"),
        ("", "no XML"),
    ],
)
def test_what_does_not_agree_is_refused(wrong: str, why: str) -> None:
    with pytest.raises(MessageFault, match=why):
        read_statements(wrong.encode())


def test_nothing_is_expanded_or_fetched() -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><a>&c;</a>'
    outside = '<!DOCTYPE a SYSTEM "http://localhost/x.dtd"><a/>'
    for wrong in (bomb, outside):
        with pytest.raises(MessageFault, match="document type"):
            read_message(wrong.encode())
    with pytest.raises(MessageFault, match="nested"):
        read_message(b"<a>" * 70)


@settings(max_examples=50, deadline=None)
@given(
    st.integers(-(10**9), 10**9),
    st.lists(st.integers(-(10**6), 10**6).filter(bool), max_size=8),
)
def test_whatever_was_booked_the_lines_lead_from_opening_to_closing(
    opening: int, amounts: list[int]
) -> None:
    lines = [Booked(amount, [(f"T-{place}", amount)]) for place, amount in enumerate(amounts)]
    (found,) = read_statements(statement("S", opening, lines, on=date(2026, 2, 1)))
    assert found.opening + sum(line.amount for line in found.lines) == found.closing
    assert [line.amount for line in found.lines] == amounts
