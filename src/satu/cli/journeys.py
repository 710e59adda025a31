"""`satu journeys`: a card's journeys, and missing taps that riders tell."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from satu.cli.common import fail, json_line, running_database
from satu.cli.desk import PURPOSE, actor, now, out, refuse, running_city, serial_of
from satu.kernel.days import from_ms, to_ms
from satu.kernel.money import show
from satu.taps.repair_rules import LAST_DAYS, Doubt, Refusal, RepairState
from satu.taps.repair_words import DOUBTS, STATES

if TYPE_CHECKING:
    from satu.taps.models import Repair

DAY = ["%Y-%m-%d"]
MINUTE = ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"]
NAME = "journeys"

app = typer.Typer(no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object as the last line.")]
CardName = Annotated[str, typer.Option("--card", help="The number printed on it, or its serial.")]
AnyCard = Annotated[str, typer.Option("--card", help="Only of this card: its number or serial.")]
First = Annotated[
    datetime | None, typer.Option("--from", formats=DAY, help="The first service day.")
]
Last = Annotated[datetime | None, typer.Option("--to", formats=DAY, help="The last service day.")]
Purpose = Annotated[str, typer.Option(help="Why you look: it is kept in the audit trail.")]
Use = Annotated[int, typer.Option(help="The journey: its number in satu journeys list.")]
Point = Annotated[str, typer.Option(help="The code of the stop or station of the missing tap.")]
Said = Annotated[
    datetime, typer.Option("--at", formats=MINUTE, help="When it was, by the city's clock.")
]
Number = Annotated[int, typer.Argument(help="The request: its number in satu journeys repairs.")]
Reason = Annotated[str, typer.Option(help="Why, as a code: not_plausible.")]
Waiting = Annotated[bool, typer.Option("--waiting", help="Only those that wait for staff.")]


@app.command(name="list")
def list_(
    card: CardName,
    first: First = None,
    last: Last = None,
    purpose: Purpose = PURPOSE,
    as_json: AsJson = False,
) -> None:
    """A card's journeys of the last eight weeks, or of some days. That you looked is kept.

    Example: satu journeys list --card 17 --from 2026-11-23 --to 2026-11-23
    """
    with running_city() as (_, rules):
        from satu.taps.repair_queries import look_at_journeys  # noqa: PLC0415  (Django is set up)

        at = now()
        until = last.date() if last else rules.calendar.day_of(to_ms(at))
        found = look_at_journeys(
            card=serial_of(card, as_json),
            first=first.date() if first else until - timedelta(days=LAST_DAYS),
            last=until,
            purpose=purpose.strip() or PURPOSE,
            actor=actor(NAME),
            at=at,
        )
    if as_json:
        told = [{**one._asdict(), "use_class": one.use_class.code} for one in found]
        json_line({"journeys": told})
        return
    table = Table("use", "hari / day", "dari / from", "ke / to", "kelas / class", "tarif / fare")
    for one in found:
        fare = show(one.fare, rules.bundle.asset)
        places = (one.point_in or "?", one.point_out or "?")
        table.add_row(str(one.id), str(one.service_day), *places, one.use_class.code, fare)
    out.print(table)


@app.command()
def repair(card: CardName, use: Use, point: Point, said: Said, as_json: AsJson = False) -> None:
    """Say where and when the missing tap of a journey was; what was charged too much flows back.

    At once if the network's monthly limit and place and time allow it, else when staff approve.
    One request a journey: the same again is answered as it stands.

    Example: satu journeys repair --card 17 --use 1099511627777 --point BLM --at 2026-11-23T08:20
    """
    with running_city() as (urls, rules):
        from satu.taps.repairs import Asked, ask_repair  # noqa: PLC0415  (Django is set up by now)

        asked = ask_repair(
            url=urls.app,
            card=serial_of(card, as_json),
            use=use,
            point=point,
            said_at=from_ms(rules.calendar.at(said)),
            actor=actor(NAME),
            at=now(),
        )
        if not isinstance(asked, Asked):
            refuse(asked, as_json)
        if not asked.result.is_in_books:
            fail(f"{asked.result.code}: repair {asked.repair.id} of this journey says otherwise")
        _tell(asked.repair, rules.bundle.asset, as_json)


@app.command()
def repairs(card: AnyCard = "", waiting: Waiting = False, as_json: AsJson = False) -> None:
    """Requests, newest first, each with its evidence (with --json).

    Example: satu journeys repairs --waiting
    """
    with running_database():
        from satu.taps import repair_queries  # noqa: PLC0415  (Django is set up by now)

        found = repair_queries.repairs(
            card=serial_of(card, as_json) if card else None,
            state=RepairState.ASKED if waiting else None,
        )
        told = [_told(one) | {"evidence": one.evidence} for one in found]
    if as_json:
        json_line({"repairs": told})
        return
    table = Table("#", "kartu / card", "use", "tempat / place", "waktu / time (UTC)", "status")
    for one in found:
        state = STATES[RepairState(one.state)]
        place = (one.point.code, f"{one.said_at:%Y-%m-%d %H:%M}")
        table.add_row(str(one.id), str(one.card), str(one.use), *place, f"{state.id} / {state.en}")
    out.print(table)


@app.command()
def approve(number: Number, as_json: AsJson = False) -> None:
    """Believe a request that waits: the tap is added, what was charged too much flows back."""
    with running_city() as (urls, rules):
        from satu.taps.repairs import approve_repair  # noqa: PLC0415  (Django is set up by now)

        done = approve_repair(url=urls.app, repair=number, actor=actor(NAME), at=now())
        if isinstance(done, Refusal):
            refuse(done, as_json)
        _tell(done, rules.bundle.asset, as_json)


@app.command()
def reject(number: Number, reason: Reason, as_json: AsJson = False) -> None:
    """Do not believe a request that waits; the reason is kept."""
    with running_city() as (_, rules):
        from satu.taps.repairs import reject_repair  # noqa: PLC0415  (Django is set up by now)

        try:
            done = reject_repair(repair=number, reason=reason, actor=actor(NAME), at=now())
        except ValueError as error:
            fail(f"--reason: {error}")
        if isinstance(done, Refusal):
            refuse(done, as_json)
        _tell(done, rules.bundle.asset, as_json)


def _told(one: Repair) -> dict[str, Any]:
    return {
        "repair": one.id,
        "card": one.card,
        "use": one.use,
        "service_day": one.service_day,
        "network": one.network,
        "point": one.point.code,
        "said_at": one.said_at.isoformat(),
        "state": RepairState(one.state).code,
        "waits_for": one.waits_for.split(),
        "reason": one.reason,
        "refunded": one.refunded,
    }


def _tell(one: Repair, asset: str, as_json: bool) -> None:
    if as_json:
        json_line(_told(one))
        return
    state = STATES[RepairState(one.state)]
    out.print(f"#{one.id}: {state.id} / {state.en}")
    for doubt in one.waits_for.split() if one.state == RepairState.ASKED else ():
        words = DOUBTS[Doubt(doubt)]
        out.print(f"  {words.id} / {words.en}")
    if one.refunded:
        out.print(f"  dikembalikan / given back: {show(one.refunded, asset)}")
