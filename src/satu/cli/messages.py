"""`satu messages`: what residents were told, what waits, and what could not be sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from satu.cli.common import fail, json_line, running_database
from satu.cli.desk import now, out
from satu.messages.kinds import State

if TYPE_CHECKING:
    from satu.messages.queries import Shown

app = typer.Typer(no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object as the last line.")]


@app.callback()
def _group() -> None:
    """What residents were told, what waits, and what could not be sent."""


@app.command()
def outbox(
    resident: Annotated[int | None, typer.Option(help="Of this resident alone.")] = None,
    state: Annotated[
        str, typer.Option(help="waiting, sent or dropped; all if left out.", metavar="STATE")
    ] = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List the outbox, the newest first, as its readers see it; no address is in it.

    Outside production, with no mail server or gateway set, this is where messages are seen.

    Example: satu messages outbox --state dropped
    """
    names = {one.name.lower(): one for one in State}
    if state and state not in names:
        fail(f"--state is one of {', '.join(names)}")
    with running_database():
        from satu.messages.queries import counts  # noqa: PLC0415  (Django is set up by now)
        from satu.messages.queries import outbox as read  # noqa: PLC0415

        found = read(resident=resident, state=names.get(state), limit=limit)
        totals = {one.state.name.lower(): one.messages for one in counts()}
    if as_json:
        json_line({"counts": totals, "messages": [_as_json(one) for one in found]})
        return
    for one in found:
        told = f"{one.state.name.lower()} {one.why or one.channel}".strip()
        out.print(f"{one.made_at:%Y-%m-%d %H:%M}Z  warga / resident {one.resident}  {told}")
        out.print(f"    {one.text.subject}: {one.text.body}", soft_wrap=True)
    out.print(", ".join(f"{count:,} {name}" for name, count in totals.items()) or "0")


def _as_json(one: Shown) -> dict[str, object]:
    return {
        "id": one.id,
        "resident": one.resident,
        "kind": one.kind.value,
        "subject": one.text.subject,
        "body": one.text.body,
        "made_at": one.made_at.isoformat(),
        "state": one.state.name.lower(),
        "why": one.why,
        "channel": one.channel,
        "tries": one.tries,
    }


@app.command()
def deliver(as_json: AsJson = False) -> None:
    """Send what waits and is due, once: what a job does each minute while `satu up` runs.

    Example: satu messages deliver
    """
    with running_database():
        from satu.messages.delivering import deliver_due  # noqa: PLC0415  (Django is set up by now)
        from satu.messages.ports import ports  # noqa: PLC0415

        sent = deliver_due(ports=ports(), at=now())
    if as_json:
        json_line({"sent": sent})
        return
    out.print(f"{sent} terkirim / sent")
