"""A bank's clearing file and its answer, as CSV. Pure.

The file: `line,reference,rides,amount`, one line a chip or token; an amount below zero is given
back to the bank. The answer: `line,outcome,reason`, outcome `paid` or `refused`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import NamedTuple

FILE_HEADER = ("line", "reference", "rides", "amount")
ANSWER_HEADER = ["line", "outcome", "reason"]
OUTCOMES = {"paid": True, "refused": False}
MAX_DIGITS = 9


class AnswerFault(ValueError):
    """What a bank sent is no answer; the text names the line of the file."""


class Answer(NamedTuple):
    """What a bank says of a line of its file: paid, or refused and why."""

    number: int
    is_paid: bool
    reason: str = ""


def written(lines: Iterable[tuple[int, str, int, int]]) -> str:
    """The file of (line, reference, rides, amount); amounts in the currency's smallest unit."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(FILE_HEADER)
    writer.writerows(lines)
    return text.getvalue()


def read_answers(text: str) -> list[Answer]:
    """A bank's answers in their order; AnswerFault if one cannot be read or comes twice."""
    try:
        rows = list(csv.reader(io.StringIO(text, newline=None)))
    except csv.Error as error:
        raise AnswerFault(f"no CSV: {error}") from None
    if rows[:1] != [ANSWER_HEADER]:
        raise AnswerFault(f"line 1: the header must be {','.join(ANSWER_HEADER)}")
    answers: dict[int, Answer] = {}
    for place, row in enumerate(rows[1:], 2):
        if len(row) != len(ANSWER_HEADER) or row[1] not in OUTCOMES:
            raise AnswerFault(
                f"line {place}: it must be a line's number, paid or refused, a reason"
            )
        if not (row[0].isascii() and row[0].isdigit() and len(row[0]) <= MAX_DIGITS):
            raise AnswerFault(f"line {place}: {row[0]!r} is no number of a line")
        answer = Answer(int(row[0]), OUTCOMES[row[1]], row[2])
        if answers.setdefault(answer.number, answer) != answer:
            raise AnswerFault(f"line {place}: line {answer.number} is answered twice, otherwise")
    return list(answers.values())
