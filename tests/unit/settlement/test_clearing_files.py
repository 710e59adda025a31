"""Clearing files and answers as CSV: exact text, and a fault that names its line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satu.settlement.clearing_files import Answer, AnswerFault, read_answers, written

HEADER = "line,outcome,reason\n"


def test_a_file_quotes_what_must_be_quoted() -> None:
    assert written([(1, 'R,"1"', 2, 7_000), (2, "R-2", 1, -500)]) == (
        'line,reference,rides,amount\n1,"R,""1""",2,7000\n2,R-2,1,-500\n'
    )
    assert written([]) == "line,reference,rides,amount\n"


def test_answers_are_read_in_order_and_a_repeat_is_one() -> None:
    text = HEADER + '2,refused,"no money, sorry"\n1,paid,\n1,paid,\n'
    assert read_answers(text) == [Answer(2, False, "no money, sorry"), Answer(1, True)]
    assert read_answers(HEADER) == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "line 1"),
        ("line,outcome\n1,paid\n", "line 1"),
        (HEADER + "1,maybe,\n", "line 2"),
        (HEADER + "1,paid\n", "line 2"),
        (HEADER + "x,paid,\n", "line 2"),
        (HEADER + "-1,paid,\n", "line 2"),
        (HEADER + "1,paid,\n1,refused,\n", "line 3"),
    ],
)
def test_what_is_no_answer_is_a_fault_with_its_line(text: str, place: str) -> None:
    with pytest.raises(AnswerFault, match=place):
        read_answers(text)


@given(st.text(max_size=60))
def test_any_text_is_read_or_a_fault(text: str) -> None:
    for content in (text, HEADER + text):
        try:
            read_answers(content)
        except AnswerFault:
            continue
