"""Everything that src writes into the audit trail has its words: found in the source itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import satu
from satu.approvals.kinds import State as ProposalState
from satu.approvals.registry import ACTIONS as PROPOSED
from satu.cases.kinds import What
from satu.partners.rules import State as VirtualState
from satu.taps.places import DeviceState
from satu.taps.repair_rules import RepairState
from satu.web.console.trail import did, who, whom
from satu.web.console.trail_words import ACTIONS, ACTORS, SUBJECTS

SRC = Path(satu.__file__).parent
# Whose dotted words are names of programs, columns and commands; nothing is recorded there.
ELSEWHERE = (
    "bench/",
    "cli/",
    "project/",
    "insight/reference.py",
    "web/console/",
    "web/templatetags/",
)
ACTION = re.compile(r"([a-z_]+)\.[a-z_]+")
FILES = (".toml", ".txt", ".csv", ".json")
# Actions whose end is a state's name.
MADE = {
    "approval.": {one.name.lower() for one in ProposalState} - {"waiting"},
    "case.": {one.value for one in What},
    "device.": {one.name.lower() for one in DeviceState},
    "partner.va_": {"paid", "refused", "expired", "unplaced"},
    "repair.": {one.code for one in RepairState},
}


@cache
def trees() -> dict[str, ast.Module]:
    paths = [path for path in SRC.rglob("*.py") if "migrations" not in path.parts]
    return {str(path.relative_to(SRC)): ast.parse(path.read_text("utf-8")) for path in paths}


def constants(kind: type = str) -> Iterator[str]:
    for path, tree in trees().items():
        if not path.startswith(ELSEWHERE):
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, kind):
                    yield str(node.value)


def given(name: str) -> Iterator[ast.expr]:
    """What src gives as a keyword argument of a name."""
    for tree in trees().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.keyword) and node.arg == name:
                yield node.value


def test_every_action_that_is_recorded_has_words() -> None:
    kinds = {action.partition(".")[0] for action in ACTIONS}
    recorded = {
        text
        for text in constants()
        if (found := ACTION.fullmatch(text))
        and found[1] in kinds
        and not text.endswith((*FILES, "_"))
    }
    recorded |= {
        value.value
        for value in given("action")
        if isinstance(value, ast.Constant) and ACTION.fullmatch(str(value.value))
    }
    recorded |= {head + end for head, ends in MADE.items() for end in ends}
    assert recorded - {*PROPOSED, *ACTORS} == set(ACTIONS)


def test_no_action_is_made_of_other_parts() -> None:
    heads = {
        str(node.values[0].value)
        for path, tree in trees().items()
        if not path.startswith(ELSEWHERE)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant)
    }
    kinds = {action.partition(".")[0] for action in ACTIONS}
    assert {head for head in heads if head.split(".")[0] in kinds and "." in head} == set(MADE)
    ended = {VirtualState.PAID, VirtualState.REFUSED, VirtualState.EXPIRED, VirtualState.UNPLACED}
    assert {one.name.lower() for one in ended} == MADE["partner.va_"]


def test_every_subject_and_every_program_has_words() -> None:
    kinds = {
        str(node.args[0].value)
        for tree in trees().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Subject"
        if node.args and isinstance(node.args[0], ast.Constant)
    }
    assert kinds == set(SUBJECTS)
    programs = {
        str(value.value if isinstance(value, ast.Constant) else value.values[0].value)
        for value in (*given("actor"), *named("ACTOR"), *named("RULE"))
        if isinstance(value, ast.Constant)
        or (isinstance(value, ast.JoinedStr) and isinstance(value.values[0], ast.Constant))
    }
    told = {"job:audit", "city.demo", "web:doors", "command:fare:", "rule:repair"}
    assert told <= programs
    people = {"staff:", "resident:"}
    assert {one for one in programs - people if who(one) == one} == set()


def named(name: str) -> Iterator[ast.expr]:
    """What constants of a name are in src."""
    for tree in trees().values():
        for node in tree.body:
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == name:
                yield node.value


def test_what_is_told_of_an_entry() -> None:
    assert (who("staff:ani"), who("ani"), who("job:cases")) == ("ani", "ani", "Satu, otomatis")
    assert (did("card.blocked"), did("zoo.fed")) == ("Diblokir", "zoo.fed")
    assert (whom("card", "17"), whom("staff", "ani")) == ("Kartu 17", "Petugas ani")
    assert (whom("ledger", "accounts"), whom("zoo", "1")) == ("Buku besar", "zoo 1")
