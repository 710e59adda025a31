"""`satu cases`: who waits for an answer, since when, and what happened to a case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from satu.cases.errors import Refusal
from satu.cases.kinds import State
from satu.cases.words import OUTCOMES, STATES, STEPS
from satu.cli.common import json_line, running_database
from satu.cli.desk import now, out, refuse
from satu.wire.messages import Words

if TYPE_CHECKING:
    from satu.cases.models import Case
    from satu.cases.queries import Step

app = typer.Typer(no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object as the last line.")]


@app.callback()
def _group() -> None:
    """Who waits for an answer, since when, and what happened to a case."""


@app.command("list")
def list_cases(
    team: Annotated[str, typer.Option(help="Of this team alone.")] = "",
    overdue: Annotated[bool, typer.Option("--overdue", help="Only if the clock ran out.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the open cases, whose clock runs out first.

    Example: satu cases list --team desk --overdue
    """
    with running_database():
        from satu.cases import queries  # noqa: PLC0415  (Django is set up by now)

        at = now()
        found = queries.queue(team, at=at, overdue=overdue)
        loads = queries.loads(at=at)
    if as_json:
        teams = {load.team: {"open": load.open, "overdue": load.overdue} for load in loads}
        json_line({"teams": teams, "cases": [_as_json(case) for case in found]})
        return
    for case in found:
        due = f"{case.due_at:%Y-%m-%d %H:%M}Z" if case.due_at else "–"
        owner = case.owner or "–"
        words = _both(STATES[State(case.state)])
        out.print(f"{case}  {case.kind}  {case.team}/{owner}  {words}  {due}")
    for load in loads:
        out.print(f"{load.team}: {load.open} terbuka / open, {load.overdue} lewat waktu / overdue")


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="CASE", help="The case's code: K-17.")],
    as_json: AsJson = False,
) -> None:
    """Tell a case's story. What people wrote stays sealed: staff read it in the console.

    Example: satu cases show K-17
    """
    with running_database():
        from satu.cases import queries  # noqa: PLC0415  (Django is set up by now)

        case = queries.find(name)
        story = queries.story(case.id, language="id", inner=True) if case else []
    if case is None:
        refuse(Refusal.CASE_UNKNOWN, as_json)
    if as_json:
        json_line(_as_json(case) | {"story": [_step(step) for step in story]})
        return
    outcome = next((_both(words) for one, words in OUTCOMES.items() if one == case.outcome), "")
    out.print(f"{case}  {case.kind}  {_both(STATES[State(case.state)])}  {outcome}")
    for step in story:
        told = step.answer or ("•••" if step.text else "")
        out.print(f"  {step.at:%Y-%m-%d %H:%M}Z  {_both(STEPS[step.what])}  {step.actor}  {told}")


def _both(words: Words) -> str:
    return f"{words.id} / {words.en}"


def _as_json(case: Case) -> dict[str, object]:
    return {
        "case": str(case),
        "kind": case.kind,
        "channel": case.channel,
        "state": State(case.state).name.lower(),
        "team": case.team,
        "owner": case.owner,
        "resident": case.resident,
        "card": case.card,
        "about": case.about,
        "step": case.step,
        "opened_at": case.opened_at.isoformat(),
        "answer_by": case.answer_by.isoformat(),
        "due_at": case.due_at.isoformat() if case.due_at else None,
        "outcome": case.outcome,
    }


def _step(step: Step) -> dict[str, object]:
    return {
        "what": step.what.value,
        "at": step.at.isoformat(),
        "actor": step.actor,
        "has_text": step.text is not None,
        "answer": step.answer,
        "is_inner": step.is_inner,
    }
